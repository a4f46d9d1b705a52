// What an office may hand in by mistake: each is a stated refusal or a stated rule; never NaN, never 0
// for what is missing.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "analysis/index/index_engine.h"
#include "analysis/index/index_run_json.h"
#include "analysis/index/index_table.h"
#include "tests/support/index_files.h"

using namespace khaosat;
using namespace khaosat::index;

namespace {

std::string model_text(const std::string& anchor = R"({"version": 1, "lo": 1, "hi": 5, "author": "x", "reason": "y"})",
                       const std::string& weight = "0.5", const std::string& question = "b") {
  return R"({"schema": "khaosat/index_model/1", "id": "m", "version": 1, "title": {"vi": "M"}, "source": {"issuer": "x"},
    "scale": [0, 100], "questionnaire": {"id": "q", "version": 1}, "nodes": [
    {"id": "root", "title": {"vi": "R"}, "aggregate": "weighted_mean", "years": [2020, 2025]},
    {"id": "a", "parent": "root", "years": [2020, 2025], "title": {"vi": "A"}, "weight": )" + weight + R"(, "source": {"survey": {"question": "a",
      "scores": {"1": 1, "3": 3, "5": 5}}}, "scoring": {"method": "min_max", "to": [0, 100], "anchors": [)" + anchor + R"(]}},
    {"id": "b", "parent": "root", "years": [2020, 2025], "title": {"vi": "B"}, "weight": 0.5, "source": {"survey": {"question": ")" + question + R"(",
      "share_of": ["1"]}}, "scoring": {"method": "linear", "multiply": 100}}]})";
}

QuestionnaireFacts facts() {
  QuestionnaireFacts known;
  known.id = "q";
  known.version = 1;
  for (const char* id : {"a", "b"}) known.questions[id] = {{"1", "3", "5"}, {{"1", 1}, {"3", 3}, {"5", 5}}, false};
  return known;
}

// Either the codes of what was refused, or a run.
struct Outcome {
  std::vector<ErrorCode> refused;
  std::optional<IndexRun> run;
};

Outcome outcome_of(const std::string& model, const std::string& csv, int year = 2024) {
  Outcome outcome;
  const auto read = read_index_model("model.json", model);
  for (const Fault& fault : read.faults) outcome.refused.push_back(fault.code);
  if (!outcome.refused.empty() || !read.model) return outcome;
  Faults faults;
  const auto known = facts();
  cross_check(*read.model, known, "model.json", faults);
  TableOptions options;
  options.year = year;
  options.drawn = true;
  IndexInput input;
  if (faults.empty()) read_survey_table(*read.model, &known, "answers.csv", csv, options, input, faults);
  for (const Fault& fault : faults) outcome.refused.push_back(fault.code);
  if (!outcome.refused.empty()) return outcome;
  auto run = compute(*read.model, input);
  if (run) {
    outcome.run = std::move(*run);
  } else {
    outcome.refused.push_back(run.error().code);
  }
  return outcome;
}

const std::string kHead = "unit,stratum,psu,weight,a,b\n";
const std::string kSound = "u,s,p1,1,1,1\nu,s,p1,1,3,3\nu,s,p2,1,5,1\nu,s,p2,1,1,3\n";

const NodeScore& root_of(const Outcome& outcome, const std::string& unit) {
  REQUIRE(outcome.run);
  REQUIRE(outcome.run->find_unit(unit) != nullptr);
  return outcome.run->find_unit(unit)->scores.front();
}

void no_nan(const Outcome& outcome) {
  if (!outcome.run) return;
  const std::string json = to_json(*outcome.run);
  for (const char* word : {"nan", "NaN", "inf\"", ":inf", "Infinity"}) CHECK(json.find(word) == std::string::npos);
  for (const UnitScores& unit : outcome.run->units)
    for (const NodeScore& score : unit.scores) {
      if (score.state == ScoreState::value) {
        CHECK(std::isfinite(score.estimate.value));
      } else {
        CHECK_FALSE(score.reason.empty());
        CHECK_FALSE(score.rank);
        CHECK_FALSE(score.estimate.standard_error);
      }
      for (const auto& bound : {score.estimate.standard_error, score.estimate.lower, score.estimate.upper})
        if (bound) CHECK(std::isfinite(*bound));
    }
}

}  // namespace

