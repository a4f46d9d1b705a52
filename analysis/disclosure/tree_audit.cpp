#include "analysis/disclosure/tree_audit.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>

namespace khaosat::disclosure {
namespace {

using index::IndexRun;
using index::NodeScore;
using index::ScoreState;

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// One run's figures among all: its places, and how much of a figure's unit one of its own is. A question that
// another run gave first may run on a scale of another width.
struct Places {
  const IndexRun& run;
  std::vector<std::size_t> figure_of;
  std::vector<double> scale_of;
  std::size_t at(std::size_t unit, std::size_t node) const { return unit * run.nodes.size() + node; }
  std::size_t figure(std::size_t unit, std::size_t node) const { return figure_of[at(unit, node)]; }
};

// A parent of any aggregate moves with each child that weighs something. Which hidden figures are
// fixed depends on who takes part, and on weights only by coincidence; weights of the run are used.
void add_tree_ties(const Places& places, FigureSystem& system) {
  const IndexRun& run = places.run;
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    for (std::size_t node = 0; node < run.nodes.size(); ++node) {
      const NodeScore& score = run.units[unit].scores[node];
      if (run.nodes[node].children.empty() || !system.figures[places.figure(unit, node)].exists) continue;
      FigureSystem::Tie tie;
      tie.equation.terms.push_back({places.figure(unit, node), -1});
      for (std::size_t k = 0; k < run.nodes[node].children.size(); ++k) {
        const std::size_t child = places.at(unit, run.nodes[node].children[k]);
        const double weight = k < score.weights.size() ? score.weights[k] : 0;
        if (weight > 0 && system.figures[places.figure_of[child]].exists)
          tie.equation.terms.push_back({places.figure_of[child], weight * places.scale_of[child]});
      }
      if (tie.equation.terms.size() > 1) system.ties.push_back(std::move(tie));
    }
  }
}

std::optional<std::size_t> unit_index(const IndexRun& run, const std::string& id) {
  for (std::size_t unit = 0; unit < run.units.size(); ++unit)
    if (run.units[unit].id == id) return unit;
  return std::nullopt;
}

// A group's figure is close to the mean of its members' weighted by n, whoever knows the weights.
void add_group_ties(const Places& places, FigureSystem& system) {
  const IndexRun& run = places.run;
  std::vector<std::pair<std::size_t, std::set<std::size_t>>> groups;
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    if (!run.units[unit].group) continue;
    std::set<std::size_t> members;
    for (const std::string& id : run.units[unit].members)
      if (const auto member = unit_index(run, id)) members.insert(*member);
    groups.emplace_back(unit, std::move(members));
  }
  for (std::size_t node = 0; node < run.nodes.size(); ++node) {
    const auto figure = [&](std::size_t unit) { return places.figure(unit, node); };
    const auto respondents = [&](std::size_t unit) {
      return static_cast<double>(std::max<std::uint64_t>(1, system.figures[figure(unit)].n));
    };
    const auto total = [&](const std::set<std::size_t>& members) {
      double sum = 0;
      for (const std::size_t member : members)
        if (system.figures[figure(member)].exists) sum += respondents(member);
      return sum;
    };
    const auto add_members = [&](const std::set<std::size_t>& members, double whole, Equation& equation) {
      for (const std::size_t member : members)
        if (system.figures[figure(member)].exists)
          equation.terms.push_back({figure(member), respondents(member) / whole});
    };
    const bool leaf = run.nodes[node].children.empty();
    for (const auto& [group, members] : groups) {
      if (!system.figures[figure(group)].exists) continue;
      const double whole = total(members);
      FigureSystem::Tie tie{{{{figure(group), -1}}}, FigureSystem::Kind::group, leaf};
      add_members(members, whole, tie.equation);
      if (tie.equation.terms.size() > 1) system.ties.push_back(std::move(tie));
      // The whole minus the inner group: follows from both, but shows a group of its own.
      for (const auto& [inner, inside] : groups) {
        if (inner == group || !system.figures[figure(inner)].exists || inside.size() >= members.size() ||
            !std::includes(members.begin(), members.end(), inside.begin(), inside.end()))
          continue;
        std::set<std::size_t> rest;
        std::set_difference(members.begin(), members.end(), inside.begin(), inside.end(),
                            std::inserter(rest, rest.end()));
        FigureSystem::Tie difference{{{{figure(group), -1}}}, FigureSystem::Kind::nested_groups, false};
        add_members(rest, whole, difference.equation);
        if (difference.equation.terms.size() == 1) continue;
        difference.equation.terms.push_back({figure(inner), total(inside) / whole});
        system.ties.push_back(std::move(difference));
      }
    }
  }
}

FigureSystem::Figure figure_of_score(const NodeScore& score, const index::RunNode& node) {
  FigureSystem::Figure figure;
  figure.exists = score.state == ScoreState::value && score.answers > 0;
  figure.n = score.estimate.n;
  figure.value = score.estimate.value;
  figure.low = node.lowest.value_or(-kInfinite);
  figure.high = node.highest.value_or(kInfinite);
  return figure;
}

