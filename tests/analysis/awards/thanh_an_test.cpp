// Thanh An (A0–A4) and the Bình Phước department (E1–E3): every clause once pass, once fail, once
// undetermined, under each reading.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

constexpr const char* kDistrict = "UBND huyện Hớn Quản";
constexpr const char* kAward = "khen_thuong_cchc";

// A commune where everything is in order: an office, its head An, and Bình who works there. Criterion
// 1.1 got full marks, 2.1 six of ten, and both are Bình's colleague Chi's business.
Facts commune() {
  Facts facts;
  facts.unit("25327", "Xã Thanh An").collective("van_phong", "25327");
  facts.person("an", "van_phong").person("binh", "van_phong").person("chi", "van_phong");
  for (const char* subject : {"van_phong", "an", "binh", "chi"}) facts.truth(subject, "statutory_conditions_met", "2023", true);
  for (const char* year : {"2022", "2023"}) {
    facts.grade("25327", "par_grade", year, "par_commune_5", "kha", kDistrict, "2023-02-01");
    facts.number("25327", "criterion_score", year, 5, "1.1", 5).number("25327", "criterion_score", year, 6, "2.1", 10);
    facts.event("chi", "responsible_for", year, {{"criterion", "1.1"}}).event("chi", "responsible_for", year, {{"criterion", "2.1"}});
    facts.complete("award_received", "25327", year).complete("criterion_score", "25327", year);
    facts.complete("responsible_for", "25327", year).complete("holds_role", "25327", year);
  }
  facts.role("an", "head", "van_phong", "2022-01-01/2023-12-31").role("binh", "member", "van_phong", "2022-01-01/2023-12-31");
  return facts;
}

Decision decide(const RuleSet& rules, const Facts& facts, const std::map<std::string, std::string>& readings, int year = 2023) {
  EvaluationContext context;
  context.year = year;
  context.date = std::to_string(year + 1) + "-01-15";
  context.ladders = &shipped_ladders();
  context.program = "khaosat test";
  return evaluate(rules, facts.book(), choose(readings), context);
}

void grade_is(Facts& facts, const char* grade, const char* subject = "25327", const char* year = "2022") {
  facts.grade(subject, "par_grade", year, "par_commune_5", grade, kDistrict, "2023-02-02");
}

using enum Verdict;
using Map = std::map<std::string, std::string>;

