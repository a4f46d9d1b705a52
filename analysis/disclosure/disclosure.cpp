#include "analysis/disclosure/disclosure.h"

#include <algorithm>
#include <cmath>

#include "analysis/disclosure/tell.h"
#include "analysis/disclosure/tree_audit.h"

namespace khaosat::disclosure {
namespace {

using index::IndexRun;
using index::NodeScore;
using index::RunNode;
using index::ScoreState;
using index::UnitScores;

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

// Whether answers agree so well that a figure would tell nearly everybody's.
bool nearly_alike(const IndexRun& run, std::size_t unit, std::size_t node, const DisclosureRules& rules) {
  const NodeScore& score = run.units[unit].scores[node];
  if (score.all_alike) return true;
  const RunNode& described = run.nodes[node];
  if (described.children.empty()) {
    if (!score.away_from_alike || !described.step || *score.away_from_alike > 1 - rules.homogeneous_bound + 1e-9) return false;
    return *score.away_from_alike / *described.step * static_cast<double>(score.estimate.n) < rules.alike_below - 1e-6;
  }
  bool any = false;
  for (std::size_t k = 0; k < described.children.size(); ++k) {
    if (k >= score.weights.size() || !(score.weights[k] > 0)) continue;
    const std::size_t child = described.children[k];
    if (run.units[unit].scores[child].answers == 0) continue;
    if (!nearly_alike(run, unit, child, rules)) return false;
    any = true;
  }
  return any;
}

// Whether all that a nearly uniform figure is made of lies at one end. A bound on a mean of both ends would
// tell how many of its parts lie where.
bool at_end(const IndexRun& run, std::size_t unit, std::size_t node, bool top, const DisclosureRules& rules) {
  const RunNode& described = run.nodes[node];
  const NodeScore& score = run.units[unit].scores[node];
  if (!described.lowest || !described.highest) return false;
  const double room = (1 - rules.homogeneous_bound + 1e-9) * (*described.highest - *described.lowest);
  if (top ? score.estimate.value < *described.highest - room : score.estimate.value > *described.lowest + room) return false;
  for (std::size_t k = 0; k < described.children.size(); ++k)
    if (k < score.weights.size() && score.weights[k] > 0 && !at_end(run, unit, described.children[k], top, rules)) return false;
  return true;
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
  if (nearly_alike(run, unit, node, rules)) return "nearly_alike";
  return nullptr;
}

// How much room outsiders must be left around a sensitive figure, and what its bound tells them anyway.
void guard(const IndexRun& run, std::size_t unit, std::size_t node, const DisclosureRules& rules, FigureSystem::Figure& figure) {
  const double range = figure.high - figure.low;
  if (!std::isfinite(range) || !(range > 0)) return;
  if (!nearly_alike(run, unit, node, rules) || figure.n < rules.minimum) {
    figure.least_width = rules.narrowest_few * range;
    return;
  }
  if (!run.nodes[node].step) return;  // made of others, which are guarded themselves
  // Anybody who knows the rule knows that at most so much separates answers from being all alike.
  const double step = *run.nodes[node].step / static_cast<double>(figure.n) * range;
  const double most = std::min((1 - rules.homogeneous_bound) * range, (rules.alike_below - 1) * step);
  if (figure.value >= figure.high - most * (1 + 1e-9)) figure.told.low = figure.high - most;
  if (figure.value <= figure.low + most * (1 + 1e-9)) figure.told.high = figure.low + most;
  figure.least_width = std::min(rules.narrowest * range, step);
}

// Everybody answered alike or nearly: a bound where they are at an end of the scale, nothing elsewhere.
void tell_bound(const IndexRun& run, std::size_t unit, std::size_t node, const DisclosureRules& rules, PublishedScore& out) {
  const RunNode& described = run.nodes[node];
  out.state = PublishedState::hidden;
  out.reason = "nearly_alike";
  if (!described.lowest || !described.highest) return;
  const double inside = rules.homogeneous_bound * (*described.highest - *described.lowest);
  if (at_end(run, unit, node, true, rules)) {
    out.state = PublishedState::at_least;
    out.value = rounded(*described.lowest + inside, rules.decimals);
  } else if (at_end(run, unit, node, false, rules)) {
    out.state = PublishedState::at_most;
    out.value = rounded(*described.highest - inside, rules.decimals);
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

std::string_view name_of(PublishedRank::Basis basis) {
  return basis == PublishedRank::Basis::possible ? "possible" : "as_given";
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

PublishedRun publish(const IndexRun& run, const DisclosureRules& rules, Earlier earlier, std::span<const IndexRun> told_too) {
  // In an order that does not depend on which of them is asked for, so that all hide the same.
  std::vector<const IndexRun*> runs = {&run};
  for (const IndexRun& other : told_too)
    if (other.model.id != run.model.id) runs.push_back(&other);
  std::sort(runs.begin(), runs.end(), [](const IndexRun* a, const IndexRun* b) { return a->model.id < b->model.id; });
  const std::size_t own = static_cast<std::size_t>(std::find(runs.begin(), runs.end(), &run) - runs.begin());
  FigureSystem system = figures_of(runs);
  std::vector<bool> sensitive(system.figures.size(), false);
  for (std::size_t which = 0; which < runs.size(); ++which) {
    const IndexRun& told = *runs[which];
    for (std::size_t unit = 0; unit < told.units.size(); ++unit)
      for (std::size_t node = 0; node < told.nodes.size(); ++node)
        if (const std::size_t figure = system.figure_of[which][unit * told.nodes.size() + node]; system.figures[figure].exists) {
          sensitive[figure] = sensitive[figure] || primary_reason(told, unit, node, rules, earlier) != nullptr;
          if (sensitive[figure]) guard(told, unit, node, rules, system.figures[figure]);
        }
  }
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
      const std::size_t figure = system.figure_of[own][unit * run.nodes.size() + node];
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
        if (told.reason == "nearly_alike") tell_bound(run, unit, node, rules, told);
        ++published.hidden;
        if (why == nullptr) ++published.hidden_for_others;
      }
      out.scores.push_back(std::move(told));
    }
    published.units.push_back(std::move(out));
  }
  tell_calibration(run, published);
  tell_ranks(run, published);
  return published;
}

}  // namespace khaosat::disclosure
