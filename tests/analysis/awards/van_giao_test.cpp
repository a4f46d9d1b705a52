// Văn Giáo (B1–B8): the gate, the circle, ties at rank 3, and seats.
#include <catch2/catch.hpp>

#include "analysis/awards/select.h"
#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

constexpr const char* kAward = "giay_khen_xa";
constexpr const char* kTown = "thị xã Tịnh Biên";
constexpr const char* kPublisher = "Phòng Nội vụ thị xã Tịnh Biên";

void rank_is(Facts& facts, const char* unit, int rank) {
  facts.rank(unit, "commune_rank", "2024", rank, 14, kTown, kPublisher, "2025-01-10");
}

// A commune that meets everything, with one office and one person.
Facts commune() {
  Facts facts;
  facts.unit("890", "Thị xã Tịnh Biên").unit("30523", "Xã Văn Giáo", "890").unit("30526", "Xã An Cư", "890").unit("30532", "Xã Vĩnh Trung", "890");
  facts.collective("van_phong", "30523").person("an", "van_phong");
  facts.truth("30523", "town_certificate", "2024", true);
  facts.last().source = FactSource::official;
  facts.last().publisher = "UBND thị xã Tịnh Biên";
  rank_is(facts, "30523", 2);
  for (const char* subject : {"van_phong", "an"}) {
    facts.truth(subject, "active_participation", "2024", true).event(subject, "practical_action", "2024-06");
    facts.event(subject, "plan_task", "2024", {{"due", "2024-06-30"}, {"done", "2024-06-28"}, {"quality", "good"}});
  }
  for (const char* name : {"violation", "citizen_complaint", "plan_task", "practical_action"}) facts.complete(name, "30523", "2024");
  facts.event("30523", "award_meeting", "2025-01-20");
  return facts;
}

Decision decide(const RuleSet& rules, const Facts& facts, const std::map<std::string, std::string>& readings = {}) {
  EvaluationContext context;
  context.year = 2024;
  context.date = "2025-01-25";
  context.ladders = &shipped_ladders();
  return evaluate(rules, facts.book(), choose(readings), context);
}

void change_task(Facts& facts, std::map<std::string, std::string> details) {
  facts.without("plan_task", "van_phong").event("van_phong", "plan_task", "2024", std::move(details));
}
void complain(Facts& facts, const char* status) { facts.event("van_phong", "citizen_complaint", "2024-05", {{"status", status}}); }
// Rank three, shared with An Cư; the other communes of the town have no recorded rank.
void share_rank_three(Facts& facts) {
  facts.without("commune_rank");
  rank_is(facts, "30523", 3);
  rank_is(facts, "30526", 3);
}

using enum Verdict;

