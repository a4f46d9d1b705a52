// The register of facts through its pages: forms, tables, evidence, declarations, and what an evaluation takes from it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "server/exports/xlsx_book.h"
#include "tests/support/answer_body.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string demo_table(const std::string& name) {
  std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs/demo/" + name + ".csv", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void import_demo(StaffOffice& office, const std::string& name) {
  const auto page = office.post(office.officer(), "/staff/facts/import", FormData({{"table", demo_table(name)}}));
  INFO(page.body);
  REQUIRE(page.status == 200);
}

Fields rank() {
  return {{"subject", "30523"}, {"period", "2024"}, {"value", "2"}, {"population", "thị xã Tịnh Biên"}, {"population_size", "14"}, {"source", "official"},
          {"publisher", "Phòng Nội vụ"}, {"number", "12/BC-PNV"}, {"date", "2025-01-10"}, {"vouched_by", "Chị Lan"}};
}

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

std::size_t journal_count(StaffOffice& office, const std::string& action) {
  std::size_t count = 0;
  REQUIRE(office.base.store.registry().each_journal_entry([&](const JournalEntry& entry) { count += entry.action == action ? 1 : 0; }));
  return count;
}

}  // namespace

TEST_CASE("every kind of fact has a form, made from THE LIST") {
  StaffOffice office;
  const auto list = office.get(office.officer(), "/staff/facts");
  REQUIRE(list.status == 200);
  for (const auto& kind : office.facts.kinds()) {
    INFO(kind.name);
    CHECK(list.has("/staff/facts/kind/" + kind.name));
    CHECK(office.get(office.officer(), "/staff/facts/kind/" + kind.name).status == 200);
    const auto form = office.get(office.officer(), "/staff/facts/new/" + kind.name);
    REQUIRE(form.status == 200);
    for (const auto& detail : kind.details) CHECK(form.has("name=\"" + detail + "\""));
    CHECK(form.has("name=\"evidence_file\" type=\"file\""));
  }
  // Every fact that a rule file asks for can be recorded.
  for (const auto& rules : office.base.catalog.all_award_rules()) {
    for (const auto& [name, spec] : rules->facts) CHECK(awards::kind_named(office.facts.kinds(), name) != nullptr);
  }
  CHECK(office.get(office.colleague(Role::analyst), "/staff/facts").status == 403);
  CHECK(office.get(office.colleague(Role::jury), "/staff/facts/new/par_grade").status == 403);
  CHECK(office.get(office.officer(), "/staff/facts/new/khong_co").status == 404);
}

TEST_CASE("a fact is recorded, shown with its source, corrected with a reason, and both stay") {
  StaffOffice office;
  const auto added = office.post(office.officer(), "/staff/facts/new/commune_rank", FormData(rank()));
  REQUIRE(added.status == 303);
  const auto shown = office.get(office.officer(), added.header("location"));
  CHECK(shown.has("hạng 2/14 (thị xã Tịnh Biên)"));
  CHECK(shown.has("chính thức, Phòng Nội vụ, 12/BC-PNV, 10/01/2025"));
  CHECK(office.get(office.officer(), "/staff/facts/kind/commune_rank?unit=30523&year=2024").has("hạng 2/14"));

  const std::string correct = added.header("location") + "/correct";
  CHECK(office.get(office.officer(), correct).has("value=\"Phòng Nội vụ\""));
  const auto silent = office.post(office.officer(), correct, FormData(with(rank(), "value", "3")));
  CHECK(silent.status == 422);
  CHECK(silent.has("Xin ghi lý do."));
  CHECK(silent.has("name=\"value\" type=\"text\" value=\"3\""));
  const auto corrected = office.post(office.officer(), correct, FormData(with(with(rank(), "value", "3"), "reason", "Ghi nhầm hạng")));
  REQUIRE(corrected.status == 303);
  const auto both = office.get(office.officer(), corrected.header("location"));
  CHECK(both.has("hạng 2/14"));
  CHECK(both.has("hạng 3/14"));
  CHECK(both.has("Ghi nhầm hạng"));
  CHECK(office.post(office.officer(), correct, FormData(with(rank(), "reason", "lại"))).status == 409);
  CHECK(*verify_facts(office.base.store.registry()) == 2);
  CHECK(journal_count(office, "facts.add") == 1);
  CHECK(journal_count(office, "facts.correct") == 1);
}

