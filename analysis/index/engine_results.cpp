// From values with influences to what a run holds: errors, intervals, ranks.
#include <algorithm>
#include <cmath>

#include "analysis/estimate/interval.h"
#include "analysis/index/engine.h"
#include "analysis/index/normalisations.h"

namespace khaosat::index {

Result<void> Engine::estimate(std::size_t place) {
  run_.nodes[place].lowest = ranges_[place].low;
  run_.nodes[place].highest = ranges_[place].high;
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    Work& work = work_[place][unit];
    if (!node_at(place).leaf && work.score.state != ScoreState::withheld && screened_[unit])
      work.no_value(ScoreState::missing, "unit_screened");
    NodeScore& score = run_.units[unit].scores[place];
    score = std::move(work.score);
    if (score.state != ScoreState::value) continue;
    const std::uint64_t n = score.estimate.n;
    const std::uint64_t n_missing = score.estimate.n_missing;
    const bool relative = has(score.notes, ScoreNote::relative);
    if (work.survey && work.other) score.notes = score.notes | ScoreNote::survey_part;
    if (!work.survey || relative || !frame_->design()) {
      const estimate::EstimateFlag why = work.survey && !frame_->design()
                                             ? estimate::EstimateFlag::no_probability_sample
                                             : estimate::EstimateFlag::none;
      score.estimate = estimate::without_error(work.linear.value, why, n, n_missing);
      score.estimate.level = run_.level;
      continue;
    }
    const estimate::EstimateOptions asked{run_.level, degrees_[unit], n, n_missing};
    score.estimate = work.share
                         ? TRY(estimate_share(place, work, asked))
                         : TRY(estimate::estimate_from(*frame_->design(), work.linear, asked));
    score.influence = std::move(work.linear.influence);
    limit(place, score);
  }
  return {};
}

// Shares near 0 or 1 and small samples need intervals of their own (statistics: Korn & Graubard
// 1998); the ends are scored like any value.
Result<estimate::Estimate> Engine::estimate_share(std::size_t place, const Work& work,
                                                  const estimate::EstimateOptions& asked) const {
  estimate::Estimate share =
      TRY(estimate::estimate_proportion(*frame_->design(), *work.share, asked));
  const Node& node = node_at(place);
  const auto scored = [&](double value) {
    return score_fixed(value, node.scoring, node.direction, input_.year);
  };
  if (share.standard_error) *share.standard_error *= std::fabs(TRY(scored(share.value)).slope);
  if (share.lower && share.upper) {
    const double one = TRY(scored(*share.lower)).value;
    const double other = TRY(scored(*share.upper)).value;
    share.lower = std::min(one, other);
    share.upper = std::max(one, other);
  }
  share.value = work.linear.value;
  return share;
}

// No score can lie outside the possible range, so nothing is lost by not claiming that it may.
void Engine::limit(std::size_t place, NodeScore& score) const {
  const Range& range = ranges_[place];
  estimate::Estimate& estimate = score.estimate;
  if (range.low && estimate.lower && *estimate.lower < *range.low) {
    estimate.lower = *range.low;
    score.notes = score.notes | ScoreNote::limited;
  }
  if (range.high && estimate.upper && *estimate.upper > *range.high) {
    estimate.upper = *range.high;
    score.notes = score.notes | ScoreNote::limited;
  }
}

void Engine::rank(std::size_t place) {
  std::vector<std::optional<double>> values;
  for (const UnitScores& unit : run_.units) {
    const NodeScore& score = unit.scores[place];
    const bool counts = score.state == ScoreState::value && !unit.group;
    // Negated: ranks ascend from the best.
    values.push_back(counts ? std::optional<double>(-score.estimate.value) : std::nullopt);
  }
  const auto ranks = ascending_ranks(values, TieRule::lowest);
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    if (!ranks[unit]) continue;
    run_.units[unit].scores[place].rank = static_cast<std::uint32_t>(*ranks[unit]);
    ++run_.nodes[place].ranked;
  }
}

}  // namespace khaosat::index