// The same answers counted the same way, but for the width of the scale.
bool told_alike(const FigureSystem::Figure& a, const FigureSystem::Figure& b) {
  if (a.n != b.n || !(a.high > a.low) || !(b.high > b.low) || !std::isfinite(a.high - a.low) || !std::isfinite(b.high - b.low)) return false;
  return std::fabs((a.value - a.low) / (a.high - a.low) - (b.value - b.low) / (b.high - b.low)) < 1e-9;
}

class Protector {
 public:
  Protector(const FigureSystem& system, const std::vector<bool>& sensitive,
            const DisclosureRules& rules, std::vector<bool>& hidden)
      : system_(system), sensitive_(sensitive), rules_(rules), hidden_(hidden) {
    ties_of_.resize(system.figures.size());
    for (std::size_t tie = 0; tie < system.ties.size(); ++tie) {
      equations_.push_back(system.ties[tie].equation);
      if (system.ties[tie].exact) exact_.push_back(system.ties[tie].equation);
      for (const Term& term : system.ties[tie].equation.terms) ties_of_[term.variable].push_back(tie);
    }
  }

  void run() {
    // Each round hides at least one figure more, so it ends.
    while (hide_together() || close_ties() || hide_beside_determined() || hide_beside_narrow()) {
    }
  }

 private:
  // The figure of the tie to hide next: the child or member with the fewest respondents, leaves of
  // the tree before what is made of them; then the parent or group.
  bool hide_in(std::size_t tie, std::optional<std::size_t> keep = std::nullopt) {
    const std::vector<Term>& terms = equations_[tie].terms;
    std::optional<std::size_t> best;
    for (std::size_t k = 1; k < terms.size(); ++k) {
      const std::size_t figure = terms[k].variable;
      if (hidden_[figure] || figure == keep) continue;
      if (!best || rank_of(figure) < rank_of(*best)) best = figure;
    }
    if (!best && !terms.empty() && !hidden_[terms[0].variable]) best = terms[0].variable;
    if (!best) return false;
    hidden_[*best] = true;
    return true;
  }

  std::pair<bool, std::uint64_t> rank_of(std::size_t figure) const {
    bool made_of_others = false;
    for (const std::size_t tie : ties_of_[figure])
      made_of_others = made_of_others || (system_.ties[tie].kind == FigureSystem::Kind::tree &&
                                          equations_[tie].terms[0].variable == figure);
    return {made_of_others, system_.figures[figure].n};
  }

  bool hide_together() {
    bool changed = false;
    for (const auto& [one, other] : system_.together) {
      changed = changed || hidden_[one] != hidden_[other];
      hidden_[one] = hidden_[other] = hidden_[one] || hidden_[other];
    }
    return changed;
  }

  // Ties that by themselves say too much.
  bool close_ties() {
    bool changed = false;
    for (std::size_t tie = 0; tie < equations_.size(); ++tie) {
      while (says_too_much(tie)) {
        if (!hide_in(tie)) break;
        changed = true;
      }
    }
    return changed;
  }

  bool says_too_much(std::size_t tie) const {
    const std::vector<Term>& terms = equations_[tie].terms;
    std::size_t unknown = 0;
    bool protects = false;
    for (const Term& term : terms) {
      if (!hidden_[term.variable]) continue;
      ++unknown;
      protects = protects || sensitive_[term.variable];
    }
    if (!protects) return false;
    if (unknown == 1) return true;
    // Of a group only where it is told: what remains of it is a group itself, and may agree too well.
    if (system_.ties[tie].kind == FigureSystem::Kind::tree) return squeezed(terms);
    return leaves_too_few(tie) || (!hidden_[terms.front().variable] && squeezed(terms));
  }

  // Published whole minus published parts: how many remain?
  bool leaves_too_few(std::size_t tie) const {
    const std::vector<Term>& terms = equations_[tie].terms;
    // While the whole or the inner group is hidden, there is nothing to subtract from or to subtract.
    const bool nested = system_.ties[tie].kind == FigureSystem::Kind::nested_groups;
    if (hidden_[terms[0].variable] || (nested && hidden_[terms.back().variable])) return false;
    std::uint64_t remain = 0;
    for (std::size_t k = 1; k < terms.size(); ++k)
      if (hidden_[terms[k].variable]) remain += system_.figures[terms[k].variable].n;
    return remain < rules_.minimum;
  }

  // c x = -(known + sum of other unknowns): how far can x move while the others move in their range?
  bool squeezed(const std::vector<Term>& terms) const {
    for (const Term& term : terms) {
      if (!hidden_[term.variable] || !sensitive_[term.variable]) continue;
      const FigureSystem::Figure& figure = system_.figures[term.variable];
      const double range = figure.high - figure.low;
      if (!std::isfinite(range)) continue;
      double up = 0;
      double down = 0;
      for (const Term& other : terms) {
        if (other.variable == term.variable || !hidden_[other.variable]) continue;
        const FigureSystem::Figure& moved = system_.figures[other.variable];
        const double rise = other.coefficient * (moved.high - moved.value);
        const double fall = other.coefficient * (moved.low - moved.value);
        up += std::max(rise, fall);
        down += std::min(rise, fall);
      }
      const double c = term.coefficient;
      const double low = std::max(figure.low, figure.value + std::min(-up / c, -down / c));
      const double high = std::min(figure.high, figure.value + std::max(-up / c, -down / c));
      if (high - low < rules_.narrowest * range) return true;
    }
    return false;
  }