TEST_CASE("what the issue calls bad input is refused at its field, and what was typed stays") {
  struct Case {
    const char* kind;
    Fields fields;
    const char* field;
    const char* says;
  };
  const Fields score{{"subject", "30523"}, {"period", "2024"}, {"value", "8"}, {"maximum", "10"}, {"criterion", "1.1"}, {"source", "official"}, {"publisher", "Phòng Nội vụ"}, {"date", "2025-01-10"}};
  const Fields grade{{"subject", "30523"}, {"period", "2024"}, {"value", "par_4/tot"}, {"source", "official"}, {"publisher", "Phòng Nội vụ"}, {"date", "2025-01-10"}};
  const auto wrong = GENERATE_COPY(
      Case{"par_grade", with(grade, "value", "par_4/rat_tot"), "value", "Mức này không có trong thang"},
      Case{"par_grade", with(grade, "value", "pci_2013_6/tot"), "value", "Mức này không có trong thang"},
      Case{"commune_rank", with(rank(), "population", ""), "population", "Thứ hạng phải ghi kèm"},
      Case{"criterion_score", with(score, "value", "12"), "value", "Điểm lớn hơn điểm tối đa."},
      Case{"criterion_score", with(score, "criterion", ""), "criterion", "Xin điền ô này."},
      Case{"commune_rank", with(rank(), "date", "2027-01-01"), "date", "Ngày này chưa tới."},
      Case{"commune_rank", with(rank(), "period", "2025"), "period", "Đơn vị không tồn tại trong cả kỳ này"},
      Case{"commune_rank", with(rank(), "publisher", ""), "publisher", "phải ghi cơ quan công bố"},
      Case{"commune_rank", with(rank(), "subject", ""), "subject", "Xin chọn mục này nói về ai"});
  StaffOffice office;
  const auto page = office.post(office.officer(), std::string("/staff/facts/new/") + wrong.kind, FormData(with(wrong.fields, "note", "giữ <lại>")));
  CHECK(page.status == 422);
  CHECK(page.has(wrong.says));
  CHECK(page.has(std::string("href=\"#") + wrong.field + "\""));
  CHECK(page.has("giữ &lt;lại&gt;"));
  CHECK(office.facts.entries()->empty());
}

TEST_CASE("the register opens at the unit the newest year's entries are about") {
  StaffOffice office;
  REQUIRE(office.post(office.officer(), "/staff/facts/new/commune_rank", FormData(rank())).status == 303);
  const auto page = office.get(office.officer(), "/staff/facts");
  INFO(page.body);
  const auto chosen = page.body.find(" selected");
  REQUIRE(chosen != std::string::npos);
  CHECK(page.body.substr(chosen, 80).find("Văn Giáo") != std::string::npos);
}

TEST_CASE("a second head of one body in one period is refused") {
  StaffOffice office;
  import_demo(office, "register_ngan_son");
  const auto page = office.post(office.officer(), "/staff/facts/new/holds_role",
                                FormData({{"subject", "ns_kien"}, {"period", "2023"}, {"value", "head"}, {"body", "01942"}, {"source", "declared"}, {"date", "2023-01-05"}, {"vouched_by", "Chị Lan"}}));
  CHECK(page.status == 422);
  CHECK(page.has("đã có người đứng đầu khác trong cùng thời gian"));
}

TEST_CASE("a table with faults names row and column, keeps the text, and records nothing") {
  StaffOffice office;
  const auto page = office.post(office.officer(), "/staff/facts/import",
                                FormData(Fields{{"table", "record,subject,fact,period,value,population,population_size,source,publisher,date\n"
                                                    "fact,30523,commune_rank,2024,2,,,official,Phòng Nội vụ,2025-01-10\n"
                                                    "fact,30523,commune_rnk,2024,2,thị xã,14,official,Phòng Nội vụ,2025-01-10\n"}}));
  CHECK(page.status == 422);
  CHECK(page.has("Dòng 2"));
  CHECK(page.has("Dòng 3"));
  CHECK(page.has("commune_rnk,2024"));
  CHECK(office.facts.entries()->empty());
}

