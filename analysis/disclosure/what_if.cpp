// The index by other weights or anchors, beside what was told by the model's own.
#include <algorithm>

#include "analysis/disclosure/disclosure.h"
#include "analysis/disclosure/tell.h"

namespace khaosat::disclosure {
namespace {

using index::IndexRun;
using index::NodeScore;
using index::ScoreState;

bool is_kept_back(const PublishedScore& score) {
  return score.state == PublishedState::hidden || score.state == PublishedState::at_least || score.state == PublishedState::at_most;
}

bool same_figure(const NodeScore& a, const NodeScore& b) {
  return a.state == b.state && a.reason == b.reason && a.estimate.value == b.estimate.value && a.estimate.n == b.estimate.n &&
         a.estimate.standard_error == b.estimate.standard_error && a.estimate.lower == b.estimate.lower &&
         a.estimate.upper == b.estimate.upper;
}

class WhatIf {
 public:
  WhatIf(const IndexRun& run, const IndexRun& own, const PublishedRun& told, const DisclosureRules& rules)
      : run_(run), own_(own), told_(told), rules_(rules), open_(run.nodes.size(), true) {
    for (const PublishedUnit& unit : told.units)
      for (std::size_t node = run.nodes.size(); node-- > 0;)
        if (!is_open(unit, node)) open_[node] = false;
  }

  std::vector<PublishedScore> scores(std::size_t unit) const {
    std::vector<PublishedScore> scores(run_.nodes.size());
    for (std::size_t node = run_.nodes.size(); node-- > 0;) scores[node] = score(unit, node, scores);
    return scores;
  }

 private:
  // `below`: children are there already.
  PublishedScore score(std::size_t unit, std::size_t node, const std::vector<PublishedScore>& below) const {
    const NodeScore& score = run_.units[unit].scores[node];
    const PublishedScore& before = told_.units[unit].scores[node];
    PublishedScore out;
    if (is_kept_back(before)) {
      out.state = PublishedState::hidden;
      out.reason = before.reason;
    } else if (is_untouched(unit, node)) {
      out = before;
      out.rank.reset();
    } else if (score.state != ScoreState::value) {
      out.state = score.state == ScoreState::withheld ? PublishedState::withheld : PublishedState::missing;
      out.reason = score.reason;
    } else if (follows_from_told(before, node, below) && (open_[node] || !index::has(score.notes, index::ScoreNote::relative))) {
      tell_value(score, score.answers > 0, rules_, out);
    } else {
      out.state = PublishedState::hidden;
      out.reason = "protects_another";
    }
    return out;
  }

  // No parameter has a part in it. A figure that stays the same though its weights moved does so because what they weigh
  // is equal, and to tell that would be one more equation: so this asks how it is made, not only what came out.
  bool is_untouched(std::size_t unit, std::size_t node) const {
    const NodeScore& now = run_.units[unit].scores[node];
    const NodeScore& then = own_.units[unit].scores[node];
    const index::RunNode& rule = run_.nodes[node];
    const index::RunNode& own_rule = own_.nodes[node];
    if (!same_figure(now, then) || now.weights != then.weights) return false;
    if (rule.steps != own_rule.steps || rule.lowest != own_rule.lowest || rule.highest != own_rule.highest) return false;
    return std::all_of(rule.children.begin(), rule.children.end(), [&](std::size_t child) { return is_untouched(unit, child); });
  }

  // More digits of a mean of a handful than the one printed would place their answers.
  static bool is_firm(const PublishedScore& score) { return !is_kept_back(score) && score.n_low == score.n_high; }

  bool follows_from_told(const PublishedScore& before, std::size_t node, const std::vector<PublishedScore>& below) const {
    const auto& children = run_.nodes[node].children;
    return is_firm(before) && std::all_of(children.begin(), children.end(), [&](std::size_t child) { return is_firm(below[child]); });
  }

  // Everything a figure is made of, and itself, is told.
  bool is_open(const PublishedUnit& unit, std::size_t node) const {
    if (!is_firm(unit.scores[node])) return false;
    const auto& children = run_.nodes[node].children;
    return std::all_of(children.begin(), children.end(), [&](std::size_t child) { return is_open(unit, child); });
  }

  const IndexRun& run_;
  const IndexRun& own_;
  const PublishedRun& told_;
  const DisclosureRules& rules_;
  std::vector<bool> open_;  // by node: of all units, for scores that depend on other units
};

}  // namespace

bool is_what_if(const IndexRun& run) {
  return std::any_of(run.parameters.begin(), run.parameters.end(), [](const auto& parameter) { return parameter.value != parameter.model_value; });
}

PublishedRun publish_what_if(const IndexRun& run, const IndexRun& own, const PublishedRun& told, const DisclosureRules& rules) {
  PublishedRun published;
  describe(run, rules, published);
  const WhatIf what_if(run, own, told, rules);
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    const PublishedUnit& before = told.units[unit];
    PublishedUnit out{before.id, before.name, before.group, before.respondents_low, before.respondents_high, {}};
    out.scores = what_if.scores(unit);
    for (const PublishedScore& score : out.scores) {
      if (score.state != PublishedState::hidden) continue;
      ++published.hidden;
      if (score.reason == "protects_another") ++published.hidden_for_others;
    }
    published.units.push_back(std::move(out));
  }
  // What the index is without calibration would be one more equation.
  if (run.calibration) published.calibration = run.calibration;
  if (published.calibration) published.calibration->without.clear();
  tell_ranks(run, published);
  return published;
}

}  // namespace khaosat::disclosure
