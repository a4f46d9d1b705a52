#include "analysis/index/index_table.h"

#include <catch2/catch.hpp>

#include "analysis/index/index_engine.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

IndexModel survey_model() {
  return test::model_from(R"({"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"},
    "source": {"issuer": "x"}, "scale": [0, 1], "questionnaire": {"id": "q", "version": 1},
    "nodes": [{"id": "root", "title": {"vi": "R"}, "aggregate": "mean"},
      {"id": "one", "parent": "root", "title": {"vi": "1"},
       "source": {"survey": {"question": "q1", "share_of": ["good", "best"]}}},
      {"id": "two", "parent": "root", "title": {"vi": "2"}, "source": {"survey": {"question": "q2"}}},
      {"id": "three", "parent": "root", "title": {"vi": "3"},
       "source": {"survey": {"question": "q3", "absence_scores": {"dont_know": 0}}}}]})");
}

QuestionnaireFacts facts() {
  QuestionnaireFacts q{"q", 1, {}};
  q.questions["q1"] = {{"bad", "good", "best"}, {}, false};
  q.questions["q2"] = {{"low", "high"}, {{"low", 1}, {"high", 5}}, false};
  q.questions["q3"] = {{}, {}, true};
  return q;
}

Faults read_survey(const std::string& text, IndexInput& input, bool drawn = true) {
  const QuestionnaireFacts q = facts();
  Faults faults;
  TableOptions options;
  options.year = 2025;
  options.drawn = drawn;
  read_survey_table(survey_model(), &q, "s.csv", text, options, input, faults);
  return faults;
}

bool complains(const Faults& faults, const std::string& place, ErrorCode code) {
  for (const Fault& fault : faults)
    if (fault.place.find(place) != std::string::npos && fault.code == code) return true;
  return false;
}

const std::string kHeader = "unit,stratum,psu,weight,psu_population,q1,q2,q3\n";

}  // namespace

TEST_CASE("survey tables read options, several options, numbers and absences", "[index]") {
  IndexInput input;
  const Faults faults = read_survey(kHeader + "u,s,v1,2,30,good,high,4\nu,s,v1,1,30,bad|best,low,~dont_know\n"
                                              "u,s,v2,1,30,bad,~declined,\n",
                                    input);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  CHECK(input.design.psus_in_population.at("s") == 30);
  const auto run = compute(survey_model(), input);
  REQUIRE(run.has_value());
  const auto value = [&](const char* node) {
    return run->units[0].scores[run->find_node(node).value()].estimate.value;
  };
  CHECK(value("one") == Approx(3.0 / 4));
  CHECK(value("two") == Approx(11.0 / 3));
  CHECK(value("three") == Approx(8.0 / 3));  // don't know counts as 0 here, blank does not
}

TEST_CASE("JSON rows are read like CSV rows", "[index]") {
  IndexInput csv;
  IndexInput json;
  REQUIRE(read_survey(kHeader + "u,s,v1,2,30,good,high,4\nu,s,v2,1,30,bad,low,\n", csv).empty());
  const Faults faults = read_survey(
      R"([{"unit":"u","stratum":"s","psu":"v1","weight":2,"psu_population":30,"q1":"good","q2":"high","q3":4},
          {"unit":"u","stratum":"s","psu":"v2","weight":1,"psu_population":30,"q1":"bad","q2":"low","q3":null}])",
      json);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  CHECK(csv.survey == json.survey);
  CHECK(hash_of(csv, "") == hash_of(json, ""));
}

TEST_CASE("each wrong cell of a survey table is named with row and column", "[index]") {
  struct Wrong {
    std::string row;
    std::string place;
    ErrorCode code;
  };
  const std::vector<Wrong> cases = {
      {"u,s,v1,,30,good,high,4", "row 2, column weight", ErrorCode::weight_invalid},
      {"u,s,v1,-1,30,good,high,4", "row 2, column weight", ErrorCode::weight_invalid},
      {"u,s,v1,nan,30,good,high,4", "row 2, column weight", ErrorCode::weight_invalid},
      {"u,s,v1,1e300,30,good,high,4", "row 2, column weight", ErrorCode::weight_invalid},
      {"u,s,v1,1,30,excellent,high,4", "row 2, column q1", ErrorCode::unknown_option},
      {"u,s,v1,1,30,good,hihg,4", "row 2, column q2", ErrorCode::unknown_option},
      {"u,s,v1,1,30,good,high,many", "row 2, column q3", ErrorCode::unknown_option},
      {"u,s,v1,1,30,~forgot,high,4", "row 2, column q1", ErrorCode::unknown_option},
      {"u,s,v1,1,0,good,high,4", "row 2, column psu_population", ErrorCode::design_invalid},
      {",s,v1,1,30,good,high,4", "row 2, column unit", ErrorCode::missing_field},
      {"u,s,,1,30,good,high,4", "row 2, column psu", ErrorCode::missing_field},
      {"u,s,v1,1,30,good,high,1e300", "row 2", ErrorCode::out_of_range},
  };
  for (const Wrong& wrong : cases) {
    IndexInput input;
    const Faults faults = read_survey(kHeader + wrong.row + "\n", input);
    INFO(wrong.row << "\n" << to_text(faults));
    CHECK(complains(faults, wrong.place, wrong.code));
  }
  IndexInput input;
  const Faults faults = read_survey(kHeader + "u,s,v1,1,30,good,high,4\nu,s,v2,1,31,good,high,4\n"
                                              "u,t,v1,1,30,good,high,4\n",
                                    input);
  CHECK(complains(faults, "row 3, column psu_population", ErrorCode::design_invalid));
  CHECK(complains(faults, "row 4, column psu", ErrorCode::psu_in_two_strata));
}

