// Ngân Sơn (C1–C5): duties that follow a loss of points, reports, and how respondents were chosen.
#include <catch2/catch.hpp>

#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

Facts commune() {
  Facts facts;
  facts.unit("01954", "Thị trấn Vân Tùng").collective("van_phong", "01954").person("an", "van_phong").person("binh", "van_phong");
  facts.role("an", "head", "01954", "2022-01-01/2023-12-31");
  facts.number("01954", "criterion_score", "2022", 5, "1.1", 5).number("01954", "criterion_score", "2022", 1.5, "2.3", 4);
  facts.event("binh", "responsible_for", "2022", {{"criterion", "2.3"}});
  return facts;
}

Decision decide(const Facts& facts, const std::map<std::string, std::string>& readings = {}, const std::string& date = "2023-04-20") {
  static const RuleSet rules = shipped_rules("ngan_son_2023_notice");
  EvaluationContext context;
  context.year = 2023;
  context.date = date;
  context.ladders = &shipped_ladders();
  return evaluate(rules, facts.book(), choose(readings), context);
}

Duty duty(const Decision& decision, const std::string& obligation) {
  for (const auto& entry : decision.duties) {
    if (entry.obligation == obligation) return entry;
  }
  FAIL("no duty " + obligation);
  return decision.duties.front();
}

}  // namespace

TEST_CASE("a loss of points calls on who is responsible, by a day") {
  const Decision decision = decide(commune());
  const Duty remedy = duty(decision, "giai_phap");
  CHECK(remedy.criterion == "2.3");
  CHECK(remedy.points_lost == 2.5);
  REQUIRE(remedy.responsible.size() == 1);
  CHECK(remedy.responsible[0].first == "binh");
  CHECK(remedy.due == "2023-04-12");
  CHECK(remedy.state == DutyState::overdue);
  CHECK(duty(decision, "ra_soat").responsible[0].first == "an");
  CHECK(decision.duties.size() == 3);  // full marks call on nobody
}

TEST_CASE("C1 and C5 are done, late, open or overdue") {
  for (const char* pair : {"ra_soat:field_review", "giai_phap:remedy_plan"}) {
    const std::string text = pair;
    const std::string obligation = text.substr(0, text.find(':'));
    const std::string fact = text.substr(text.find(':') + 1);
    Facts in_time = commune();
    in_time.event("01954", fact, "2023-04-10", {{"criterion", "2.3"}});
    CHECK(duty(decide(in_time), obligation).state == DutyState::done);
    Facts late = commune();
    late.event("01954", fact, "2023-04-13", {{"criterion", "2.3"}});
    CHECK(duty(decide(late), obligation).state == DutyState::late);
    Facts other = commune();
    other.event("01954", fact, "2023-04-10", {{"criterion", "1.1"}});
    CHECK(duty(decide(other), obligation).state == DutyState::overdue);
    CHECK(duty(decide(commune(), {}, "2023-04-05"), obligation).state == DutyState::open);
  }
}

TEST_CASE("C2 has no day until somebody sets one, and a loss nobody holds names what is missing") {
  CHECK(duty(decide(commune()), "phan_cong").state == DutyState::undetermined);
  CHECK(duty(decide(commune(), {{"assignment_due", "2023-05-01"}}), "phan_cong").state == DutyState::open);
  CHECK(duty(decide(commune(), {{"assignment_due", "2023-04-15"}}), "phan_cong").state == DutyState::overdue);
  Facts facts = commune();
  facts.without("responsible_for");
  const Duty orphan = duty(decide(facts), "giai_phap");
  CHECK(orphan.responsible.empty());
  REQUIRE_FALSE(orphan.missing.empty());
  CHECK(orphan.missing[0].fact == "responsible_for");
}

TEST_CASE("C4 counts monthly reports in time and by quality, with no weight until one is set") {
  Facts facts = commune();
  facts.event("01954", "monthly_report", "2023-01", {{"due", "2023-01-25"}, {"done", "2023-01-24"}, {"quality", "good"}});
  facts.event("01954", "monthly_report", "2023-02", {{"due", "2023-02-25"}, {"done", "2023-02-27"}, {"quality", "poor"}});
  facts.event("01954", "monthly_report", "2023-03", {{"due", "2023-03-25"}});
  facts.event("01954", "monthly_report", "2023-04", {{"due", "2023-04-25"}});
  const Decision decision = decide(facts);
  REQUIRE(decision.reports.size() == 1);
  const ReportFactor& factor = decision.reports[0];
  CHECK(factor.due == 3);
  CHECK(factor.on_time == 1);
  CHECK(factor.late == 1);
  CHECK(factor.missing == 1);
  CHECK(factor.good == 1);
  CHECK(factor.poor == 1);
  CHECK(factor.weight.empty());
  CHECK(decide(facts, {{"report_weight", "10"}}).reports[0].weight == "10");
}

TEST_CASE("C3 is checked against how the campaign's respondents were really chosen") {
  const auto verdict = [](Facts& facts, const std::map<std::string, std::string>& readings = {}) {
    return candidate(decide(facts, readings), "chon_nguoi_tra_loi", "01954").verdict;
  };
  Facts facts = commune();
  facts.truth("01954", "survey_explained", "2023", true);
  for (const char* name : {"drawn_from_full_frame", "seed_committed_before", "replacements_logged"}) {
    facts.truth("01954", name, "2023", true);
    facts.last().source = FactSource::computed;
  }
  CHECK(verdict(facts) == Verdict::pass);
  Facts declared = facts;  // a unit's word is no record of a draw
  declared.without("drawn_from_full_frame").truth("01954", "drawn_from_full_frame", "2023", true);
  CHECK(verdict(declared) == Verdict::undetermined);
  CHECK(verdict(declared, {{"respondent_choice", "log_only"}}) == Verdict::pass);
  Facts unlogged = facts;
  unlogged.without("replacements_logged").truth("01954", "replacements_logged", "2023", false);
  unlogged.last().source = FactSource::computed;
  CHECK(verdict(unlogged) == Verdict::fail);
  CHECK(verdict(unlogged, {{"respondent_choice", "log_only"}}) == Verdict::fail);
}
