// What is keyed becomes the answer that the same marks would be on a device, for every question type.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "server/survey/paper/paper_keys.h"
#include "server/survey/question_types.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"
#include "tests/support/definition_files.h"

using namespace khaosat;
using nlohmann::json;

namespace {

const json& fixture() {
  static const json kFixture = json::parse(test::read_text(test::source_folder() / "tests/fixtures/question_types.json"));
  return kFixture;
}
RatedUnits rated_units() { return fixture()["units"].get<RatedUnits>(); }

std::shared_ptr<const Questionnaire> questionnaire_of(json question) {
  question["id"] = "q";
  question["text"]["vi"] = "Câu hỏi";
  const json document = {{"schema", "khaosat/questionnaire/1"}, {"id", "sample"}, {"version", 1}, {"title", {{"vi", "Mẫu"}}}, {"audience", "rater"},
                         {"sections", {{{"id", "s"}, {"title", {{"vi", "Mục"}}}, {"questions", {question}}}}}};
  const auto scale = read_scale("scale", fixture()["scale"].dump()).scale;
  const auto reading = read_questionnaire("sample", document.dump(), [&](std::string_view, int) { return scale.get(); });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

std::shared_ptr<const Questionnaire> sample_of(std::string_view type) {
  json question = fixture()["types"][std::string(type)]["question"];
  question["type"] = type;
  return questionnaire_of(question);
}

json choice_of(int options) {
  json question = {{"type", "multi_choice"}, {"absences", {"dont_know"}}};
  for (int i = 1; i <= options; ++i) question["options"].push_back({{"id", "o" + std::to_string(i)}, {"text", {{"vi", "Số " + std::to_string(i)}}}});
  return question;
}

Result<Answer> keyed(const Questionnaire& questionnaire, std::vector<FormField> fields) {
  return read_keys(questionnaire.questions[0], rated_units(), FieldList(fields));
}

}  // namespace

TEST_CASE("every answer of every type of THE LIST can be keyed, and its keys read back as the same answer") {
  for (const auto* type : question_types()) {
    const auto questionnaire = sample_of(type->name());
    const Question& question = questionnaire->questions[0];
    if (type->answer_kind() == AnswerKind::none) {
      CHECK(paper_fields(question, rated_units()).empty());
      continue;
    }
    std::vector<Answer> answers{Absence::invalid, Absence::blank};
    for (const auto& written : fixture()["types"][std::string(type->name())]["valid"]) {
      FieldList fields;
      for (const auto& field : written["fields"]) fields.add(field[0], field[1]);
      answers.push_back(*type->parse(question, fields, rated_units()));
    }
    for (const auto& answer : answers) {
      // A rater marks places one by one; nothing is wrong with "all of them".
      if (type->answer_kind() == AnswerKind::ratings && answer == Answer(Absence::invalid)) continue;
      const auto keys = to_keys(question, rated_units(), answer);
      std::string shown;
      for (const auto& [name, value] : keys) shown += name + "=" + value + " ";
      INFO(type->name() << ": " << shown);
      const auto back = read_keys(question, rated_units(), FieldList(keys));
      REQUIRE(back);
      CHECK(*back == answer);
      const auto expected = paper_fields(question, rated_units());
      REQUIRE(keys.size() == expected.size());
      for (std::size_t i = 0; i < keys.size(); ++i) CHECK(keys[i].first == expected[i].name);
    }
  }
}

TEST_CASE("codes printed on the paper never stand for two things") {
  for (const int options : {2, 6, 7, 9, 30}) {
    const auto questionnaire = questionnaire_of(choice_of(options));
    const Question& question = questionnaire->questions[0];
    std::vector<std::string> codes{absence_key(question, Absence::no_experience), absence_key(question, Absence::dont_know), absence_key(question, Absence::declined)};
    for (int i = 0; i < options; ++i) codes.push_back(option_key(question, static_cast<OptionPosition>(i)));
    for (const auto& code : codes) CHECK(code.size() == codes.front().size());
    std::sort(codes.begin(), codes.end());
    CHECK(std::adjacent_find(codes.begin(), codes.end()) == codes.end());
  }
}

TEST_CASE("two marks where one was asked for are never guessed") {
  const auto questionnaire = sample_of("likert");
  CHECK(*keyed(*questionnaire, {{"q", "*"}}) == Answer(Absence::invalid));
  const auto two = keyed(*questionnaire, {{"q", "13"}});
  REQUIRE_FALSE(two);
  CHECK(two.error().code == ErrorCode::unknown_option);
  CHECK(*keyed(*questionnaire, {{"q", "0"}}) == Answer(Absence::blank));
  CHECK(*keyed(*questionnaire, {{"q", "8"}}) == Answer(Absence::dont_know));
  CHECK(*keyed(*questionnaire, {{"q", "/8"}}) == Answer(Absence::dont_know));
  CHECK_FALSE(keyed(*questionnaire, {{"q", "4"}}));
  CHECK_FALSE(keyed(*questionnaire, {{"q", "\xFF"}}));
}

TEST_CASE("several choices are keyed in one go, also with two digits each") {
  const auto six = questionnaire_of(choice_of(6));
  CHECK(*keyed(*six, {{"q", "631"}}) == Answer(Choice{{0, 2, 5}, ""}));
  const auto twelve = questionnaire_of(choice_of(12));
  CHECK(*keyed(*twelve, {{"q", "0112"}}) == Answer(Choice{{0, 11}, ""}));
  CHECK(*keyed(*twelve, {{"q", "98"}}) == Answer(Absence::dont_know));
  CHECK_FALSE(keyed(*twelve, {{"q", "011"}}));
  CHECK_FALSE(keyed(*six, {{"q", "11"}}));
}

TEST_CASE("dates need no slashes") {
  const auto questionnaire = sample_of("date");
  const auto plain = keyed(*questionnaire, {{"q", "20112026"}});
  const auto slashed = keyed(*questionnaire, {{"q", "20/11/2026"}});
  INFO((plain ? "" : plain.error().message));
  if (slashed) {
    REQUIRE(plain);
    CHECK(*plain == *slashed);
  } else {
    REQUIRE_FALSE(plain);
    CHECK(plain.error().code == slashed.error().code);
  }
}
