#include "server/survey/questionnaire_diff.h"

#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"

using namespace khaosat;
using nlohmann::json;

namespace {

const json& base() {
  static const json kBase = json::parse(R"({
    "schema": "khaosat/questionnaire/1", "id": "form", "version": 1, "title": {"vi": "Phiếu"}, "audience": "citizen",
    "languages": ["vi", "en"], "factors": [{"id": "f", "title": {"vi": "Yếu tố"}}],
    "sections": [{"id": "s", "title": {"vi": "Mục"}, "questions": [
      {"id": "used", "type": "single_choice", "text": {"vi": "Đã dùng?", "en": "Used?"},
       "options": [{"id": "yes", "text": {"vi": "Có"}}, {"id": "no", "text": {"vi": "Không"}}]},
      {"id": "clear", "type": "likert", "text": {"vi": "Có rõ không"}, "scale": "three"},
      {"id": "visits", "type": "number", "text": {"vi": "Mấy lần"}, "maximum": 20}]}]})");
  return kBase;
}

std::shared_ptr<const Questionnaire> read(const json& document) {
  const auto scale = [](int version, double top) {
    return read_scale("s", R"({"schema":"khaosat/scale/1","id":"three","version":)" + std::to_string(version) +
                               R"(,"title":{"vi":"T"},"options":[{"id":"low","text":{"vi":"Thấp"},"score":1},)"
                               R"({"id":"high","text":{"vi":"Cao"},"score":)" + std::to_string(top) + "}]}").scale;
  };
  static const auto kFirst = scale(1, 3);
  static const auto kSecond = scale(2, 3);
  static const auto kThird = scale(3, 5);
  const auto reading = read_questionnaire("form", document.dump(), [](std::string_view, int version) {
    return (version == 1 ? kFirst : version == 2 ? kSecond : kThird).get();
  });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

QuestionDiff of(const QuestionnaireDiff& diff, const std::string& id) {
  for (const auto& question : diff.questions) {
    if (question.question == id) return question;
  }
  FAIL("no question " << id);
  return {};
}

}  // namespace

TEST_CASE("a version that changes nothing compares as the same") {
  json next = base();
  next["version"] = 2;
  const auto result = diff(*read(base()), *read(next));
  CHECK(result.changes.empty());
  for (const auto& question : result.questions) {
    CHECK(question.comparability == Comparability::same);
    CHECK(question.changes.empty());
  }
}

TEST_CASE("each change of a question says whether its series may go on") {
  struct Case {
    std::string what;
    std::string question;
    std::function<void(json&)> change;  // of the list of questions
    Comparability comparability;
  };
  const auto result = GENERATE(
      Case{"wording", "used", [](json& q) { q[0]["text"]["vi"] = "Ông/bà đã dùng?"; }, Comparability::with_note},
      Case{"wording of a translation", "used", [](json& q) { q[0]["text"]["en"] = "Ever used?"; }, Comparability::with_note},
      Case{"wording of an option", "used", [](json& q) { q[0]["options"][0]["text"]["vi"] = "Rồi"; }, Comparability::with_note},
      Case{"order of options", "used", [](json& q) { std::swap(q[0]["options"][0], q[0]["options"][1]); }, Comparability::with_note},
      Case{"a new option", "used", [](json& q) { q[0]["options"].push_back({{"id", "maybe"}, {"text", {{"vi", "Có lẽ"}}}}); }, Comparability::broken},
      Case{"an option gone", "used", [](json& q) { q[0]["options"].erase(0); }, Comparability::broken},
      Case{"a band", "used", [](json& q) { q[0]["options"][0]["to"] = 5; }, Comparability::broken},
      Case{"a non-answer offered", "clear", [](json& q) { q[1]["absences"] = {"dont_know"}; }, Comparability::with_note},
      Case{"condition", "clear", [](json& q) { q[1]["relevant"] = {{"question", "used"}, {"in", {"yes"}}}; }, Comparability::with_note},
      Case{"the same scale in a later version", "clear", [](json& q) { q[1]["scale"] = "three/2"; }, Comparability::with_note},
      Case{"a scale with other scores", "clear", [](json& q) { q[1]["scale"] = "three/3"; }, Comparability::broken},
      Case{"type", "clear", [](json& q) { q[1]["type"] = "rating"; }, Comparability::broken},
      Case{"factor", "clear", [](json& q) { q[1]["factor"] = "f"; }, Comparability::with_note},
      Case{"limits", "visits", [](json& q) { q[2]["maximum"] = 30; }, Comparability::with_note},
      Case{"removed", "visits", [](json& q) { q.erase(2); }, Comparability::removed},
      Case{"added", "hours", [](json& q) { q.push_back({{"id", "hours"}, {"type", "number"}, {"text", {{"vi", "Mấy giờ"}}}}); }, Comparability::added});
  INFO(result.what);
  json next = base();
  next["version"] = 2;
  result.change(next["sections"][0]["questions"]);
  const auto found = diff(*read(base()), *read(next));
  CHECK(of(found, result.question).comparability == result.comparability);
  for (const auto& question : found.questions) {
    if (question.question != result.question) CHECK(question.comparability == Comparability::same);
  }
}

TEST_CASE("a condition of the section changes who is asked every question in it") {
  json before = base();
  before["sections"].push_back(json::parse(R"({"id":"t","title":{"vi":"Hai"},"questions":[{"id":"more","type":"long_text","text":{"vi":"Thêm"}}]})"));
  json after = before;
  after["sections"][1]["relevant"] = {{"question", "used"}, {"in", {"yes"}}};
  const auto found = diff(*read(before), *read(after));
  CHECK(of(found, "more").comparability == Comparability::with_note);
  CHECK(of(found, "used").comparability == Comparability::same);
}

TEST_CASE("changes of the whole are named, and the report is the same in text and JSON") {
  json next = base();
  next["version"] = 2;
  next["consent"] = {{{"vi", "Xin đồng ý"}}};
  std::swap(next["sections"][0]["questions"][1], next["sections"][0]["questions"][2]);
  const auto found = diff(*read(base()), *read(next));
  CHECK(found.changes.size() == 2);
  CHECK(report_text(found).starts_with("form/1 → form/2\n"));
  CHECK(report_text(found).find("comparable as before: 3") != std::string::npos);
  const auto report = json::parse(report_json(found));
  CHECK(report["after"]["version"] == 2);
  CHECK(report["questions"].size() == 3);
  CHECK(report["questions"][0]["comparability"] == "same");
}
