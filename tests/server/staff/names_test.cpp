// Every way by which a person's name meets somebody: a page leaves a line in the journal, a file of data
// leaves only when two agree. Each address of the office that can be opened stands in the table below; a new
// one fails here until somebody has thought about it.
#include <regex>
#include <set>

#include "analysis/awards/lineage.h"
#include "tests/server/staff/jury_sitting.h"

using namespace khaosat;

namespace {

// What there is to open.
enum class Way {
  page,        // a page: whoever is named in it, the journal has a line
  paper,       // a paper of the case, to be signed: the same
  two_people,  // a file of data with names: refused until two agree
  no_names,    // a file that names nobody
  elsewhere,   // answers, slips, paper forms, interviewers: nothing of the registers of persons
};

struct Address {
  std::string route;
  std::string path;  // {case} {notice} {year} {entry}; empty: no such thing in this office
  Way way = Way::page;
};

const std::vector<Address>& addresses() {
  static const std::vector<Address> all = {
      {"setup", "", Way::elsewhere}, {"sign_in", "", Way::elsewhere}, {"own_record", "/own-record"},
      {"staff_overview", "/staff"}, {"accounts", "/staff/accounts"}, {"session", "", Way::no_names}, {"site_map", "/staff/pages"},
      {"campaigns", "/staff/campaigns"}, {"campaign_new", "/staff/campaigns/new"},
      {"paper_overview", "", Way::elsewhere}, {"paper_specimen", "", Way::elsewhere},
      {"facts", "/staff/facts?unit=25327&year=2023"}, {"facts_kind", "/staff/facts/kind/responsible_for"}, {"facts_entry", "/staff/facts/entry/{entry}"},
      {"facts_form", "/staff/facts/new/violation"}, {"facts_correct", "/staff/facts/entry/{entry}/correct"}, {"facts_import", "/staff/facts/import"},
      {"facts_complete", "/staff/facts/complete"}, {"facts_subjects", "/staff/facts/subjects"}, {"facts_units", "/staff/facts/units"}, {"facts_evidence", ""},
      {"scorecards", "/staff/scorecards"}, {"scorecard_new", "/staff/scorecards/new"}, {"scorecard_new", "/staff/scorecards/new?set=par_commune_scorecard_example&unit=25327&year=2025"}, {"scorecard_import", "/staff/scorecards/import"},
      {"scorecard_blank", "/staff/scorecards/blank/par_commune_scorecard_example", Way::no_names},
      {"scorecard_points", "/staff/scorecards/{year}/points/csv", Way::no_names}, {"scorecard_points", "/staff/scorecards/{year}/points/xlsx", Way::no_names},
      {"scorecard_file", "/staff/scorecards/{year}/file/xlsx", Way::two_people}, {"scorecard_file", "/staff/scorecards/{year}/file/csv/persons", Way::two_people},
      {"scorecard_file", "/staff/scorecards/{year}/file/csv/points", Way::two_people}, {"scorecard_file", "/staff/scorecards/{year}/file/csv/history", Way::two_people},
      {"scorecard", "/staff/scorecards/{year}"}, {"scorecard_plan", "/staff/scorecards/{year}/plan"}, {"scorecard_item", "/staff/scorecards/{year}/items/plan_issued"},
      {"scorecard_close", "/staff/scorecards/{year}/close"}, {"scorecard_facts", "/staff/scorecards/{year}/facts"}, {"scorecard_evidence", ""},
      {"privacy", "/staff/privacy"}, {"journal", "/staff/journal"},
      {"awards", "/staff/awards"}, {"award_form", "/staff/awards/rules/thanh_an_2023_32?unit=25327"}, {"award_kept", "/staff/awards/kept/{case}"},
      {"award_now", "/staff/awards/kept/{case}/now"}, {"award_kept_file", "/staff/awards/kept/{case}/json", Way::two_people},
      {"award_missing", "/staff/awards/missing?unit=25327&year=2023"},
      {"juries", "/staff/jury"}, {"jury", "/staff/jury/{case}"}, {"jury_begin", "/staff/jury/{case}/begin"}, {"jury_cell", "/staff/jury/{case}/candidate?n=0"},
      {"jury_notice", "/staff/jury/{case}/notices/{notice}"}, {"jury_ruling", "/staff/jury/{case}/ruling"}, {"jury_remedy", "/staff/jury/{case}/remedy"},
      {"jury_notice_paper", "/staff/jury/{case}/notices/{notice}/paper", Way::paper}, {"jury_notice_file", "/staff/jury/{case}/notices/{notice}/paper/docx", Way::paper},
      {"letterhead", "/staff/letterhead"},
      {"jury_paper", "/staff/jury/{case}/papers/proposal", Way::paper}, {"jury_paper", "/staff/jury/{case}/papers/minutes", Way::paper},
      {"jury_paper", "/staff/jury/{case}/papers/lost_points", Way::paper}, {"jury_paper", "/staff/jury/{case}/papers/remedy", Way::paper},
      {"jury_paper", "/staff/jury/{case}/papers/monthly_reports", Way::paper}, {"jury_paper_file", "/staff/jury/{case}/papers/minutes/docx", Way::paper},
  };
  return all;
}

bool is_of_campaigns(const Route& route) { return route.pattern.starts_with("/staff/campaigns/("); }

// Acts of the journal that say who read about whom.
bool is_reading(const std::string& action) {
  static const std::set<std::string> all = {"facts.read", "scorecard.read", "decision.read", "personal_file"};
  return all.contains(action);
}

struct Office {
  Sitting sitting;
  std::map<std::string, std::string> values;

