// Every step that may be and every one that may not, and what a year comes to.
#include <catch2/catch.hpp>
#include <functional>

#include "analysis/scorecards/points.h"
#include "analysis/scorecards/scorecard_json.h"
#include "tests/analysis/scorecards/scorecard_sample.h"

using namespace khaosat;
using namespace khaosat::scorecards;

namespace {

const std::string kSelf = "2025-11-08", kFirst = "2025-11-08", kLater = "2025-11-12", kAfterAll = "2025-12-01";

void must(Ledger& ledger, const Event& event) {
  const auto done = ledger.apply(event);
  INFO(name_of(event.act) << " " << event.item << ": " << (done ? "" : done.error().message));
  REQUIRE(done);
}

std::string code_of(const Ledger& ledger, const Event& event) {
  const auto done = ledger.may(event);
  return done ? "may" : std::string(name_of(done.error().code));
}

// "notice" (Phòng Kinh tế answers for it) brought to that state.
Ledger at(State state) {
  Ledger ledger(sample_set(), sample_plan());
  if (state == State::open) return ledger;
  must(ledger, act_of(Act::score_self, "notice", "binh", "2025-11-06", 5));
  if (state == State::self_scored) return ledger;
  must(ledger, act_of(Act::appraise_first, "notice", "chi", "2025-11-07", 4));
  if (state == State::first_appraised) return ledger;
  must(ledger, act_of(Act::demand_explanation, "notice", "chi", "2025-11-07"));
  if (state == State::explanation_demanded) return ledger;
  must(ledger, act_of(Act::explain, "notice", "binh", "2025-11-08"));
  if (state == State::explained) return ledger;
  must(ledger, act_of(Act::appraise_second, "notice", "chi", "2025-11-08", 3));
  return ledger;
}

std::optional<double> points_for(Act act) {
  const bool gives = act == Act::score_self || act == Act::appraise_first || act == Act::appraise_second;
  return gives ? std::optional<double>(1) : std::nullopt;
}

}  // namespace

TEST_CASE("on a day when every window is open, exactly the listed steps may be") {
  using Pair = std::pair<Act, State>;
  const std::vector<std::pair<Pair, State>> listed = {
      {{Act::score_self, State::open}, State::self_scored},
      {{Act::score_self, State::self_scored}, State::self_scored},
      {{Act::add_evidence, State::self_scored}, State::self_scored},
      {{Act::appraise_first, State::self_scored}, State::first_appraised},
      {{Act::appraise_first, State::first_appraised}, State::first_appraised},
      {{Act::demand_explanation, State::first_appraised}, State::explanation_demanded},
      {{Act::explain, State::explanation_demanded}, State::explained},
      {{Act::explain, State::explained}, State::explained},
      {{Act::add_evidence, State::first_appraised}, State::explained},
      {{Act::add_evidence, State::explanation_demanded}, State::explanation_demanded},
      {{Act::add_evidence, State::explained}, State::explained},
      {{Act::appraise_second, State::explained}, State::second_appraised},
      {{Act::appraise_second, State::second_appraised}, State::second_appraised},
  };
  for (const State state : {State::open, State::self_scored, State::first_appraised, State::explanation_demanded, State::explained, State::second_appraised}) {
    for (const Act act : kActs) {
      if (act == Act::close || act == Act::change_plan) continue;
      const bool is_appraisal = act == Act::appraise_first || act == Act::demand_explanation || act == Act::appraise_second;
      Ledger ledger = at(state);
      Event event = act_of(act, "notice", is_appraisal ? "chi" : "binh", kSelf, points_for(act));
      const auto step = std::find_if(listed.begin(), listed.end(), [&](const auto& row) { return row.first == Pair(act, state); });
      INFO(name_of(act) << " from " << name_of(state));
      const auto done = ledger.apply(event);
      if (step != listed.end()) {
        REQUIRE(done);
        CHECK(ledger.standing("notice").state == step->second);
        continue;
      }
      REQUIRE(!done);
      // The other side's time comes first: see the tests of deadlines.
      const bool waits = (act == Act::appraise_first && state == State::open) || (act == Act::appraise_second && state == State::explanation_demanded);
      const ErrorCode expected = waits ? ErrorCode::scorecard_too_early
                                       : act == Act::take_survey ? ErrorCode::scorecard_computed : ErrorCode::scorecard_wrong_state;
      CHECK(name_of(done.error().code) == name_of(expected));
      CHECK(ledger.standing("notice").state == state);
    }
  }
}

