#include "analysis/columns/instructions.h"

namespace khaosat::columns {

std::string_view name_of(Instructions instructions) {
  switch (instructions) {
    case Instructions::portable: return "portable";
    case Instructions::avx2: return "avx2";
    case Instructions::avx512: return "avx512";
  }
  return "portable";
}

std::vector<Instructions> available_instructions() {
  std::vector<Instructions> found = {Instructions::portable};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) found.push_back(Instructions::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    found.push_back(Instructions::avx512);
#endif
  return found;
}

Instructions best_instructions() {
  static const Instructions kBest = available_instructions().back();
  return kBest;
}

}  // namespace khaosat::columns
