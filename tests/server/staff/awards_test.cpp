// Award evaluations through their pages: what is missing, what passes, what is kept.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "analysis/awards/evaluate.h"
#include "analysis/awards/facts_table.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

constexpr const char* kRules = "/staff/awards/rules/thanh_an_2023_32";

std::string facts_table() {
  std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/tests/fixtures/awards/thanh_an_facts.csv", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields evaluation() { return {{"year", "2023"}, {"date", "2023-12-31"}, {"facts", facts_table()}, {"do", "evaluate"}}; }

Fields with(Fields fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) {
      field.second = value;
      return fields;
    }
  }
  fields.emplace_back(name, value);
  return fields;
}

// What a kept evaluation holds.
std::string file_of(StaffOffice& office, const TestPage& kept) {
  const std::string address = kept.header("location");
  return office.base.store.registry().record("decision", address.substr(address.rfind('/') + 1)).value()->content;
}

}  // namespace

TEST_CASE("the jury sees every directive, and what each needs") {
  StaffOffice office;
  const auto list = office.get(office.colleague(Role::jury), "/staff/awards");
  CHECK(list.status == 200);
  for (const auto& rules : office.base.catalog.all_award_rules()) CHECK(list.has("/staff/awards/rules/" + rules->id));
  const auto form = office.get(office.colleague(Role::jury), kRules);
  CHECK(form.status == 200);
  CHECK(form.has("Xếp loại cải cách hành chính do cấp trên công bố"));
  // Open points: the default is chosen, an undecided one is left open, and who chose is said.
  CHECK(form.has("name=\"reading_exclusion_mode\" value=\"also\" checked"));
  CHECK(form.has("name=\"reading_exclusion_mode\" value=\"only\">"));
  CHECK(form.has("Dự án khaosat"));
  CHECK(form.has("Chưa ai quyết định"));
  CHECK(office.get(office.colleague(Role::analyst), "/staff/awards").status == 403);
  CHECK(office.get(office.colleague(Role::jury), "/staff/awards/rules/khong_co").status == 404);
}

TEST_CASE("an evaluation names clause, fact, source, and what is missing from whom") {
  StaffOffice office;
  const auto page = office.post(office.colleague(Role::jury), kRules, FormData(evaluation()));
  REQUIRE(page.status == 200);
  for (const char* words :
       {"Nguyễn Văn An", "không đạt", "chưa đủ căn cứ", "A1 (đoạn về điều kiện xét)", "chính thức, UBND huyện Hớn Quản, 125/QĐ-UBND, 01/02/2023",
        "Chịu trách nhiệm tiêu chí 2.1 (2022), được 0/10 điểm.", "Còn thiếu:", "hội đồng thi đua – khen thưởng xã (biên bản)",
        "Cách hiểu đã dùng", "Hội đồng thi đua – khen thưởng quyết định."}) {
    INFO(words);
    CHECK(page.has(words));
  }
  // A word and a shape for every verdict.
  CHECK(page.has("<span class=\"badge bad\">không đạt</span>"));
  CHECK(page.has("<span class=\"badge good\">đạt</span>"));
  CHECK(page.has("<span class=\"badge open\">chưa đủ căn cứ</span>"));
}

TEST_CASE("the file of an evaluation has the bytes that the command line prints") {
  StaffOffice office;
  const auto kept = office.post(office.colleague(Role::jury), kRules, FormData(with(evaluation(), "do", "keep")));
  REQUIRE(kept.status == 303);
  const auto file = file_of(office, kept);
  Faults faults;
  const auto& catalog = office.base.catalog;
  const auto book = awards::read_facts_csv("facts", facts_table(), catalog.ladders(), faults);
  REQUIRE(faults.empty());
  const auto decision = awards::evaluate(*catalog.award_rules("thanh_an_2023_32"), book, {},
                                         {2023, "2023-12-31", &catalog.ladders(), {}, "khaosat " KHAOSAT_VERSION});
  CHECK(file == awards::to_json(decision));

  // The facts were recorded; from the record comes the same decision.
  const auto records = office.base.store.registry().records("facts", "thanh_an_2023_32");
  REQUIRE(records->size() == 1);
  const auto again = office.post(office.colleague(Role::jury), kRules,
                                 FormData(with(with(with(evaluation(), "do", "keep"), "facts", ""), "facts_record", records->front().id)));
  CHECK(again.header("location") == kept.header("location"));
  CHECK(office.base.store.registry().records("facts", "")->size() == 1);
}