const std::vector<TruthRow>& table_a() {
  static const std::vector<TruthRow> rows{
      {"law met", "A0", "van_phong", {}, nullptr, pass},
      {"law not met", "A0", "van_phong", {}, [](Facts& f) { f.without("statutory_conditions_met").truth("van_phong", "statutory_conditions_met", "2023", false); }, fail},
      {"law not looked at", "A0", "van_phong", {}, [](Facts& f) { f.without("statutory_conditions_met", "van_phong"); }, undetermined},
      {"already rewarded for it", "A0", "van_phong", {}, [](Facts& f) { f.event("van_phong", "award_received", "2022", {{"achievement", "reform_result"}}); }, fail},
      {"rewarded for something else", "A0", "van_phong", {}, [](Facts& f) { f.event("van_phong", "award_received", "2022", {{"achievement", "flood_relief"}}); }, pass},
      {"register of awards never closed", "A0", "van_phong", {}, [](Facts& f) { f.without_register("award_received"); }, undetermined},
      {"graded khá", "A1", "van_phong", {}, nullptr, pass},
      {"graded khá, only", "A1", "van_phong", {{"exclusion_mode", "only"}}, nullptr, pass},
      {"graded trung bình, only", "A1", "van_phong", {{"exclusion_mode", "only"}}, [](Facts& f) { grade_is(f, "trung_binh"); }, fail},
      {"graded trung bình, also", "A1", "van_phong", {}, [](Facts& f) { grade_is(f, "trung_binh"); }, undetermined},
      {"graded trung bình, also, jury considers", "A1", "van_phong", {}, [](Facts& f) { grade_is(f, "trung_binh"); f.truth("van_phong", "jury_considers_below_grade", "2023", true); }, pass},
      {"graded trung bình, also, jury does not", "A1", "van_phong", {}, [](Facts& f) { grade_is(f, "trung_binh"); f.truth("van_phong", "jury_considers_below_grade", "2023", false); }, fail},
      {"not graded, also", "A1", "van_phong", {}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"not graded, only", "A1", "van_phong", {{"exclusion_mode", "only"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"own body graded khá", "A1", "van_phong", {{"grade_carrier", "own_body"}}, [](Facts& f) { grade_is(f, "kha", "van_phong"); }, pass},
      {"own body graded yếu, only", "A1", "van_phong", {{"grade_carrier", "own_body"}, {"exclusion_mode", "only"}}, [](Facts& f) { grade_is(f, "yeu", "van_phong"); }, fail},
      {"own body never graded", "A1", "van_phong", {{"grade_carrier", "own_body"}}, nullptr, undetermined},
      {"graded by another body", "A1", "van_phong", {{"publisher", "UBND tỉnh Đồng Nai"}}, nullptr, undetermined},
      {"publisher undecided", "A1", "van_phong", {{"publisher", ""}, {"exclusion_mode", "only"}}, nullptr, undetermined},
      {"graded by the successor", "A1", "van_phong", {{"publisher", "UBND tỉnh Đồng Nai"}}, [](Facts& f) { f.grade("25327", "par_grade", "2022", "par_commune_5", "tot", "UBND tỉnh Đồng Nai", "2023-03-01"); }, pass},
      {"graded yếu by the successor, only", "A1", "van_phong", {{"publisher", "UBND tỉnh Đồng Nai"}, {"exclusion_mode", "only"}}, [](Facts& f) { f.grade("25327", "par_grade", "2022", "par_commune_5", "yeu", "UBND tỉnh Đồng Nai", "2023-03-01"); }, fail},
      {"a head", "A1", "an", {}, nullptr, pass},
      {"not a head", "A1", "binh", {}, nullptr, fail},
      {"role not on record", "A1", "binh", {}, [](Facts& f) { f.without("holds_role").without_register("holds_role"); }, undetermined},
      {"not a head, all persons", "A1", "binh", {{"person_scope", "all"}}, nullptr, pass},
      {"not a head, all persons, yếu", "A1", "binh", {{"person_scope", "all"}, {"exclusion_mode", "only"}}, [](Facts& f) { grade_is(f, "yeu"); }, fail},
      {"not a head, all persons, no grade", "A1", "binh", {{"person_scope", "all"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"holds no criterion", "A2", "an", {}, nullptr, pass},
      {"holds a criterion in between, low undecided", "A2", "chi", {}, nullptr, undetermined},
      {"holds a zero, low undecided", "A2", "an", {}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 0, "3.1", 5).event("an", "responsible_for", "2022", {{"criterion", "3.1"}}); }, fail},
      {"holds 6 of 10, low at half", "A2", "chi", {{"low_threshold", "0.5"}}, nullptr, pass},
      {"holds 6 of 10, low at 0.6", "A2", "chi", {{"low_threshold", "0.6"}}, nullptr, fail},
      {"holds 6 of 10, only zero is low", "A2", "chi", {{"low_threshold", "0"}}, nullptr, pass},
      {"holds zero, only zero is low", "A2", "chi", {{"low_threshold", "0"}}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 0, "2.2", 2).event("chi", "responsible_for", "2022", {{"criterion", "2.2"}}); }, fail},
      {"holds 4 of 10, low at half", "A2", "chi", {{"low_threshold", "0.5"}}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 4, "2.2", 10).event("chi", "responsible_for", "2022", {{"criterion", "2.2"}}); }, fail},
      {"maximum unknown", "A2", "chi", {{"low_threshold", "0.5"}}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 3, "2.2").event("chi", "responsible_for", "2022", {{"criterion", "2.2"}}); }, undetermined},
      {"a zero that nobody holds", "A2", "an", {{"low_threshold", "0"}}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 0, "4.1", 5); }, undetermined},
      {"scores never completed", "A2", "an", {{"low_threshold", "0"}}, [](Facts& f) { f.without_register("criterion_score"); }, undetermined},
      {"assignments never completed", "A2", "an", {{"low_threshold", "0"}}, [](Facts& f) { f.without_register("responsible_for"); }, undetermined},
      {"held the zero for a part of the year", "A2", "an", {}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 0, "3.1", 5).event("an", "responsible_for", "2022-11-01/2022-12-31", {{"criterion", "3.1"}}); }, fail},
      {"held it only in another year", "A2", "an", {}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 0, "3.1", 5).event("an", "responsible_for", "2023", {{"criterion", "3.1"}}).event("chi", "responsible_for", "2022", {{"criterion", "3.1"}}); }, pass},
      {"collectives are not asked", "A2", "van_phong", {}, [](Facts& f) { f.number("25327", "criterion_score", "2022", 0, "3.1", 5).event("van_phong", "responsible_for", "2022", {{"criterion", "3.1"}}); }, not_applicable},
      // A3: which year's grade is looked at.
      {"lagged: last year yếu", "A1", "van_phong", {{"exclusion_mode", "only"}}, [](Facts& f) { grade_is(f, "yeu", "25327", "2022"); }, fail},
      {"same year: last year yếu", "A1", "van_phong", {{"exclusion_mode", "only"}, {"time_basis", "same_year"}}, [](Facts& f) { grade_is(f, "yeu", "25327", "2022"); }, pass},
      {"same year: this year yếu", "A1", "van_phong", {{"exclusion_mode", "only"}, {"time_basis", "same_year"}}, [](Facts& f) { grade_is(f, "yeu", "25327", "2023"); }, fail},
      {"same year not published", "A1", "van_phong", {{"time_basis", "same_year"}}, [](Facts& f) { f.without("par_grade"); grade_is(f, "kha"); }, undetermined},
      {"latest published: 2022", "A1", "van_phong", {{"exclusion_mode", "only"}, {"time_basis", "latest_published"}}, [](Facts& f) { f.without("par_grade"); grade_is(f, "yeu"); }, fail},
      {"latest published: 2023", "A1", "van_phong", {{"exclusion_mode", "only"}, {"time_basis", "latest_published"}}, [](Facts& f) { grade_is(f, "yeu"); }, pass},
      {"nothing ever published", "A1", "van_phong", {{"time_basis", "latest_published"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
  };
  return rows;
}

// The department: a division, its head and a member; the province grades.
Facts department() {
  Facts facts;
  facts.unit("so_tttt", "Sở Thông tin và Truyền thông").collective("phong_cntt", "so_tttt");
  facts.person("giang", "phong_cntt").person("hoa", "phong_cntt");
  for (const char* subject : {"phong_cntt", "giang", "hoa"}) facts.truth(subject, "statutory_conditions_met", "2019", true);
  facts.grade("so_tttt", "par_grade", "2018", "par_commune_5", "kha", "UBND tỉnh Bình Phước", "2019-02-01");
  facts.number("so_tttt", "criterion_score", "2018", 1, "1.1", 5).event("hoa", "responsible_for", "2018", {{"criterion", "1.1"}});
  facts.complete("criterion_score", "so_tttt", "2018").complete("responsible_for", "so_tttt", "2018").complete("holds_role", "so_tttt", "2018");
  facts.role("giang", "head", "phong_cntt", "2018").role("hoa", "member", "phong_cntt", "2018");
  return facts;
}

void department_grade(Facts& facts, const char* grade, const char* subject = "so_tttt", const char* year = "2018") {
  facts.grade(subject, "par_grade", year, "par_commune_5", grade, "UBND tỉnh Bình Phước", "2019-02-02");
}
void zero_for(Facts& facts, const char* subject) {
  facts.number("so_tttt", "criterion_score", "2018", 0, "2.1", 5).event(subject, "responsible_for", "2018", {{"criterion", "2.1"}});
}

const std::vector<TruthRow>& table_e() {
  static const std::vector<TruthRow> rows{
      {"graded khá", "E1", "phong_cntt", {}, nullptr, pass},
      {"graded trung bình", "E1", "phong_cntt", {}, [](Facts& f) { department_grade(f, "trung_binh"); }, fail},
      {"not graded", "E1", "phong_cntt", {}, [](Facts& f) { f.without("par_grade"); }, undetermined},
      {"graded trung bình, also", "E1", "phong_cntt", {{"exclusion_mode", "also"}}, [](Facts& f) { department_grade(f, "trung_binh"); }, undetermined},
      {"graded khá, also", "E1", "phong_cntt", {{"exclusion_mode", "also"}}, nullptr, pass},
      {"trung bình, also, jury refuses", "E1", "phong_cntt", {{"exclusion_mode", "also"}}, [](Facts& f) { department_grade(f, "trung_binh"); f.truth("phong_cntt", "jury_considers_below_grade", "2019", false); }, fail},
      {"law not met", "E1", "phong_cntt", {}, [](Facts& f) { f.without("statutory_conditions_met", "phong_cntt").truth("phong_cntt", "statutory_conditions_met", "2019", false); }, fail},
      {"division graded", "E1", "phong_cntt", {{"grade_carrier", "own_body"}}, [](Facts& f) { department_grade(f, "tot", "phong_cntt"); }, pass},
      {"division graded yếu", "E1", "phong_cntt", {{"grade_carrier", "own_body"}}, [](Facts& f) { department_grade(f, "yeu", "phong_cntt"); }, fail},
      {"division never graded", "E1", "phong_cntt", {{"grade_carrier", "own_body"}}, nullptr, undetermined},
      {"any person", "E1", "hoa", {}, nullptr, pass},
      {"heads only: member", "E1", "hoa", {{"person_scope", "head"}}, nullptr, fail},
      {"heads only: head", "E1", "giang", {{"person_scope", "head"}}, nullptr, pass},
      {"heads only: not on record", "E1", "giang", {{"person_scope", "head"}}, [](Facts& f) { f.without("holds_role").without_register("holds_role"); }, undetermined},
      {"other publisher", "E1", "phong_cntt", {{"publisher", "UBND tỉnh Đồng Nai"}}, nullptr, undetermined},
      {"graded by the successor", "E1", "phong_cntt", {{"publisher", "UBND tỉnh Đồng Nai"}}, [](Facts& f) { f.grade("so_tttt", "par_grade", "2018", "par_commune_5", "tot", "UBND tỉnh Đồng Nai", "2019-03-01"); }, pass},
      {"graded yếu by the successor", "E1", "phong_cntt", {{"publisher", "UBND tỉnh Đồng Nai"}}, [](Facts& f) { f.grade("so_tttt", "par_grade", "2018", "par_commune_5", "yeu", "UBND tỉnh Đồng Nai", "2019-03-01"); }, fail},
      {"one point of five is not zero", "E2", "hoa", {}, nullptr, pass},
      {"person with a zero", "E2", "hoa", {}, [](Facts& f) { zero_for(f, "hoa"); }, fail},
      {"collective with a zero", "E2", "phong_cntt", {}, [](Facts& f) { zero_for(f, "phong_cntt"); }, fail},
      {"somebody else's zero", "E2", "phong_cntt", {}, [](Facts& f) { zero_for(f, "hoa"); }, pass},
      {"scores not complete", "E2", "phong_cntt", {}, [](Facts& f) { f.without_register("criterion_score"); }, undetermined},
      {"nobody's zero", "E2", "phong_cntt", {}, [](Facts& f) { f.number("so_tttt", "criterion_score", "2018", 0, "2.1", 5); }, undetermined},
      // E3
      {"lagged: 2018 counts", "E1", "phong_cntt", {}, [](Facts& f) { department_grade(f, "yeu", "so_tttt", "2019"); }, pass},
      {"same year: 2019 counts", "E1", "phong_cntt", {{"time_basis", "same_year"}}, [](Facts& f) { department_grade(f, "yeu", "so_tttt", "2019"); }, fail},
      {"same year: 2019 khá", "E1", "phong_cntt", {{"time_basis", "same_year"}}, [](Facts& f) { department_grade(f, "kha", "so_tttt", "2019"); }, pass},
      {"same year: not published", "E1", "phong_cntt", {{"time_basis", "same_year"}}, nullptr, undetermined},
      {"latest published: 2019", "E1", "phong_cntt", {{"time_basis", "latest_published"}}, [](Facts& f) { department_grade(f, "yeu", "so_tttt", "2019"); }, fail},
      {"latest published: 2018", "E1", "phong_cntt", {{"time_basis", "latest_published"}}, nullptr, pass},
      {"latest published: none", "E1", "phong_cntt", {{"time_basis", "latest_published"}}, [](Facts& f) { f.without("par_grade"); }, undetermined},
  };
  return rows;
}

}  // namespace

