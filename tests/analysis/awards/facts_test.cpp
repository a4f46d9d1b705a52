// Facts and rule files that are not fit to decide on are refused with their place.
#include <catch2/catch.hpp>

#include "tests/analysis/awards/award_support.h"

using namespace khaosat;
using namespace khaosat::awards;
using namespace khaosat::awards::test;

namespace {

const std::string kHeader =
    "record,subject,kind,title,parent,fact,type,period,value,maximum,ladder,population,population_size,criterion,body,"
    "status,due,source,publisher,date,vouched_by,valid_from,valid_to\n";
const std::string kSubjects =
    "subject,25327,unit,Xã Thanh An,,,,,,,,,,,,,,,,,,,2025-06-30\n"
    "subject,25345,unit,Xã Tân Hưng,,,,,,,,,,,,,,,,,,,2025-06-30\n"
    "subject,25345,unit,Xã Tân Hưng,,,,,,,,,,,,,,,,,,2025-07-01,\n"
    "subject,an,person,Nguyễn Văn An,25327,,,,,,,,,,,,,,,,,,\n"
    "subject,binh,person,Trần Thị Bình,25327,,,,,,,,,,,,,,,,,,\n";

struct Bad {
  std::string row;
  ErrorCode code;
  std::string place;
};

Faults faults_of(const std::string& rows) {
  Faults faults;
  read_facts_csv("facts.csv", kHeader + kSubjects + rows, shipped_ladders(), faults);
  return faults;
}

}  // namespace

TEST_CASE("every kind of unsound fact is refused with row and reason") {
  const auto bad = GENERATE(
      Bad{"fact,25327,,,,par_grade,grade,2022,rất tốt,,par_commune_5,,,,,,,official,huyện,2023-02-01,,,", ErrorCode::grade_not_on_ladder, "row 7"},
      Bad{"fact,25327,,,,par_grade,grade,2022,khá,,par_comune_5,,,,,,,official,huyện,2023-02-01,,,", ErrorCode::grade_not_on_ladder, "row 7"},
      Bad{"fact,25327,,,,commune_rank,rank,2022,3,,,,,,,,,official,huyện,2023-02-01,,,", ErrorCode::rank_without_population, "row 7"},
      Bad{"fact,25327,,,,commune_rank,rank,2022,15,,,thị xã,14,,,,,official,huyện,2023-02-01,,,", ErrorCode::out_of_range, "row 7"},
      Bad{"fact,25327,,,,criterion_score,number,2022,5.5,5,,,,1.1,,,,official,huyện,2023-02-01,,,", ErrorCode::points_above_maximum, "row 7"},
      Bad{"fact,25327,,,,criterion_score,number,2022,-1,5,,,,1.1,,,,official,huyện,2023-02-01,,,", ErrorCode::out_of_range, "row 7"},
      Bad{"fact,25327,,,,criterion_score,number,2022,\"5,5,1\",10,,,,1.1,,,,official,huyện,2023-02-01,,,", ErrorCode::wrong_type, "row 7, column value"},
      Bad{"fact,25327,,,,citizen_complaint,event,2022,,,,,,,,heard,,official,huyện,2023-02-01,,,", ErrorCode::unknown_option, "row 7"},
      Bad{"fact,25327,,,,plan_task,event,2022,,,,,,,,,31/12/2022,official,huyện,2023-02-01,,,", ErrorCode::wrong_type, "row 7"},
      Bad{"fact,25327,,,,par_grade,grade,2022,khá,,par_commune_5,,,,,,,official,,2023-02-01,,,", ErrorCode::missing_field, "row 7, column publisher"},
      Bad{"fact,25327,,,,town_certificate,truth,2022,true,,,,,,,,,declared,,2023-02-01,,,", ErrorCode::missing_field, "row 7, column vouched_by"},
      Bad{"fact,25327,,,,town_certificate,truth,2022,maybe,,,,,,,,,official,huyện,2023-02-01,,,", ErrorCode::wrong_type, "row 7, column value"},
      Bad{"fact,25327,,,,town_certificate,truth,2022,true,,,,,,,,,official,huyện,,,,", ErrorCode::missing_field, "row 7, column date"},
      Bad{"fact,25327,,,,town_certificate,truth,2022-13,true,,,,,,,,,official,huyện,2023-02-01,,,", ErrorCode::wrong_type, "row 7, column period"},
      Bad{"fact,25328,,,,town_certificate,truth,2022,true,,,,,,,,,official,huyện,2023-02-01,,,", ErrorCode::fact_invalid, "row 7"},
      // A unit abolished in mid-year: the year must be split.
      Bad{"fact,25327,,,,town_certificate,truth,2025,true,,,,,,,,,official,huyện,2026-02-01,,,", ErrorCode::unit_not_valid, "row 7"},
      Bad{"fact,25327,,,,town_certificate,truth,2026,true,,,,,,,,,official,huyện,2026-02-01,,,", ErrorCode::unit_not_valid, "row 7"},
      Bad{"subject,25345,unit,Xã khác,,,,,,,,,,,,,,,,,,2025-09-01,", ErrorCode::duplicate_key, "row 7"},
      Bad{"subject,x,person,X,nowhere,,,,,,,,,,,,,,,,,,", ErrorCode::fact_invalid, "row 7"},
      Bad{"register,25327,,,,violation,,2022,,,,,,,,,,,,2021-12-31,chủ tịch,,", ErrorCode::fact_invalid, "row 7, column date"},
      Bad{"fakt,25327,,,,violation,,2022,,,,,,,,,,,,2023-01-31,chủ tịch,,", ErrorCode::unknown_option, "row 7, column record"});
  const Faults faults = faults_of(bad.row + "\n");
  INFO(to_text(faults));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == bad.code);
  CHECK(faults[0].place == bad.place);
}

