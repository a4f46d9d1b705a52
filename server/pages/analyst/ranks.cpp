#include <algorithm>

#include "analysis/robustness/rank_table.h"
#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_index_view.h"
#include "server/pages/staff_page.h"
#include "server/reports/change_report.h"
#include "server/reports/index_report.h"
#include "server/services/compute_index.h"

namespace khaosat {

namespace {

// Ranks from left (first) to right (last): the set as a bar, a single possible rank as a dot.
View picture_of(const robustness::RankRow& row, std::size_t count) {
  const auto x = [&](std::uint32_t rank) { return 6 + static_cast<int>(200 * (rank - 1) / std::max<std::size_t>(count - 1, 1)); };
  View picture;
  picture.set("x_low", x(row.joint_pairs.best)).set("single", row.joint_pairs.best == row.joint_pairs.worst).set("x_high", x(row.joint_pairs.worst));
  picture.set("picture_label", rank_text(row.joint_pairs));
  return picture;
}

}  // namespace

Result<HttpResponse> show_ranks(const App& app, const Request& request) {
  const auto [entry, model, run, published] = TRY(analysed_campaign(app, request));
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.ranks.title"), "ranks");
  const auto table = robustness::rank_table(run, published, "", run.level);
  view.set("ranked", table.has_value()).set("any_left_out", false);
  if (!table) {
    if (table.error().code != ErrorCode::not_comparable) return fail(table.error());
    return staff_page(app, request, "analyst_ranks", view);
  }
  view.set("level", decimal_text(100 * table->level, 0, request.language)).set("node_title", table->node_title.in(request.language));
  view.set("last_rank", static_cast<int>(table->rows.size()));
  view.set("groups_count", static_cast<int>(table->groups)).set("one_group", table->groups == 1);
  for (const auto& row : table->rows) {
    View line;
    line.set("unit", row.name).set("unit_href", unit_href(entry->campaign.id, model->identity.id, row.id));
    line.set("group", static_cast<int>(row.group)).set("set", rank_text(row.joint_pairs)).set("marginal", rank_text(row.marginal));
    line.set("value", decimal_text(row.value, published.rules.decimals, request.language));
    line.set("interval", decimal_text(row.lower, published.rules.decimals, request.language) + " – " +
                             decimal_text(row.upper, published.rules.decimals, request.language));
    line.set("picture", picture_of(row, table->rows.size()));
    view.add("rows", std::move(line));
  }
  for (const auto& one : table->left_out) {
    if (one.reason == "group") continue;
    view.set("any_left_out", true);
    view.add("left_out", View().set("unit", unit_name(app, one.unit, request.language)).set("why", reason_text(one.reason, request.language)));
  }
  return staff_page(app, request, "analyst_ranks", view);
}

}  // namespace khaosat