TEST_CASE("Thanh An: every clause under each reading") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  for (const auto& row : table_a()) {
    Facts facts = commune();
    if (row.change) row.change(facts);
    INFO(row.what);
    const Decision decision = decide(rules, facts, row.readings);
    INFO(explain(decision, "en"));
    CHECK(name_of(clause_verdict(decision, kAward, row.subject, row.clause)) == name_of(row.clause_verdict));
  }
}

TEST_CASE("the Bình Phước department: every clause under each reading") {
  const RuleSet rules = shipped_rules("binh_phuoc_2018_604");
  for (const auto& row : table_e()) {
    Facts facts = department();
    if (row.change) row.change(facts);
    INFO(row.what);
    const Decision decision = decide(rules, facts, row.readings, 2019);
    INFO(explain(decision, "en"));
    CHECK(name_of(clause_verdict(decision, kAward, row.subject, row.clause)) == name_of(row.clause_verdict));
  }
}

TEST_CASE("Thanh An and the department: no clause and no reading lacks a row that passes, fails or stays open") {
  const auto a = gaps_of(shipped_rules("thanh_an_2023_32"), table_a());
  CAPTURE(a);
  CHECK(a.empty());
  const auto e = gaps_of(shipped_rules("binh_phuoc_2018_604"), table_e());
  CAPTURE(e);
  CHECK(e.empty());
}