TEST_CASE("what may not be is refused with its own code and changes nothing") {
  struct Row {
    const char* what;
    State at;
    Event event;
    ErrorCode code;
    std::function<void(YearPlan&)> plan = nullptr;
  };
  const auto spoiled = [](Event event, const std::function<void(Event&)>& spoil) {
    spoil(event);
    return event;
  };
  const std::vector<Row> rows = {
      {"another body scores", State::open, act_of(Act::score_self, "notice", "an", kSelf, 5), ErrorCode::scorecard_not_yours},
      {"an account of nobody scores", State::open, act_of(Act::score_self, "notice", "khach", kSelf, 5), ErrorCode::scorecard_not_yours},
      {"the appraiser scores", State::open, act_of(Act::score_self, "notice", "chi", kSelf, 5), ErrorCode::scorecard_not_yours},
      {"the unit appraises", State::self_scored, act_of(Act::appraise_first, "notice", "binh", kFirst, 5), ErrorCode::scorecard_not_yours},
      {"another body of the unit appraises", State::self_scored, act_of(Act::appraise_first, "notice", "an", kFirst, 5), ErrorCode::scorecard_not_yours},
      {"the unit demands an explanation", State::first_appraised, act_of(Act::demand_explanation, "notice", "binh", kFirst), ErrorCode::scorecard_not_yours},
      {"the appraiser explains", State::explanation_demanded, act_of(Act::explain, "notice", "chi", kFirst), ErrorCode::scorecard_not_yours},
      {"the unit appraises a second time", State::explained, act_of(Act::appraise_second, "notice", "binh", kFirst, 8), ErrorCode::scorecard_not_yours},
      {"before self scoring begins", State::open, act_of(Act::score_self, "notice", "binh", "2025-10-31", 5), ErrorCode::scorecard_too_early},
      {"after self scoring ended", State::open, act_of(Act::score_self, "notice", "binh", "2025-11-11", 5), ErrorCode::scorecard_too_late},
      {"after the first appraisal ended", State::self_scored, act_of(Act::appraise_first, "notice", "chi", "2025-11-21", 5), ErrorCode::scorecard_too_late},
      {"after explanations ended", State::explanation_demanded, act_of(Act::explain, "notice", "binh", "2025-11-26"), ErrorCode::scorecard_too_late},
      {"after the second appraisal ended", State::explained, act_of(Act::appraise_second, "notice", "chi", "2025-12-16", 5), ErrorCode::scorecard_too_late},
      {"appraised while the unit may still score", State::open, act_of(Act::appraise_first, "notice", "chi", kFirst, 0), ErrorCode::scorecard_too_early},
      {"judged while an explanation may still come", State::explanation_demanded, act_of(Act::appraise_second, "notice", "chi", kLater, 0), ErrorCode::scorecard_too_early},
      {"more than the maximum", State::open, act_of(Act::score_self, "notice", "binh", kSelf, 8.01), ErrorCode::points_above_maximum},
      {"an appraiser gives more than the maximum", State::self_scored, act_of(Act::appraise_first, "notice", "chi", kFirst, 9), ErrorCode::points_above_maximum},
      {"less than nothing", State::open, act_of(Act::score_self, "notice", "binh", kSelf, -1), ErrorCode::out_of_range},
      {"no number", State::open, act_of(Act::score_self, "notice", "binh", kSelf, std::nan("")), ErrorCode::out_of_range},
      {"no points", State::open, act_of(Act::score_self, "notice", "binh", kSelf), ErrorCode::missing_field},
      {"points with an explanation", State::explanation_demanded, act_of(Act::explain, "notice", "binh", kSelf, 8), ErrorCode::unknown_field},
      {"a changed self score without reason", State::self_scored, act_of(Act::score_self, "notice", "binh", kSelf, 6, " "), ErrorCode::scorecard_reason_missing},
      {"points taken away without reason", State::self_scored, act_of(Act::appraise_first, "notice", "chi", kFirst, 4, ""), ErrorCode::scorecard_reason_missing},
      {"a changed appraisal without reason", State::first_appraised, act_of(Act::appraise_first, "notice", "chi", kFirst, 4, ""), ErrorCode::scorecard_reason_missing},
      {"a demand that does not say what", State::first_appraised, act_of(Act::demand_explanation, "notice", "chi", kFirst, std::nullopt, ""), ErrorCode::scorecard_reason_missing},
      {"an empty explanation", State::explanation_demanded, act_of(Act::explain, "notice", "binh", kFirst, std::nullopt, ""), ErrorCode::scorecard_reason_missing},
      {"evidence that is none", State::self_scored, spoiled(act_of(Act::add_evidence, "notice", "binh", kSelf), [](Event& e) { e.evidence.clear(); }),
       ErrorCode::scorecard_evidence_missing},
      {"evidence without a name", State::self_scored, spoiled(act_of(Act::add_evidence, "notice", "binh", kSelf), [](Event& e) { e.evidence[0].reference = " "; }),
       ErrorCode::missing_field},
      {"points without required evidence", State::open, act_of(Act::score_self, "plan", "an", kSelf, 2), ErrorCode::scorecard_evidence_missing},
      {"a field", State::open, act_of(Act::score_self, "f1", "an", kSelf, 2), ErrorCode::not_found},
      {"an item that is none", State::open, act_of(Act::score_self, "xx", "an", kSelf, 2), ErrorCode::not_found},
      {"typed points of a survey", State::open, act_of(Act::score_self, "satisfied", "binh", kSelf, 9), ErrorCode::scorecard_computed},
      {"an appraiser types points of a survey", State::open, act_of(Act::appraise_first, "satisfied", "chi", kSelf, 9), ErrorCode::scorecard_computed},
      {"a survey for an assessed item", State::open, act_of(Act::take_survey, "notice", "van", kSelf), ErrorCode::scorecard_computed},
      {"a survey taken by somebody else", State::open, spoiled(act_of(Act::take_survey, "satisfied", "chi", kSelf), [](Event& e) { e.manages = false; }),
       ErrorCode::scorecard_not_yours},
      {"a survey without its run", State::open, spoiled(act_of(Act::take_survey, "satisfied", "van", kSelf), [](Event& e) { e.run.clear(); }), ErrorCode::missing_field},
      {"typed points of a ratio", State::open, spoiled(act_of(Act::score_self, "reports", "an", kSelf, 10), [](Event& e) { e.numerator = 9, e.denominator = 10; }),
       ErrorCode::scorecard_computed},
      {"a ratio without counts", State::open, act_of(Act::score_self, "reports", "an", kSelf), ErrorCode::missing_field},
      {"more counted than due", State::open, spoiled(act_of(Act::score_self, "reports", "an", kSelf), [](Event& e) { e.numerator = 11, e.denominator = 10; }),
       ErrorCode::out_of_range},
      {"a bonus nobody claimed", State::open, act_of(Act::appraise_first, "idea", "chi", kLater, 1), ErrorCode::scorecard_wrong_state},
      {"closing with things open", State::second_appraised, act_of(Act::close, "", "van", kAfterAll), ErrorCode::scorecard_unfinished},
      {"closing while explanations may come", State::second_appraised, act_of(Act::close, "", "van", "2025-11-25"), ErrorCode::scorecard_too_early},
      {"closing by an appraiser", State::second_appraised, spoiled(act_of(Act::close, "", "chi", kAfterAll), [](Event& e) { e.manages = false; }),
       ErrorCode::scorecard_not_yours},
      {"an act before the last one", State::self_scored, act_of(Act::add_evidence, "notice", "binh", "2025-11-05"), ErrorCode::constraint_broken},
  };
  for (const auto& row : rows) {
    Ledger ledger = at(row.at);
    const std::string before = ledger.digest();
    INFO(row.what);
    const auto done = ledger.apply(row.event);
    REQUIRE(!done);
    CHECK(name_of(done.error().code) == name_of(row.code));
    CHECK(ledger.digest() == before);
  }
}

