// Which instructions of the processor the kernels use. Every choice gives the same bits; they differ
// in speed only, so the best is taken at run time and tests go through all there are.
#pragma once

#include <string_view>
#include <vector>

namespace khaosat::columns {

enum class Instructions { portable, avx2, avx512 };
std::string_view name_of(Instructions instructions);

// What this processor has, best last; portable always. avx512 means F, BW and VL.
std::vector<Instructions> available_instructions();
Instructions best_instructions();

}  // namespace khaosat::columns
