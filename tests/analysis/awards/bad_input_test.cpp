// Bad input as an office meets it: refused with its reason, or undetermined with what is missing; never
// silently "no".
#include <algorithm>
#include <catch2/catch.hpp>

#include "analysis/awards/fact_kind.h"
#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

// Refused when the facts are read: what to write, and the code that answers.
struct Refused {
  std::string what;
  std::string row;  // record,subject,fact,type,period,value,maximum,ladder,population,population_size,criterion,body,source,publisher,date
  ErrorCode code;
};

constexpr const char* kHead =
    "record,subject,kind,title,parent,valid_to,fact,type,period,value,maximum,ladder,population,population_size,criterion,body,source,publisher,date\n"
    "subject,25327,unit,Xã Thanh An,,2025-06-30,,,,,,,,,,,,,\n"
    "subject,vp,collective,Văn phòng,25327,,,,,,,,,,,,,,\n"
    "subject,an,person,An,vp,,,,,,,,,,,,,,\n"
    "subject,binh,person,Bình,vp,,,,,,,,,,,,,,\n"
    "fact,an,,,,,holds_role,text,2023,head,,,,,,vp,official,UBND,2023-01-01\n";

}  // namespace

TEST_CASE("bad input is refused with its code, and the place is named") {
  const auto one = GENERATE(
      Refused{"a grade that is not on its ladder", "fact,25327,,,,,par_grade,grade,2022,rất tốt,,par_commune_5,,,,,official,UBND,2023-01-01", ErrorCode::grade_not_on_ladder},
      Refused{"a rank without a field of comparison", "fact,25327,,,,,commune_rank,rank,2022,2,,,,14,,,official,UBND,2023-01-01", ErrorCode::rank_without_population},
      Refused{"points above the maximum", "fact,25327,,,,,criterion_score,number,2022,6,5,,,,1.1,,official,UBND,2023-01-01", ErrorCode::points_above_maximum},
      Refused{"two responsible heads in one period", "fact,binh,,,,,holds_role,text,2023-05-01/2023-08-01,head,,,,,,vp,official,UBND,2023-05-01", ErrorCode::two_heads},
      Refused{"a unit abolished in mid-year", "fact,25327,,,,,par_grade,grade,2025,kha,,par_commune_5,,,,,official,UBND,2025-12-01", ErrorCode::unit_not_valid},
      Refused{"a unit that nobody knows", "fact,99999,,,,,par_grade,grade,2022,kha,,par_commune_5,,,,,official,UBND,2023-01-01", ErrorCode::fact_invalid});
  INFO(one.what);
  Faults faults;
  const FactBook book = read_facts_csv("facts.csv", kHead + one.row + "\n", shipped_ladders(), faults);
  REQUIRE(faults.size() == 1);
  CHECK(faults.front().code == one.code);
  CHECK(faults.front().place.starts_with("row 7"));
  CHECK_FALSE(faults.front().message.empty());
  CHECK(book.facts().size() == 1);  // the sound row stays
}

TEST_CASE("what is not known leaves a verdict open and says what is missing") {
  struct Open {
    std::string what;
    std::string rules;
    int year;
    std::string clause;
    std::string missing;
    std::function<void(Facts&)> change;
  };
  const auto one = GENERATE(
      Open{"a complaint register never closed", "van_giao_2024_99", 2024, "B2", "citizen_complaint", [](Facts& facts) { facts.complete("violation", "xa", "2024", "2025-01-05"); }},
      Open{"a complaint still under examination", "van_giao_2024_99", 2024, "B2", "citizen_complaint",
           [](Facts& facts) {
             facts.complete("violation", "xa", "2024", "2025-01-05").complete("citizen_complaint", "xa", "2024", "2025-01-05");
             facts.event("an", "citizen_complaint", "2024-03", {{"status", "examining"}});
           }},
      Open{"a fact dated after the decision", "thanh_an_2023_32", 2023, "A1", "par_grade",
           [](Facts& facts) { facts.grade("xa", "par_grade", "2022", "par_commune_5", "yeu", "UBND huyện Hớn Quản", "2025-02-01"); }},
      Open{"a grade by somebody else than the directive names", "thanh_an_2023_32", 2023, "A1", "par_grade",
           [](Facts& facts) { facts.grade("xa", "par_grade", "2022", "par_commune_5", "yeu", "UBND xã", "2023-02-01"); }});
  INFO(one.what);
  const RuleSet rules = shipped_rules(one.rules);
  Facts facts;
  facts.unit("tinh", "Tỉnh").unit("xa", "Xã", "tinh").collective("vp", "xa").person("an", "vp");
  one.change(facts);
  EvaluationContext context;
  context.year = one.year;
  context.date = std::to_string(one.year + 1) + "-01-31";
  context.ladders = &shipped_ladders();
  const Decision decision = evaluate(rules, facts.book(), {}, context);
  const std::string award = rules.awards.front().id;
  CHECK(clause_verdict(decision, award, "an", one.clause) == Verdict::undetermined);
  const auto missing = missing_names(candidate(decision, award, "an").reason);
  CHECK(std::find(missing.begin(), missing.end(), one.missing) != missing.end());
}