TEST_CASE("a candidate passes only when every clause does, and every verdict names its facts or what is missing") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  const Decision decision = decide(rules, commune(), {});
  CHECK(candidate(decision, kAward, "van_phong").verdict == pass);
  CHECK(candidate(decision, kAward, "an").verdict == pass);
  CHECK(candidate(decision, kAward, "binh").verdict == Verdict::fail);
  const std::string tree = explain(decision, "vi");
  CHECK(tree.find("[đạt] van_phong") != std::string::npos);
  CHECK(tree.find("UBND huyện Hớn Quản, 01/02/2023") != std::string::npos);
  CHECK(tree.find("[không đạt] binh") != std::string::npos);
  CHECK(tree.find("exclusion_mode = also") != std::string::npos);
}

TEST_CASE("a criterion of the same code in another commune is somebody else's business") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  Facts facts = commune();
  facts.unit("25330", "Xã An Khương").person("dung", "25330").event("dung", "responsible_for", "2022", {{"criterion", "3.1"}});
  facts.number("25327", "criterion_score", "2022", 0, "3.1", 5);
  const Decision decision = decide(rules, facts, {{"low_threshold", "0"}});
  CHECK(clause_verdict(decision, kAward, "an", "A2") == undetermined);  // nobody here holds 3.1
}