const std::vector<TruthRow>& table() {
  static const std::vector<TruthRow> rows{
      {"certificate on record", "B1", "van_phong", {}, nullptr, pass},
      {"no certificate this year", "B1", "van_phong", {}, [](Facts& f) { f.without("town_certificate").truth("30523", "town_certificate", "2024", false); f.last().source = FactSource::official; }, fail},
      {"certificate not on record", "B1", "van_phong", {}, [](Facts& f) { f.without("town_certificate"); }, undetermined},
      {"certificate merely declared", "B1", "van_phong", {}, [](Facts& f) { f.without("town_certificate").truth("30523", "town_certificate", "2024", true); }, undetermined},
      {"proposal counts", "B1", "van_phong", {{"cycle_policy", "proposal_counts"}}, [](Facts& f) { f.without("town_certificate"); }, pass},
      {"proposal counts, rank 4", "B1", "van_phong", {{"cycle_policy", "proposal_counts"}}, [](Facts& f) { f.without("town_certificate").truth("30523", "town_certificate", "2024", false); f.last().source = FactSource::official; f.without("commune_rank"); rank_is(f, "30523", 4); }, fail},
      {"proposal counts, rank unknown", "B1", "van_phong", {{"cycle_policy", "proposal_counts"}}, [](Facts& f) { f.without("town_certificate").without("commune_rank"); }, undetermined},
      {"no complaint", "B2", "van_phong", {}, nullptr, pass},
      {"substantiated complaint", "B2", "van_phong", {}, [](Facts& f) { complain(f, "substantiated"); }, fail},
      {"complaint under examination", "B2", "van_phong", {}, [](Facts& f) { complain(f, "examining"); }, undetermined},
      {"rejected complaint", "B2", "van_phong", {}, [](Facts& f) { complain(f, "rejected"); }, pass},
      {"complaint without outcome", "B2", "van_phong", {}, [](Facts& f) { f.event("van_phong", "citizen_complaint", "2024-05"); }, undetermined},
      {"alleged complaint, any", "B2", "van_phong", {{"complaint_status", "any"}}, [](Facts& f) { complain(f, "alleged"); }, fail},
      {"no complaint, any", "B2", "van_phong", {{"complaint_status", "any"}}, nullptr, pass},
      {"register never closed, any", "B2", "van_phong", {{"complaint_status", "any"}}, [](Facts& f) { f.without_register("citizen_complaint"); }, undetermined},
      {"register never closed", "B2", "van_phong", {}, [](Facts& f) { f.without_register("citizen_complaint"); }, undetermined},
      {"register closed too early", "B2", "van_phong", {}, [](Facts& f) { f.without_register("citizen_complaint").complete("citizen_complaint", "30523", "2024", "2024-06-30"); }, undetermined},
      {"violation", "B2", "an", {}, [](Facts& f) { f.event("an", "violation", "2024-03", {{"status", "substantiated"}}); }, fail},
      {"tasks in time", "B3", "van_phong", {}, nullptr, pass},
      {"task late", "B3", "van_phong", {}, [](Facts& f) { change_task(f, {{"due", "2024-06-30"}, {"done", "2024-07-01"}, {"quality", "good"}}); }, fail},
      {"task poor", "B3", "van_phong", {}, [](Facts& f) { change_task(f, {{"due", "2024-06-30"}, {"done", "2024-06-30"}, {"quality", "poor"}}); }, fail},
      {"quality not marked", "B3", "van_phong", {}, [](Facts& f) { change_task(f, {{"due", "2024-06-30"}, {"done", "2024-06-30"}}); }, undetermined},
      {"task overdue in a closed register", "B3", "van_phong", {}, [](Facts& f) { change_task(f, {{"due", "2024-06-30"}}); }, fail},
      {"task overdue in an open register", "B3", "van_phong", {}, [](Facts& f) { change_task(f, {{"due", "2024-06-30"}}); f.without_register("plan_task"); }, undetermined},
      {"active", "B4", "van_phong", {}, nullptr, pass},
      {"not active", "B4", "van_phong", {}, [](Facts& f) { f.without("active_participation").truth("van_phong", "active_participation", "2024", false); }, fail},
      {"the jury has not said", "B4", "van_phong", {}, [](Facts& f) { f.without("active_participation"); }, undetermined},
      {"practical action", "B5", "van_phong", {}, nullptr, pass},
      {"none in a closed register", "B5", "van_phong", {}, [](Facts& f) { f.without("practical_action"); }, fail},
      {"none in an open register", "B5", "van_phong", {}, [](Facts& f) { f.without("practical_action").without_register("practical_action"); }, undetermined},
      {"rank 4", "B6", "van_phong", {}, [](Facts& f) { f.without("commune_rank"); rank_is(f, "30523", 4); }, fail},
      {"rank 2, other ranks unknown, ties undecided", "B6", "van_phong", {{"tie_rule", ""}}, nullptr, undetermined},
      {"rank 2, ties included", "B6", "van_phong", {{"tie_rule", "include"}}, nullptr, pass},
      {"no rank", "B6", "van_phong", {{"tie_rule", "include"}}, [](Facts& f) { f.without("commune_rank"); }, undetermined},
      {"shared rank 3, undecided", "B6", "van_phong", {{"tie_rule", ""}}, share_rank_three, undetermined},
      {"shared rank 3, included", "B6", "van_phong", {{"tie_rule", "include"}}, share_rank_three, pass},
      {"shared rank 3, excluded", "B6", "van_phong", {{"tie_rule", "exclude"}}, share_rank_three, fail},
      {"rank 4, excluded or not", "B6", "van_phong", {{"tie_rule", "exclude"}}, [](Facts& f) { f.without("commune_rank"); rank_is(f, "30523", 4); }, fail},
      {"rank among others", "B6", "van_phong", {{"tie_rule", "include"}, {"population", "cụm thi đua"}}, nullptr, undetermined},
      {"rank by another body", "B6", "van_phong", {{"tie_rule", "include"}, {"publisher", "Sở Nội vụ tỉnh An Giang"}}, nullptr, undetermined},
      {"rank in the cluster", "B6", "van_phong", {{"tie_rule", "include"}, {"population", "cụm thi đua"}}, [](Facts& f) { f.without("commune_rank").rank("30523", "commune_rank", "2024", 3, 5, "Cụm thi đua", kPublisher, "2025-01-10"); }, pass},
      {"rank 4 in the cluster", "B6", "van_phong", {{"population", "cụm thi đua"}}, [](Facts& f) { f.without("commune_rank").rank("30523", "commune_rank", "2024", 4, 5, "cụm thi đua", kPublisher, "2025-01-10"); }, fail},
      {"rank 3 of three, all ranks known, excluded", "B6", "van_phong", {{"tie_rule", "exclude"}}, [](Facts& f) { f.without("commune_rank"); f.rank("30523", "commune_rank", "2024", 3, 3, kTown, kPublisher, "2025-01-10").rank("30526", "commune_rank", "2024", 2, 3, kTown, kPublisher, "2025-01-10").rank("30532", "commune_rank", "2024", 1, 3, kTown, kPublisher, "2025-01-10"); }, pass},
      {"no rank, excluded", "B6", "van_phong", {{"tie_rule", "exclude"}}, [](Facts& f) { f.without("commune_rank"); }, undetermined},
      {"rank in the province", "B6", "van_phong", {{"population", "tỉnh An Giang"}}, [](Facts& f) { f.without("commune_rank").rank("30523", "commune_rank", "2024", 3, 102, "tỉnh An Giang", kPublisher, "2025-01-10"); }, pass},
      {"rank 40 in the province", "B6", "van_phong", {{"population", "tỉnh An Giang"}}, [](Facts& f) { f.without("commune_rank").rank("30523", "commune_rank", "2024", 40, 102, "tỉnh An Giang", kPublisher, "2025-01-10"); }, fail},
      {"no rank in the province", "B6", "van_phong", {{"population", "tỉnh An Giang"}}, nullptr, undetermined},
      {"rank by the province", "B6", "van_phong", {{"publisher", "Sở Nội vụ tỉnh An Giang"}}, [](Facts& f) { f.without("commune_rank").rank("30523", "commune_rank", "2024", 2, 14, kTown, "Sở Nội vụ tỉnh An Giang", "2025-01-10"); }, pass},
      {"rank 4 by the province", "B6", "van_phong", {{"publisher", "Sở Nội vụ tỉnh An Giang"}}, [](Facts& f) { f.without("commune_rank").rank("30523", "commune_rank", "2024", 4, 14, kTown, "Sở Nội vụ tỉnh An Giang", "2025-01-10"); }, fail},
      {"cut-off moved, rank 2", "B6", "van_phong", {{"cutoff_date", "2025-06-30"}}, nullptr, pass},
      {"cut-off moved, rank 4", "B6", "van_phong", {{"cutoff_date", "2025-06-30"}}, [](Facts& f) { f.without("commune_rank"); rank_is(f, "30523", 4); }, fail},
      {"cut-off moved, no rank", "B6", "van_phong", {{"cutoff_date", "2025-06-30"}}, [](Facts& f) { f.without("commune_rank"); }, undetermined},
      {"published after the cut-off", "B6", "van_phong", {{"tie_rule", "include"}, {"cutoff_date", "2025-01-05"}}, nullptr, undetermined},
      {"summed up in January", "B7", "van_phong", {}, nullptr, pass},
      {"summed up in December", "B7", "van_phong", {}, [](Facts& f) { f.without("award_meeting").event("30523", "award_meeting", "2024-12-20"); }, fail},
      {"no meeting yet", "B7", "van_phong", {}, [](Facts& f) { f.without("award_meeting"); }, undetermined},
  };
  return rows;
}

}  // namespace

