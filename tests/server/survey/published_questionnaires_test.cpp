// The questionnaires that ship with the program, read by the reader that is authoritative.
#include <catch2/catch.hpp>

#include "server/survey/completeness.h"
#include "server/survey/packed.h"
#include "server/survey/read_answers.h"
#include "tests/support/definition_files.h"

using namespace khaosat;

TEST_CASE("every questionnaire that ships is without a fault and complete in its languages") {
  const auto folder = test::source_folder() / "survey_defs";
  const test::Scales scales(folder / "scales");
  REQUIRE(scales.faults.empty());
  const auto files = test::json_files(folder / "questionnaires");
  REQUIRE(!files.empty());
  for (const auto& path : files) {
    INFO(path.filename());
    const auto reading = read_questionnaire(path.filename().string(), test::read_text(path), scales.finder());
    CHECK(to_text(reading.faults) == "");
    CHECK(to_text(reading.warnings) == "");
    REQUIRE(reading.questionnaire);
    const auto& questionnaire = *reading.questionnaire;
    CHECK(completeness_of(questionnaire, "tay").missing.size() ==
          static_cast<std::size_t>(completeness_of(questionnaire, "vi").texts));

    // An empty form is a legal one unless something is required, and survives storage.
    const auto read = read_answers(questionnaire, FieldList(), {});
    for (const auto& fault : read.faults) CHECK(fault.error.code == ErrorCode::answer_required);
    const auto packed = pack(questionnaire, read.answers);
    CHECK(packed.size() < 600);
    const auto back = unpack(questionnaire, packed);
    REQUIRE(back);
    CHECK(*back == read.answers);
  }
}
