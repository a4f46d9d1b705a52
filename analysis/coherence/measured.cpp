#include "analysis/coherence/measured.h"

#include <algorithm>

namespace khaosat::coherence {

std::optional<double> measured(const index::NodeScore& score) {
  if (score.measured) return score.measured;
  if (score.state != index::ScoreState::value || has(score.notes, index::ScoreNote::imputed)) return std::nullopt;
  return score.raw;
}

bool has_hidden_figure(const disclosure::PublishedUnit& unit) {
  using disclosure::PublishedState;
  return std::any_of(unit.scores.begin(), unit.scores.end(), [](const auto& score) {
    return score.state == PublishedState::hidden || score.state == PublishedState::at_least ||
           score.state == PublishedState::at_most;
  });
}

}  // namespace khaosat::coherence