  // Several ties together may fix what none fixes alone.
  bool hide_beside_determined() {
    const std::vector<bool> fixed = determined(exact_, hidden_);
    for (std::size_t figure = 0; figure < fixed.size(); ++figure) {
      if (!fixed[figure] || !sensitive_[figure]) continue;
      if (hide_near(figure)) return true;
    }
    return false;
  }

  // Nor may all ties and the ends of scales leave too little room: where two can only be at the top to make up
  // their mean, both are known although neither is determined.
  bool hide_beside_narrow() {
    std::vector<double> values;
    std::vector<Range> ranges;
    const double half_digit = 0.5 * std::pow(10.0, -rules_.decimals);
    for (std::size_t figure = 0; figure < hidden_.size(); ++figure) {
      const FigureSystem::Figure& one = system_.figures[figure];
      values.push_back(one.value);
      if (hidden_[figure]) {
        ranges.push_back({std::max(one.low, one.told.low), std::min(one.high, one.told.high)});
      } else {
        const double printed = std::round(one.value / half_digit / 2) * half_digit * 2;
        ranges.push_back({printed - half_digit, printed + half_digit});
      }
    }
    std::vector<Equation> all = equations_;
    for (Equation& row : reduced(exact_, hidden_)) all.push_back(std::move(row));
    narrow(all, values, ranges);
    bool changed = false;
    for (std::size_t figure = 0; figure < hidden_.size(); ++figure) {
      if (!sensitive_[figure] || !hidden_[figure] || !(ranges[figure].width() < system_.figures[figure].least_width * (1 - 1e-6))) continue;
      changed = hide_near(figure) || changed;
    }
    return changed;
  }

  // Breadth first through ties of hidden figures until one still shows something.
  bool hide_near(std::size_t figure) {
    std::vector<std::size_t> waiting = {figure};
    std::set<std::size_t> seen = {figure};
    for (std::size_t at = 0; at < waiting.size(); ++at) {
      for (const std::size_t tie : ties_of_[waiting[at]]) {
        if (hide_in(tie)) return true;
        for (const Term& term : equations_[tie].terms)
          if (seen.insert(term.variable).second) waiting.push_back(term.variable);
      }
    }
    return false;
  }

  const FigureSystem& system_;
  const std::vector<bool>& sensitive_;
  const DisclosureRules& rules_;
  std::vector<bool>& hidden_;
  std::vector<Equation> equations_;
  std::vector<Equation> exact_;
  std::vector<std::vector<std::size_t>> ties_of_;
};

}  // namespace

FigureSystem figures_of(std::span<const IndexRun* const> runs) {
  FigureSystem system;
  using Question = std::pair<std::string, std::string>;  // unit and question
  std::map<Question, std::vector<std::size_t>> known;
  for (std::size_t which = 0; which < runs.size(); ++which) {
    const IndexRun& run = *runs[which];
    Places places{run, {}, {}};
    for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
      for (std::size_t node = 0; node < run.nodes.size(); ++node) {
        const FigureSystem::Figure figure = figure_of_score(run.units[unit].scores[node], run.nodes[node]);
        std::size_t at = system.figures.size();
        double scale = 1;
        if (figure.exists && !run.nodes[node].question.empty()) {
          auto& same = known[{run.units[unit].id, run.nodes[node].question}];
          std::vector<std::size_t> apart;
          for (const std::size_t other : same) {
            if (at == system.figures.size() && told_alike(figure, system.figures[other])) {
              at = other;
              scale = (figure.high - figure.low) / (system.figures[at].high - system.figures[at].low);
            } else if (other != at) {
              apart.push_back(other);
            }
          }
          for (const std::size_t other : apart) system.together.emplace_back(at, other);
          same.push_back(at);
        }
        if (at == system.figures.size()) system.figures.push_back(figure);
        places.figure_of.push_back(at);
        places.scale_of.push_back(scale);
      }
    }
    add_tree_ties(places, system);
    add_group_ties(places, system);
    system.figure_of.push_back(std::move(places.figure_of));
  }
  return system;
}

FigureSystem figures_of(const IndexRun& run) {
  const IndexRun* const runs[] = {&run};
  return figures_of(std::span<const IndexRun* const>(runs));
}

void protect(const FigureSystem& system, const std::vector<bool>& sensitive,
             const DisclosureRules& rules, std::vector<bool>& hidden) {
  Protector(system, sensitive, rules, hidden).run();
}

}  // namespace khaosat::disclosure