TEST_CASE("nobody appraises their own, under whatever account or body") {
  struct Row {
    const char* what;
    std::function<void(YearPlan&)> change;
    std::string appraiser;
  };
  const Row rows[] = {
      {"the responsible body appraises too", [](YearPlan& p) { p.bodies[1].appraises = true; }, "binh"},
      {"a colleague of the responsible body", [](YearPlan& p) {
         p.bodies[1].appraises = true;
         p.persons.push_back({"em", "Em", "kt", "em", "2025-01-01", "2026-12-31"});
       }, "em"},
      {"moved to the council in the year", [](YearPlan& p) {
         p.persons.push_back({"chi_cu", "Lê Thị Chi", "kt", "chi", "2024-01-01", "2024-12-31"});
       }, "chi"},
      {"a second account of the same person", [](YearPlan& p) {
         p.persons[1].to = "2025-11-07";
         p.persons.push_back({"binh", "Trần Thị Bình", "hd", "binh2", "2025-11-08", "2026-12-31"});
       }, "binh2"},
      {"answers in person for it from the council", [](YearPlan& p) {
         p.assignments.push_back({"notice", "hd", "chi", Duty::member, "2025-01-01", "2025-01-31", ""});
         p.bodies.push_back({"hd2", "Hội đồng hai", true});
       }, "chi"},
  };
  for (const auto& row : rows) {
    YearPlan plan = sample_plan();
    row.change(plan);
    INFO(row.what << to_text(check(plan, *sample_set(), "plan")));
    REQUIRE(check(plan, *sample_set(), "plan").empty());
    Ledger ledger(sample_set(), plan);
    must(ledger, act_of(Act::score_self, "notice", "binh", "2025-11-06", 5));
    CHECK(code_of(ledger, act_of(Act::appraise_first, "notice", row.appraiser, kFirst, 5)) == "scorecard_own_work");
  }
  // A bonus is nobody's by plan; whoever claims it, and their body, do not appraise it.
  YearPlan plan = sample_plan();
  plan.bodies[0].appraises = true;
  plan.bodies.push_back({"hd2", "Hội đồng hai", true});
  plan.assignments.push_back({"idea", "vp", "an", Duty::head, "2025-01-01", "2026-12-31", ""});
  Ledger ledger(sample_set(), plan);
  must(ledger, act_of(Act::score_self, "idea", "an", "2025-11-06", 2));
  CHECK(code_of(ledger, act_of(Act::appraise_first, "idea", "an", kFirst, 2)) == "scorecard_own_work");
  CHECK(code_of(ledger, act_of(Act::appraise_first, "idea", "chi", kFirst, 2)) == "may");
}

