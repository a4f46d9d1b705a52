// The cases that the browser runs as well.
#include "server/survey/condition.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "base/definition_json.h"
#include "server/survey/condition_json.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/read_answers.h"
#include "server/survey/scale_json.h"
#include "tests/support/definition_files.h"

using namespace khaosat;
using nlohmann::json;

namespace {

struct Corpus {
  json document;
  std::vector<std::shared_ptr<const Scale>> scales;
  std::shared_ptr<const Questionnaire> questionnaire;
  std::vector<std::string> ids;
};

const Corpus& corpus() {
  static const Corpus kCorpus = [] {
    Corpus made;
    made.document = json::parse(test::read_text(test::source_folder() / "tests/fixtures/conditions.json"));
    for (const auto& scale : made.document["scales"]) {
      made.scales.push_back(read_scale("scale", scale.dump()).scale);
    }
    const auto reading = read_questionnaire(
        "conditions", made.document["questionnaire"].dump(), [&](std::string_view id, int) -> const Scale* {
          for (const auto& scale : made.scales) {
            if (scale->identity.id == id) return scale.get();
          }
          return nullptr;
        });
    INFO(to_text(reading.faults));
    REQUIRE(reading.questionnaire);
    made.questionnaire = reading.questionnaire;
    for (const auto& question : made.questionnaire->questions) made.ids.push_back(question.id);
    return made;
  }();
  return kCorpus;
}

Answer answer_in(const json& written, const Question& question) {
  if (written.contains("absence")) return *absence_named(written["absence"].get<std::string>());
  if (written.contains("number")) return written["number"].get<double>();
  if (written.contains("text")) return written["text"].get<std::string>();
  Choice choice;
  for (const auto& id : written["options"]) {
    choice.options.push_back(question.option_position(id.get<std::string>()).value());
  }
  return choice;
}

Condition condition_in(const std::string& text, Faults& faults) {
  auto file = parse_definition("condition", text);
  const auto& questions = corpus().questionnaire->questions;
  const Condition condition = read_condition(file.root(), {questions, questions.size(), corpus().ids});
  faults = file.faults();
  return condition;
}

}  // namespace

TEST_CASE("every case of the corpus holds or fails as written") {
  const auto& questionnaire = *corpus().questionnaire;
  REQUIRE(corpus().document["cases"].size() > 40);
  for (const auto& written : corpus().document["cases"]) {
    INFO(written["name"].get<std::string>());
    Faults faults;
    const Condition condition = condition_in(written["condition"].dump(), faults);
    REQUIRE(to_text(faults) == "");
    Answers answers(questionnaire.questions.size());
    for (const auto& [id, answer] : written["answers"].items()) {
      const auto position = questionnaire.position_of(id).value();
      answers[position] = answer_in(answer, questionnaire.questions[position]);
    }
    CHECK(holds(condition, questionnaire, answers) == written["holds"].get<bool>());

    // Written for the browser and read again it is the same condition.
    const std::string text = to_json(condition, questionnaire);
    CHECK(json::parse(text) == written["condition"]);
    CHECK(to_json(condition_in(text, faults), questionnaire) == text);
  }
}

TEST_CASE("every form of the corpus is asked the questions written") {
  const auto& questionnaire = *corpus().questionnaire;
  for (const auto& written : corpus().document["forms"]) {
    INFO(written["name"].get<std::string>());
    FieldList fields;
    for (const auto& field : written["fields"]) fields.add(field[0], field[1]);
    AnsweringContext context;
    context.stated_topics = written["stated_topics"].get<std::vector<std::string>>();
    const auto read = read_answers(questionnaire, fields, context);
    std::vector<std::string> asked;
    for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
      if (read.answers[i] != Answer(Absence::not_asked)) asked.push_back(questionnaire.questions[i].id);
    }
    CHECK(asked == written["asked"].get<std::vector<std::string>>());
  }
}

TEST_CASE("a condition that means nothing is refused with its place") {
  struct Case {
    std::string text;
    ErrorCode code;
    std::string place;
  };
  const auto [text, code, place] = GENERATE(
      Case{R"("used = 'yes'")", ErrorCode::wrong_type, ""},
      Case{R"({})", ErrorCode::definition_invalid, ""},
      Case{R"({"question":"used"})", ErrorCode::missing_field, ""},
      Case{R"({"question":"usde","in":["yes"]})", ErrorCode::definition_unknown, "/question"},
      Case{R"({"question":"used","in":["yse"]})", ErrorCode::unknown_option, "/in/0"},
      Case{R"({"question":"used","in":[]})", ErrorCode::missing_field, "/in"},
      Case{R"({"question":"used","in":["yes"],"answered":true})", ErrorCode::unknown_field, "/answered"},
      Case{R"({"question":"visits","in":["1"]})", ErrorCode::definition_invalid, "/in"},
      Case{R"({"question":"used","absence":["no_experience"]})", ErrorCode::definition_invalid, "/absence/0"},
      Case{R"({"question":"used","absence":["unknown"]})", ErrorCode::unknown_option, "/absence/0"},
      Case{R"({"question":"used","answered":"yes"})", ErrorCode::wrong_type, "/answered"},
      Case{R"({"compare":[1,"<"]})", ErrorCode::wrong_type, "/compare"},
      Case{R"({"compare":[1,"==",2]})", ErrorCode::unknown_option, "/compare/1"},
      Case{R"({"compare":["1","=",2]})", ErrorCode::wrong_type, "/compare/0"},
      Case{R"({"compare":[{"value":"used"},"=",2]})", ErrorCode::definition_invalid, "/compare/0/value"},
      Case{R"({"compare":[{"score":"used"},"=",2]})", ErrorCode::definition_invalid, "/compare/0/score"},
      Case{R"({"compare":[{"count":"used"},"=",2]})", ErrorCode::definition_invalid, "/compare/0/count"},
      Case{R"({"compare":[{"difference":[1,2,3]},"=",2]})", ErrorCode::wrong_type, "/compare/0/difference"},
      Case{R"({"compare":[{"value":"visits","score":"mark"},"=",2]})", ErrorCode::wrong_type, "/compare/0"},
      Case{R"({"all":[]})", ErrorCode::missing_field, "/all"},
      Case{R"({"all":[{"question":"used","answered":true}],"any":[]})", ErrorCode::unknown_field, "/any"},
      Case{R"({"not":[]})", ErrorCode::wrong_type, "/not"});
  INFO(text);
  Faults faults;
  condition_in(text, faults);
  REQUIRE(faults.size() == 1);
  CHECK(name_of(faults[0].code) == name_of(code));
  CHECK(faults[0].place == place);
}
