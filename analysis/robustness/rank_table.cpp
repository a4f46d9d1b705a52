#include "analysis/robustness/rank_table.h"

#include <algorithm>

namespace khaosat::robustness {

Result<RankTable> rank_table(const index::IndexRun& run, const disclosure::PublishedRun& published,
                             const std::string& node, double level) {
  const auto place = node.empty() ? std::optional<std::size_t>(0) : run.find_node(node);
  if (!place) return fail(ErrorCode::definition_unknown, "the index has no such node", node);
  const auto showable = disclosure::units_with_interval(run, published, *place);
  if (run.design != "drawn")
    return fail(ErrorCode::not_comparable, "without a drawn sample nothing can be said about how sure a rank is");
  if (showable.units.size() < 2)
    return fail(ErrorCode::not_comparable, "fewer than two units can be shown with an interval, so there is nothing to rank");
  const ranks::RankSets sets = TRY(ranks::rank_sets(run, *place, showable.units, level));
  RankTable table;
  table.model = run.model;
  table.title = run.title;
  table.year = run.year;
  table.node = run.nodes[*place].id;
  table.node_title = run.nodes[*place].title;
  table.level = level;
  table.groups = sets.groups;
  table.left_out = showable.left_out;
  for (std::size_t k = 0; k < showable.units.size(); ++k) {
    const disclosure::PublishedUnit& unit = published.units[showable.units[k]];
    const disclosure::PublishedScore& score = unit.scores[*place];
    table.rows.push_back({unit.id, unit.name, *score.value, *score.lower, *score.upper, sets.rank[k], sets.joint[k],
                          sets.joint_pairs[k], sets.marginal[k], sets.group[k]});
  }
  std::stable_sort(table.rows.begin(), table.rows.end(), [](const RankRow& a, const RankRow& b) { return a.place < b.place; });
  return table;
}

}  // namespace khaosat::robustness
