#include "analysis/disclosure/tell.h"

#include <algorithm>
#include <cmath>

#include "analysis/disclosure/showable.h"
#include "analysis/index/normalisations.h"
#include "analysis/ranks/rank_sets.h"

namespace khaosat::disclosure {

using index::IndexRun;
using index::NodeScore;
using index::UnitScores;

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  const double result = std::round(value * scale) / scale;
  return result == 0 ? 0 : result;  // no "-0"
}

namespace {

std::vector<int> missing_percent(const NodeScore& score, const DisclosureRules& rules) {
  std::vector<int> percent;
  const std::uint64_t asked = score.answers + score.absent.total();
  if (score.estimate.n < rules.alone_below) return percent;
  const double step = score.estimate.n < rules.whole_percent_from ? 5 : 1;
  for (const std::uint64_t count : score.absent.count)
    percent.push_back(static_cast<int>(
        step * std::round(100 * static_cast<double>(count) / static_cast<double>(asked) / step)));
  return percent;
}

void put_rank(PublishedRun& published, std::size_t node, std::size_t unit, const PublishedRank& rank) {
  published.units[unit].scores[node].rank = rank;
  ++published.nodes[node].ranked;
}

// Of figures that nobody sampled the order itself.
void rank_as_given(const IndexRun& run, std::size_t node, PublishedRun& published) {
  std::vector<std::optional<double>> values;
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    const bool shown = published.units[unit].scores[node].state == PublishedState::value;
    values.push_back(shown && !run.units[unit].group ? std::optional<double>(-run.units[unit].scores[node].estimate.value) : std::nullopt);
  }
  const auto ranks = index::ascending_ranks(values, index::TieRule::lowest);
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    if (!ranks[unit]) continue;
    const auto rank = static_cast<std::uint32_t>(*ranks[unit]);
    put_rank(published, node, unit, {rank, rank, PublishedRank::Basis::as_given});
  }
}

}  // namespace

void tell_count(std::uint64_t n, const DisclosureRules& rules, std::uint64_t& low, std::uint64_t& high) {
  low = n;
  high = n;
  if (n < rules.minimum) {
    low = 0;
    high = rules.minimum - 1;
  } else if (n < rules.alone_below) {
    low = rules.minimum;
    high = rules.alone_below - 1;
  }
}

void tell_value(const NodeScore& score, bool survey, const DisclosureRules& rules, PublishedScore& out) {
  out.state = PublishedState::value;
  out.notes = score.notes;
  out.flags = score.estimate.flags;
  out.value = survey ? rounded(score.estimate.value, rules.decimals) : score.estimate.value;
  if (!survey) return;
  tell_count(score.estimate.n, rules, out.n_low, out.n_high);
  out.missing_percent = missing_percent(score, rules);
  if (score.estimate.n < rules.alone_below) return;
  if (score.estimate.lower) out.lower = rounded(*score.estimate.lower, rules.decimals);
  if (score.estimate.upper) out.upper = rounded(*score.estimate.upper, rules.decimals);
  out.level = score.estimate.level;
  out.degrees_of_freedom = score.estimate.degrees_of_freedom;
}

void describe(const IndexRun& run, const DisclosureRules& rules, PublishedRun& published) {
  published.model = run.model;
  published.title = run.title;
  published.issuer = run.issuer;
  published.example = run.example;
  published.unit_of_scale = run.unit_of_scale;
  published.scale_low = run.scale_low;
  published.scale_high = run.scale_high;
  published.questionnaire = run.questionnaire;
  published.earlier_versions = run.earlier_versions;
  published.year = run.year;
  published.variant = run.variant;
  published.program = run.program;
  published.input_hash = run.input_hash;
  published.design = run.design;
  published.level = run.level;
  published.parameters = run.parameters;
  published.nodes = run.nodes;
  published.rules = rules;
}

void tell_calibration(const IndexRun& run, PublishedRun& published) {
  if (!run.calibration) return;
  published.calibration = run.calibration;
  auto& without = published.calibration->without;
  without.clear();
  if (run.nodes.empty()) return;
  for (const auto& score : run.calibration->without) {
    const PublishedUnit* unit = published.find_unit(score.unit);
    if (score.singles_out || unit == nullptr || unit->scores.front().state != PublishedState::value) continue;
    index::UncalibratedScore told{score.unit, rounded(score.value, published.rules.decimals), {}, {}, false};
    if (unit->scores.front().lower && score.lower && score.upper) {
      told.lower = rounded(*score.lower, published.rules.decimals);
      told.upper = rounded(*score.upper, published.rules.decimals);
    }
    without.push_back(std::move(told));
  }
}

void tell_ranks(const IndexRun& run, PublishedRun& published) {
  std::optional<Result<estimate::SampleDesign>> design;
  for (std::size_t node = 0; node < run.nodes.size(); ++node) {
    published.nodes[node].ranked = 0;
    const bool sampled = std::any_of(run.units.begin(), run.units.end(), [&](const UnitScores& unit) { return unit.scores[node].answers > 0; });
    if (!sampled) {
      rank_as_given(run, node, published);
      continue;
    }
    const auto units = units_with_interval(run, published, node).units;
    if (units.size() < 2) continue;
    if (!design) design = index::design_of(run);
    if (!*design) return;
    const auto sets = ranks::possible_ranks(**design, run, node, units, run.level);
    if (!sets) continue;
    for (std::size_t k = 0; k < units.size(); ++k)
      put_rank(published, node, units[k], {(*sets)[k].best, (*sets)[k].worst, PublishedRank::Basis::possible});
  }
}

}  // namespace khaosat::disclosure
