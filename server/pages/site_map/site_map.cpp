#include "server/pages/site_map/site_map.h"

#include <algorithm>
#include <set>

#include "analysis/awards/fact_kind.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"
#include "server/pages/staff_session.h"
#include "server/pages/word_search.h"
#include "server/services/campaign_book.h"
#include "server/services/facts/fact_register.h"
#include "server/services/jury/jury_book.h"
#include "server/services/scorecards/scorecard_book.h"

namespace khaosat {

namespace {

constexpr Access kRuns = Access::administrator | Access::officer;
constexpr Access kWatches = kRuns | Access::analyst;
constexpr Access kDecides = kRuns | Access::jury;
constexpr Access kKeys = kRuns | Access::clerk;

struct Kind {
  const char* path;
  const char* title;
  Access access;
};

// THE LIST of pages that stand by themselves, beside those of the navigation.
constexpr Kind kPages[] = {
    {"/staff/campaigns/new", "staff.campaign.new", kRuns},
    {"/staff/scorecards/new", "staff.pages.scorecard_new", kRuns},
    {"/staff/scorecards/import", "staff.pages.scorecard_import", kRuns},
    {"/staff/facts/subjects", "staff.subjects.title", kDecides},
    {"/staff/facts/units", "staff.units.title", kDecides},
    {"/staff/facts/import", "staff.pages.facts_import", kRuns},
    {"/staff/facts/complete", "staff.pages.facts_complete", kRuns},
    {"/staff/awards/missing", "staff.pages.missing", kDecides},
    {"/staff/jury", "staff.jury.title", kDecides},
    {"/own-record", "own.title", Access::signed_in},
};

// THE LIST of pages of one survey, while it runs and when it is over.
constexpr Kind kOfCampaign[] = {
    {"/kiosks", "staff.kiosks.go", kRuns},
    {"/field", "staff.field.go", kRuns},
    {"/paper", "staff.paper.title", kRuns},
    {"/paper/entry", "staff.paper.enter", kKeys},
};
constexpr Kind kOfClosed[] = {
    {"/index", "staff.results.go", kWatches},
    {"/index/years", "staff.analyst.tab.years", kWatches},
    {"/index/ranks", "staff.analyst.tab.ranks", kWatches},
    {"/index/answers", "staff.analyst.tab.answers", kWatches},
    {"/index/coherence", "staff.analyst.tab.coherence", kWatches},
    {"/index/model", "staff.analyst.tab.model", kWatches},
    {"/quality", "staff.analyst.tab.quality", kWatches},
    {"/microdata", "staff.microdata.go", kWatches},
};

class SiteMap {
 public:
  SiteMap(const App& app, const Request& request) : app_(app), request_(request), wanted_(words_wanted(request)) {}

  // `context` helps the search and is shown behind the title; `inside` is listed below what stands before it.
  void add(Access access, const std::string& href, const std::string& title, const std::string& context = {}, bool inside = false) {
    const bool may = allows(access, Access::signed_in) || allows(access, access_of(signed_in(request_)->role));
    if (!may || !matches_words(wanted_, title + " " + context + " " + group_title_)) return;
    View item;
    item.set("href", href).set("page_title", title).set("inside", inside && wanted_.empty());
    const bool tell = !context.empty() && (!inside || !wanted_.empty());
    item.set("tells", tell).set("context", tell ? context : std::string());
    group_.push_back(std::move(item));
  }
  void begin(const char* title) {
    finish();
    group_title_ = say(app_, request_, title);
  }
  void finish() {
    if (!group_.empty()) {
      View group;
      group.set("group_title", group_title_).set("group_number", ++groups_).set("places", std::move(group_));
      view_groups_.push_back(std::move(group));
    }
    group_ = {};
  }
  bool is_search() const { return !wanted_.empty(); }
  std::string words(const char* key) const { return say(app_, request_, key); }
  HttpResponse page() {
    finish();
    View view = staff_view(app_, request_, words("staff.pages.title"), "/staff/pages");
    view.set("wanted", wanted_).set("searched", !wanted_.empty()).set("found", !view_groups_.empty());
    view.set("groups", std::move(view_groups_));
    return staff_page(app_, request_, "pages", view);
  }

