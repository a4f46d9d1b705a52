#include "analysis/awards/grade_ladder.h"

#include "base/text.h"

namespace khaosat::awards {

std::optional<std::size_t> GradeLadder::position(std::string_view grade) const {
  const std::string wanted = fold_case(grade);
  for (std::size_t i = 0; i < grades.size(); ++i) {
    if (grades[i].id == grade) return i;
    for (const auto& [language, name] : grades[i].name.all()) {
      if (fold_case(name) == wanted) return i;
    }
  }
  return std::nullopt;
}

}  // namespace khaosat::awards
