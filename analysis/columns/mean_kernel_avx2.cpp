// Compiled for processors with AVX2 (CMakeLists.txt); chosen at run time.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstddef>

namespace khaosat::columns {
namespace {
constexpr std::size_t kVectorBytes = 32;
}
}  // namespace khaosat::columns

#include "analysis/columns/mean_kernel_even.h"

namespace khaosat::columns {
const MeanKernel kAvx2MeanKernel = {fill, fill_even, estimate_large, estimate_small};
}  // namespace khaosat::columns
#endif