TEST_CASE("silence does not stop the others once the time is over") {
  Ledger ledger = at(State::open);
  must(ledger, act_of(Act::appraise_first, "notice", "chi", "2025-11-11", 0, "không tự chấm đúng hạn"));
  must(ledger, act_of(Act::demand_explanation, "notice", "chi", "2025-11-12"));
  must(ledger, act_of(Act::appraise_second, "notice", "chi", "2025-11-26", 0, "không giải trình"));
  CHECK(ledger.standing("notice").final_points == 0.0);
}

namespace {

Ledger finished(double satisfied) {
  Ledger ledger(sample_set(), sample_plan());
  Event plan = act_of(Act::score_self, "plan", "an", "2025-11-06", 2);
  plan.evidence = {{"12/KH-UBND ngày 05/01/2025", ""}};
  must(ledger, plan);
  Event reports = act_of(Act::score_self, "reports", "an", "2025-11-06");
  reports.numerator = 12, reports.denominator = 12;
  must(ledger, reports);
  must(ledger, act_of(Act::score_self, "notice", "binh", "2025-11-06", 8));
  must(ledger, act_of(Act::score_self, "idea", "an", "2025-11-06", 2));
  must(ledger, act_of(Act::score_self, "idea_two", "an", "2025-11-06", 1));
  must(ledger, act_of(Act::appraise_first, "plan", "chi", "2025-11-11", 2));
  reports = act_of(Act::appraise_first, "reports", "chi", "2025-11-11");
  reports.numerator = 11, reports.denominator = 12;
  must(ledger, reports);
  must(ledger, act_of(Act::appraise_first, "notice", "chi", "2025-11-11", 0, "chưa niêm yết"));
  must(ledger, act_of(Act::appraise_first, "idea", "chi", "2025-11-11", 2));
  must(ledger, act_of(Act::appraise_first, "idea_two", "chi", "2025-11-11", 1));
  must(ledger, act_of(Act::appraise_first, "late", "chi", "2025-11-11", 5, "ba báo cáo chậm"));
  Event survey = act_of(Act::take_survey, "satisfied", "van", "2025-11-12");
  survey.value = satisfied;
  must(ledger, survey);
  return ledger;
}

}  // namespace

TEST_CASE("sums, caps and lost points follow the appraisal that holds") {
  const Ledger ledger = finished(80);
  const Totals all = totals(ledger);
  // 2 + 6 + 0 and 6 of the survey; bonus 3 cut at 2; penalty 5 cut at 3.
  CHECK(all.fields == 14);
  CHECK(all.bonus_given == 3);
  CHECK(all.bonus == 2);
  CHECK(all.penalty_given == 5);
  CHECK(all.penalty == 3);
  CHECK(all.total == 13);
  CHECK(all.maximum == 30);
  CHECK(all.is_complete);
  const auto lost = lost_points(ledger);
  REQUIRE(lost.size() == 3);
  CHECK(lost[0].item->id == "reports");
  CHECK(lost[0].lost == 4);
  CHECK(lost[1].item->id == "notice");
  CHECK(lost[1].points == 0);
  CHECK(lost[1].holders[0]->body == "kt");
  CHECK(lost[1].why == "chưa niêm yết");
  double sum = 0;
  for (const auto& one : lost) sum += one.lost;
  CHECK(sum == all.maximum - all.fields);
}

