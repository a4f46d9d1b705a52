// What a newer version may change while a campaign runs, one change at a time.
#include "server/survey/version_rule.h"

#include <catch2/catch.hpp>
#include <functional>
#include <nlohmann/json.hpp>

#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"

using namespace khaosat;
using nlohmann::json;

namespace {

json base() {
  return json::parse(R"({
    "schema": "khaosat/questionnaire/1", "id": "form", "version": 1, "title": {"vi": "Phiếu"}, "audience": "citizen",
    "languages": ["vi", "en"], "reviewed": ["vi", "en"],
    "parts": [{"id": "p", "title": {"vi": "Phần"}}], "factors": [{"id": "f", "part": "p", "title": {"vi": "Yếu tố"}}],
    "sections": [{"id": "s", "title": {"vi": "Mục", "en": "Part"}, "introduction": {"vi": "Trong 12 tháng qua"}, "questions": [
      {"id": "used", "type": "single_choice", "text": {"vi": "Đã dùng?", "en": "Used?"},
       "options": [{"id": "yes", "text": {"vi": "Có"}}, {"id": "no", "text": {"vi": "Không"}}]},
      {"id": "which", "type": "multi_choice", "text": {"vi": "Việc nào"},
       "options": [{"id": "birth", "text": {"vi": "Khai sinh"}}, {"id": "land", "text": {"vi": "Đất"}}]},
      {"id": "clear", "type": "likert", "text": {"vi": "Có rõ không"}, "scale": "three"},
      {"id": "visits", "type": "number", "text": {"vi": "Mấy lần"}, "maximum": 20,
       "constraint": {"condition": {"compare": [{"value": "visits"}, ">", 0]}, "message": {"vi": "Lớn hơn 0"}}},
      {"id": "said", "type": "long_text", "text": {"vi": "Ý kiến"}},
      {"id": "first", "type": "ranking", "text": {"vi": "Xếp thứ tự"},
       "options": [{"id": "road", "text": {"vi": "Đường"}}, {"id": "light", "text": {"vi": "Điện"}}]}]}]})");
}

std::shared_ptr<const Questionnaire> read(const json& document) {
  const auto scale = [](int version, const char* low, double top) {
    return read_scale("s", R"({"schema":"khaosat/scale/1","id":"three","version":)" + std::to_string(version) +
                               R"(,"title":{"vi":"T"},"options":[{"id":"low","text":{"vi":")" + low + R"("},"score":1},)"
                               R"({"id":"high","text":{"vi":"Cao"},"score":)" + std::to_string(top) + "}]}").scale;
  };
  static const auto kFirst = scale(1, "Thấp", 3);
  static const auto kWords = scale(2, "Kém", 3);
  static const auto kScores = scale(3, "Thấp", 5);
  const auto reading = read_questionnaire("form", document.dump(), [](std::string_view id, int version) -> const Scale* {
    if (id != "three") return nullptr;
    return (version == 1 ? kFirst : version == 2 ? kWords : kScores).get();
  });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

json& questions(json& form) { return form["sections"][0]["questions"]; }

bool has(const VersionCheck& check, VersionPoint point, const std::string& question) {
  for (const auto& finding : check.findings) {
    if (finding.point == point && finding.question == question) return true;
  }
  return false;
}

struct Case {
  const char* what;
  VersionPoint point;
  const char* question;
  std::function<void(json&)> change;
};

}  // namespace

TEST_CASE("a version that changes nothing a person meets has no findings") {
  json next = base();
  next["version"] = 2;
  const auto check = check_version({read(base())}, *read(next), {});
  CHECK(check.findings.empty());
  CHECK(check.may_be_published());
}

