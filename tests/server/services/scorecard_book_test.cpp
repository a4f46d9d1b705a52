// A commune's year from opening to facts: kept act by act, replayed, imported, and judged by a directive.
#include "server/services/scorecards/scorecard_book.h"

#include <catch2/catch.hpp>

#include "analysis/scorecards/points.h"
#include "base/bytes.h"
#include "server/storage/memory_store.h"

using namespace khaosat;
using namespace khaosat::scorecards;

namespace {

const Catalog& catalog() {
  static const Catalog loaded = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  return loaded;
}

constexpr const char* kSet = "par_commune_scorecard_example";
constexpr const char* kThanhAn = "25327";  // until 30 June 2025
constexpr UnixSeconds kDay = 86400;

YearPlan plan() {
  YearPlan plan;
  plan.year = 2024;
  plan.unit = kThanhAn;
  plan.unit_name = "xã Thanh An";
  plan.bodies = {{"vp", "Văn phòng", false}, {"hd", "Hội đồng thẩm định huyện", true}};
  plan.persons = {{"an", "Nguyễn Văn An", "vp", "an", "2024-01-01", "2025-12-31"}, {"chi", "Lê Thị Chi", "hd", "chi", "2024-01-01", "2025-12-31"}};
  for (const auto& item : catalog().scorecard(kSet)->items) {
    if (item.kind == ItemKind::field) plan.assignments.push_back({item.id, "vp", "an", Duty::head, "2024-01-01", "2024-12-31", "3/QĐ-UBND"});
  }
  plan.assignments.back().to = "2025-06-30";
  for (auto& one : plan.assignments) one.to = "2025-12-31";
  plan.windows = {Window{"2025-01-01", "2025-01-10"}, Window{"2025-01-05", "2025-01-20"}, Window{"2025-01-05", "2025-01-25"}, Window{"2025-01-05", "2025-02-15"}};
  return plan;
}

struct Office {
  FakeClock clock{1736226000};  // 7 January 2025, noon
  MemoryStore store;
  FactRegister facts{store, catalog(), clock};
  ScorecardBook book{store, catalog(), clock};
  std::string id;
  Office() {
    const auto opened = book.open(kSet, plan(), "quan");
    INFO((opened ? "" : opened.error().message + " " + opened.error().where));
    REQUIRE(opened);
    id = *opened;
  }
  Result<void> act(Act act, const std::string& item, const std::string& account, std::optional<double> points = std::nullopt, bool manages = false) {
    Event event;
    event.act = act;
    event.item = item;
    event.points = points;
    event.note = act == Act::close ? "7/QĐ-UBND" : "theo hồ sơ";
    const Item* found = catalog().scorecard(kSet)->find(item);
    if (found != nullptr && found->ratio && points) event.points.reset(), event.numerator = *points, event.denominator = 10;
    if (act == Act::score_self) event.evidence = {{"12/BC-UBND", ""}};
    return book.act(id, std::move(event), account, manages);
  }
};

std::size_t journal_count(Store& store, const std::string& action) {
  std::size_t count = 0;
  REQUIRE(store.registry().each_journal_entry([&](const JournalEntry& entry) { count += entry.action == action ? 1 : 0; }));
  return count;
}

// A published run kept as pages keep it, telling one figure of the commune.
std::string keep_run(Store& store, double value, int year = 2024, const std::string& model = "sipas") {
  std::string unit;
  for (const auto& one : catalog().units().units()) {
    if (one.code == kThanhAn && one.valid_to == "2025-06-30") unit = one.id;
  }
  REQUIRE_FALSE(unit.empty());
  const std::string content = "{\"schema\":\"khaosat/published_run/1\",\"model\":{\"id\":\"" + model + "\",\"version\":1,\"hash\":\"00\"},\"year\":" +
                              std::to_string(year) + ",\"input_hash\":\"11\",\"nodes\":[],\"units\":[{\"id\":\"" + unit +
                              "\",\"scores\":[{\"node\":\"sipas\",\"state\":\"value\",\"n\":[40,40],\"value\":" + std::to_string(value) + "}]}]}";
  const std::string hash = to_hex(view_of(sha256(content)));
  const std::string id = "0123456789abcdef0123";
  REQUIRE(store.registry().add_record({"index_run", id, "dot1", content, hash, 1736000000, "lan"}));
  return id;
}

}  // namespace

