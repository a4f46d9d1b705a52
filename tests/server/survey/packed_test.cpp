#include "server/survey/packed.h"

#include <catch2/catch.hpp>
#include <random>

#include "server/survey/question_type.h"
#include "server/survey/read_answers.h"
#include "tests/support/definition_files.h"

using namespace khaosat;

namespace {

struct Form {
  test::Scales scales{test::source_folder() / "survey_defs/scales"};
  std::shared_ptr<const Questionnaire> questionnaire =
      read_questionnaire("citizen",
                         test::read_text(test::source_folder() / "survey_defs/questionnaires/citizen_satisfaction.json"),
                         scales.finder())
          .questionnaire;
};

// Answers that read_answers() could have made; not asked questions included.
Answers random_answers(const Questionnaire& questionnaire, std::mt19937& random) {
  FieldList fields;
  for (const auto& question : questionnaire.questions) {
    if (!question.options.empty() && random() % 4 != 0) {
      fields.add(question.id, question.options[random() % question.options.size()].id);
    } else if (question.type->answer_kind() == AnswerKind::text) {
      fields.add(question.id, "Ý kiến số " + std::to_string(random()));
    }
  }
  return read_answers(questionnaire, fields, {}).answers;
}

}  // namespace

TEST_CASE("a whole form is packed into little more than a byte per item") {
  const Form form;
  REQUIRE(form.questionnaire);
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    const auto answers = random_answers(*form.questionnaire, random);
    const auto packed = pack(*form.questionnaire, answers);
    CHECK(packed.size() < 400);
    const auto back = unpack(*form.questionnaire, packed);
    REQUIRE(back);
    CHECK(*back == answers);
  }
}

TEST_CASE("one code is found without decoding the rest") {
  const Form form;
  const auto& questionnaire = *form.questionnaire;
  const PackedLayout layout(questionnaire);
  std::mt19937 random(4);
  const auto answers = random_answers(questionnaire, random);
  const auto packed = pack(questionnaire, answers);
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    if (questionnaire.questions[i].type->answer_kind() != AnswerKind::one_option) continue;
    const auto code = peek_code(packed, layout, layout.first_code(i));
    REQUIRE(code);
    if (const auto* choice = std::get_if<Choice>(&answers[i])) {
      CHECK(*code == choice->options[0]);
    } else {
      CHECK(absence_of_code(*code) == std::get<Absence>(answers[i]));
    }
  }
  CHECK_FALSE(peek_code(packed, layout, layout.code_count()));
  CHECK_FALSE(peek_code(packed.substr(0, 10), layout, 0));
  CHECK_FALSE(peek_code("", layout, 0));
}

TEST_CASE("bytes that are not packed answers of this form are refused") {
  const Form form;
  std::mt19937 random(5);
  const auto packed = pack(*form.questionnaire, random_answers(*form.questionnaire, random));
  const auto refused = [&](const std::string& bytes) {
    const auto back = unpack(*form.questionnaire, bytes);
    return !back && back.error().code == ErrorCode::answers_invalid;
  };
  for (std::size_t length = 0; length < packed.size(); ++length) CHECK(refused(packed.substr(0, length)));
  CHECK(refused(packed + '\0'));
  std::string newer = packed;
  newer[0] = static_cast<char>(kPackedVersion + 1);
  CHECK(refused(newer));
  // A length that promises more than there is must not be believed.
  Packer liar;
  CHECK(refused(liar.finish() + "\xFF\xFF\xFF\xFF\x7F"));
}

TEST_CASE("numbers keep every bit") {
  for (const double number : {0.0, -1.5, 1e12, 0.1, 20250701.0, 1e-6}) {
    Packer packer;
    packer.number(number);
    const auto bytes = packer.finish();
    Unpacker unpacker(bytes);
    CHECK(unpacker.number() == number);
    CHECK(unpacker.is_complete());
    CHECK(unpacker.number() == 0);
    CHECK(unpacker.failed());
  }
}
