// Units through the reform of 1 July 2025, on the published table of predecessors.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

Lineage published() {
  Faults faults;
  Lineage lineage = read_lineage_csv("lineage", read_file("tests/published/unit_lineage_directives.csv"), faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  return lineage;
}

// The new Tân Hưng (Thanh An, An Khương and the old Tân Hưng) in 2026, looking back at 2024.
Facts tan_hung() {
  Facts facts;
  facts.unit("25327", "Thanh An", "", "", "2025-06-30").unit("25330", "An Khương", "", "", "2025-06-30").unit("25345", "Tân Hưng (cũ)", "", "", "2025-06-30");
  facts.unit("25345", "Tân Hưng", "", "2025-07-01").collective("van_phong", "25345@2025-07-01").person("an", "van_phong");
  for (const char* subject : {"van_phong", "an"}) facts.truth(subject, "statutory_conditions_met", "2025", true);
  return facts;
}
void grade(Facts& facts, const char* code, const char* value) {
  facts.grade(code, "par_grade", "2024", "par_commune_5", value, "UBND huyện Hớn Quản", "2025-02-01");
}

Decision decide(const Facts& facts, const std::string& policy, const Lineage& lineage = published()) {
  static const RuleSet rules = shipped_rules("thanh_an_2023_32");
  EvaluationContext context;
  context.year = 2025;
  context.date = "2026-01-15";
  context.ladders = &shipped_ladders();
  context.lineage = lineage;
  return evaluate(rules, facts.book(), choose({{"merge_policy", policy}, {"exclusion_mode", "only"}, {"person_scope", "all"}}), context);
}
Verdict a1(const Decision& decision, const char* subject = "van_phong") { return clause_verdict(decision, "khen_thuong_cchc", subject, "A1"); }

}  // namespace

TEST_CASE("the published table gives every new unit its predecessors by code and day") {
  const Lineage lineage = published();
  CHECK(lineage.links().size() == 49);
  CHECK(lineage.predecessors("25345", "2025-07-01").size() == 3);
  CHECK(lineage.predecessors("25345", "").empty());
  CHECK(lineage.successors("25327", "2025-06-30").at(0)->new_code == "25345");
  // Homonyms: old Tân Lợi of two districts lead to different new units.
  CHECK(lineage.successors("25342", "2025-06-30").at(0)->new_code == "25351");
  CHECK(lineage.successors("30535", "2025-06-30").at(0)->new_code == "30505");
}

TEST_CASE("a unit that took over a code does not inherit the grade that came with it") {
  Facts facts = tan_hung();
  grade(facts, "25345", "tot");
  const Decision decision = decide(facts, "");
  CHECK(a1(decision) == Verdict::undetermined);
  const auto missing = missing_names(candidate(decision, "khen_thuong_cchc", "van_phong").reason);
  CHECK(std::find(missing.begin(), missing.end(), "merge_policy") != missing.end());
}

TEST_CASE("predecessors' grades count only as the chosen reading says") {
  Facts facts = tan_hung();
  grade(facts, "25327", "kha");
  grade(facts, "25330", "tot");
  SECTION("worst predecessor") {
    CHECK(a1(decide(facts, "worst")) == Verdict::undetermined);  // the third is not known
    grade(facts, "25345", "xuat_sac");
    CHECK(a1(decide(facts, "worst")) == Verdict::pass);
  }
  SECTION("one bad predecessor is enough, whatever the unknown one got") {
    Facts bad = tan_hung();
    grade(bad, "25327", "yeu");
    CHECK(a1(decide(bad, "worst")) == Verdict::fail);
  }
  SECTION("not applicable in the first year") { CHECK(a1(decide(facts, "not_applicable")) == Verdict::not_applicable); }
  SECTION("grades cannot be weighted") {
    grade(facts, "25345", "xuat_sac");
    CHECK(a1(decide(facts, "weighted")) == Verdict::undetermined);
  }
  SECTION("the predecessor where the person worked") {
    grade(facts, "25345", "yeu");
    CHECK(a1(decide(facts, "by_person"), "an") == Verdict::undetermined);
    facts.role("an", "member", "25327", "2024");
    CHECK(a1(decide(facts, "by_person"), "an") == Verdict::pass);
    Facts elsewhere = facts;
    elsewhere.without("holds_role").role("an", "member", "25345", "2024");
    CHECK(a1(decide(elsewhere, "by_person"), "an") == Verdict::fail);
  }
  SECTION("without the table of predecessors nothing is guessed") { CHECK(a1(decide(facts, "worst", {})) == Verdict::undetermined); }
}