TEST_CASE("evidence is kept by digest, comes back only as a download, and is what it claims to be") {
  StaffOffice office;
  const auto upload = [&](const std::string& name, const std::string& bytes) {
    std::string body;
    Fields fields = rank();
    fields.emplace_back("csrf", office.officer().csrf);
    for (const auto& [field, value] : fields) body += "--xx\r\nContent-Disposition: form-data; name=\"" + field + "\"\r\n\r\n" + value + "\r\n";
    body += "--xx\r\nContent-Disposition: form-data; name=\"evidence_file\"; filename=\"" + name + "\"\r\nContent-Type: text/html\r\n\r\n" + bytes + "\r\n--xx--\r\n";
    return office.post_multipart(office.officer(), "/staff/facts/new/commune_rank", body, "xx");
  };
  const auto refused = upload("trang.pdf", "<html><script>alert(1)</script></html>");
  CHECK(refused.status == 422);
  CHECK(refused.has("href=\"#evidence_file\""));
  const std::string pdf = "%PDF-1.4\n<script>alert(1)</script>";
  const auto taken = upload("quyết định 12.pdf", pdf);
  REQUIRE(taken.status == 303);
  const auto entry = office.facts.entry(1);
  REQUIRE(entry);
  const std::string digest = entry->cell("evidence");
  CHECK(entry->evidence_name == "quyết định 12.pdf");
  const auto file = office.get(office.officer(), "/staff/facts/evidence/" + digest);
  CHECK(file.status == 200);
  CHECK(file.body == pdf);
  CHECK(file.header("content-type") == "application/pdf");
  CHECK(file.header("content-disposition").starts_with("attachment"));
  CHECK(office.get(office.officer(), "/staff/facts/evidence/" + std::string(64, 'a')).status == 404);
}

TEST_CASE("the demo's register lets every directive say something, and one of them that it cannot yet know") {
  StaffOffice office;
  for (const char* name : {"facts_thanh_an_2023_32", "facts_binh_phuoc_2018_604", "register_van_giao", "register_thuan_bac", "register_ngan_son"}) import_demo(office, name);
  struct Case {
    const char* rules;
    Fields fields;
    std::vector<const char*> words;
  };
  const std::vector<Case> cases{
      {"thanh_an_2023_32", {{"unit", "25327"}, {"year", "2023"}, {"date", "2024-01-15"}}, {"Nguyễn Văn An (mẫu)", "Chịu trách nhiệm tiêu chí 3.2"}},
      {"binh_phuoc_2018_604", {{"unit", "so_tttt"}, {"year", "2019"}, {"date", "2020-01-15"}}, {"Đặng Khánh (mẫu)", "không đạt"}},
      {"van_giao_2024_99", {{"unit", "30523"}, {"year", "2024"}, {"date", "2025-01-31"}}, {"Đỗ Văn Long (mẫu)", "Vòng lặp giữa các điều kiện"}},
      {"thuan_bac_2023_07", {{"unit", "588"}, {"year", "2023"}, {"date", "2023-11-30"}}, {"Phòng Nội vụ (mẫu)", "chưa đủ căn cứ", "Chưa ghi nhận"}},
      {"ngan_son_2023_notice", {{"unit", "062"}, {"year", "2023"}, {"date", "2023-07-01"}}, {"2.3", "Nông Thị Hiền (mẫu)"}}};
  for (const auto& one : cases) {
    INFO(one.rules);
    const auto page = office.post(office.colleague(Role::jury), std::string("/staff/awards/rules/") + one.rules, FormData(one.fields));
    REQUIRE(page.status == 200);
    for (const char* words : one.words) {
      INFO(words);
      CHECK(page.has(words));
    }
    // Nobody of another directive's units is a candidate here.
    if (std::string(one.rules) != "thanh_an_2023_32") CHECK_FALSE(page.has("Nguyễn Văn An (mẫu)"));
  }
  CHECK(journal_count(office, "facts.read") >= 4);
  // The register's own page says what is still missing, from whom.
  const auto overview = office.get(office.officer(), "/staff/facts?unit=588&year=2023");
  CHECK(overview.has("Nhiệm vụ"));
  CHECK(overview.has("cơ quan công bố chỉ số"));
}

