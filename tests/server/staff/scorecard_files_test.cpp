// Scorecards through their pages: closing, the register of facts, files out and in.
#include "base/bytes.h"
#include "base/json_text.h"
#include "tests/server/staff/year_office.h"

using namespace khaosat;
using namespace khaosat::test;

TEST_CASE("a year is closed with its digest, bonus capped, and goes to the register of facts") {
  YearOffice year;
  year.open();
  const auto set = year.office.base.catalog.scorecard(kSet);
  for (const auto* item : set->leaves()) {
    if (item->is_adjustment() || item->survey) continue;
    const std::string owner = item->id == "targets_met" ? "chi" : "an";
    INFO(item->id);
    const Fields score = item->ratio ? Fields{{"numerator", "9"}, {"denominator", "10"}, {"evidence", "BC"}} : Fields{{"points", json_number(item->maximum)}, {"evidence", "BC"}};
    REQUIRE(year.act(owner, item->id, "score_self", score).status == 303);
    REQUIRE(year.act("dung", item->id, "appraise_first", score).status == 303);
  }
  for (const char* bonus : {"new_practice", "exchange"}) {
    const std::string points = json_number(set->find(bonus)->maximum);
    REQUIRE(year.act("an", bonus, "score_self", {{"points", points}, {"evidence", "BC"}}).status == 303);
    REQUIRE(year.act("dung", bonus, "appraise_first", {{"points", points}}).status == 303);
  }
  REQUIRE(year.act("dung", "violation", "appraise_first", {{"points", "1"}, {"note", "kết luận thanh tra 5"}}).status == 303);
  const auto tree = year.page("quan", "");
  CHECK(tree.has("điểm thưởng"));
  year.office.base.clock.advance(9 * kDay);
  const FormData closing(Fields{{"decision", "7/QĐ-UBND"}, {"sure", "yes"}});
  const auto open_item = year.office.post(year.as("quan"), year.href + "/close", closing);
  CHECK(open_item.status == 409);
  CHECK(open_item.has("/items/satisfaction"));

  // A run kept of this year's survey.
  const std::string content = R"({"schema":"khaosat/published_run/1","model":{"id":"sipas","version":1,"hash":"00"},"year":2026,"input_hash":"11","nodes":[],)"
                              R"("units":[{"id":"xa_na_phac_2025","scores":[{"node":"sipas","state":"value","n":[40,40],"value":75.0}]}]})";
  REQUIRE(year.office.base.store.registry().add_record({"index_run", "0123456789abcdef0123", "dot1", content, to_hex(view_of(sha256(content))), 1736000000, "quan"}));
  CHECK(year.page("quan", "/items/satisfaction").has("0123456789abcdef0123"));
  CHECK_FALSE(year.page("dung", "/items/satisfaction").has("id=\"act-"));
  CHECK(year.act("dung", "satisfaction", "take_survey", {{"run", "0123456789abcdef0123"}, {"note", "x"}}).status == 403);
  REQUIRE(year.act("quan", "satisfaction", "take_survey", {{"run", "0123456789abcdef0123"}, {"note", "khảo sát năm 2026"}}).status == 303);

  CHECK(year.office.post(year.as("quan"), year.href + "/close", FormData(Fields{{"decision", "7/QĐ-UBND"}})).has("#sure"));
  CHECK(year.office.post(year.as("quan"), year.href + "/close", FormData(Fields{{"sure", "yes"}})).has("#decision"));
  CHECK(year.page("quan", "/facts").status == 409);
  REQUIRE(year.office.post(year.as("quan"), year.href + "/close", closing).status == 303);
  const auto ledger = year.office.scorecards.ledger(year.href.substr(year.href.rfind('/') + 1));
  REQUIRE(ledger->is_closed());
  CHECK(year.page("an", "").has(ledger->digest()));
  CHECK(year.act("an", "discipline", "score_self", {{"points", "1"}, {"note", "x"}}).status == 410);
  CHECK(year.page("quan", "/plan").status == 410);

  CHECK(year.page("quan", "/facts").has("chưa có"));
  CHECK(year.office.post(year.as("quan"), year.href + "/facts", FormData()).status == 422);
  const auto given = year.office.post(year.as("quan"), year.href + "/facts", FormData(Fields{{"add", "yes"}}));
  INFO(given.body);
  REQUIRE(given.status == 303);
  const auto reading = year.office.facts.read({year.unit, "", 0, nullptr});
  REQUIRE(reading);
  CHECK(reading->book.facts_named("criterion_score").size() > 15);
  CHECK_FALSE(reading->book.facts_named("responsible_for").empty());
  CHECK(year.office.post(year.as("quan"), year.href + "/facts", FormData()).status == 303);
}