TEST_CASE("what may be changed is named and not refused") {
  const auto one = GENERATE(
      Case{"a new question", VersionPoint::question_new, "more",
           [](json& f) { questions(f).insert(questions(f).begin() + 1, json{{"id", "more"}, {"type", "number"}, {"text", {{"vi", "Thêm"}}}}); }},
      Case{"a retired question", VersionPoint::question_retired, "clear", [](json& f) { questions(f).erase(2); }},
      Case{"an option behind the others", VersionPoint::option_new, "used",
           [](json& f) { questions(f)[0]["options"].push_back({{"id", "online"}, {"text", {{"vi", "Qua mạng"}}}}); }},
      Case{"a check mended", VersionPoint::condition_mended, "visits", [](json& f) { questions(f)[3]["constraint"]["condition"]["compare"][2] = 1; }},
      Case{"more letters", VersionPoint::condition_mended, "said", [](json& f) { questions(f)[4]["max_letters"] = 500; }},
      Case{"required", VersionPoint::condition_mended, "used", [](json& f) { questions(f)[0]["required"] = true; }},
      Case{"a language more", VersionPoint::language_new, "", [](json& f) { f["languages"].push_back("tay"); }});
  INFO(one.what);
  json next = base();
  next["version"] = 2;
  one.change(next);
  const auto check = check_version({read(base())}, *read(next), {});
  CHECK(has(check, one.point, one.question));
  CHECK(check.findings.size() == 1);
  CHECK(check.may_be_published());
}

TEST_CASE("words may change where somebody states that the meaning stays, and not otherwise") {
  const auto one = GENERATE(
      Case{"question", VersionPoint::wording, "used", [](json& f) { questions(f)[0]["text"]["vi"] = "Ông/bà đã dùng?"; }},
      Case{"its translation", VersionPoint::wording, "used", [](json& f) { questions(f)[0]["text"]["en"] = "Ever used?"; }},
      Case{"a hint that was not there", VersionPoint::wording, "visits", [](json& f) { questions(f)[3]["hint"] = {{"vi", "Cả năm"}}; }},
      Case{"option", VersionPoint::wording, "used", [](json& f) { questions(f)[0]["options"][1]["text"]["vi"] = "Chưa"; }},
      Case{"words of the scale", VersionPoint::wording, "clear", [](json& f) { questions(f)[2]["scale"] = "three/2"; }},
      Case{"the period above the questions", VersionPoint::wording, "visits", [](json& f) { f["sections"][0]["introduction"]["vi"] = "Trong tháng qua"; }},
      Case{"title", VersionPoint::front_wording, "", [](json& f) { f["title"]["vi"] = "Phiếu hỏi"; }},
      Case{"consent", VersionPoint::front_wording, "", [](json& f) { f["consent"] = {{{"vi", "Xin đồng ý"}}}; }});
  INFO(one.what);
  json next = base();
  next["version"] = 2;
  one.change(next);
  const auto silent = check_version({read(base())}, *read(next), {});
  CHECK(has(silent, one.point, one.question));
  CHECK(has(silent, VersionPoint::wording_unstated, one.question));
  CHECK_FALSE(silent.may_be_published());
  VersionAsked stated;
  for (const char* id : {"used", "which", "clear", "visits", "said", "first", "~front"}) stated.same_meaning.insert(id);
  CHECK(check_version({read(base())}, *read(next), stated).may_be_published());
}

TEST_CASE("a translation that was not there before changes no words") {
  json next = base();
  next["version"] = 2;
  questions(next)[3]["text"]["en"] = "How often";
  CHECK(check_version({read(base())}, *read(next), {}).findings.empty());
}

