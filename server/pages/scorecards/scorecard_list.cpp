// Years of scorecards, and what waits for whoever looks.
#include <algorithm>

#include "analysis/scorecards/points.h"
#include "server/pages/design.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"

namespace khaosat {

namespace {

using scorecards::Act;
using scorecards::Ledger;

struct Waiting {
  std::string until;
  View row;
};

void add_waiting(std::vector<Waiting>& all, const App& app, const Request& request, const ScorecardYear& year, const Ledger& ledger, UnixSeconds now) {
  const std::string today = vietnam_date(now);
  const std::string& account = signed_in(request)->account;
  const bool manages = manages_scorecards(request);
  const auto add = [&](const std::string& what, Act act, const std::string& until, const std::string& href) {
    View row;
    row.set("waiting_what", what).set("waiting_act", act_words(app, request, act)).set("waiting_href", href);
    row.set("waiting_year", title_of(app, request, ledger.plan())).set("waiting_until", shown_date(until)).set("waiting_overdue", until < today);
    all.push_back({until, std::move(row)});
  };
  for (const auto& one : scorecards::due(ledger, today)) {
    // What could not be done today is no work for today.
    const auto acts = ledger.acts_for(*one.item, account, manages, now);
    if (std::find(acts.begin(), acts.end(), one.act) == acts.end()) continue;
    add(one.item->code + " " + one.item->title.in(request.language), one.act, one.until, "/staff/scorecards/" + year.id + "/items/" + one.item->id);
  }
  scorecards::Event closing;
  closing.act = Act::close;
  closing.account = account;
  closing.manages = manages;
  closing.time = now;
  closing.note = "-";
  if (ledger.may(closing)) {
    add(ledger.set().title.in(request.language), Act::close, ledger.plan().window(scorecards::Stage::second_appraisal).until, "/staff/scorecards/" + year.id + "/close");
  }
}

UnixSeconds next_time(const App& app, const Ledger& ledger) {
  return ledger.events().empty() ? app.clock.now() : std::max(app.clock.now(), ledger.events().back().time);
}

}  // namespace

Result<std::size_t> scorecards_waiting(const App& app, const Request& request) {
  std::vector<Waiting> waiting;
  for (const auto& year : TRY(app.scorecards.years())) {
    const Ledger ledger = TRY(app.scorecards.ledger(year.id));
    if (may_see_scorecard(request, ledger.plan())) add_waiting(waiting, app, request, year, ledger, next_time(app, ledger));
  }
  return waiting.size();
}

Result<HttpResponse> show_scorecards(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.scorecard.title"), "/staff/scorecards");
  std::vector<Waiting> waiting;
  bool any = false;
  for (const auto& year : TRY(app.scorecards.years())) {
    const Ledger ledger = TRY(app.scorecards.ledger(year.id));
    if (!may_see_scorecard(request, ledger.plan())) continue;
    any = true;
    add_waiting(waiting, app, request, year, ledger, next_time(app, ledger));
    const auto totals = scorecards::totals(ledger);
    std::size_t settled = 0;
    std::size_t leaves = 0;
    for (const auto* item : ledger.set().leaves()) {
      if (item->is_adjustment()) continue;
      ++leaves;
      settled += is_settled(ledger.standing(item->id).state) ? 1 : 0;
    }
    View row;
    row.set("scorecard_title", title_of(app, request, ledger.plan())).set("scorecard_href", "/staff/scorecards/" + year.id);
    row.set("scorecard_set", ledger.set().title.in(request.language)).set("scorecard_closed", ledger.is_closed());
    row.set("scorecard_progress", std::to_string(settled) + "/" + std::to_string(leaves));
    row.set("scorecard_points", points_words(totals.total) + "/" + points_words(totals.maximum));
    view.add("scorecards", std::move(row));
  }
  std::stable_sort(waiting.begin(), waiting.end(), [](const Waiting& a, const Waiting& b) { return a.until < b.until; });
  for (auto& one : waiting) view.add("waiting", std::move(one.row));
  view.set("any_scorecard", any).set("any_waiting", !waiting.empty()).set("waiting_count", static_cast<int>(waiting.size()));
  view.set("manages", manages_scorecards(request));
  return staff_page(app, request, "scorecards_list", view);
}

}  // namespace khaosat