TEST_CASE("a file is checked and shown before it is kept, and every fault is told in words") {
  YearOffice year;
  year.open();
  REQUIRE(year.act("an", "plan_issued", "score_self", {{"points", "2"}, {"evidence", "KH 12"}}).status == 303);
  CHECK(year.page("quan", "/file/xlsx").status == 403);
  year.let_file_leave();
  const auto workbook = year.page("quan", "/file/xlsx");
  REQUIRE(workbook.status == 200);
  CHECK(workbook.header("content-disposition").find("attachment") == 0);
  CHECK(year.page("chi", "/file/xlsx").status == 403);
  std::map<std::string, std::string> tables;
  for (const auto& shape : scorecards::sheet_shapes()) tables[shape.name] = year.page("quan", "/file/csv/" + shape.name).body;
  CHECK(year.page("quan", "/file/csv/points").has("1.1.1"));
  CHECK(year.page("quan", "/file/csv/khac").status == 404);

  YearOffice other;
  other.office.base.clock.advance(kDay);
  const auto upload = [&](const std::vector<std::pair<std::string, std::string>>& files) {
    std::string body = "--xx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + other.as("quan").csrf + "\r\n";
    for (const auto& [name, bytes] : files) {
      body += "--xx\r\nContent-Disposition: form-data; name=\"workbook\"; filename=\"" + name + "\"\r\nContent-Type: x/y\r\n\r\n" + bytes + "\r\n";
    }
    return other.office.post_multipart(other.as("quan"), "/staff/scorecards/import", body + "--xx--\r\n", "xx");
  };
  struct Case {
    const char* sheet;
    std::string from;
    std::string to;
    const char* words;
  };
  for (const auto& one : {Case{"history", ",2,,,", ",2.5,,,", "Điểm cao hơn mức tối đa"}, Case{"history", "score_self", "cham", "Không có việc nào mang tên này."},
                          Case{"history", ",an,", ",chi,", "Việc này thuộc bộ phận khác"}, Case{"bodies", "code,name", "code,ten", "còn trống hoặc thiếu cột"},
                          Case{"persons", "2026-01-01", "01/01/2026", "dạng năm-tháng-ngày"}, Case{"assignments", ",head,", ",sếp,", "Xin ghi head (đứng đầu)"},
                          Case{"year", "2026,", "2026.5,", "năm bằng bốn chữ số"},
                          Case{"year", "par_commune", "bo_khac", "bộ tiêu chí khác hoặc phiên bản khác"}, Case{"deadlines", "2026-11-24", "2026-10-01", "Ngày cuối sớm hơn ngày đầu"}}) {
    auto spoilt = tables;
    spoilt[one.sheet] = replaced(spoilt[one.sheet], one.from, one.to);
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& [name, text] : spoilt) files.emplace_back(name + ".csv", text);
    const auto refused = upload(files);
    INFO(one.words);
    CHECK(refused.status == 422);
    CHECK(refused.has(one.words));
    CHECK(refused.has(std::string(one.sheet) + " ("));
  }
  for (const auto& bytes : {std::string("PK\x03\x04 nothing"), std::string("<html>"), workbook.body.substr(0, workbook.body.size() / 2)}) {
    const auto refused = upload({{"year.xlsx", bytes}});
    CHECK(refused.status == 422);
    CHECK(refused.has("Không đọc được tệp"));
  }
  CHECK(upload({}).status == 422);
  CHECK(other.office.scorecards.years()->empty());

  const auto shown = upload({{"year.xlsx", workbook.body}});
  INFO(shown.body);
  REQUIRE(shown.status == 200);
  const auto digest = year.office.scorecards.ledger(year.href.substr(year.href.rfind('/') + 1))->digest();
  CHECK(shown.has(digest));
  CHECK(other.office.scorecards.years()->empty());
  FormData keep;
  keep.add("do", "import");
  for (const auto& [name, text] : tables) keep.add("sheet_" + name, text);
  CHECK(other.office.post(other.as("chi"), "/staff/scorecards/import", keep).status == 403);
  const auto kept = other.office.post(other.as("quan"), "/staff/scorecards/import", keep);
  REQUIRE(kept.status == 303);
  CHECK(other.office.scorecards.ledger(kept.header("location").substr(18))->digest() == digest);
  CHECK(other.office.get(other.as("quan"), kept.header("location")).has("Do quan nhập từ tệp ngày"));
  CHECK(other.office.get(other.as("quan"), kept.header("location") + "/items/plan_issued").has("Do quan nhập từ tệp ngày"));
  CHECK_FALSE(year.page("quan", "").has("nhập từ tệp ngày"));
  CHECK(other.office.post(other.as("quan"), "/staff/scorecards/import", keep).status == 409);
  CHECK(other.office.get(other.as("quan"), "/staff/scorecards/blank/" + std::string(kSet)).status == 200);
}
