// Personal facts: two people for what cannot be undone, a clock for those who ask, a journal that tells.
#include <catch2/catch.hpp>

#include "server/catalog/holidays.h"
#include "server/services/facts/journal_file.h"
#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

void record_people(StaffOffice& office) {
  REQUIRE(office.facts.add("subject", {{"subject", "vp"}, {"kind", "collective"}, {"title", "Văn phòng"}, {"parent", "25327"}}, "an")->faults.empty());
  REQUIRE(office.facts.add("subject", {{"subject", "an"}, {"kind", "person"}, {"title", "Nguyễn Văn Ẩn Danh"}, {"parent", "vp"}}, "an")->faults.empty());
  REQUIRE(office.facts.add("fact", {{"subject", "an"}, {"fact", "violation"}, {"period", "2010"}, {"status", "substantiated"}, {"source", "declared"},
                                    {"date", "2010-05-01"}, {"vouched_by", "Lê Chi"}}, "an")->faults.empty());
}

}  // namespace

TEST_CASE("content about a person goes only when two accounts agree, and the journal still holds") {
  StaffOffice office;
  record_people(office);
  const Colleague& admin = office.colleague(Role::administrator);
  const auto asked = office.post(admin, "/staff/privacy/acts", FormData({{"act", "remove"}, {"person", "an"}, {"act_reason", "Đơn số 5"}}));
  REQUIRE(asked.status == 303);
  const auto acts = office.personal.acts();
  REQUIRE(acts->size() == 1);
  CHECK(acts->front().entries == std::vector<std::int64_t>{2, 3});
  const std::string confirm = "/staff/privacy/acts/" + acts->front().id;
  // Not by the one who asked, not by somebody without the role.
  CHECK(office.post(admin, confirm, FormData{}).status == 403);
  CHECK(office.post(office.officer(), confirm, FormData{}).status == 403);
  CHECK_FALSE(office.facts.entry(3)->cells.empty());
  CHECK(office.personal.confirm(acts->front().id, "ban.khac").has_value());
  CHECK(office.facts.entry(3)->cells.empty());
  CHECK_FALSE(office.personal.confirm(acts->front().id, "ban.khac"));
  CHECK(*verify_facts(office.base.store.registry()) == 3);
  CHECK(verify_journal(office.base.store.registry()));
  // The journal never knew the name.
  CHECK(export_journal(office.base.store.registry())->find("Ẩn Danh") == std::string::npos);
  CHECK_FALSE(office.get(admin, "/staff/facts/subjects").has("Ẩn Danh"));
}

TEST_CASE("what is handed out is what stands there, to the second person, once") {
  StaffOffice office;
  record_people(office);
  office.colleague(Role::administrator);
  REQUIRE(office.post(office.officer(), "/staff/privacy/acts", FormData({{"act", "hand_out"}, {"person", "an"}, {"act_reason", "Đơn số 6"}})).status == 303);
  const auto id = office.personal.acts()->front().id;
  const auto file = office.post(office.colleague(Role::administrator), "/staff/privacy/acts/" + id, FormData{});
  CHECK(file.status == 200);
  CHECK(file.has("Ẩn Danh"));
  CHECK(file.header("content-disposition").starts_with("attachment"));
  CHECK(office.post(office.colleague(Role::administrator), "/staff/privacy/acts/" + id, FormData{}).status == 409);
  const auto nobody = office.post(office.officer(), "/staff/privacy/acts", FormData({{"act", "remove"}, {"act_reason", "x"}}));
  CHECK(nobody.status == 422);
}

TEST_CASE("a request is due two working days after it came, and whoever signs in sees that it is late") {
  StaffOffice office;
  // Friday 13 February 2026: the Lunar New Year follows.
  REQUIRE(office.post(office.officer(), "/staff/privacy/requests", FormData({{"right", "see"}, {"reference", "Phiếu 12"}, {"received", "2026-02-13"}})).status == 303);
  const auto requests = office.personal.requests();
  REQUIRE(requests->size() == 1);
  CHECK(requests->front().due == "2026-02-24");
  CHECK(requests->front().due_is_sure);
  CHECK(office.get(office.officer(), "/staff").has("đã quá hạn trả lời: 1"));
  REQUIRE(office.post(office.officer(), "/staff/privacy/requests/" + requests->front().id, FormData(std::vector<std::pair<std::string, std::string>>{{"outcome", "Đã cho xem"}})).status == 303);
  CHECK_FALSE(office.get(office.officer(), "/staff").has("đã quá hạn trả lời"));
  CHECK(office.get(office.officer(), "/staff/privacy").has("đã phản hồi, trễ"));
  CHECK(office.post(office.officer(), "/staff/privacy/requests", FormData({{"right", "see"}, {"reference", ""}, {"received", "2026-02-13"}})).status == 422);
  CHECK(office.post(office.officer(), "/staff/privacy/requests", FormData({{"right", "see"}, {"reference", "a"}, {"received", "2027-02-13"}})).status == 422);
}