TEST_CASE("a table of facts is read from a workbook too, and a fault names sheet, row and column") {
  StaffOffice office;
  const auto workbook = [](const std::string& points) {
    return bytes_of(*exports::workbook_file([&](exports::XlsxBook& book) {
      book.sheet("Ghi chú", {{"không phải bảng", 20}});
      book.text("x").end_row();
      book.sheet("Dữ kiện", {{"record", 10}, {"subject", 10}, {"kind", 10}, {"title", 10}, {"parent", 10}, {"fact", 10}, {"type", 10}, {"period", 10}, {"value", 10}, {"maximum", 10},
                             {"criterion", 10}, {"source", 10}, {"publisher", 10}, {"date", 10}});
      for (const char* cell : {"subject", "vp", "collective", "Văn phòng", "25327"}) book.text(cell);
      book.end_row();
      for (int i = 0; i < 3; ++i) book.empty();
      book.end_row();
      for (const char* cell : {"fact", "25327", "", "", "", "criterion_score", "number"}) book.text(cell);
      book.number(2022).text(points).number(10).text("2.1").text("official").text("UBND huyện").text("2023-02-01");
      book.end_row();
    }).value());
  };
  const auto upload = [&](const std::string& bytes) {
    const std::string head = "--xx\r\nContent-Disposition: form-data; name=\"";
    return office.post_multipart(office.officer(), "/staff/facts/import", head + "csrf\"\r\n\r\n" + office.officer().csrf + "\r\n" + head +
                                     "table_file\"; filename=\"a.xlsx\"\r\nContent-Type: x/y\r\n\r\n" + bytes + "\r\n--xx--\r\n", "xx");
  };
  const auto refused = upload(workbook("12,5"));
  CHECK(refused.status == 422);
  INFO(refused.body);
  CHECK(refused.has("Trang Dữ kiện:"));
  CHECK(refused.has("Dòng 4"));
  CHECK(office.facts.entries()->empty());
  const auto taken = upload(workbook("7,5"));
  REQUIRE(taken.status == 200);
  CHECK(taken.has("Đã ghi 2 mục"));
  // Officials read a comma, also where they mend it.
  CHECK(office.get(office.officer(), "/staff/facts/kind/criterion_score?unit=25327&year=2022").has("7,5/10"));
  CHECK(office.get(office.officer(), "/staff/facts/entry/2/correct").has("value=\"7,5\""));
  CHECK(upload("PK\x03\x04 nothing").status == 422);
  const auto other = exports::workbook_file([](exports::XlsxBook& book) { book.sheet("Khác", {{"a", 10}}); });
  CHECK(upload(bytes_of(*other.value())).has("không có trang nào"));
}

TEST_CASE("a later fact changes no kept decision, and a page says what would be different") {
  StaffOffice office;
  import_demo(office, "facts_thanh_an_2023_32");
  const Colleague& jury = office.colleague(Role::jury);
  const Fields fields{{"unit", "25327"}, {"year", "2023"}, {"date", "2024-01-15"}, {"do", "keep"}};
  const auto kept = office.post(jury, "/staff/awards/rules/thanh_an_2023_32", FormData(fields));
  REQUIRE(kept.status == 303);
  const std::string address = kept.header("location");
  const auto content = [&](const std::string& at) { return office.base.store.registry().record("decision", at.substr(at.rfind('/') + 1)).value()->content; };
  const auto before = content(address);
  CHECK(office.get(jury, address + "/now").has("trùng khít"));

  // Trần Thị Bình's statutory conditions are withdrawn afterwards.
  std::int64_t number = 0;
  const auto recorded = office.facts.entries();
  REQUIRE(recorded);
  for (const auto& entry : *recorded) {
    if (entry.cell("subject") == "binh" && entry.cell("fact") == "statutory_conditions_met") number = entry.number;
  }
  REQUIRE(number != 0);
  REQUIRE(office.post(office.officer(), "/staff/facts/entry/" + std::to_string(number) + "/correct", FormData({{"withdraw", "yes"}, {"reason", "Quyết định bị thu hồi"}})).status == 303);
  CHECK(content(address) == before);
  const auto now = office.get(jury, address + "/now");
  CHECK(now.has("trùng khít"));
  CHECK(now.has("Trần Thị Bình (mẫu)"));
  CHECK(now.has("Nay sẽ là:"));
  // Evaluated again through the same entry: the same bytes; with all entries: others.
  const auto file = [&](Fields more) {
    Fields all = fields;
    all.insert(all.end(), more.begin(), more.end());
    return content(office.post(jury, "/staff/awards/rules/thanh_an_2023_32", FormData(all)).header("location"));
  };
  const auto entries = static_cast<std::int64_t>(office.facts.entries()->size());
  CHECK(file({{"through", std::to_string(entries - 1)}}) == before);
  CHECK(file({}) != before);
}

