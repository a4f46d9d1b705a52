// Compiled for processors with AVX-512 F, BW and VL (CMakeLists.txt); chosen at run time.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstddef>

namespace khaosat::columns {
namespace {
constexpr std::size_t kVectorBytes = 64;
}
}  // namespace khaosat::columns

#include "analysis/columns/mean_kernel_even.h"

namespace khaosat::columns {
const MeanKernel kAvx512MeanKernel = {fill, fill_even, estimate_large, estimate_small};
}  // namespace khaosat::columns
#endif