TEST_CASE("working days leave out weekends and holidays") {
  StaffOffice office;
  const Holidays& holidays = office.base.catalog.holidays();
  CHECK(weekday_of("2026-11-22") == 6);
  CHECK(weekday_of("2024-02-29") == 3);
  CHECK(weekday_of("2000-01-01") == 5);
  CHECK(day_after("2024-02-28") == "2024-02-29");
  CHECK(day_after("2023-12-31") == "2024-01-01");
  CHECK(holidays.after_working_days("2026-11-20", 2) == "2026-11-24");
  CHECK(holidays.after_working_days("2026-04-29", 2) == "2026-05-05");  // 30 April, 1 May, weekend
  CHECK(holidays.knows_year(2026));
  CHECK_FALSE(holidays.knows_year(2035));
}

TEST_CASE("the calendar has every holiday of Article 112 and the days in place of weekends, and says which are assumed") {
  StaffOffice office;
  const auto& days = office.base.catalog.holidays().days();
  // First days of the lunar year and the 10th of its 3rd month, as calendars print them.
  struct Year {
    std::string year, tet, kings;
  };
  for (const auto& [year, tet, kings] : {Year{"2025", "2025-01-29", "2025-04-07"}, Year{"2026", "2026-02-17", "2026-04-26"}, Year{"2027", "2027-02-06", "2027-04-16"}}) {
    INFO(year);
    std::vector<std::string> by_law{year + "-01-01", year + "-04-30", year + "-05-01", year + "-09-02", kings};
    for (const auto& day : by_law) CHECK(days.contains(day));
    CHECK(days.contains(year + "-09-01") + days.contains(year + "-09-03") == 1);
    int tet_days = 0;
    std::size_t assumed = 0;
    for (const auto& [day, name] : days) {
      if (day.substr(0, 4) != year) continue;
      tet_days += name.in("vi").starts_with("Tết Âm lịch") ? 1 : 0;
      // A day off on a weekend is given back on the next working day.
      if (weekday_of(day) >= 5) {
        std::string next = day_after(day);
        while (weekday_of(next) >= 5) next = day_after(next);
        CHECK(days.contains(next));
      }
      const bool moves = name.in("vi").find('[') != std::string::npos;
      assumed += moves ? 1 : 0;
      const bool is_fixed = day.ends_with("-01-01") || day.ends_with("-04-30") || day.ends_with("-05-01") || day.ends_with("-09-02");
      if (is_fixed) CHECK_FALSE(moves);
    }
    CHECK(tet_days == 5);
    CHECK(days.contains(tet));
    CHECK(days.at(tet).in("vi").find("suy ra") != std::string::npos);
    CHECK(assumed >= 7);
  }
  const auto page = office.get(office.officer(), "/staff/privacy");
  CHECK(page.has("chưa đối chiếu với thông báo"));
  CHECK(page.has("17/02/2026 Tết Âm lịch [suy ra"));
  CHECK(page.has("06/02/2027"));
}

TEST_CASE("kinds of facts have an end, and what is past it is counted") {
  StaffOffice office;
  record_people(office);
  const auto rows = office.personal.retention();
  REQUIRE(rows);
  bool found = false;
  for (const auto& row : *rows) {
    if (row.kind->name != "violation") continue;
    found = true;
    CHECK(row.overdue == std::vector<std::int64_t>{3});
  }
  CHECK(found);
}

TEST_CASE("an exported journal is checked without the store, and any change in it is named") {
  StaffOffice office;
  record_people(office);
  const std::string text = *export_journal(office.base.store.registry());
  const auto head = verify_journal_file(text, "");
  REQUIRE(head);
  CHECK(head->entries >= 3);
  CHECK(verify_journal_file(text, head->chain));
  const auto cut = text.substr(0, text.rfind('{'));
  CHECK(verify_journal_file(cut, ""));
  CHECK_FALSE(verify_journal_file(cut, head->chain));  // cut off: the head noted down is missing
  std::string changed = text;
  changed.replace(changed.find("facts.add"), 9, "facts.bad");
  CHECK_FALSE(verify_journal_file(changed, ""));
  CHECK_FALSE(verify_journal_file(text.substr(text.find('\n') + 1), ""));
  CHECK(verify_journal_file("{\"number\": 1}\n", "").error().code == ErrorCode::bad_json);
  const auto page = office.get(office.colleague(Role::administrator), "/staff/journal?action=facts");
  CHECK(page.status == 200);
  CHECK(page.has("chuỗi nguyên vẹn"));
  CHECK(page.has("ghi dữ kiện"));
  CHECK(office.get(office.officer(), "/staff/journal").status == 403);
}