TEST_CASE("units that merged stand with what they were made from") {
  StaffOffice office;
  const auto page = office.get(office.officer(), "/staff/facts/units");
  REQUIRE(page.status == 200);
  CHECK(page.has("Xã Thanh An"));
  CHECK(page.has("trùng tên, là đơn vị khác"));
  CHECK(page.has("sáp nhập"));
}

TEST_CASE("a unit's pages of facts say what it was made from and what became of it, and keep their entries apart") {
  StaffOffice office;
  // Tân Hưng took over the code and the name of one of the three communes it was made from.
  const std::string now = "25345@2025-07-01";
  const auto grade = [&](const std::string& unit, const std::string& year, const std::string& number) {
    const auto added = office.facts.add("fact", {{"subject", unit}, {"fact", "par_grade"}, {"period", year}, {"ladder", "par_commune_5"}, {"value", "kha"}, {"source", "official"},
                                                 {"publisher", "UBND"}, {"number", number}, {"date", "2026-10-01"}}, "an");
    INFO(to_text(added->faults));
    REQUIRE(added->faults.empty());
  };
  grade("25345", "2024", "so-cu/1");
  grade("25327", "2024", "so-cu/2");
  const auto page = [&](const std::string& path, const std::string& unit, const std::string& year) {
    return office.get(office.officer(), path + "?" + to_urlencoded(form_of({{"unit", unit}, {"year", year}})));
  };
  const std::string kind = "/staff/facts/kind/par_grade";

  const auto alone = page(kind, now, "2024");
  REQUIRE(alone.status == 200);
  CHECK(alone.has("Xã Tân Hưng lập ngày 01/07/2025 (sáp nhập), hình thành từ:"));
  for (const char* old : {"Xã Thanh An", "Xã An Khương"}) CHECK(alone.has(old));
  // Nothing of its own, although the code and the year asked for are those of the old one's entry.
  const auto none = alone.body.find("Mục của các đơn vị tiền thân");
  REQUIRE(none != std::string::npos);
  for (const char* number : {"so-cu/1", "so-cu/2"}) {
    INFO(number);
    CHECK(alone.body.find(number) > none);
    CHECK(alone.has(number));
  }
  grade(now, "2026", "so-moi/3");
  const auto both = page(kind, now, "2026");
  CHECK(both.body.find("so-moi/3") < both.body.find("Mục của các đơn vị tiền thân"));
  CHECK(both.body.find("so-cu/1") > both.body.find("Mục của các đơn vị tiền thân"));

  const auto ended = page(kind, "25327", "2024");
  CHECK(ended.has("Xã Thanh An kết thúc sau ngày 30/06/2025; nay thuộc:"));
  CHECK(ended.has("25345%402025-07-01"));
  CHECK_FALSE(ended.has("so-moi/3"));
  CHECK_FALSE(ended.has("so-cu/1"));

  CHECK(page("/staff/facts", now, "2026").has("hình thành từ:"));
  CHECK(page("/staff/facts", "25327", "2024").has("nay thuộc:"));
  // A level that was given up has no successor.
  const auto& units = office.facts.units();
  const auto district = std::find_if(units.begin(), units.end(), [](const auto& unit) { return unit.where == "tx_tinh_bien"; });
  REQUIRE(district != units.end());
  CHECK(page("/staff/facts", district->key, "2024").has("không ghi đơn vị kế tiếp"));
}
