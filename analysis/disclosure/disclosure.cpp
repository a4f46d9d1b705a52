#include "analysis/disclosure/disclosure.h"

#include <algorithm>
#include <cmath>

#include "analysis/disclosure/tree_audit.h"
#include "analysis/index/normalisations.h"

namespace khaosat::disclosure {
namespace {

using index::IndexRun;
using index::NodeScore;
using index::RunNode;
using index::ScoreState;
using index::UnitScores;

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  const double result = std::round(value * scale) / scale;
  return result == 0 ? 0 : result;  // no "-0"
}

std::uint64_t difference(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : b - a; }

using Earlier = std::span<const EarlierPublication>;

// Whether the people behind a figure differ from those behind one told before by a few. Where n was told
// as a range, and the value is another one now, nobody can rule that out.
bool differs_by_few(const NodeScore& score, const EarlierFigure& before, bool same_scale, const DisclosureRules& rules) {
  const std::uint64_t n = score.estimate.n;
  if (before.n_low == before.n_high) {
    const std::uint64_t apart = difference(n, before.n_low);
    return apart > 0 && apart < rules.minimum;
  }
  if (!same_scale || !before.value || rounded(score.estimate.value, rules.decimals) == *before.value) return false;
  return n + rules.minimum > before.n_low && n < before.n_high + rules.minimum;
}

// Why a figure is sensitive in itself; null: it is not.
const char* primary_reason(const IndexRun& run, std::size_t unit, std::size_t node, const DisclosureRules& rules,
                           Earlier earlier) {
  const NodeScore& score = run.units[unit].scores[node];
  if (score.estimate.n < rules.minimum) return "too_few_respondents";
  for (const EarlierPublication& publication : earlier) {
    if (publication.year != run.year || publication.input_hash == run.input_hash) continue;
    if (publication.model.id == run.model.id) {
      const auto same = publication.by_node.find({run.units[unit].id, run.nodes[node].id});
      if (same != publication.by_node.end() && differs_by_few(score, same->second, true, rules)) return "differs_by_too_few";
    } else if (!run.nodes[node].question.empty()) {
      const auto same = publication.by_question.find({run.units[unit].id, run.nodes[node].question});
      if (same != publication.by_question.end() && differs_by_few(score, same->second, false, rules)) return "differs_by_too_few";
    }
  }
  if (score.all_alike) return "all_alike";
  return nullptr;
}

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

// Counts from the minimum up to `alone_below` are told as a range.
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

// Everybody answered alike: a bound where they are at an end of the scale, nothing elsewhere.
void tell_bound(const NodeScore& score, const RunNode& node, const DisclosureRules& rules,
                PublishedScore& out) {
  out.state = PublishedState::hidden;
  out.reason = "all_alike";
  if (!node.lowest || !node.highest) return;
  const double range = *node.highest - *node.lowest;
  const double slack = 1e-9 * range;
  if (score.estimate.value >= *node.highest - slack) {
    out.state = PublishedState::at_least;
    out.value = rounded(*node.lowest + rules.homogeneous_bound * range, rules.decimals);
  } else if (score.estimate.value <= *node.lowest + slack) {
    out.state = PublishedState::at_most;
    out.value = rounded(*node.highest - rules.homogeneous_bound * range, rules.decimals);
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

// Beside the index of a unit stands the one without calibration, where the two together point at nobody.
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

// Among the published ones only: a rank left free would tell where the hidden one stands.
void rank(const IndexRun& run, PublishedRun& published) {
  for (std::size_t node = 0; node < run.nodes.size(); ++node) {
    std::vector<std::optional<double>> values;
    for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
      const bool shown = published.units[unit].scores[node].state == PublishedState::value;
      values.push_back(shown && !run.units[unit].group
                           ? std::optional<double>(-run.units[unit].scores[node].estimate.value)
                           : std::nullopt);
    }
    const auto ranks = index::ascending_ranks(values, index::TieRule::lowest);
    published.nodes[node].ranked = 0;
    for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
      if (!ranks[unit]) continue;
      published.units[unit].scores[node].rank = static_cast<std::uint32_t>(*ranks[unit]);
      ++published.nodes[node].ranked;
    }
  }
}

}  // namespace

std::string_view name_of(PublishedState state) {
  switch (state) {
    case PublishedState::value: return "value";
    case PublishedState::at_least: return "at_least";
    case PublishedState::at_most: return "at_most";
    case PublishedState::hidden: return "hidden";
    case PublishedState::withheld: return "withheld";
    case PublishedState::missing: return "missing";
  }
  return "missing";
}

std::optional<std::size_t> PublishedRun::find_node(std::string_view id) const {
  for (std::size_t k = 0; k < nodes.size(); ++k)
    if (nodes[k].id == id) return k;
  return std::nullopt;
}

const PublishedUnit* PublishedRun::find_unit(std::string_view id) const {
  for (const PublishedUnit& unit : units)
    if (unit.id == id) return &unit;
  return nullptr;
}

PublishedRun publish(const IndexRun& run, const DisclosureRules& rules, Earlier earlier) {
  const FigureSystem system = figures_of(run);
  std::vector<bool> sensitive(system.figures.size(), false);
  for (std::size_t unit = 0; unit < run.units.size(); ++unit)
    for (std::size_t node = 0; node < run.nodes.size(); ++node)
      if (const std::size_t figure = unit * run.nodes.size() + node; system.figures[figure].exists)
        sensitive[figure] = primary_reason(run, unit, node, rules, earlier) != nullptr;
  std::vector<bool> hidden = sensitive;
  protect(system, sensitive, rules, hidden);

  PublishedRun published;
  describe(run, rules, published);
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    const UnitScores& scores = run.units[unit];
    PublishedUnit out{scores.id, scores.name, scores.group, 0, 0, {}};
    if (scores.surveyed) tell_count(scores.respondents, rules, out.respondents_low, out.respondents_high);
    for (std::size_t node = 0; node < run.nodes.size(); ++node) {
      const NodeScore& score = scores.scores[node];
      const std::size_t figure = unit * run.nodes.size() + node;
      PublishedScore told;
      if (score.state != ScoreState::value) {
        told.state = score.state == ScoreState::withheld ? PublishedState::withheld : PublishedState::missing;
        told.reason = score.reason;
      } else if (!hidden[figure]) {
        tell_value(score, system.figures[figure].exists, rules, told);
      } else {
        const char* why = primary_reason(run, unit, node, rules, earlier);
        told.state = PublishedState::hidden;
        told.reason = why == nullptr ? "protects_another" : why;
        if (told.reason == "all_alike") tell_bound(score, run.nodes[node], rules, told);
        ++published.hidden;
        if (why == nullptr) ++published.hidden_for_others;
      }
      out.scores.push_back(std::move(told));
    }
    published.units.push_back(std::move(out));
  }
  tell_calibration(run, published);
  rank(run, published);
  return published;
}

}  // namespace khaosat::disclosure