TEST_CASE("whatever changes the meaning of an id is refused, with its name and the question") {
  const auto one = GENERATE(
      Case{"type", VersionPoint::type_changed, "clear", [](json& f) { questions(f)[2]["type"] = "rating"; }},
      Case{"scores of the scale", VersionPoint::scale_changed, "clear", [](json& f) { questions(f)[2]["scale"] = "three/3"; }},
      Case{"option gone", VersionPoint::option_gone, "used", [](json& f) { questions(f)[0]["options"].erase(1); }},
      Case{"option renamed", VersionPoint::option_gone, "used", [](json& f) { questions(f)[0]["options"][1]["id"] = "never"; }},
      Case{"order of options", VersionPoint::option_in_between, "used", [](json& f) { std::swap(questions(f)[0]["options"][0], questions(f)[0]["options"][1]); }},
      Case{"option in front", VersionPoint::option_in_between, "used",
           [](json& f) { questions(f)[0]["options"].insert(questions(f)[0]["options"].begin(), json{{"id", "online"}, {"text", {{"vi", "Qua mạng"}}}}); }},
      Case{"option of several", VersionPoint::scale_changed, "which", [](json& f) { questions(f)[1]["options"].push_back({{"id", "marriage"}, {"text", {{"vi", "Kết hôn"}}}}); }},
      Case{"option to rank", VersionPoint::scale_changed, "first", [](json& f) { questions(f)[5]["options"].push_back({{"id", "school"}, {"text", {{"vi", "Trường"}}}}); }},
      Case{"a band", VersionPoint::scale_changed, "used", [](json& f) { questions(f)[0]["options"][0]["to"] = 5; }},
      Case{"own words", VersionPoint::option_behaves, "used", [](json& f) { questions(f)[0]["options"][1]["other_text"] = true; }},
      Case{"ways not to answer", VersionPoint::absences_changed, "clear", [](json& f) { questions(f)[2]["absences"] = {"dont_know"}; }},
      Case{"own condition", VersionPoint::asked_of_others, "clear", [](json& f) { questions(f)[2]["relevant"] = {{"question", "used"}, {"in", {"yes"}}}; }},
      Case{"limits", VersionPoint::limits_changed, "visits", [](json& f) { questions(f)[3]["maximum"] = 30; }},
      Case{"how many", VersionPoint::limits_changed, "which", [](json& f) { questions(f)[1]["max_choices"] = 1; }},
      Case{"topic", VersionPoint::topic_changed, "used", [](json& f) { questions(f)[0]["topic"] = "ethnicity"; }},
      Case{"factor", VersionPoint::factor_changed, "clear", [](json& f) { questions(f)[2]["factor"] = "f"; }},
      Case{"order", VersionPoint::order_changed, "visits", [](json& f) { std::swap(questions(f)[2], questions(f)[3]); }},
      Case{"a mark opens a question", VersionPoint::unequal_effort, "why",
           [](json& f) { questions(f).push_back({{"id", "why"}, {"type", "long_text"}, {"text", {{"vi", "Vì sao"}}}, {"relevant", {{"question", "clear"}, {"in", {"low"}}}}}); }},
      Case{"language gone", VersionPoint::language_gone, "", [](json& f) { f["reviewed"] = {"vi"}; }},
      Case{"other people", VersionPoint::other_audience, "", [](json& f) { f["audience"] = "staff"; }},
      Case{"not newer", VersionPoint::not_newer, "", [](json& f) { f["version"] = 1; }},
      Case{"another one", VersionPoint::other_questionnaire, "", [](json& f) { f["id"] = "other"; }});
  INFO(one.what);
  json next = base();
  next["version"] = 2;
  one.change(next);
  VersionAsked stated;
  stated.same_meaning = {"used", "which", "clear", "visits", "~front"};
  const auto check = check_version({read(base())}, *read(next), stated);
  CHECK(has(check, one.point, one.question));
  CHECK_FALSE(check.may_be_published());
  CHECK(is_refusal(one.point));
  for (const auto& refusal : check.refusals()) CHECK(in_words(refusal).find(refusal.question) != std::string::npos);
}

TEST_CASE("a new option of a question that an index counts is refused") {
  json next = base();
  next["version"] = 2;
  questions(next)[0]["options"].push_back({{"id", "online"}, {"text", {{"vi", "Qua mạng"}}}});
  VersionAsked asked;
  asked.counted = {"used"};
  CHECK(has(check_version({read(base())}, *read(next), asked), VersionPoint::option_of_index, "used"));
}

TEST_CASE("staff and raters keep one version") {
  json before = base();
  before["audience"] = GENERATE("staff", "rater");
  json next = before;
  next["version"] = 2;
  CHECK(has(check_version({read(before)}, *read(next), {}), VersionPoint::audience_not_citizens, ""));
}

TEST_CASE("a question that comes back is held against the version that had it") {
  json second = base();
  second["version"] = 2;
  questions(second).erase(2);
  json third = base();
  third["version"] = 3;
  CHECK(check_version({read(base()), read(second)}, *read(third), {}).may_be_published());
  questions(third)[2]["type"] = "rating";
  CHECK(has(check_version({read(base()), read(second)}, *read(third), {}), VersionPoint::type_changed, "clear"));
}

TEST_CASE("five versions are enough") {
  std::vector<std::shared_ptr<const Questionnaire>> published;
  for (int version = 1; version <= 5; ++version) {
    json one = base();
    one["version"] = version;
    if (version > 1) CHECK(check_version(published, *read(one), {}).may_be_published());
    published.push_back(read(one));
  }
  json next = base();
  next["version"] = 6;
  CHECK(has(check_version(published, *read(next), {}), VersionPoint::too_many_versions, ""));
}
