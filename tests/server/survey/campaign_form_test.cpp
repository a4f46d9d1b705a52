// Several versions of a questionnaire as one: places never move, and what a version did not ask is not asked.
#include "server/survey/campaign_form.h"

#include <catch2/catch.hpp>

#include "server/survey/packed.h"
#include "server/survey/question_type.h"
#include "server/survey/read_answers.h"
#include "tests/support/definition_files.h"
#include "tests/support/two_versions_texts.h"

using namespace khaosat;

namespace {

std::shared_ptr<const Questionnaire> read(const std::string& text) {
  static const auto kScale = read_scale("three", test::kThreeScale).scale;
  const auto reading = read_questionnaire("form", text, [](std::string_view, int) { return kScale.get(); });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

Answers answered(const Questionnaire& version, const std::vector<std::pair<std::string, std::string>>& fields) {
  FieldList list;
  for (const auto& [name, value] : fields) list.add(name, value);
  const auto result = read_answers(version, list, {});
  REQUIRE(result.faults.empty());
  return result.answers;
}

std::string ids(const Questionnaire& questionnaire) {
  std::string text;
  for (const auto& question : questionnaire.questions) text += question.id + " ";
  return text;
}

}  // namespace

TEST_CASE("one version is its own whole, and its bytes are left alone") {
  const auto only = read(test::kVersionOne);
  const auto form = *CampaignForm::create({only});
  CHECK(form->whole() == only);
  const std::string packed = pack(*only, answered(*only, {{"used", "yes"}, {"clear", "high"}, {"visits", "3"}}));
  CHECK(*form->repacked(1, packed) == packed);
}

TEST_CASE("the first version's questions stand first, the new ones after") {
  const auto form = *CampaignForm::create({read(test::kVersionOne), read(test::kVersionTwo)});
  const Questionnaire& whole = *form->whole();
  CHECK(ids(whole) == "used clear fee visits fast ");
  CHECK(whole.identity.version == 2);
  // As the newest version that has it words it.
  CHECK(whole.question("clear")->text.in("vi") == "Hướng dẫn có rõ không?");
  CHECK(whole.question("used")->options.size() == 3);
  CHECK(form->is_asked_in(*whole.position_of("fee"), 1));
  CHECK_FALSE(form->is_asked_in(*whole.position_of("fee"), 2));
  CHECK_FALSE(form->is_asked_in_all(*whole.position_of("fast")));
  CHECK(form->is_asked_in_all(*whole.position_of("visits")));
  // Sections hold their questions side by side.
  std::size_t next = 0;
  for (std::size_t s = 0; s < whole.sections.size(); ++s) {
    CHECK(whole.sections[s].first_question == next);
    next += whole.sections[s].question_count;
    for (std::size_t i = whole.sections[s].first_question; i < next; ++i) CHECK(whole.questions[i].section == s);
  }
  CHECK(next == whole.questions.size());
}

TEST_CASE("the hash of the whole names every version") {
  const auto one = read(test::kVersionOne);
  const auto two = read(test::kVersionTwo);
  const auto hash = [](const CampaignForm& form) { return form.whole()->identity.hash; };
  const auto both = *CampaignForm::create({one, two});
  CHECK(hash(*both) != one->identity.hash);
  CHECK(hash(*both) != two->identity.hash);
  std::string mended = test::kVersionOne;
  mended.replace(mended.find("Mấy lần"), std::string("Mấy lần").size(), "Bao nhiêu lần");
  CHECK(hash(**CampaignForm::create({read(mended), two})) != hash(*both));
}

TEST_CASE("answers of both versions stand in the places of the whole") {
  const auto one = read(test::kVersionOne);
  const auto two = read(test::kVersionTwo);
  const auto form = *CampaignForm::create({one, two});
  const Questionnaire& whole = *form->whole();
  const auto at = [&](const char* id) { return *whole.position_of(id); };

  const auto old = *form->answers(1, pack(*one, answered(*one, {{"used", "yes"}, {"clear", "middle"}, {"fee", "low"}, {"visits", "7"}})));
  CHECK(old[at("clear")] == Answer(Choice{{1}, {}}));
  CHECK(old[at("fee")] == Answer(Choice{{0}, {}}));
  CHECK(old[at("visits")] == Answer(7.0));
  CHECK(old[at("fast")] == Answer(Absence::not_asked));

  const auto fresh = *form->answers(2, pack(*two, answered(*two, {{"used", "online"}, {"fast", "low"}})));
  CHECK(fresh[at("used")] == Answer(Choice{{2}, {}}));
  CHECK(fresh[at("fast")] == Answer(Choice{{0}, {}}));
  CHECK(fresh[at("clear")] == Answer(Absence::not_asked));  // not relevant
  CHECK(fresh[at("visits")] == Answer(Absence::blank));
  CHECK(fresh[at("fee")] == Answer(Absence::not_asked));

  // Packed anew they read back the same.
  const std::string bytes = *form->repacked(2, pack(*two, answered(*two, {{"used", "online"}, {"fast", "low"}})));
  CHECK(*unpack(whole, bytes) == fresh);
}

TEST_CASE("conditions of the whole hold where those of the version do") {
  const auto one = read(test::kVersionOne);
  const auto two = read(test::kVersionTwo);
  const auto form = *CampaignForm::create({one, two});
  const Questionnaire& whole = *form->whole();
  for (const char* used : {"yes", "no", "online"}) {
    const auto own = answered(*two, {{"used", used}});
    const auto all = *form->answers(2, pack(*two, own));
    for (const char* id : {"fast", "clear"}) {
      CAPTURE(used, id);
      CHECK(holds(*two->question(id)->relevant, *two, own) == holds(*whole.question(id)->relevant, whole, all));
    }
  }
}

TEST_CASE("an unknown version, or bytes of another one, are refused") {
  const auto one = read(test::kVersionOne);
  const auto two = read(test::kVersionTwo);
  const auto form = *CampaignForm::create({one, two});
  CHECK(form->answers(3, "").error().code == ErrorCode::definition_unknown);
  const std::string of_two = pack(*two, answered(*two, {{"used", "online"}}));
  CHECK(form->answers(1, of_two).error().code == ErrorCode::answers_invalid);
}

TEST_CASE("versions that lost an option cannot be joined") {
  std::string less = test::kVersionTwo;
  const std::string gone = R"({"id": "no", "text": {"vi": "Không"}}, )";
  less.erase(less.find(gone), gone.size());
  CHECK(CampaignForm::create({read(test::kVersionOne), read(less)}).error().code == ErrorCode::not_comparable);
}

TEST_CASE("contradictions name the places of the whole") {
  const auto with_pair = [](std::string text, const char* top) {
    const std::string end = "]}]}";
    return read(text.replace(text.rfind(end), end.size(),
                             "]}], \"contradictions\": [{\"id\": \"often_unused\", \"first\": {\"question\": \"used\", \"in\": [\"no\"]}, "
                             "\"second\": {\"compare\": [{\"value\": \"visits\"}, \">\", " + std::string(top) + "]}, \"reason\": {\"vi\": \"Không khớp\"}}]}"));
  };
  const auto one = with_pair(test::kVersionOne, "3");
  const auto two = with_pair(test::kVersionTwo, "5");
  const auto form = *CampaignForm::create({one, two});
  const Questionnaire& whole = *form->whole();
  REQUIRE(whole.contradictions.size() == 1);
  const auto& pair = whole.contradictions[0];
  CHECK(questions_named(pair.first) == std::vector<std::size_t>{*whole.position_of("used")});
  CHECK(questions_named(pair.second) == std::vector<std::size_t>{*whole.position_of("visits")});
  // As the newest version has it.
  const auto all = *form->answers(1, pack(*one, answered(*one, {{"used", "no"}, {"visits", "4"}})));
  CHECK(holds(pair.first, whole, all));
  CHECK_FALSE(holds(pair.second, whole, all));
}