TEST_CASE("numbers are read with a comma or a point, and a comma between thousands is refused") {
  Faults faults;
  const auto read = [&](const std::string& cell) {
    faults = faults_of("fact,25327,,,,criterion_score,number,2022,\"" + cell + "\",10,,,,1.1,,,,official,huyện,2023-02-01,,,\n");
    return faults.empty();
  };
  for (const char* cell : {"5,5", "5.5", "0,25", "7"}) CHECK(read(cell));
  for (const char* cell : {"1.234,5", "1,234.5", ",5", "5,", "5,5,5", "5;5"}) {
    INFO(cell);
    CHECK_FALSE(read(cell));
  }
}

TEST_CASE("two heads of one body in one period are refused, one after the other is not") {
  const std::string first = "fact,an,,,,holds_role,text,2022-01-01/2022-06-30,head,,,,,,25327,,,declared,,2022-01-01,tổ chức,,\n";
  CHECK(faults_of(first + "fact,binh,,,,holds_role,text,2022-07-01/2022-12-31,head,,,,,,25327,,,declared,,2022-07-01,tổ chức,,\n").empty());
  const Faults faults = faults_of(first + "fact,binh,,,,holds_role,text,2022-06-01/2022-12-31,head,,,,,,25327,,,declared,,2022-07-01,tổ chức,,\n");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == ErrorCode::two_heads);
}

TEST_CASE("a criterion held in a unit that is gone names that unit") {
  const std::string rows = "subject,chi,person,Lê Chi,25345@2025-07-01,,,,,,,,,,,,,,,,,,\n";
  const Faults faults = faults_of(rows + "fact,chi,,,,responsible_for,event,2024,,,,,,1.1,,,,declared,,2024-01-01,tổ chức,,\n");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == ErrorCode::unit_not_valid);
  CHECK(faults_of(rows + "fact,chi,,,,responsible_for,event,2024,,,,,,1.1,25327,,,declared,,2024-01-01,tổ chức,,\n").empty());
}

TEST_CASE("two values of one day contradict each other; a later one corrects") {
  const std::string first = "fact,25327,,,,par_grade,grade,2022,khá,,par_commune_5,,,,,,,official,huyện,2023-02-01,,,\n";
  CHECK(faults_of(first + "fact,25327,,,,par_grade,grade,2022,TỐT,,par_commune_5,,,,,,,official,huyện,2023-02-01,,,\n").size() == 1);
  CHECK(faults_of(first + "fact,25327,,,,par_grade,grade,2022,Tốt,,par_commune_5,,,,,,,official,huyện,2023-03-01,,,\n").empty());
}