TEST_CASE("what is due names the body, the day and what is late") {
  Ledger ledger = at(State::explanation_demanded);
  const auto at_noon = due(ledger, "2025-11-09");
  const auto of = [](const std::vector<Due>& all, const std::string& item) {
    const auto found = std::find_if(all.begin(), all.end(), [&](const Due& one) { return one.item->id == item; });
    REQUIRE(found != all.end());
    return *found;
  };
  CHECK(of(at_noon, "plan").act == Act::score_self);
  CHECK(of(at_noon, "plan").bodies == std::vector<std::string>{"vp"});
  CHECK_FALSE(of(at_noon, "plan").is_overdue);
  CHECK(of(at_noon, "notice").act == Act::explain);
  CHECK(of(at_noon, "notice").until == "2025-11-25");
  CHECK(of(at_noon, "satisfied").act == Act::take_survey);
  const auto later = due(ledger, "2025-11-30");
  CHECK(of(later, "plan").act == Act::appraise_first);
  CHECK(of(later, "plan").is_overdue);
  CHECK(of(later, "notice").act == Act::appraise_second);
  CHECK(of(later, "notice").bodies == std::vector<std::string>{"hd"});
}

TEST_CASE("a closed year takes nothing more, and its digest changes with anything in it") {
  Ledger ledger = finished(80);
  must(ledger, act_of(Act::close, "", "van", kAfterAll, std::nullopt, "Quyết định 9/QĐ-UBND"));
  for (const Act act : kActs) CHECK(code_of(ledger, act_of(act, "notice", "chi", kAfterAll)) == "scorecard_closed");
  CHECK(ledger.acts_for(*ledger.set().find("notice"), "chi", true, noon(kAfterAll)).empty());
  CHECK(due(ledger, kAfterAll).empty());

  // Written and read again act by act: the same digest.
  const auto replay = [&](const std::function<void(Event&)>& change, std::size_t which) {
    Ledger again(sample_set(), sample_plan());
    for (std::size_t i = 0; i < ledger.events().size(); ++i) {
      Faults faults;
      Event event = read_event("event", to_json(ledger.events()[i]), faults);
      REQUIRE(to_text(faults).empty());
      if (i == which) change(event);
      const auto done = again.apply(event);
      INFO(i << ": " << (done ? "" : done.error().message));
      REQUIRE(done);
    }
    return again.digest();
  };
  const std::string digest = ledger.digest();
  CHECK(replay([](Event&) {}, 0) == digest);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < ledger.events().size(); ++i) {
    CHECK(replay([](Event& e) { e.note += "."; }, i) != digest);
    if (i + 1 == ledger.events().size()) break;
    CHECK(replay([](Event& e) { e.time += 0; e.evidence.push_back({"thêm", ""}); }, i) != digest);
    if (ledger.events()[i].points && ledger.events()[i].item == "idea_two") {
      CHECK(replay([](Event& e) { e.points = 0.5; }, i) != digest);
      ++changed;
    }
  }
  CHECK(changed == 2);
  YearPlan plan = sample_plan();
  plan.assignments[0].document += "x";
  Ledger other(sample_set(), plan);
  for (const auto& event : ledger.events()) must(other, event);
  CHECK(other.digest() != digest);
}

TEST_CASE("a changed plan needs a reason, is checked, and stays in the history") {
  Ledger ledger = at(State::self_scored);
  Event event = act_of(Act::change_plan, "", "van", "2025-11-09", std::nullopt, "gia hạn theo công văn 5");
  YearPlan plan = sample_plan();
  plan.windows[0].until = "2025-11-15";
  event.plan = std::make_shared<const YearPlan>(plan);
  Event without = event;
  without.note = "";
  CHECK(code_of(ledger, without) == "scorecard_reason_missing");
  Event faulty = event;
  YearPlan wrong = plan;
  wrong.assignments.clear();
  faulty.plan = std::make_shared<const YearPlan>(wrong);
  CHECK(code_of(ledger, faulty) == "scorecard_unassigned");
  Event other_year = event;
  wrong = plan;
  wrong.year = 2026;
  other_year.plan = std::make_shared<const YearPlan>(wrong);
  CHECK(code_of(ledger, other_year) == "constraint_broken");
  must(ledger, event);
  CHECK(code_of(ledger, act_of(Act::score_self, "notice", "binh", "2025-11-14", 7)) == "may");
  CHECK(ledger.events().back().plan->windows[0].until == "2025-11-15");
}
