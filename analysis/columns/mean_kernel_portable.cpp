// Compiled for any processor.
#include <cstddef>

namespace khaosat::columns {
namespace {
constexpr std::size_t kVectorBytes = 16;
}
}  // namespace khaosat::columns

#include "analysis/columns/mean_kernel_lanes.h"

namespace khaosat::columns {
const MeanKernel kPortableMeanKernel = {fill, nullptr, estimate_large, estimate_small};
}  // namespace khaosat::columns