TEST_CASE("bad input is refused with its code", "[index][bad_input]") {
  struct Case {
    const char* what;
    std::string model;
    std::string rows;
    int year;
    ErrorCode code;
  };
  const std::string model = model_text();
  const std::vector<Case> cases = {
      {"a weight is missing", model, "u,s,p1,,1,1\n" + kSound, 2024, ErrorCode::weight_invalid},
      {"a weight is negative", model, "u,s,p1,-1,1,1\n" + kSound, 2024, ErrorCode::weight_invalid},
      {"a weight is a word", model, "u,s,p1,many,1,1\n" + kSound, 2024, ErrorCode::weight_invalid},
      {"a weight is NaN", model, "u,s,p1,nan,1,1\n" + kSound, 2024, ErrorCode::weight_invalid},
      {"a cluster lies in two strata", model, "u,t,p1,1,1,1\n" + kSound, 2024, ErrorCode::psu_in_two_strata},
      {"an unknown option code", model, "u,s,p1,1,7,1\n" + kSound, 2024, ErrorCode::unknown_option},
      {"an unknown kind of absence", model, "u,s,p1,1,~perhaps,1\n" + kSound, 2024, ErrorCode::unknown_option},
      {"no cluster", model, "u,s,,1,1,1\n" + kSound, 2024, ErrorCode::missing_field},
      {"an anchor with lo = hi", model_text(R"({"version": 1, "lo": 3, "hi": 3, "author": "x", "reason": "y"})"), kSound, 2024,
       ErrorCode::anchor_degenerate},
      {"a model names a question that is not there", model_text(R"({"version": 1, "lo": 1, "hi": 5, "author": "x", "reason": "y"})", "0.5", "c"),
       kSound, 2024, ErrorCode::definition_unknown},
      {"weights of the model that do not add up", model_text(R"({"version": 1, "lo": 1, "hi": 5, "author": "x", "reason": "y"})", "0.1"),
       kSound, 2024, ErrorCode::definition_invalid},
  };
  for (const Case& one : cases) {
    const Outcome outcome = outcome_of(one.model, kHead + one.rows, one.year);
    INFO(one.what);
    for (const ErrorCode code : outcome.refused) UNSCOPED_INFO(name_of(code));
    CHECK_FALSE(outcome.run);
    CHECK(std::find(outcome.refused.begin(), outcome.refused.end(), one.code) != outcome.refused.end());
  }
}

TEST_CASE("a year without structure is refused", "[index][bad_input]") {
  const Outcome outcome = outcome_of(model_text(), kHead + kSound, 1999);
  CHECK_FALSE(outcome.run);
  CHECK_FALSE(outcome.refused.empty());
}

TEST_CASE("thin data give a stated rule, never NaN and never 0 for missing", "[index][bad_input]") {
  struct Case {
    const char* what;
    std::string rows;
    bool value;
    bool error;
  };
  const std::vector<Case> cases = {
      {"one cluster", "u,s,p1,1,1,1\nu,s,p1,1,3,3\n", true, false},
      {"one respondent", "u,s,p1,1,3,1\n", true, false},
      {"no valid answer", "u,s,p1,1,~dont_know,~declined\nu,s,p2,1,,\n", false, false},
      {"no valid answer to one question", "u,s,p1,1,~dont_know,1\nu,s,p2,1,,3\n", false, false},
      {"all weights zero in a unit", "u,s,p1,0,1,1\nu,s,p2,0,3,3\n", false, false},
      {"all answers equal", "u,s,p1,1,3,1\nu,s,p2,1,3,1\n", true, true},
      {"a weight of zero among others", "u,s,p1,0,5,1\nu,s,p1,1,3,1\nu,s,p2,1,1,3\n", true, true},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    // Another unit is sound, so that the whole has a design.
    const Outcome outcome = outcome_of(model_text(), kHead + one.rows + "v,t,q1,1,1,1\nv,t,q1,1,3,3\nv,t,q2,1,5,1\nv,t,q2,1,1,1\n");
    const NodeScore& root = root_of(outcome, "u");
    CHECK((root.state == ScoreState::value) == one.value);
    CHECK(root.estimate.standard_error.has_value() == one.error);
    no_nan(outcome);
    CHECK(root_of(outcome, "v").estimate.standard_error.has_value());
  }
  const Outcome alike = outcome_of(model_text(), kHead + "u,s,p1,1,3,1\nu,s,p2,1,3,1\n");
  CHECK(root_of(alike, "u").all_alike);
  CHECK(estimate::has(root_of(alike, "u").estimate.flags, estimate::EstimateFlag::zero_variance));
}

TEST_CASE("weights times a constant and the order of rows change nothing; better answers never lower an index", "[index][laws]") {
  const auto run = [](const std::string& rows) { return outcome_of(model_text(), kHead + rows); };
  const Outcome plain = run(kSound);
  const Outcome heavier = run("u,s,p1,8,1,1\nu,s,p1,8,3,3\nu,s,p2,8,5,1\nu,s,p2,8,1,3\n");
  const Outcome turned = run("u,s,p2,1,1,3\nu,s,p1,1,3,3\nu,s,p2,1,5,1\nu,s,p1,1,1,1\n");
  const auto& reference = root_of(plain, "u").estimate;
  for (const Outcome* other : {&heavier, &turned}) {
    CHECK(root_of(*other, "u").estimate.value == reference.value);
    CHECK(*root_of(*other, "u").estimate.standard_error == *reference.standard_error);
  }
  for (const char* better : {"u,s,p1,1,3,1\nu,s,p1,1,3,3\nu,s,p2,1,5,1\nu,s,p2,1,1,3\n",
                             "u,s,p1,1,1,1\nu,s,p1,1,3,1\nu,s,p2,1,5,1\nu,s,p2,1,1,3\n"})
    CHECK(root_of(run(better), "u").estimate.value > reference.value);
}
