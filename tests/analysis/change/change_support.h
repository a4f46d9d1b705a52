// The three-leaf index of tests/fixtures/statistics/more/make_change.R, and its runs.
#pragma once

#include <functional>
#include <string>

#include "analysis/change/index_change.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_table.h"
#include "tests/support/index_files.h"

namespace khaosat::test {

struct ModelText {
  std::string anchor = R"([{"version": 1, "lo": 1, "hi": 5, "author": "x", "reason": "ends of the scale"}])";
  std::string q3 = R"(["4", "5"])";
  std::string weight_q1 = "1";
  std::string aggregate = "weighted_mean";
  std::string weights_total = "3";
  std::string more;           // further nodes, each with a comma before it
  std::string breaks;         // of q2, with a comma before it
  std::string question_q2 = "q2";
};

inline index::IndexModel three_leaves(const ModelText& text = {}) {
  const std::string scores = R"("scores": {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5})";
  const std::string scoring = R"("scoring": {"method": "min_max", "to": [0, 100], "anchors": )" + text.anchor + "}";
  return model_from(R"({"schema": "khaosat/index_model/1", "id": "three", "version": 1, "title": {"vi": "Ba"},
    "source": {"issuer": "x"}, "scale": [0, 100], "questionnaire": {"id": "q", "version": 1}, "nodes": [
    {"id": "index", "title": {"vi": "Chỉ số"}, "aggregate": ")" + text.aggregate + R"(", "weights_total": )" + text.weights_total + R"(},
    {"id": "q1", "parent": "index", "title": {"vi": "Một"}, "weight": )" + text.weight_q1 + R"(,
     "source": {"survey": {"question": "q1", )" + scores + "}}, " + scoring + R"(},
    {"id": "q2", "parent": "index", "title": {"vi": "Hai"}, "weight": 1)" + text.breaks + R"(,
     "source": {"survey": {"question": ")" + text.question_q2 + R"(", )" + scores + "}}, " + scoring + R"(},
    {"id": "q3", "parent": "index", "title": {"vi": "Ba"}, "weight": 1,
     "source": {"survey": {"question": "q3", "share_of": )" + text.q3 + R"(}}, "scoring": {"method": "linear", "multiply": 100}})" +
                    text.more + "]}");
}

inline index::IndexRun run_of_table(const index::IndexModel& model, const std::string& file, int year, bool drawn = true,
                                    const std::function<std::string(std::string)>& change = {}) {
  std::string text = read_file("tests/fixtures/statistics/" + file);
  if (change) text = change(text);
  index::TableOptions options;
  options.year = year;
  options.drawn = drawn;
  index::IndexInput input;
  Faults faults;
  index::read_survey_table(model, nullptr, file, text, options, input, faults);
  INFO(to_text(faults));
  REQUIRE(faults.empty());
  const auto run = index::compute(model, input);
  if (!run) FAIL(run.error().message << " " << run.error().where);
  return *run;
}

}  // namespace khaosat::test
