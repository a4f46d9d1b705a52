#include "analysis/disclosure/earlier_publication.h"

namespace khaosat::disclosure {

EarlierPublication earlier_publication(const PublishedRun& run) {
  EarlierPublication earlier;
  earlier.model = run.model;
  earlier.year = run.year;
  earlier.input_hash = run.input_hash;
  for (const PublishedUnit& unit : run.units) {
    for (std::size_t node = 0; node < run.nodes.size(); ++node) {
      const PublishedScore& score = unit.scores[node];
      if (score.state != PublishedState::value || score.n_high == 0) continue;
      const EarlierFigure figure{score.n_low, score.n_high, score.value};
      earlier.by_node[{unit.id, run.nodes[node].id}] = figure;
      if (!run.nodes[node].question.empty()) earlier.by_question[{unit.id, run.nodes[node].question}] = figure;
    }
  }
  return earlier;
}

}  // namespace khaosat::disclosure
