// What every question type must keep, whoever adds the next one. Iterates THE LIST and names what is
// missing: a sample in tests/fixtures/question_types.json, a template.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "server/survey/question_types.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/read_answers.h"
#include "server/survey/scale_json.h"
#include "tests/support/definition_files.h"

using namespace khaosat;
using nlohmann::json;

namespace {

const json& fixture() {
  static const json kFixture =
      json::parse(test::read_text(test::source_folder() / "tests/fixtures/question_types.json"));
  return kFixture;
}

RatedUnits rated_units() { return fixture()["units"].get<RatedUnits>(); }

// A questionnaire of one question, "q", of the type.
std::shared_ptr<const Questionnaire> sample_of(std::string_view type) {
  json question = fixture()["types"][std::string(type)]["question"];
  question["id"] = "q";
  question["type"] = type;
  question["text"]["vi"] = "Câu hỏi";
  const json document = {{"schema", "khaosat/questionnaire/1"},
                         {"id", "sample"},
                         {"version", 1},
                         {"title", {{"vi", "Mẫu"}}},
                         {"audience", "rater"},
                         {"sections", {{{"id", "s"}, {"title", {{"vi", "Mục"}}}, {"questions", {question}}}}}};
  const auto scale = read_scale("scale", fixture()["scale"].dump()).scale;
  const auto reading = read_questionnaire("sample", document.dump(),
                                          [&](std::string_view, int) { return scale.get(); });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

FieldList fields_in(const json& written) {
  FieldList fields;
  for (const auto& field : written) fields.add(field[0], field[1]);
  return fields;
}

// Stored, shown again and exported, an answer stays the same answer.
void check_survives(const Questionnaire& questionnaire, const Answer& answer) {
  const Question& question = questionnaire.questions[0];
  const QuestionType& type = *question.type;
  Answers answers(1);
  answers[0] = answer;
  const std::string packed = pack(questionnaire, answers);
  const auto back = unpack(questionnaire, packed);
  REQUIRE(back);
  CHECK((*back)[0] == answer);
  CHECK(pack(questionnaire, *back) == packed);
  CHECK(PackedLayout(questionnaire).code_count() == type.slot_count(question));

  const auto names = type.field_names(question, rated_units());
  const auto again_fields = type.to_fields(question, answer);
  for (const auto& field : again_fields) {
    CHECK(std::find(names.begin(), names.end(), field.first) != names.end());
  }
  const auto again = type.parse(question, FieldList(again_fields), rated_units());
  REQUIRE(again);
  CHECK(*again == answer);
  CHECK(type.cells(question, answer, rated_units()).size() == type.columns(question, rated_units()).size());
}

const std::vector<std::string> kRubbish = {"\xFF\xFE",
                                           std::string("a\0b", 3),
                                           "~",
                                           "~not_asked",
                                           "~blank",
                                           "~nonsense",
                                           "<b>&\"'",
                                           "-",
                                           ",",
                                           "1,2,3",
                                           "1.2.3.4",
                                           std::string(200000, 'x'),
                                           std::string(5000, '9'),
                                           "\xE2\x80\xAE",
                                           "\r\n\t",
                                           "a\xCC\x81\xCC\x81\xCC\x81"};

}  // namespace

TEST_CASE("every question type of THE LIST has a sample and a template, and none is left over") {
  const auto templates = test::source_folder() / "web/templates/questions";
  std::vector<std::string> names;
  for (const auto* type : question_types()) {
    const std::string name(type->name());
    INFO("question type " << name);
    CHECK(fixture()["types"].contains(name));
    CHECK(std::filesystem::exists(templates / (name + ".mustache")));
    CHECK(question_type_named(name) == type);
    CHECK(std::find(names.begin(), names.end(), name) == names.end());
    names.push_back(name);
  }
  CHECK(fixture()["types"].size() == names.size());
  CHECK(question_type_named("matrix") == nullptr);
}

TEST_CASE("every type reads its forms, exports and stores them") {
  for (const auto* type : question_types()) {
    const json& sample = fixture()["types"][std::string(type->name())];
    const auto questionnaire = sample_of(type->name());
    const Question& question = questionnaire->questions[0];
    CHECK(type->columns(question, rated_units()) == sample["columns"].get<std::vector<std::string>>());
    REQUIRE(!sample["valid"].empty());
    for (const auto& written : sample["valid"]) {
      INFO(type->name() << " " << written["fields"].dump());
      const auto answer = type->parse(question, fields_in(written["fields"]), rated_units());
      INFO((answer ? std::string() : answer.error().message));
      REQUIRE(answer);
      CHECK(canonical_text(question.options, *answer) == written["canonical"].get<std::string>());
      CHECK(type->cells(question, *answer, rated_units()) == written["cells"].get<std::vector<std::string>>());
      const auto score = type->score(question, *answer);
      CHECK(score.has_value() == written.contains("score"));
      if (score && written.contains("score")) CHECK(*score == written["score"].get<double>());
      check_survives(*questionnaire, *answer);
    }
  }
}

TEST_CASE("every type refuses with a stable code and says in which field") {
  for (const auto* type : question_types()) {
    const auto questionnaire = sample_of(type->name());
    const Question& question = questionnaire->questions[0];
    for (const auto& written : fixture()["types"][std::string(type->name())]["refused"]) {
      INFO(type->name() << " " << written["fields"].dump());
      const auto answer = type->parse(question, fields_in(written["fields"]), rated_units());
      REQUIRE(!answer);
      CHECK(name_of(answer.error().code) == written["code"].get<std::string>());
      CHECK(answer.error().where.starts_with("q"));
      CHECK(!answer.error().message.empty());
    }
  }
}

TEST_CASE("rubbish in any field of any type is refused, or is an answer like another") {
  for (const auto* type : question_types()) {
    const auto questionnaire = sample_of(type->name());
    const Question& question = questionnaire->questions[0];
    for (const auto& name : type->field_names(question, rated_units())) {
      for (const auto& rubbish : kRubbish) {
        INFO(type->name() << " " << name << " " << rubbish.substr(0, 40));
        FieldList fields;
        fields.add(name, rubbish);
        const auto answer = type->parse(question, fields, rated_units());
        if (answer) check_survives(*questionnaire, *answer);
      }
      FieldList wrong_bytes;
      wrong_bytes.add(name, "\xC3\x28");
      const auto refused = type->parse(question, wrong_bytes, rated_units());
      REQUIRE(!refused);
      CHECK(refused.error().code == ErrorCode::not_utf8);
      CHECK(refused.error().where == name);
    }
  }
}

TEST_CASE("every absence survives storage in every type that asks something") {
  for (const auto* type : question_types()) {
    if (type->answer_kind() == AnswerKind::none) continue;
    const auto questionnaire = sample_of(type->name());
    for (const Absence absence : kAllAbsences) {
      INFO(type->name() << " " << name_of(absence));
      Answers answers(1);
      answers[0] = absence;
      const auto back = unpack(*questionnaire, pack(*questionnaire, answers));
      REQUIRE(back);
      CHECK((*back)[0] == Answer(absence));
      const auto cells = type->cells(questionnaire->questions[0], absence, rated_units());
      CHECK(cells.front() == absence_code(absence));
    }
  }
}

TEST_CASE("damaged bytes never crash the decoder, and what it accepts packs to the same bytes") {
  const unsigned seed = 20261122;
  std::mt19937 random(seed);
  for (const auto* type : question_types()) {
    const auto questionnaire = sample_of(type->name());
    for (const auto& written : fixture()["types"][std::string(type->name())]["valid"]) {
      const auto read = read_answers(*questionnaire, fields_in(written["fields"]),
                                     AnsweringContext{{}, rated_units(), {}, {}});
      const std::string packed = pack(*questionnaire, read.answers);
      for (int round = 0; round < 400; ++round) {
        std::string damaged = packed;
        const int changes = 1 + static_cast<int>(random() % 3);
        for (int change = 0; change < changes && !damaged.empty(); ++change) {
          const std::size_t at = random() % damaged.size();
          switch (random() % 3) {
            case 0: damaged[at] = static_cast<char>(random()); break;
            case 1: damaged.erase(at, 1); break;
            default: damaged.insert(at, 1, static_cast<char>(random())); break;
          }
        }
        const auto back = unpack(*questionnaire, damaged);
        INFO(type->name() << ", seed " << seed << ", round " << round);
        if (back) CHECK(pack(*questionnaire, *back) == damaged);
      }
    }
  }
}