TEST_CASE("missing columns of a survey table are all named at once", "[index]") {
  IndexInput input;
  const Faults faults = read_survey("unit,q1,q22\nu,good,high\n", input);
  INFO(to_text(faults));
  CHECK(faults.size() == 3);  // psu, q2 (near q22), q3
  IndexInput whoever;
  CHECK(read_survey("unit,q1,q2,q3\nu,good,high,1\n", whoever, false).empty());
}

TEST_CASE("unit tables name units twice, wrong years, wrong cells and missing columns", "[index]") {
  const IndexModel pci = test::shipped_model("pci");
  const auto read = [&](const std::string& text) {
    std::map<int, IndexInput> inputs;
    Faults faults;
    read_unit_table(pci, "t.csv", text, {}, inputs, faults);
    return faults;
  };
  const std::string header = "unit,year,s1,s2,s3,s4,s5,s6,s7,s8,s9,s10\n";
  const std::string cells = ",1,2,3,4,5,6,7,8,9,10\n";
  CHECK(read(header + "a,2013" + cells).empty());
  CHECK(complains(read(header + "a,2013" + cells + "a,2013" + cells), "row 3", ErrorCode::already_exists));
  CHECK(complains(read(header + "a,13" + cells), "row 2, column year", ErrorCode::wrong_type));
  CHECK(complains(read(header + "a,2011" + cells), "row 2, column year", ErrorCode::not_comparable));
  CHECK(complains(read(header + "a,2013,1,2,3,4,\"5,1\",6,7,8,9,10\n"), "row 2, column s5", ErrorCode::wrong_type));
  CHECK(complains(read(header + ",2013" + cells), "row 2, column unit", ErrorCode::missing_field));
  CHECK(complains(read("unit,year,s1\na,2013,1\n"), "row 1", ErrorCode::missing_field));
  CHECK(complains(read("s1,s2\n1,2\n"), "row 1", ErrorCode::missing_field));
  CHECK_FALSE(read("").empty());
  CHECK_FALSE(read("[]").empty());
  CHECK_FALSE(read("[1,2]").empty());
  CHECK_FALSE(read("[{\"unit\": {}}]").empty());
}

TEST_CASE("a scorecard mixes points, ratios and a survey and says where its error comes from", "[index]") {
  const IndexModel model = test::shipped_model("par_commune_example");
  CHECK(model.example);
  std::map<int, IndexInput> inputs;
  Faults faults;
  const std::string units =
      "unit,year,steering_plan,reports_on_time,reports_due,rules_reviewed,dossiers_on_time,dossiers_settled,"
      "dossiers_sent_back,discipline,spending_disclosed,spending_total,dossiers_online,dossiers_received\n"
      "a,2025,4,12,12,8,95,100,2,9,50,100,30,100\n"
      "b,2025,3,9,12,8,95,100,2,9,50,100,30,0\n"
      "c,2025,5,9,12,8,95,100,2,9,50,100,30,100\n";
  read_unit_table(model, "units.csv", units, {}, inputs, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  IndexInput input = inputs.at(2025);
  std::string survey = "unit,stratum,psu";
  for (int item = 15; item <= 33; ++item) survey += ",item_" + std::to_string(item);
  survey += "\n";
  for (int person = 0; person < 40; ++person) {
    survey += "a,a,v" + std::to_string(person % 5);
    for (int item = 15; item <= 33; ++item) survey += (person * item) % 4 == 0 ? ",neutral" : ",satisfied";
    survey += "\n";
  }
  TableOptions options;
  options.year = 2025;
  options.drawn = true;
  read_survey_table(model, nullptr, "survey.csv", survey, options, input, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  const auto run = compute(model, input);
  if (!run) FAIL(run.error().message);
  const auto score = [&](std::size_t unit, const char* node) {
    return run->units[unit].scores[run->find_node(node).value()];
  };
  CHECK(score(0, "reports_on_time").estimate.value == Approx(6));
  CHECK(score(0, "dossiers_on_time").estimate.value == Approx(15 * 0.75));
  CHECK(score(0, "dossiers_returned").estimate.value == Approx(10 * 0.9));
  const NodeScore par = score(0, "par");
  REQUIRE(par.state == ScoreState::value);
  CHECK(has(par.notes, ScoreNote::survey_part));
  CHECK(par.estimate.standard_error.value() ==
        Approx(score(0, "satisfaction").estimate.standard_error.value()).epsilon(1e-12));
  CHECK_FALSE(score(0, "steering").estimate.standard_error);
  // Nothing divided by 0, more points than there are, no survey: no value, never 0.
  CHECK(score(1, "dossiers_online").reason == "denominator_zero");
  CHECK(score(1, "par").state == ScoreState::missing);
  CHECK(score(2, "steering_plan").reason == "out_of_range");
  CHECK(score(2, "satisfaction").state == ScoreState::missing);
}
