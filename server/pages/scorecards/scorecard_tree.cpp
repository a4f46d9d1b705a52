// One year: the tree with its points, who answers for what, and by when.
#include <algorithm>

#include "analysis/scorecards/points.h"
#include "server/pages/design.h"
#include "server/pages/facts/privacy_pages.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"

namespace khaosat {

namespace {

using scorecards::Act;
using scorecards::Item;
using scorecards::ItemKind;
using scorecards::Ledger;
using scorecards::Stage;

void put_stages(View& view, const App& app, const Request& request, const ScorecardSight& sight) {
  for (const Stage stage : scorecards::kStages) {
    const auto& window = sight.ledger.plan().window(stage);
    const std::string name(scorecards::name_of(stage));
    const char* when = sight.today < window.from ? "later" : sight.today > window.until ? "over" : "now";
    View row;
    row.set("stage", say(app, request, "staff.scorecard.stage_" + name)).set("stage_who", say(app, request, "staff.scorecard.stage_" + name + "_who"));
    row.set("stage_from", shown_date(window.from)).set("stage_until", shown_date(window.until));
    row.set("stage_when", say(app, request, std::string("staff.scorecard.when_") + when)).set("stage_is_now", std::string_view(when) == "now");
    view.add("stages", std::move(row));
  }
}

void put_tree(View& view, const App& app, const Request& request, const ScorecardSight& sight) {
  const Ledger& ledger = sight.ledger;
  const auto totals = scorecards::totals(ledger);
  const auto due = scorecards::due(ledger, sight.today);
  const auto& items = ledger.set().items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    const auto& points = totals.items[i];
    int level = 1;
    for (const Item* at = &item; at->parent; at = &items[*at->parent]) ++level;
    View row;
    row.set("code", item.code).set("item_title", item.title.in(request.language)).set("is_leaf", item.is_leaf()).set("level", level).set("is_field", level == 1 && !item.is_adjustment());
    row.set("item_href", href_of(sight) + "/items/" + item.id).set("maximum", points_words(item.maximum));
    set_or_no(row, "adjustment", item.is_adjustment() ? say(app, request, "staff.scorecard.kind_" + std::string(scorecards::name_of(item.kind))) : std::string());
    row.set("state", "").set("settled", false).set("waits", false).set("due", false).set("due_overdue", false).set("evidence_count", "");
    row.set("holders", item.is_leaf() ? holders_words(app, request, ledger, item) : std::string());
    if (item.is_leaf()) {
      const auto& now = ledger.standing(item.id);
      row.set("self", points_words(now.self.points)).set("first", points_words(now.first.points)).set("second", points_words(now.second.points));
      row.set("final", points_words(now.final_points)).set("state", state_words(app, request, now.state));
      row.set("settled", is_settled(now.state)).set("waits", !is_settled(now.state) && !(item.is_adjustment() && now.state == scorecards::State::open));
      if (!now.evidence.empty()) row.set("evidence_count", std::to_string(now.evidence.size()));
      for (const auto& one : due) {
        if (one.item != &item) continue;
        row.set("due", act_words(app, request, one.act) + " – " + shown_date(one.until)).set("due_overdue", one.is_overdue);
      }
    } else {
      const bool holds = points.settled == points.leaves;
      row.set("self", points_words(points.self)).set("first", points_words(points.first)).set("second", "");
      row.set("final", holds ? points_words(points.final) : "–");
    }
    view.add("items", std::move(row));
  }
  view.set("total", points_words(totals.total)).set("total_fields", points_words(totals.fields)).set("total_maximum", points_words(totals.maximum));
  view.set("total_bonus", points_words(totals.bonus)).set("total_penalty", points_words(totals.penalty));
  view.set("bonus_cap", points_words(ledger.set().bonus_cap)).set("penalty_cap", points_words(ledger.set().penalty_cap));
  view.set("bonus_cut", totals.bonus < totals.bonus_given).set("bonus_given", points_words(totals.bonus_given));
  view.set("penalty_cut", totals.penalty < totals.penalty_given).set("penalty_given", points_words(totals.penalty_given));
  view.set("has_adjustments", ledger.set().bonus_cap > 0 || ledger.set().penalty_cap > 0).set("is_complete", totals.is_complete);

  bool any_lost = false;
  for (const auto& lost : scorecards::lost_points(ledger)) {
    any_lost = true;
    View row;
    row.set("lost_item", lost.item->code + " " + lost.item->title.in(request.language)).set("lost_href", href_of(sight) + "/items/" + lost.item->id);
    row.set("lost_points", points_words(lost.lost)).set("lost_of", points_words(lost.item->maximum));
    row.set("lost_holders", holders_words(app, request, ledger, *lost.item)).set("lost_why", lost.why);
    view.add("lost", std::move(row));
  }
  view.set("any_lost", any_lost);
}

}  // namespace

Result<HttpResponse> show_scorecard(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const Ledger& ledger = sight.ledger;
  View view = scorecard_view(app, request, sight, title_of(app, request, ledger.plan()));
  const auto names = TRY(account_names(app));
  const auto named = [&](const std::string& account) { return names.contains(account) ? names.at(account) : account; };
  view.set("opened", say(app, request, "staff.scorecard.opened", {{"day", shown_time(sight.year.opened)}, {"who", named(sight.year.opened_by)}}));
  put_stages(view, app, request, sight);
  put_tree(view, app, request, sight);
  bool any_event = false;
  for (const auto& event : ledger.events()) {
    if (event.act != Act::change_plan && event.act != Act::close) continue;
    any_event = true;
    view.add("events", View().set("event_time", shown_time(event.time)).set("event_act", act_words(app, request, event.act)).set("event_note", event.note)
                           .set("event_who", actor_words(ledger, names, event.account, vietnam_date(event.time))));
  }
  view.set("any_event", any_event).set("may_change", sight.manages && !ledger.is_closed()).set("may_give_facts", sight.manages && ledger.is_closed());
  for (const auto& sheet : scorecards::sheet_shapes()) view.add("csv_sheets", View().set("csv_sheet", sheet.name));
  view.add("csv_sheets", View().set("csv_sheet", "points"));
  TRY_VOID(put_file_leave(view, app, request, "scorecard/" + sight.year.id, ledger.digest(), href_of(sight) + "/file"));
  const auto given = request.query.one("facts");
  view.set("facts_given", given.has_value());
  TRY_VOID(note_reading(app, sight, ""));
  return staff_page(app, request, "scorecards_year", view);
}

}  // namespace khaosat