TEST_CASE("points of a survey come from a kept run alone, whoever asks") {
  Office office;
  Event made_up;
  made_up.act = Act::take_survey;
  made_up.item = "satisfaction";
  made_up.run = "ffffffffffffffffffff";
  made_up.value = 100;
  made_up.note = "theo khảo sát";
  CHECK(office.book.act(office.id, made_up, "quan", true).error().code == ErrorCode::scorecard_computed);
  CHECK(office.book.take_survey(office.id, "satisfaction", made_up.run, "theo khảo sát", "quan", true).error().code == ErrorCode::not_found);
  const bool wrong_year = GENERATE(false, true);
  const std::string run = wrong_year ? keep_run(office.store, 75, 2023) : keep_run(office.store, 75, 2024, "papi");
  CHECK(office.book.take_survey(office.id, "satisfaction", run, "theo khảo sát", "quan", true).error().code == ErrorCode::not_comparable);
  CHECK(office.book.survey_runs(office.id, "satisfaction")->empty());
  CHECK(office.book.ledger(office.id)->events().empty());
}

TEST_CASE("a kept run offers itself and gives its points; an imported year may not say otherwise") {
  Office office;
  const std::string run = keep_run(office.store, 75);
  const auto runs = office.book.survey_runs(office.id, "satisfaction");
  REQUIRE(runs);
  REQUIRE(runs->size() == 1);
  CHECK(runs->front().value == 75);
  CHECK(office.book.take_survey(office.id, "satisfaction", run, "theo khảo sát", "an", false).error().code == ErrorCode::scorecard_not_yours);
  REQUIRE(office.book.take_survey(office.id, "satisfaction", run, "theo khảo sát", "quan", true));
  const auto ledger = office.book.ledger(office.id);
  CHECK(ledger->standing("satisfaction").final_points == 10.0);
  const auto sheets = to_sheets(*ledger);
  // The office that has the run, with a figure of its own; and one that has never seen it.
  for (const double value : {75.0, 80.0, 0.0}) {
    MemoryStore elsewhere;
    if (value > 0) keep_run(elsewhere, value);
    ScorecardBook book(elsewhere, catalog(), office.clock);
    Faults faults;
    const auto imported = book.import(sheets, "thu", faults);
    INFO(to_text(faults));
    CHECK(imported.has_value() == (value != 80.0));
    if (!imported) CHECK(faults.front().place == "sheet history, row 2, column value");
  }
}

TEST_CASE("a year is opened once, and every act is kept with its journal entry") {
  Office office;
  CHECK(office.book.open(kSet, plan(), "quan").error().code == ErrorCode::already_exists);
  CHECK(office.book.open("khong_co", plan(), "quan").error().code == ErrorCode::definition_unknown);
  YearPlan nobody = plan();
  nobody.year = 2023;
  nobody.assignments.clear();
  CHECK(office.book.open(kSet, nobody, "quan").error().code == ErrorCode::scorecard_unassigned);
  REQUIRE(office.act(Act::score_self, "discipline", "an", 4));
  CHECK(office.act(Act::appraise_first, "discipline", "an", 5).error().code == ErrorCode::scorecard_not_yours);
  CHECK(office.act(Act::appraise_first, "discipline", "chi", 5.5).error().code == ErrorCode::points_above_maximum);
  CHECK(journal_count(office.store, "scorecard.score_self") == 1);
  CHECK(journal_count(office.store, "scorecard.appraise_first") == 0);
  const auto ledger = office.book.ledger(office.id);
  REQUIRE(ledger);
  CHECK(ledger->standing("discipline").self.points == 4.0);
  CHECK(ledger->events().size() == 1);
  CHECK(office.book.years()->size() == 1);
  CHECK(office.book.ledger("khong").error().code == ErrorCode::not_found);
  CHECK(office.book.take_survey(office.id, "satisfaction", "khong", "", "quan", true).error().code == ErrorCode::not_found);
  CHECK(office.book.take_survey(office.id, "discipline", "khong", "", "quan", true).error().code == ErrorCode::scorecard_computed);
  CHECK(office.book.give_facts(office.id, office.facts, "quan").error().code == ErrorCode::scorecard_unfinished);
}