  Office() {
    sitting.begin();
    const auto heard = sitting.opened().hearings("2026-11-22");
    REQUIRE_FALSE(heard.empty());
    sitting.tell(heard.front().person);
    values = {{"case", sitting.id}, {"notice", sitting.notice_to(heard.front().person)}, {"year", open_year()}};
    const auto entries = sitting.office.facts.entries();
    for (const auto& entry : *entries) {
      if (!entry.person.empty() && entry.record == "fact" && entry.removed == 0) values["entry"] = std::to_string(entry.number);
    }
    sitting.office.colleague(Role::administrator);
  }

  std::string open_year() {
    StaffOffice& office = sitting.office;
    std::string unit;
    for (const auto& one : office.base.catalog.units().units()) {
      if (one.id == "xa_na_phac_2025") unit = awards::unit_key(one.code.empty() ? one.id : one.code, one.valid_from);
    }
    std::string assignments = "item,body,person,duty,from,to,document\n";
    for (const auto& item : office.base.catalog.scorecard("par_commune_scorecard_example")->items) {
      if (item.kind == scorecards::ItemKind::field) assignments += item.id + ",vp,an,head,2026-01-01,2027-12-31,3/QĐ-UBND\n";
    }
    const auto opened = office.post(office.officer(), "/staff/scorecards", form_of(Fields{{"set", "par_commune_scorecard_example"}, {"unit", unit}, {"year", "2026"},
        {"self_score_from", "2026-11-20"}, {"self_score_until", "2026-11-24"}, {"first_appraisal_from", "2026-11-21"}, {"first_appraisal_until", "2026-11-28"},
        {"explanation_from", "2026-11-22"}, {"explanation_until", "2026-11-29"}, {"second_appraisal_from", "2026-11-22"}, {"second_appraisal_until", "2026-12-15"},
        {"bodies", "code,name,appraises\nvp,Văn phòng,không\ntt,Tổ thẩm định,có\n"},
        {"persons", "code,name,body,account,from,to\nan,Tô Thị Bảng Điểm,vp,ban.clerk,2026-01-01,2027-12-31\ndung,Phạm Văn Dũng,tt,ban.hai,2026-01-01,2027-12-31\n"},
        {"assignments", assignments}}));
    INFO(opened.body);
    REQUIRE(opened.status == 303);
    const std::string address = opened.header("location");
    return address.substr(address.rfind('/') + 1);
  }

  std::string path_of(const Address& one) const {
    std::string path = one.path;
    for (const auto& [name, value] : values) {
      const auto at = path.find("{" + name + "}");
      if (at != std::string::npos) path.replace(at, name.size() + 2, value);
    }
    return path;
  }

  std::vector<std::string> names() {
    std::vector<std::string> all = {"Tô Thị Bảng Điểm", "Phạm Văn Dũng"};
    const auto entries = sitting.office.facts.entries();
    for (const auto& entry : *entries) {
      if (entry.record == "subject" && !entry.person.empty() && entry.removed == 0) all.push_back(entry.cell("title"));
    }
    return all;
  }