TEST_CASE("facts go out and come back the same, as table and as JSON") {
  const std::string rows =
      "fact,25345,,,,par_grade,grade,2024,khá,,par_commune_5,,,,,,,official,huyện,2025-02-01,,,\n"
      "fact,25345,,,,commune_rank,rank,2026,3,,,tỉnh,95,,,,,official,tỉnh,2027-02-01,,,\n"
      "fact,25327,,,,criterion_score,number,2022-03,0.1,5,,,,1.1,,,,official,\"=huyện, \"\"A\"\"\",2023-02-01,,,\n"
      "fact,an,,,,citizen_complaint,event,2022-05-06,,,,,,,,examining,,declared,,2022-06-01,@ai,,\n"
      "register,25327,,,,violation,,2022,,,,,,,,,,,,2023-01-31,chủ tịch,,\n";
  Faults faults;
  const FactBook book = read_facts_csv("a.csv", kHeader + kSubjects + rows, shipped_ladders(), faults);
  const FactBook from_csv = read_facts_csv("b.csv", to_csv(book), shipped_ladders(), faults);
  const FactBook from_json = read_facts_json("c.json", to_json(book), shipped_ladders(), faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  CHECK(book.facts().size() == 4);
  CHECK(from_csv.digest() == book.digest());
  CHECK(from_json.digest() == book.digest());
  CHECK(to_csv(from_csv) == to_csv(book));
  CHECK(to_json(from_json) == to_json(book));
  // A code that two units had means the one of the period.
  CHECK(book.facts_of("25345", "par_grade").size() == 1);
  CHECK(book.facts_of("25345@2025-07-01", "commune_rank").size() == 1);
}

TEST_CASE("a fact that no rule knows, or of a later day than the decision, is named") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  Facts facts;
  facts.unit("25327", "Xã Thanh An").truth("25327", "statutory_conditions_mett", "2023", true).truth("25327", "par_grade", "2023", true);
  facts.truth("25327", "statutory_conditions_met", "2023", true);
  facts.last().date = "2024-05-01";
  const Faults faults = check_facts(facts.book(), {&rules}, "2024-01-15", "facts.csv");
  REQUIRE(faults.size() == 3);
  CHECK(faults[0].code == ErrorCode::fact_unknown);
  CHECK(faults[0].message.find("\"statutory_conditions_met\"") != std::string::npos);
  CHECK(faults[1].code == ErrorCode::wrong_type);
  CHECK(faults[2].code == ErrorCode::fact_after_decision);
}

TEST_CASE("a rule file is refused with every fault at once, each with pointer and nearest word") {
  std::string text = read_file("survey_defs/award_rules/thanh_an_2023_32.json");
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    text.replace(at, from.size(), to);
  };
  replace("\"is_true\": \"statutory_conditions_met\"", "\"is_true\": \"statutory_condition_met\"");
  replace("\"grade_at_least\"", "\"grade_at_lest\"");
  replace("\"achievement\": \"reform_result\"", "\"achievment\": \"reform_result\"");
  replace("\"low\": {\"reading\": \"low_threshold\"}", "\"low\": {\"reading\": \"low_treshold\"}");
  replace("\"default\": \"head\"", "\"default\": \"boss\"");
  replace("\"by_hand\"", "\"by_hands\"");
  Faults faults;
  read_rule_set("rules.json", text, shipped_ladders(), faults);
  const std::string all = to_text(faults);
  INFO(all);
  for (const char* expected : {"#/awards/0/eligible/all/0/is_true", "\"statutory_conditions_met\"", "\"grade_at_least\"", "\"achievement\"",
                               "\"low_threshold\"", "\"boss\"", "\"by_hand\"", "nothing takes up clause \"A4\""}) {
    CHECK(all.find(expected) != std::string::npos);
  }
}

TEST_CASE("readings that do not exist or cannot take a value are refused") {
  const RuleSet rules = shipped_rules("thanh_an_2023_32");
  CHECK(check_readings(rules, choose({{"low_threshold", "0.3"}, {"person_scope", "all"}, {"publisher", "UBND tỉnh"}})).empty());
  const Faults faults = check_readings(rules, choose({{"low_treshold", "0.3"}, {"person_scope", "some"}, {"low_threshold", "2"}}));
  REQUIRE(faults.size() == 3);
  for (const auto& fault : faults) CHECK(fault.code == ErrorCode::reading_unknown);
  Faults file_faults;
  const Readings read = read_readings_json("r.json", R"({"readings": {"low_threshold": {"value": 0.3, "chosen_by": "Hội đồng", "chosen_on": "2023-03-01"}}})", file_faults);
  CHECK(file_faults.empty());
  CHECK(read.at("low_threshold").value == "0.3");
  read_readings_json("r.json", R"({"readings": {"low_threshold": {"value": 0.3}}})", file_faults);
  CHECK(file_faults.size() == 2);  // who and when
}

TEST_CASE("hostile files are refused without harm") {
  for (const auto& text : {std::string(200000, '['), std::string("\xFF\xFE"), std::string("{\"schema\": 3}"), std::string("[]"), std::string()}) {
    Faults faults;
    read_rule_set("x.json", text, shipped_ladders(), faults);
    CHECK_FALSE(faults.empty());
    faults.clear();
    read_fact_rows_json("x.json", text, faults);
    if (text != "[]") CHECK_FALSE(faults.empty());
  }
}
