// The register of facts: what it takes, what it refuses, and how it stood at a day or at an entry.
#include "server/services/facts/fact_register.h"

#include <catch2/catch.hpp>

#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "server/storage/memory_store.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

const Catalog& catalog() {
  static const Catalog loaded = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  return loaded;
}

constexpr const char* kThanhAn = "25327";  // until 30 June 2025

struct Office {
  Office() {
    REQUIRE(facts.add("subject", {{"subject", "vp"}, {"kind", "collective"}, {"title", "Văn phòng"}, {"parent", kThanhAn}}, "an")->faults.empty());
    REQUIRE(facts.add("subject", {{"subject", "an"}, {"kind", "person"}, {"title", "Nguyễn Văn An"}, {"parent", "vp"}}, "an")->faults.empty());
  }
  FakeClock clock{1795312800};  // 22 November 2026
  MemoryStore store;
  FactRegister facts{store, catalog(), clock};
};

FactCells grade(const char* value, const char* date = "2023-02-10") {
  return {{"subject", kThanhAn}, {"fact", "par_grade"}, {"period", "2022"}, {"ladder", "par_commune_5"}, {"value", value},
          {"source", "official"}, {"publisher", "UBND huyện Hớn Quản"}, {"number", "15/QĐ-UBND"}, {"date", date}};
}

std::string first_grade(FactRegister& facts, const FactScope& scope) {
  const auto reading = facts.read(scope);
  REQUIRE(reading);
  const auto found = reading->book.facts_named("par_grade");
  return found.size() == 1 ? awards::value_text(*found.front()) : std::to_string(found.size());
}

}  // namespace

TEST_CASE("a correction with a day stands from that day; one of a slip of the pen stands from the beginning") {
  Office office;
  const auto added = office.facts.add("fact", grade("kha"), "an");
  REQUIRE(added->faults.empty());
  const auto pinned = office.facts.read({kThanhAn, "", 0, nullptr})->position;
  const auto changed = office.facts.correct(added->first, "fact", grade("tot", "2024-03-01"), "Quyết định sửa đổi 9/QĐ-UBND", "2024-03-01", "binh");
  REQUIRE(changed->faults.empty());
  CHECK(first_grade(office.facts, {kThanhAn, "2023-12-31", 0, nullptr}) == "kha");
  CHECK(first_grade(office.facts, {kThanhAn, "2024-03-01", 0, nullptr}) == "tot");
  CHECK(first_grade(office.facts, {kThanhAn, "2024-12-31", pinned, nullptr}) == "kha");
  REQUIRE(office.facts.correct(changed->first, "fact", grade("trung_binh", "2024-03-01"), "Ghi nhầm", "", "binh")->faults.empty());
  CHECK(first_grade(office.facts, {kThanhAn, "2024-03-01", 0, nullptr}) == "trung_binh");
  CHECK(first_grade(office.facts, {kThanhAn, "2023-12-31", 0, nullptr}) == "kha");
  CHECK(office.facts.correct(added->first, "fact", grade("kha"), "lại", "", "an").error().code == ErrorCode::fact_superseded);
  CHECK(office.facts.correct(99, "fact", grade("kha"), "lại", "", "an").error().code == ErrorCode::not_found);
  CHECK_FALSE(office.facts.correct(changed->first + 1, "fact", grade("kha"), " ", "", "an")->faults.empty());
  // Taken back altogether.
  REQUIRE(office.facts.correct(changed->first + 1, "withdrawn", {}, "Nhầm đơn vị", "", "an")->faults.empty());
  CHECK(first_grade(office.facts, {kThanhAn, "2024-03-01", 0, nullptr}) == "0");
  CHECK(*verify_facts(office.store.registry()) == 6);
  CHECK(verify_journal(office.store.registry()));
}

TEST_CASE("an entry that says nothing sound is refused at its column, and nothing is written") {
  struct Case {
    const char* column;
    const char* value;
    ErrorCode code;
    const char* place;
  };
  const auto wrong = GENERATE(Case{"value", "rất tốt", ErrorCode::grade_not_on_ladder, "column value"},
                              Case{"ladder", "par_9", ErrorCode::grade_not_on_ladder, "column value"},
                              Case{"period", "2025", ErrorCode::unit_not_valid, "column period"},  // abolished in mid-year
                              Case{"period", "năm ngoái", ErrorCode::wrong_type, "column period"},
                              Case{"date", "2027-01-01", ErrorCode::out_of_range, "column date"},
                              Case{"publisher", "", ErrorCode::missing_field, "column publisher"},
                              Case{"source", "computed", ErrorCode::fact_invalid, "column source"},
                              Case{"subject", "an", ErrorCode::fact_invalid, "column subject"},
                              Case{"subject", "99999", ErrorCode::fact_invalid, ""},
                              Case{"fact", "par_grad", ErrorCode::fact_unknown, "column fact"},
                              Case{"quality", "good", ErrorCode::unknown_field, "column quality"});
  Office office;
  FactCells cells = grade("kha");
  cells[wrong.column] = wrong.value;
  const auto refused = office.facts.add("fact", cells, "an");
  REQUIRE(refused);
  REQUIRE_FALSE(refused->faults.empty());
  INFO(to_text(refused->faults));
  CHECK(refused->faults.front().code == wrong.code);
  CHECK(refused->faults.front().place == wrong.place);
  CHECK(office.facts.entries()->size() == 2);
}