TEST_CASE("a reading that departs from its default is printed with who chose it") {
  StaffOffice office;
  const auto nobody = office.post(office.colleague(Role::jury), kRules, FormData(with(evaluation(), "reading_exclusion_mode", "only")));
  CHECK(nobody.status == 422);
  CHECK(nobody.has("href=\"#readings_by\""));
  CHECK(nobody.has("name=\"reading_exclusion_mode\" value=\"only\" checked"));
  const auto chosen = office.post(office.colleague(Role::jury), kRules,
                                  FormData(with(with(evaluation(), "reading_exclusion_mode", "only"), "readings_by", "Hội đồng xã, biên bản 03")));
  CHECK(chosen.status == 200);
  CHECK(chosen.has("Hội đồng xã, biên bản 03"));
  CHECK(chosen.has("khác mặc định"));
  CHECK(chosen.input("reading_exclusion_mode") == "only");
}

TEST_CASE("an evaluation with a mistake keeps everything typed") {
  struct Mistake {
    std::string field, value, says, links_to;
  };
  const auto mistake = GENERATE(Mistake{"year", "hai nghìn", "Xin ghi năm bằng bốn chữ số.", "year"},
                                Mistake{"date", "2023-02-30", "Xin chọn một ngày có trên lịch.", "date"},
                                Mistake{"facts", " ", "Xin dán, tải lên hoặc chọn dữ kiện.", "facts"},
                                Mistake{"facts", "record,subject,màu\nsubject,a,đỏ\n", "facts", "facts"},
                                Mistake{"facts", "{\"subjects\": [", "facts", "facts"},
                                Mistake{"reading_exclusion_mode", "maybe", "Không phải là một cách hiểu", "reading_exclusion_mode"});
  INFO(mistake.field << " = " << mistake.value);
  StaffOffice office;
  const auto page = office.post(office.colleague(Role::jury), kRules,
                                FormData(with(with(evaluation(), "readings_source", "biên bản <03>"), mistake.field, mistake.value)));
  CHECK(page.status == 422);
  CHECK(page.has(mistake.says));
  CHECK(page.has("href=\"#" + mistake.links_to + "\""));
  CHECK(page.has("biên bản &lt;03&gt;"));
  if (mistake.field != "facts") CHECK(page.has("Nguyễn Văn An,van_phong"));
  CHECK(office.base.store.registry().records("decision", "")->empty());
}

TEST_CASE("recorded facts that do not exist are refused at their field") {
  StaffOffice office;
  const auto page = office.post(office.colleague(Role::jury), kRules,
                                FormData(with(with(evaluation(), "facts", ""), "facts_record", "ffffffffffffffffffff")));
  CHECK(page.status == 422);
  CHECK(page.has("href=\"#facts_record\""));
}

TEST_CASE("a kept proposal reads the same later, and as a file") {
  StaffOffice office;
  const Colleague& jury = office.colleague(Role::jury);
  const auto kept = office.post(jury, kRules, FormData(with(evaluation(), "do", "keep")));
  REQUIRE(kept.status == 303);
  const std::string address = kept.header("location");
  CHECK(office.post(office.officer(), kRules, FormData(with(evaluation(), "do", "keep"))).header("location") == address);
  const auto page = office.get(jury, address);
  CHECK(page.status == 200);
  CHECK(page.has("Chịu trách nhiệm tiêu chí 2.1 (2022), được 0/10 điểm."));
  CHECK_FALSE(page.has("Nội dung không còn như lúc lưu."));
  // Candidates against clauses, as when it was proposed; the kept text is folded up below.
  const auto proposed = office.post(jury, kRules, FormData(evaluation()));
  const auto tables = [](const std::string& body) { return body.substr(body.find("<section><h2 id=\"award-"), body.rfind("</section>") - body.find("<section>")); };
  CHECK(page.has("<div class=\"candidate\">"));
  CHECK(tables(page.body) == tables(proposed.body));
  CHECK(page.has("<summary>Nội dung đã lưu, dạng chữ</summary>"));
  // The file names people: it leaves when two agree, to those two.
  CHECK(office.get(office.officer(), address + "/json").status == 403);
  const Colleague& administrator = office.colleague(Role::administrator);
  REQUIRE(office.post(office.officer(), address + "/file", form_of({{"leave_reason", "Gửi Thanh tra"}})).status == 303);
  CHECK(office.get(office.officer(), address + "/json").status == 403);
  CHECK(office.get(office.officer(), address).has("chờ người thứ hai"));
  REQUIRE(office.post(administrator, "/staff/privacy/acts/" + office.personal.acts()->front().id, FormData{}).status == 303);
  CHECK(office.get(office.officer(), address + "/json").body == file_of(office, kept));
  CHECK(office.get(administrator, address + "/json").status == 200);
  CHECK(office.get(jury, address + "/json").status == 403);
  CHECK(office.get(jury, "/staff/awards").has(address));
  CHECK(office.base.store.registry().pinned("award_rules", "thanh_an_2023_32", 1)->has_value());
  CHECK(office.base.store.registry().records("decision", "")->size() == 1);
}