TEST_CASE("a component that was published and given to nobody is named") {
  const RuleSet rules = shipped_rules("thuan_bac_2023_07");
  Facts facts;
  facts.unit("tinh", "Tỉnh").unit("huyen", "Huyện", "tinh").collective("vp", "huyen");
  facts.number("tinh", "component_score", "2022", 5.5, "PAPI-4");
  EvaluationContext context;
  context.year = 2023;
  context.date = "2023-12-31";
  context.ladders = &shipped_ladders();
  const Decision decision = evaluate(rules, facts.book(), {}, context);
  CHECK(std::any_of(decision.findings.begin(), decision.findings.end(), [](const LocalText& text) { return text.in("vi") == "Chỉ số thành phần PAPI-4 chưa giao cho ai."; }));
}

TEST_CASE("a rule file that names an unknown fact is refused with the nearest name") {
  std::string text = read_file("survey_defs/award_rules/van_giao_2024_99.json");
  const std::string from = "\"is_true\": \"active_participation\"";
  REQUIRE(text.find(from) != std::string::npos);
  text.replace(text.find(from), from.size(), "\"is_true\": \"active_participaton\"");
  Faults faults;
  read_rule_set("rules.json", text, shipped_ladders(), faults);
  REQUIRE_FALSE(faults.empty());
  CHECK(to_text(faults).find("active_participation") != std::string::npos);
}

TEST_CASE("THE LIST of kinds holds every fact that a rule file declares, and lists no word twice") {
  std::vector<RuleSet> rules;
  for (const char* id : {"thanh_an_2023_32", "van_giao_2024_99", "ngan_son_2023_notice", "thuan_bac_2023_07", "binh_phuoc_2018_604"}) rules.push_back(shipped_rules(id));
  std::vector<const RuleSet*> pointers;
  for (const auto& one : rules) pointers.push_back(&one);
  const auto kinds = fact_kinds(pointers);
  std::vector<std::string> names;
  for (const auto& kind : kinds) {
    INFO(kind.name);
    CHECK(std::find(names.begin(), names.end(), kind.name) == names.end());
    names.push_back(kind.name);
    CHECK(std::find(fact_groups().begin(), fact_groups().end(), kind.group) != fact_groups().end());
    CHECK_FALSE(kind.subjects.empty());
    CHECK_FALSE(kind.accept.empty());
    for (const auto& word : kind.required) CHECK(std::find(kind.details.begin(), kind.details.end(), word) != kind.details.end());
    for (const auto& word : kind.details) {
      CHECK(std::find_if(std::begin(kDetailNames), std::end(kDetailNames), [&](const char* name) { return word == name; }) != std::end(kDetailNames));
    }
  }
  for (const auto& one : rules) {
    for (const auto& [name, spec] : one.facts) {
      const auto* kind = kind_named(kinds, name);
      REQUIRE(kind != nullptr);
      CHECK(kind->type == spec.type);
      for (const auto source : spec.accept) CHECK(std::find(kind->accept.begin(), kind->accept.end(), source) != kind->accept.end());
    }
  }
}