 private:
  const App& app_;
  const Request& request_;
  const std::string wanted_;
  std::string group_title_;
  int groups_ = 0;
  View::List group_;
  View::List view_groups_;
};

Result<void> add_campaigns(SiteMap& map, const App& app, const Request& request) {
  map.begin("staff.campaigns.title");
  auto campaigns = TRY(app.book.all());
  std::stable_sort(campaigns.begin(), campaigns.end(), [](const Campaign& a, const Campaign& b) { return a.closes_on > b.closes_on; });
  for (const auto& campaign : campaigns) {
    const std::string here = "/staff/campaigns/" + campaign.id;
    const std::string title = campaign.title.in(request.language);
    map.add(kWatches, here, title, shown_date(campaign.opens_on) + " – " + shown_date(campaign.closes_on));
    const bool is_closed = campaign.state == CampaignState::closed;
    for (const auto& kind : kOfCampaign) {
      if (!is_closed || kind.access == kRuns) map.add(kind.access, here + kind.path, map.words(kind.title), title, true);
    }
    if (!is_closed) continue;
    for (const auto& kind : kOfClosed) map.add(kind.access, here + kind.path, map.words(kind.title), title, true);
  }
  return {};
}

Result<void> add_awards(SiteMap& map, const App& app, const Request& request) {
  map.begin("staff.nav.awards");
  const auto title_of = [&](const std::string& rule_set) {
    const auto rules = app.catalog.award_rules(rule_set);
    return rules ? rules->title.in(request.language) : rule_set;
  };
  std::set<std::string> shown;
  for (const auto& one : app.catalog.all_award_rules()) {
    if (shown.insert(one->id).second) map.add(kDecides, "/staff/awards/rules/" + one->id, title_of(one->id), one->issuer + ", " + one->number);
  }
  for (const auto& record : TRY(app.store.registry().records("decision", ""))) {
    map.add(kDecides, "/staff/awards/kept/" + record.id, map.words("staff.pages.kept") + ": " + title_of(record.subject), shown_date(vietnam_date(record.created)));
  }
  for (const auto& one : TRY(app.jury.cases())) {
    map.add(kDecides, "/staff/jury/" + one.id, map.words("staff.jury.title") + ": " + title_of(one.rule_set), std::to_string(one.year));
  }
  return {};
}

}  // namespace

Result<HttpResponse> show_site_map(const App& app, const Request& request) {
  SiteMap map(app, request);
  map.begin("site.navigation");
  for (const auto& entry : navigation()) map.add(entry.access, entry.href, map.words(entry.label));
  for (const auto& kind : kPages) map.add(kind.access, kind.path, map.words(kind.title));
  TRY_VOID(add_campaigns(map, app, request));
  map.begin("staff.scorecard.title");
  for (const auto& year : TRY(app.scorecards.years())) {
    const auto ledger = TRY(app.scorecards.ledger(year.id));
    if (may_see_scorecard(request, ledger.plan())) map.add(Access::signed_in, "/staff/scorecards/" + year.id, title_of(app, request, ledger.plan()), ledger.set().title.in(request.language));
  }
  TRY_VOID(add_awards(map, app, request));
  map.begin("staff.pages.facts");
  for (const auto& kind : app.facts.kinds()) map.add(kDecides, "/staff/facts/kind/" + kind.name, kind.title.in(request.language));
  map.begin("staff.pages.units");
  // One page for hundreds of units: they are found, not listed.
  if (map.is_search()) {
    for (const auto& unit : app.facts.units()) {
      map.add(kDecides, "/staff/facts?" + to_urlencoded(FormData({{"unit", unit.key}})), unit.name, unit.code);
    }
  }
  map.begin("staff.paper.specimens");
  for (const auto& questionnaire : app.catalog.questionnaires()) {
    const DefinitionIdentity& identity = questionnaire->identity;
    map.add(kRuns, "/staff/paper/" + identity.id + "/" + std::to_string(identity.version), questionnaire->title.in(request.language), identity.label());
  }
  return map.page();
}

}  // namespace khaosat