TEST_CASE("a computed grade never stands in for an official one") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  Facts facts = commune();
  facts.without("par_grade").grade("25327", "par_grade", "2022", "par_commune_5", "xuat_sac", kDistrict, "2023-02-01");
  facts.last().source = FactSource::computed;
  const Decision decision = decide(rules, facts, {{"exclusion_mode", "only"}});
  CHECK(clause_verdict(decision, kAward, "van_phong", "A1") == undetermined);
  CHECK(explain(decision, "vi").find("nhưng điều kiện này không nhận nguồn đó") != std::string::npos);
}

TEST_CASE("a person excluded is told of the right to reply, and the record of it is shown") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  Facts facts = commune();
  facts.number("25327", "criterion_score", "2022", 0, "3.1", 5).event("an", "responsible_for", "2022", {{"criterion", "3.1"}});
  const auto before = decide(rules, facts, {});
  CHECK(candidate(before, kAward, "an").hearing.needed);
  CHECK_FALSE(candidate(before, kAward, "an").hearing.notice);
  facts.event("an", "notice_to_person", "2023-11-02");
  const auto after = decide(rules, facts, {});
  CHECK(candidate(after, kAward, "an").hearing.notice);
  CHECK_FALSE(candidate(after, kAward, "an").hearing.reply);
  CHECK_FALSE(candidate(after, kAward, "chi").hearing.reply);
  CHECK_FALSE(candidate(after, kAward, "van_phong").hearing.needed);
}

TEST_CASE("Thanh An's rule becomes the department's by editing JSON alone") {
  auto edited = nlohmann::json::parse(read_file("survey_defs/award_rules/thanh_an_2023_32.json"));
  auto& tree = edited["awards"][0]["eligible"]["all"];
  edited["readings"]["exclusion_mode"]["default"] = "only";                        // "Chỉ", not "Đồng thời"
  edited["readings"]["person_scope"]["default"] = "all";                           // all persons
  edited["readings"]["publisher"]["default"] = "UBND tỉnh Bình Phước";             // the province grades
  edited["readings"].erase("low_threshold");                                       // zero, said in figures
  tree[4]["not_responsible_for"]["low"] = 0;
  tree[4].erase("applies_to");                                                     // persons and collectives
  tree.erase(1);                                                                   // the law of 2022 came later
  Faults faults;
  const RuleSet rules = read_rule_set("edited.json", edited.dump(), shipped_ladders(), faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  const RuleSet shipped = shipped_rules("binh_phuoc_2018_604");
  std::size_t compared = 0;
  for (const auto& row : table_e()) {
    Facts facts = department();
    if (row.change) row.change(facts);
    const Decision left = decide(rules, facts, row.readings, 2019);
    const Decision right = decide(shipped, facts, row.readings, 2019);
    INFO(row.what);
    for (const auto& entry : right.candidates) {
      CHECK(name_of(candidate(left, kAward, entry.subject).verdict) == name_of(entry.verdict));
      ++compared;
    }
  }
  CHECK(compared == 3 * table_e().size());
}
