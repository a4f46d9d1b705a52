#include "analysis/disclosure/published_years.h"

#include <algorithm>
#include <cmath>

namespace khaosat::disclosure {

namespace {

// As much of a run as was published: values, no influences.
index::IndexRun outline_of(const PublishedRun& published) {
  index::IndexRun run;
  run.model = published.model;
  run.title = published.title;
  run.scale_low = published.scale_low;
  run.scale_high = published.scale_high;
  run.year = published.year;
  run.variant = published.variant;
  run.design = "none";
  run.level = published.level;
  run.parameters = published.parameters;
  run.nodes = published.nodes;
  for (const PublishedUnit& unit : published.units) {
    index::UnitScores scores{unit.id, unit.name, unit.group, {}, unit.respondents_high > 0, unit.respondents_low, {}};
    for (const PublishedScore& one : unit.scores) {
      index::NodeScore score;
      score.reason = one.reason;
      score.notes = one.notes;
      score.answers = one.n_low;
      score.n_least = one.n_low;
      if (one.state == PublishedState::value && one.value) {
        score.state = index::ScoreState::value;
        score.estimate.value = *one.value;
        score.estimate.n = one.n_low;
      }
      scores.scores.push_back(std::move(score));
    }
    run.units.push_back(std::move(scores));
  }
  return run;
}

std::optional<double> half_width(const PublishedScore& score) {
  if (!score.lower || !score.upper || !score.value) return std::nullopt;
  return std::max(*score.upper - *score.value, *score.value - *score.lower);
}

}  // namespace

Result<PublishedChange> compare_published(const index::IndexModel& model, const PublishedRun& before, const PublishedRun& after,
                                          const change::QuestionChanges& questions) {
  if (before.model.id != after.model.id || before.model.hash != after.model.hash)
    return fail(change::refusal(ErrorCode::not_comparable, "other_model", "the two years were computed by different models or versions of one"));
  if (before.year >= after.year) return fail(change::refusal(ErrorCode::out_of_range, "not_earlier", "the year to compare with must be an earlier one"));
  change::ChangeOptions options;
  options.questions = questions;
  const auto compared = TRY(change::compare_years(model, outline_of(before), model, outline_of(after), options));
  DisclosureRules rules = after.rules;
  rules.minimum = std::max(rules.minimum, before.rules.minimum);
  PublishedChange out = publish_change(compared, before, after, rules);
  const double digit = std::pow(10.0, -rules.decimals);
  for (auto& unit : out.units) {
    const PublishedUnit* earlier = before.find_unit(unit.id);
    const PublishedUnit* later = after.find_unit(unit.id);
    for (std::size_t node = 0; earlier != nullptr && later != nullptr && node < unit.nodes.size(); ++node) {
      PublishedNodeChange& one = unit.nodes[node];
      const auto from = before.find_node(out.nodes[node].id);
      const auto to = after.find_node(out.nodes[node].id);
      if (!one.difference || one.state != "no_error" || !from || !to) continue;
      const auto first = half_width(earlier->scores[*from]);
      const auto second = half_width(later->scores[*to]);
      if (!first || !second) continue;
      const double reach = *first + *second + digit;
      one.degrees_of_freedom = std::min(earlier->scores[*from].degrees_of_freedom, later->scores[*to].degrees_of_freedom);
      one.lower = *one.difference - reach;
      one.upper = *one.difference + reach;
      one.within_sampling_error = *one.lower <= 0 && 0 <= *one.upper;
    }
  }
  return out;
}

}  // namespace khaosat::disclosure
