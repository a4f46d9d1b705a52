#include "analysis/columns/mean_kernel.h"

namespace khaosat::columns {

const MeanKernel& mean_kernel(Instructions instructions) {
#if defined(__x86_64__)
  if (instructions == Instructions::avx512) return kAvx512MeanKernel;
  if (instructions == Instructions::avx2) return kAvx2MeanKernel;
#endif
  static_cast<void>(instructions);
  return kPortableMeanKernel;
}

}  // namespace khaosat::columns