TEST_CASE("a closed year becomes facts once, and travels to another office with the same digest") {
  Office office;
  std::size_t number = 0;
  for (const Item* item : catalog().scorecard(kSet)->leaves()) {
    if (item->is_adjustment() || item->survey) continue;
    ++number;
    INFO(item->id);
    REQUIRE(office.act(Act::score_self, item->id, "an", item->ratio ? 9 : item->maximum));
  }
  office.clock.advance(kDay);
  for (const Item* item : catalog().scorecard(kSet)->leaves()) {
    if (item->is_adjustment() || item->survey) continue;
    REQUIRE(office.act(Act::appraise_first, item->id, "chi", item->ratio ? 9 : item->id == "discipline" ? 0 : item->maximum));
  }
  REQUIRE(office.book.take_survey(office.id, "satisfaction", keep_run(office.store, 75), "theo khảo sát", "quan", true));
  office.clock.advance(20 * kDay);
  REQUIRE(office.act(Act::close, "", "quan", std::nullopt, true));

  const auto ledger = office.book.ledger(office.id);
  REQUIRE(ledger);
  REQUIRE(ledger->is_closed());
  // Bodies and persons must stand in the register first.
  const auto too_soon = office.book.give_facts(office.id, office.facts, "quan");
  REQUIRE(too_soon);
  CHECK_FALSE(too_soon->faults.empty());
  REQUIRE(office.facts.add("subject", {{"subject", "vp"}, {"kind", "collective"}, {"title", "Văn phòng"}, {"parent", kThanhAn}}, "quan")->faults.empty());
  REQUIRE(office.facts.add("subject", {{"subject", "an"}, {"kind", "person"}, {"title", "Nguyễn Văn An"}, {"parent", "vp"}}, "quan")->faults.empty());
  const auto given = office.book.give_facts(office.id, office.facts, "quan");
  REQUIRE(given);
  INFO(to_text(given->faults));
  REQUIRE(given->faults.empty());
  const auto reading = office.facts.read({kThanhAn, "", 0, nullptr});
  REQUIRE(reading);
  CHECK(reading->book.facts_named("criterion_score").size() == number + 1);
  // The person and the body of each.
  CHECK(reading->book.facts_named("responsible_for").size() == 2 * (number + 1));
  // Nine in ten sent back is as bad as it gets.
  std::vector<std::string> zero;
  for (const auto* fact : reading->book.facts_named("criterion_score")) {
    if (std::get<awards::NumberValue>(fact->value).value == 0) zero.push_back(fact->details.at("criterion"));
  }
  std::sort(zero.begin(), zero.end());
  std::vector<std::string> expected = {ledger->set().find("discipline")->code, ledger->set().find("sent_back")->code};
  std::sort(expected.begin(), expected.end());
  CHECK(zero == expected);
  const auto again = office.book.give_facts(office.id, office.facts, "quan");
  REQUIRE(again);
  CHECK(again->count == 0);

  Office other_office;
  MemoryStore elsewhere;
  ScorecardBook book(elsewhere, catalog(), office.clock);
  Faults faults;
  std::vector<Sheet> sheets;
  for (const auto& sheet : to_sheets(*ledger)) sheets.push_back(read_sheet_csv(sheet.name, to_csv(sheet), faults));
  const auto imported = book.import(sheets, "thu", faults);
  INFO(to_text(faults));
  REQUIRE(imported);
  CHECK(book.ledger(*imported)->digest() == ledger->digest());
  CHECK(book.import(sheets, "thu", faults).error().code == ErrorCode::already_exists);
  // Its facts say that they came with a file, by whom and when; those of the year worked through here do not.
  FactRegister register_there(elsewhere, catalog(), office.clock);
  REQUIRE(register_there.add("subject", {{"subject", "vp"}, {"kind", "collective"}, {"title", "Văn phòng"}, {"parent", kThanhAn}}, "thu")->faults.empty());
  REQUIRE(register_there.add("subject", {{"subject", "an"}, {"kind", "person"}, {"title", "Nguyễn Văn An"}, {"parent", "vp"}}, "thu")->faults.empty());
  const auto given_there = book.give_facts(*imported, register_there, "thu");
  REQUIRE(given_there);
  INFO(to_text(given_there->faults));
  const auto read_there = register_there.read({kThanhAn, "", 0, nullptr});
  REQUIRE_FALSE(read_there->book.facts_named("criterion_score").empty());
  for (const auto* fact : read_there->book.facts_named("criterion_score")) CHECK(fact->vouched_by.starts_with(std::string("thu (") + kImportedWords));
  for (const auto* fact : reading->book.facts_named("criterion_score")) CHECK(fact->vouched_by.find(kImportedWords) == std::string::npos);
  other_office.clock.set(1736226000);
  MemoryStore early;
  ScorecardBook before(early, catalog(), other_office.clock);
  CHECK(before.import(sheets, "thu", faults).error().code == ErrorCode::out_of_range);
}