  std::size_t readings() {
    std::size_t count = 0;
    REQUIRE(sitting.office.base.store.registry().each_journal_entry([&](const JournalEntry& entry) { count += is_reading(entry.action) ? 1 : 0; }));
    return count;
  }
};

}  // namespace

TEST_CASE("every address of the office that can be opened has been thought about") {
  StaffOffice office;
  std::set<std::string> known;
  for (const auto& one : addresses()) known.insert(one.route);
  for (const auto& route : office.routes()) {
    if (route.method != "GET" || is_of_campaigns(route) || !(route.pattern.starts_with("/staff") || route.pattern.starts_with("/own"))) continue;
    INFO(route.name << " " << route.pattern << ": does it name persons? Add it to the table");
    CHECK(known.contains(route.name));
  }
}

TEST_CASE("who reads a name is in the journal, and files of data with names are refused to one person alone") {
  Office office;
  const auto names = office.names();
  REQUIRE(names.size() > 4);
  std::size_t named_pages = 0;
  for (const auto& one : addresses()) {
    if (one.path.empty() || one.way == Way::elsewhere) continue;
    const std::string path = office.path_of(one);
    for (const Role role : {Role::administrator, Role::officer, Role::jury}) {
      INFO(path << " as " << name_of(role));
      const std::size_t before = office.readings();
      const auto page = office.sitting.office.get(office.sitting.office.colleague(role), path);
      if (one.way == Way::two_people) {
        CHECK(page.status == 403);
        continue;
      }
      CHECK((page.status == 200 || page.status == 403 || page.status == 303 || page.status == 409));
      if (role == Role::administrator && page.status == 403) FAIL(page.body);
      const bool is_attachment = page.header("content-disposition").starts_with("attachment");
      CHECK((!is_attachment || one.way == Way::no_names || one.way == Way::paper));
      const bool names_somebody = std::any_of(names.begin(), names.end(), [&](const std::string& name) { return page.has(name); });
      if (one.way == Way::no_names) CHECK_FALSE(names_somebody);
      if (one.way == Way::paper && page.status == 200) CHECK(office.readings() > before);
      if (!names_somebody) continue;
      ++named_pages;
      CHECK(office.readings() > before);
    }
  }
  CHECK(named_pages > 20);
}

TEST_CASE("two who agreed get the file with names, nobody else, for a week, and only as it was") {
  Office all;
  StaffOffice& office = all.sitting.office;
  const std::string year = "/staff/scorecards/" + all.values["year"];
  REQUIRE(office.post(office.officer(), year + "/file", form_of(Fields{{"leave_reason", ""}})).status == 422);
  REQUIRE(office.post(office.officer(), year + "/file", form_of(Fields{{"leave_reason", "Gửi Sở Nội vụ"}})).status == 303);
  CHECK(office.get(office.officer(), year).has("chờ người thứ hai"));
  const std::string act = office.personal.acts()->front().id;
  CHECK(office.personal.confirm(act, "ban.officer").error().code == ErrorCode::second_account_needed);
  // An account made for the purpose is nobody else.
  REQUIRE(office.accounts.create({"ban.moi", "Tôi lần nữa", kJuryPassword, Role::administrator}, "ban.officer"));
  CHECK(office.personal.confirm(act, "ban.moi").error().code == ErrorCode::second_account_needed);
  const auto confirmed = office.post(office.colleague(Role::administrator), "/staff/privacy/acts/" + act, FormData{});
  CHECK(confirmed.status == 303);
  const auto table = office.get(office.officer(), year + "/file/csv/persons");
  CHECK(table.has("Tô Thị Bảng Điểm"));
  CHECK(office.get(office.colleague(Role::administrator), year + "/file/xlsx").status == 200);
  CHECK(journal_count(office, "personal_file") == 2);
  CHECK(office.personal.take_file("scorecard/" + all.values["year"], "another digest", "ban.officer").error().code == ErrorCode::second_account_needed);
  CHECK_FALSE(office.personal.take_file("scorecard/" + all.values["year"], office.personal.acts()->front().digest, "ban.hai"));
  office.base.clock.advance(8 * kDay);
  CHECK_FALSE(office.personal.take_file("scorecard/" + all.values["year"], office.personal.acts()->front().digest, "ban.officer"));
}