TEST_CASE("a year in which a unit ended is named, and its people are no candidates the year after") {
  const Decision decision = decide(tan_hung(), "");
  bool named = false;
  for (const auto& finding : decision.findings) named = named || finding.in("vi").find("Thanh An kết thúc hoạt động ngày 30/06/2025") != std::string::npos;
  CHECK(named);
}

TEST_CASE("facts of a year in which a unit was founded are those of its part of the year, and that is said") {
  Facts facts;
  facts.unit("25400", "Xã Mới", "", "2025-07-01").collective("vp", "25400");
  facts.grade("25400", "par_grade", "2025", "par_commune_5", "kha", "UBND tỉnh Đồng Nai", "2026-02-01");
  facts.truth("vp", "statutory_conditions_met", "2025", true);
  const FactBook book = facts.book();
  const auto grades = book.facts_named("par_grade");
  REQUIRE(grades.size() == 1);
  CHECK(grades.front()->period.text() == "2025-07-01/2025-12-31");
  EvaluationContext context;
  context.year = 2025;
  context.date = "2026-03-01";
  context.ladders = &shipped_ladders();
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  const Decision decision = evaluate(rules, book, choose({{"time_basis", "same_year"}, {"publisher", "UBND tỉnh Đồng Nai"}}), context);
  CHECK(clause_verdict(decision, "khen_thuong_cchc", "vp", "A1") == Verdict::pass);
  bool named = false;
  for (const auto& finding : decision.findings) named = named || finding.in("vi").find("Xã Mới bắt đầu hoạt động ngày 01/07/2025") != std::string::npos;
  CHECK(named);

  // Of days before it, of a year that is over, or where another bore the code until then: somebody must say which.
  Faults faults;
  const auto refused = [&](const std::string& rows) {
    faults.clear();
    read_facts_csv("t", "record,subject,kind,title,valid_from,valid_to,fact,type,period,value,ladder,source,publisher,date\n" + rows, shipped_ladders(), faults);
    return faults.size() == 1 && faults.front().code == ErrorCode::unit_not_valid;
  };
  const std::string founded = "subject,9,unit,Xã Mới,2025-07-01,,,,,,,,,\n";
  const std::string ended = "subject,9,unit,Xã Cũ,,2025-06-30,,,,,,,,\n";
  const std::string grade = ",,,,,par_grade,grade,";
  CHECK_FALSE(refused(founded + "fact,9" + grade + "2025,kha,par_commune_5,official,UBND,2026-02-01\n"));
  CHECK(refused(founded + "fact,9" + grade + "2025-06,kha,par_commune_5,official,UBND,2026-02-01\n"));
  CHECK(refused(founded + "fact,9" + grade + "2024,kha,par_commune_5,official,UBND,2026-02-01\n"));
  CHECK(refused(ended + "fact,9" + grade + "2025,kha,par_commune_5,official,UBND,2026-02-01\n"));
  CHECK(refused(ended + founded + "fact,9" + grade + "2025,kha,par_commune_5,official,UBND,2026-02-01\n"));
}

TEST_CASE("a register of a unit founded in the year is complete when its part of the year is") {
  Facts facts;
  facts.unit("30600", "Xã Mới", "", "2024-07-01").collective("vp", "30600");
  facts.complete("violation", "30600", "2024-07-01/2024-12-31", "2025-01-05").complete("citizen_complaint", "30600", "2024", "2025-01-05");
  EvaluationContext context;
  context.year = 2024;
  context.date = "2025-01-25";
  context.ladders = &shipped_ladders();
  const Decision decision = evaluate(shipped_rules("van_giao_2024_99"), facts.book(), {}, context);
  CHECK(clause_verdict(decision, "giay_khen_xa", "vp", "B2") == Verdict::pass);
}

TEST_CASE("links without codes, doubled or with impossible days are refused") {
  Faults faults;
  read_lineage_csv("l", "old_code,new_code,changed_on\n1,,\n1,2,2025-13-01\n1,2,\n1,2,\n", faults);
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].place == "row 2");
  CHECK(faults[1].place == "row 3, column changed_on");
  CHECK(faults[2].place == "row 5");
}
