// What a kept index run gives to the register of facts, and what it may not give.
#include "server/services/facts/run_facts.h"

#include <catch2/catch.hpp>

#include "analysis/disclosure/published_run_json.h"
#include "base/bytes.h"
#include "server/storage/memory_store.h"
#include "server/survey/campaign.h"

using namespace khaosat;
using disclosure::PublishedScore;
using disclosure::PublishedState;

namespace {

const Catalog& catalog() {
  static const Catalog loaded = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  return loaded;
}

constexpr const char* kUnit = "xa_na_phac_2025";
constexpr const char* kSurvey = "dotmot0001";

PublishedScore score(double value, PublishedState state = PublishedState::value) {
  PublishedScore one;
  one.state = state;
  if (state != PublishedState::hidden) one.value = value;
  if (state == PublishedState::hidden) one.reason = "too_few_respondents";
  one.n_low = one.n_high = 40;
  return one;
}

// The whole, two parts, one of them with a part of its own and a question below that.
disclosure::PublishedRun run(double whole, double first, PublishedState second = PublishedState::value, int year = 2026) {
  disclosure::PublishedRun out;
  out.model = {"sipas", 1, "00"};
  out.year = year;
  out.scale_high = 100;
  const std::pair<const char*, std::optional<std::size_t>> nodes[] = {{"sipas", std::nullopt}, {"policy", 0}, {"services", 0}, {"access", 2}, {"item", 3}};
  for (const auto& [id, parent] : nodes) {
    index::RunNode node;
    node.id = id;
    node.parent = parent;
    out.nodes.push_back(node);
  }
  disclosure::PublishedUnit unit;
  unit.id = kUnit;
  unit.name = "Xã Nà Phặc";
  unit.scores = {score(whole), score(first), score(50, second), score(61), score(62)};
  disclosure::PublishedUnit together = unit;
  together.id = "all";
  together.group = true;
  out.units = {unit, together};
  return out;
}

struct Office {
  FakeClock clock{1798700000};  // 31 December 2026
  MemoryStore store;
  FactRegister facts{store, catalog(), clock};
  UnixSeconds next = 1798500000;