TEST_CASE("Văn Giáo: every clause under each reading") {
  const RuleSet rules = shipped_rules("van_giao_2024_99");
  for (const auto& row : table()) {
    Facts facts = commune();
    if (row.change) row.change(facts);
    INFO(row.what);
    const Decision decision = decide(rules, facts, row.readings);
    INFO(explain(decision, "en"));
    CHECK(name_of(clause_verdict(decision, kAward, row.subject, row.clause)) == name_of(row.clause_verdict));
  }
}

TEST_CASE("Văn Giáo: no clause and no reading lacks a row that passes, fails or stays open") {
  const auto gaps = gaps_of(shipped_rules("van_giao_2024_99"), table());
  CAPTURE(gaps);
  CHECK(gaps.empty());
}

TEST_CASE("Văn Giáo: the circle between the town's certificate and the rank is shown, not resolved") {
  const RuleSet rules = shipped_rules("van_giao_2024_99");
  Facts facts = commune();
  facts.without("town_certificate");
  const Decision decision = decide(rules, facts, {{"tie_rule", "include"}});
  REQUIRE(decision.findings.size() == 1);
  CHECK(decision.findings[0].in("vi").find("B1") != std::string::npos);
  CHECK(decision.findings[0].in("vi").find("B6") != std::string::npos);
  CHECK(candidate(decision, kAward, "van_phong").verdict == undetermined);
  CHECK(candidate(decision, "de_nghi_thi_xa", "30523").verdict == pass);
}

