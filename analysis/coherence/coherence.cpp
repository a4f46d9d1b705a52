#include "analysis/coherence/coherence.h"

#include <algorithm>

#include "analysis/coherence/measured.h"
#include "analysis/index/aggregators.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/principal_component.h"
#include "analysis/robustness/score_tree.h"

namespace khaosat::coherence {
namespace {

using index::IndexRun;
using index::NodeScore;
using index::ScoreState;

double limit_of(std::string_view name) {
  for (const Flag& flag : kFlags)
    if (flag.name == name) return flag.limit;
  return 0;
}

// 1 for the largest.
Column places_of(const Column& values, index::TieRule ties) {
  Column negated = values;
  for (auto& value : negated)
    if (value) value = -*value;
  return index::ascending_ranks(negated, ties);
}

class Maker {
 public:
  Maker(const index::IndexModel& model, const IndexRun& run, const disclosure::PublishedRun& published, const CoherenceRequest& request)
      : model_(model), run_(run), published_(published), request_(request) {}

  void take_unit(std::size_t unit) { units_.push_back(unit); }
  std::size_t unit_count() const { return units_.size(); }

  void make(Coherence& result) {
    for (std::size_t node = 0; node < run_.nodes.size(); ++node) {
      Column& column = scores_.emplace_back();
      for (const std::size_t unit : units_) {
        const NodeScore& score = run_.units[unit].scores[node];
        column.push_back(score.state == ScoreState::value ? std::optional<double>(score.estimate.value) : std::nullopt);
      }
    }
    result.nodes.resize(run_.nodes.size());
    for (std::size_t node = 0; node < run_.nodes.size(); ++node) describe_node(node, result.nodes[node]);
    weigh(result.nodes);
    for (std::size_t node = 1; node < run_.nodes.size(); ++node) pair_with_ancestors(node, result);
    for (std::size_t node = 0; node < run_.nodes.size(); ++node) pair_siblings(node, result);
    profile(result.units);
  }

 private:
  void describe_node(std::size_t node, NodeFacts& facts) const {
    const index::RunNode& described = run_.nodes[node];
    facts.id = described.id;
    facts.title = described.title;
    facts.scores = describe(scores_[node]);
    facts.measured = facts.scores;
    if (described.children.empty()) {
      Column column;
      for (const std::size_t unit : units_) column.push_back(measured(run_.units[unit].scores[node]));
      facts.measured = describe(column);
      raise_flags(facts);
      return;
    }
    std::vector<Column> children;
    for (const std::size_t child : described.children) children.push_back(scores_[child]);
    facts.alpha = cronbach_alpha(children);
    if (facts.alpha && *facts.alpha < limit_of("low_alpha")) facts.flags.emplace_back("low_alpha");
    std::vector<std::vector<double>> complete(children.size());
    for (std::size_t k = 0; k < units_.size(); ++k) {
      if (!std::all_of(children.begin(), children.end(), [&](const Column& child) { return child[k].has_value(); })) continue;
      for (std::size_t child = 0; child < children.size(); ++child) complete[child].push_back(*children[child][k]);
    }
    if (children.size() > 1)
      if (const auto components = index::principal_components(complete)) facts.eigenvalues = components->eigenvalues;
  }

  static void raise_flags(NodeFacts& facts) {
    const Description& found = facts.measured;
    const double n = static_cast<double>(found.n);
    const auto raise = [&](const char* name, bool wrong) {
      if (wrong) facts.flags.emplace_back(name);
    };
    raise("few_values", n < limit_of("few_values") * static_cast<double>(found.units));
    if (found.n == 0) return;
    raise("many_zeros", n - static_cast<double>(found.zeros) < limit_of("many_zeros") * n);
    raise("few_distinct", static_cast<double>(found.distinct) < limit_of("few_distinct") * n);
    raise("skewed", found.skew && found.kurtosis && std::abs(*found.skew) > limit_of("skewed") && *found.kurtosis > 3.5);
  }

  void weigh(std::vector<NodeFacts>& nodes) const {
    for (const index::RunNode& node : run_.nodes) {
      const auto* aggregator = index::find_aggregator(node.aggregate);
      if (aggregator != nullptr && (aggregator->across != nullptr || node.aggregate == "minimum" || node.aggregate == "maximum"))
        return;
    }
    for (const std::size_t unit : units_) {
      if (run_.units[unit].scores.front().state != ScoreState::value) continue;
      const std::vector<std::size_t> one = {unit};
      const auto tree = robustness::ScoreTree::create(model_, run_, one);
      if (!tree) return;
      const auto effective = tree->effective_weights();
      for (std::size_t k = 0; k < nodes.size(); ++k) nodes[k].effective_weight = effective[k];
      return;
    }
  }

  void add_pair(std::size_t first, std::size_t second, bool ancestor, Coherence& result) const {
    const auto found = correlate(scores_[first], scores_[second]);
    if (!found) return;
    Pair pair{run_.nodes[first].id, run_.nodes[second].id, ancestor, *found, 0, ""};
    pair.rank_correlation = correlate_ranks(scores_[first], scores_[second])->r;
    const double r = found->r;
    if (ancestor) {
      if (r < limit_of("against_parent")) pair.flag = "against_parent";
      else if (second == 0 && r < limit_of("little_say")) pair.flag = "little_say";
    } else if (r < limit_of("against_sibling")) {
      pair.flag = "against_sibling";
    } else if (r > limit_of("repeats_sibling")) {
      pair.flag = "repeats_sibling";
    }
    if (!pair.flag.empty() && std::find(result.nodes[first].flags.begin(), result.nodes[first].flags.end(), pair.flag) == result.nodes[first].flags.end())
      result.nodes[first].flags.push_back(pair.flag);
    result.pairs.push_back(std::move(pair));
  }

