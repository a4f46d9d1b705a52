// Compiled for processors with AVX2 (CMakeLists.txt); chosen at run time.
#if defined(__x86_64__)
#include <cstddef>

namespace khaosat::columns {
namespace {
constexpr std::size_t kVectorBytes = 32;
}
}  // namespace khaosat::columns

#include "analysis/columns/mean_kernel_lanes.h"

namespace khaosat::columns {
const MeanKernel kAvx2MeanKernel = kKernel;
}  // namespace khaosat::columns
#endif