TEST_CASE("a rank is counted from all scores once they are declared complete") {
  const RuleSet rules = shipped_rules("van_giao_2024_99");
  Facts facts = commune();
  facts.without("commune_rank");
  const auto score = [&](const char* unit, double value) {
    facts.number(unit, "commune_score", "2024", value, "", 100, "2025-01-10");
    facts.last().publisher = kPublisher;
  };
  score("30523", 88.5);
  score("30526", 90);
  CHECK(clause_verdict(decide(rules, facts, {{"tie_rule", ""}}), kAward, "van_phong", "B6") == undetermined);
  score("30532", 88.5);
  facts.complete("commune_score", "890", "2024");
  const Decision decision = decide(rules, facts, {{"tie_rule", ""}});
  INFO(explain(decision, "en"));
  CHECK(clause_verdict(decision, kAward, "van_phong", "B6") == pass);  // second and third place shared, both within three
}

TEST_CASE("one collective and three persons: the jury chooses among more, and departures need grounds") {
  const RuleSet rules = shipped_rules("van_giao_2024_99");
  Facts facts = commune();
  for (const char* name : {"binh", "chi", "dung"}) {
    facts.person(name, "van_phong").truth(name, "active_participation", "2024", true).event(name, "practical_action", "2024-06");
    facts.event(name, "plan_task", "2024", {{"due", "2024-06-30"}, {"done", "2024-06-28"}, {"quality", "good"}});
  }
  const Decision decision = decide(rules, facts, {{"tie_rule", "include"}});
  REQUIRE(decision.selections.size() == 2);
  const Selection& persons = decision.selections[1];
  CHECK(persons.seats == 3);
  CHECK(persons.eligible == std::vector<std::string>{"an", "binh", "chi", "dung"});
  CHECK(persons.proposed.empty());
  CHECK(persons.jury_must_choose);
  CHECK(decision.selections[0].proposed == std::vector<std::string>{"van_phong"});
  CHECK(check_jury(decision, {{kAward, "an", true, ""}, {kAward, "dung", false, ""}}));
  CHECK_FALSE(check_jury(decision, {{kAward, "van_phong", false, ""}}));
  CHECK(check_jury(decision, {{kAward, "van_phong", false, "biên bản số 3"}}));
  CHECK_FALSE(check_jury(decision, {{kAward, "nobody", true, "x"}}));
}