  void pair_with_ancestors(std::size_t node, Coherence& result) const {
    for (auto above = run_.nodes[node].parent; above; above = run_.nodes[*above].parent) add_pair(node, *above, true, result);
  }

  void pair_siblings(std::size_t parent, Coherence& result) const {
    const auto& children = run_.nodes[parent].children;
    for (std::size_t i = 0; i < children.size(); ++i)
      for (std::size_t j = i + 1; j < children.size(); ++j) add_pair(children[i], children[j], false, result);
  }

  void profile(std::vector<UnitFacts>& units) const {
    std::vector<std::size_t> leaves;
    std::vector<Column> places;
    for (std::size_t node = 0; node < run_.nodes.size(); ++node) {
      if (!run_.nodes[node].children.empty() || describe(scores_[node]).distinct < 2) continue;
      leaves.push_back(node);
      places.push_back(places_of(scores_[node], request_.ties));
    }
    const Column ranks = places_of(scores_.front(), request_.ties);
    for (std::size_t k = 0; k < units_.size(); ++k) {
      UnitFacts& facts = units.emplace_back();
      facts.id = run_.units[units_[k]].id;
      facts.name = run_.units[units_[k]].name;
      facts.value = scores_.front()[k];
      facts.rank = ranks[k];
      facts.told = published_.units[units_[k]].scores.front().rank;
      if (const auto group = request_.groups.find(facts.id); group != request_.groups.end()) facts.group = group->second;
      count_measured(units_[k], facts);
      std::vector<Side> sides;
      for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf)
        if (places[leaf][k])
          sides.push_back({run_.nodes[leaves[leaf]].id, *scores_[leaves[leaf]][k], *places[leaf][k], describe(scores_[leaves[leaf]]).n,
                           published_.units[units_[k]].scores[leaves[leaf]].rank});
      // Nothing is both strong and weak.
      const std::size_t most = std::min(request_.sides, sides.size() / 2);
      const auto share = [](const Side& side) { return side.rank / static_cast<double>(side.of); };
      std::stable_sort(sides.begin(), sides.end(), [&](const Side& a, const Side& b) { return share(a) < share(b); });
      facts.strengths.assign(sides.begin(), sides.begin() + static_cast<std::ptrdiff_t>(most));
      facts.weaknesses.assign(sides.rbegin(), sides.rbegin() + static_cast<std::ptrdiff_t>(most));
    }
    rank_in_groups(units);
  }

  void count_measured(std::size_t unit, UnitFacts& facts) const {
    std::vector<double> leaves(run_.nodes.size(), 0);
    std::vector<double> present(run_.nodes.size(), 0);
    for (std::size_t node = run_.nodes.size(); node-- > 0;) {
      if (run_.nodes[node].children.empty()) {
        leaves[node] = 1;
        present[node] = measured(run_.units[unit].scores[node]) ? 1 : 0;
      } else {
        facts.measured[run_.nodes[node].id] = present[node] / leaves[node];
      }
      if (!run_.nodes[node].parent) continue;
      leaves[*run_.nodes[node].parent] += leaves[node];
      present[*run_.nodes[node].parent] += present[node];
    }
  }

  void rank_in_groups(std::vector<UnitFacts>& units) const {
    std::map<std::string, std::vector<std::size_t>> members;
    for (std::size_t k = 0; k < units.size(); ++k)
      if (!units[k].group.empty()) members[units[k].group].push_back(k);
    for (const auto& [group, inside] : members) {
      Column values;
      for (const std::size_t k : inside) values.push_back(units[k].value);
      const Column ranks = places_of(values, request_.ties);
      for (std::size_t k = 0; k < inside.size(); ++k) units[inside[k]].rank_in_group = ranks[k];
    }
  }

  const index::IndexModel& model_;
  const IndexRun& run_;
  const disclosure::PublishedRun& published_;
  const CoherenceRequest& request_;
  std::vector<std::size_t> units_;
  std::vector<Column> scores_;  // by node
};

}  // namespace

Result<Coherence> coherence(const index::IndexModel& model, const IndexRun& run,
                            const disclosure::PublishedRun& published, const CoherenceRequest& request) {
  Coherence result;
  result.model = run.model;
  result.title = run.title;
  result.year = run.year;
  Maker maker(model, run, published, request);
  for (std::size_t unit = 0; unit < run.units.size(); ++unit) {
    if (run.units[unit].group) continue;
    if (has_hidden_figure(published.units[unit])) {
      result.left_out.push_back(run.units[unit].id);
    } else {
      maker.take_unit(unit);
    }
  }
  if (maker.unit_count() < 2)
    return fail(ErrorCode::not_comparable, "fewer than two units can be shown in full, so there is nothing to hold beside each other");
  maker.make(result);
  return result;
}

}  // namespace khaosat::coherence