  Office() { survey(kSurvey, CampaignState::closed); }
  void survey(const std::string& id, CampaignState state) {
    Campaign campaign;
    campaign.id = id;
    campaign.state = state;
    campaign.closes_on = "2026-11-30";
    REQUIRE(store.registry().put_campaign(campaign));
  }
  std::string keep(const disclosure::PublishedRun& kept, const std::string& about = kSurvey) {
    const std::string content = disclosure::to_json(kept);
    const std::string hash = to_hex(view_of(sha256(content)));
    const std::string id = to_hex(view_of(sha256(about + content))).substr(0, 20);
    REQUIRE(store.registry().add_record({"index_run", id, about, content, hash, next += 60, "lan"}));
    return id;
  }
  Result<RunFacts> give(const std::string& record, const std::string& about = kSurvey) { return give_index_run(facts, store, about, record, "quan"); }
  // Values in force, by criterion.
  std::map<std::string, std::string> in_force() {
    std::map<std::string, std::string> found;
    const auto entries = *facts.entries();
    for (const auto& entry : entries) {
      if (entry.superseded_by == 0 && entry.record == "fact") found[entry.cell("criterion")] = entry.cell("value");
    }
    return found;
  }
};

using Values = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("a kept run gives the score and its parts with the run as document, and only once") {
  Office office;
  const std::string id = office.keep(run(70.5, 66));
  const auto given = office.give(id);
  INFO((given ? to_text(given->faults) : given.error().message));
  REQUIRE(given);
  REQUIRE(given->faults.empty());
  CHECK(given->added == 4);
  CHECK(office.in_force() == Values{{"sipas", "70.5"}, {"sipas.policy", "66"}, {"sipas.services", "50"}, {"sipas.access", "61"}});
  const auto record = *office.store.registry().record("index_run", id);
  const auto entries = *office.facts.entries();
  for (const auto& entry : entries) {
    CHECK(entry.cell("source") == "computed");
    CHECK(entry.cell("number") == id);
    CHECK(entry.cell("evidence") == record->hash);
    CHECK(entry.cell("period") == "2026");
    CHECK(entry.author == "quan");
  }
  // An evaluation reads them.
  const auto reading = office.facts.read({office.facts.entries()->front().cell("subject"), "", 0, nullptr});
  CHECK(reading->book.facts_named("component_score").size() == 4);

  const auto again = office.give(id);
  REQUIRE(again);
  CHECK((again->added == 0 && again->corrected == 0 && again->known == 4));
  CHECK(office.facts.entries()->size() == 4);
}

TEST_CASE("what the run keeps back is counted and never given, a bound neither") {
  Office office;
  const auto state = GENERATE(PublishedState::hidden, PublishedState::withheld, PublishedState::missing, PublishedState::at_least);
  const auto given = office.give(office.keep(run(70, 66, state)));
  REQUIRE(given);
  CHECK(given->added == 3);
  CHECK(given->withheld == 1);
  CHECK_FALSE(office.in_force().contains("sipas.services"));
}

TEST_CASE("a newer run takes the place of an older one's entries; the older one comes too late") {
  Office office;
  const std::string first = office.keep(run(70, 66));
  const std::string second = office.keep(run(71, 67, PublishedState::hidden));
  REQUIRE(office.give(first)->added == 4);
  const auto newer = office.give(second);
  REQUIRE(newer);
  CHECK((newer->added == 0 && newer->corrected == 3 && newer->withdrawn == 1));
  CHECK(office.in_force() == Values{{"sipas", "71"}, {"sipas.policy", "67"}, {"sipas.access", "61"}});
  CHECK(office.facts.entries()->size() == 8);
  CHECK_FALSE(office.facts.entry(5)->reason.empty());
  CHECK(office.give(first).error().code == ErrorCode::fact_superseded);
  CHECK(office.facts.entries()->size() == 8);
}

TEST_CASE("an open survey, a foreign run, a changed one, another survey's figure: refused, and nothing is written") {
  Office office;
  office.survey("dotmo00001", CampaignState::open);
  office.survey("dothai0001", CampaignState::closed);
  const std::string of_open = office.keep(run(70, 66), "dotmo00001");
  CHECK(office.give(of_open, "dotmo00001").error().code == ErrorCode::campaign_not_closed);
  CHECK(office.give(of_open).error().code == ErrorCode::not_found);
  CHECK(office.give("ffffffffffffffffffff").error().code == ErrorCode::not_found);
  REQUIRE(office.store.registry().add_record({"index_run", "0123456789abcdef0123", kSurvey, disclosure::to_json(run(99, 99)), "00", 1798500000, "lan"}));
  CHECK(office.give("0123456789abcdef0123").error().code == ErrorCode::storage_failed);
  CHECK(office.facts.entries()->empty());

  REQUIRE(office.give(office.keep(run(70, 66)))->added == 4);
  CHECK(office.give(office.keep(run(80, 66), "dothai0001"), "dothai0001").error().code == ErrorCode::already_exists);
  CHECK(office.facts.entries()->size() == 4);
}

TEST_CASE("a unit that is not on record, or not in all of that year, gets no score") {
  Office office;
  auto strange = run(70, 66);
  strange.units.front().id = "xa_khong_co";
  auto early = run(70, 66, PublishedState::value, 2024);  // the commune began on 1 July 2025
  for (const auto& wrong : {strange, early}) {
    const auto given = office.give(office.keep(wrong));
    REQUIRE(given);
    REQUIRE_FALSE(given->faults.empty());
    CHECK(given->faults.front().code == ErrorCode::unit_not_valid);
    CHECK(office.facts.entries()->empty());
  }
}

TEST_CASE("several entries are revised together or not at all") {
  Office office;
  REQUIRE(office.give(office.keep(run(70, 66)))->added == 4);
  const auto cells = office.facts.entry(1)->cells;
  CHECK(office.facts.revise({{"fact", cells, 1, "nhầm"}, {"fact", cells, 99, "nhầm"}}, "x", "an").error().code == ErrorCode::not_found);
  CHECK(office.facts.revise({{"fact", cells, 1, " "}}, "x", "an").error().code == ErrorCode::missing_field);
  auto bad = cells;
  bad["value"] = "nhiều";
  CHECK_FALSE(office.facts.revise({{"fact", cells, 1, "nhầm"}, {"fact", bad, 2, "nhầm"}}, "x", "an")->faults.empty());
  CHECK(office.facts.entries()->size() == 4);
}