TEST_CASE("a table is taken whole or not at all, and a row that stands there already is passed over") {
  Office office;
  const std::string good =
      "record,subject,fact,period,value,maximum,criterion,source,publisher,date,vouched_by\n"
      "fact,25327,criterion_score,2022,5,5,1.1,official,UBND huyện Hớn Quản,2023-02-01,\n"
      "fact,25327,criterion_score,2022,0,4,3.2,official,UBND huyện Hớn Quản,2023-02-01,\n"
      "register,25327,criterion_score,2022,,,,,,2023-02-02,Lê Chi\n";
  const auto taken = office.facts.import_csv(good, "an");
  INFO(to_text(taken->faults));
  REQUIRE(taken->faults.empty());
  CHECK(taken->count == 3);
  const auto again = office.facts.import_csv(good, "an");
  CHECK((again->count == 0 && again->known == 3));
  CHECK(office.facts.entries()->size() == 5);

  const auto refused = office.facts.import_csv(
      "record,subject,fact,period,value,maximum,criterion,source,publisher,date\n"
      "fact,25327,criterion_score,2022,7,5,1.2,official,UBND huyện Hớn Quản,2023-02-01\n"
      "fact,25327,criterion_score,2022,1,5,1.3,official,UBND huyện Hớn Quản,2023-02-01\n"
      "fact,25327,criterion_score,2022,1,5,,official,,hôm qua\n",
      "an");
  REQUIRE(refused->faults.size() >= 2);
  const std::string told = to_text(refused->faults);
  CHECK(told.find("row 2, column value") != std::string::npos);
  CHECK(told.find("row 4, column date") != std::string::npos);
  CHECK(told.find("row 3") == std::string::npos);
  CHECK(office.facts.entries()->size() == 5);
}

TEST_CASE("an excerpt holds what belongs to the unit, its neighbours' figures and its predecessors, nobody else's people") {
  Office office;
  REQUIRE(office.facts.add("subject", {{"subject", "vp2"}, {"kind", "collective"}, {"title", "Văn phòng"}, {"parent", "25330"}}, "an")->faults.empty());
  REQUIRE(office.facts.add("subject", {{"subject", "binh"}, {"kind", "person"}, {"title", "Nguyễn Văn An"}, {"parent", "vp2"}}, "an")->faults.empty());
  REQUIRE(office.facts.add("fact", grade("kha"), "an")->faults.empty());
  const auto here = office.facts.read({kThanhAn, "", 0, nullptr});
  CHECK(here->book.subject("an") != nullptr);
  CHECK(here->book.subject("binh") == nullptr);  // the same name, another person
  CHECK(here->book.subject("25330") == nullptr);
  CHECK(here->about_people == std::vector<std::int64_t>{2});
  const auto merged = office.facts.read({"25345@2025-07-01", "", 0, nullptr});
  REQUIRE(merged);
  CHECK(merged->book.subject(kThanhAn) != nullptr);
  CHECK(merged->book.facts_of(kThanhAn, "par_grade").size() == 1);
  CHECK(merged->book.subject("an") == nullptr);
  CHECK(office.facts.read({"mã lạ", "", 0, nullptr}).error().code == ErrorCode::unit_not_valid);
}

TEST_CASE("a removed content is gone from the register and stays out of every reading") {
  Office office;
  const auto added = office.facts.add("fact", {{"subject", "an"}, {"fact", "holds_role"}, {"period", "2022"}, {"value", "head"}, {"body", "vp"},
                                               {"source", "declared"}, {"date", "2022-01-01"}, {"vouched_by", "Lê Chi"}}, "an");
  REQUIRE(added->faults.empty());
  REQUIRE(office.facts.remove({2, added->first}, "personal_act/1", "binh"));
  const auto reading = office.facts.read({kThanhAn, "", 0, nullptr});
  CHECK(reading->removed == 2);
  CHECK(reading->book.subject("an") == nullptr);
  CHECK(office.facts.entry(2)->cells.empty());
  CHECK(*verify_facts(office.store.registry()) == 3);
}

TEST_CASE("how long a kind is kept is what the office's file says") {
  const test::TemporaryFolder folder;
  folder.write("retention/r.json", R"({"schema":"khaosat/retention/1","id":"r","version":3,"title":{"vi":"Số năm"},"source":{"issuer":"x"},"otherwise":7,"years":{"violation":4}})");
  const Catalog own = Catalog::load(folder.path());
  FakeClock clock{1736226000};
  MemoryStore store;
  const FactRegister facts(store, own, clock);
  for (const auto& kind : facts.kinds()) CHECK(kind.retention_years == (kind.name == "violation" ? 4 : 7));
}
