#include "server/services/columns/column_file_of.h"

#include <catch2/catch.hpp>
#include <random>

#include "server/services/columns/column_builder.h"
#include "server/services/compute_index.h"
#include "server/storage/memory_store.h"
#include "server/survey/packed.h"
#include "server/survey/question_type.h"
#include "tests/support/answers_sample.h"
#include "tests/support/definition_files.h"

using namespace khaosat;

namespace {

std::shared_ptr<const Questionnaire> every_type() {
  const auto folder = test::source_folder() / "tests/fixtures/definitions/valid";
  const test::Scales scales(folder / "scales");
  const auto reading = read_questionnaire(
      "every_type", test::read_text(folder / "questionnaires/every_type.json"), scales.finder());
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

// Numbers take few values, so that they fit into a column, or many, so that they do not.
Answers random_answers(const Questionnaire& questionnaire, std::mt19937_64& random, unsigned numbers) {
  Answers answers(questionnaire.questions.size());
  for (std::size_t k = 0; k < answers.size(); ++k) {
    const Question& question = questionnaire.questions[k];
    const AnswerKind kind = question.type->answer_kind();
    if (kind == AnswerKind::none) continue;
    answers[k] = kAllAbsences[random() % kAllAbsences.size()];
    if (random() % 5 == 0) continue;
    if (kind == AnswerKind::one_option) {
      answers[k] = Choice{{static_cast<OptionPosition>(random() % question.options.size())}, {}};
    } else if (kind == AnswerKind::options) {
      Choice choice;
      for (std::size_t o = 0; o < question.options.size(); ++o)
        if (random() % 3 == 0) choice.options.push_back(static_cast<OptionPosition>(o));
      if (!choice.options.empty()) answers[k] = choice;
    } else if (kind == AnswerKind::number) {
      const auto [low, high] = question.type->widest_bounds();
      const bool date = low > 1e6;
      answers[k] = date ? 20250100.0 + 1 + static_cast<double>(random() % 28)
                        : std::min(high, std::max(low, 0.0) + static_cast<double>(random() % numbers));
    } else if (kind == AnswerKind::text) {
      answers[k] = std::string("chữ");
    }
  }
  return answers;
}

// Every question a column can hold, options scored by position.
std::vector<index::SurveyItem> items_of(const Questionnaire& questionnaire) {
  std::vector<index::SurveyItem> items;
  for (const Question& question : questionnaire.questions) {
    const AnswerKind kind = question.type->answer_kind();
    if (kind != AnswerKind::one_option && kind != AnswerKind::options && kind != AnswerKind::number) continue;
    index::SurveyItem item{"item_" + question.id, question.id, {}, false, kind == AnswerKind::number, {}};
    for (std::size_t k = 0; k < question.options.size(); ++k)
      item.option_scores[question.options[k].id] = static_cast<double>(k) / 3;
    item.absence_scores["dont_know"] = 0.5;
    items.push_back(std::move(item));
  }
  return items;
}

struct ClosedCampaign {
  explicit ClosedCampaign(unsigned numbers = 20, int people = 300) {
    entry.questionnaire = every_type();
    entry.form = *CampaignForm::create({entry.questionnaire});
    entry.campaign = sample::campaign();
    entry.campaign.state = CampaignState::closed;
    auto opened = store.answers(entry.campaign.id);
    REQUIRE(opened);
    entry.answers = *opened;
    std::mt19937_64 random(numbers);
    const std::vector<std::string> psus = {"a", "d", "e", "f"};
    for (int person = 0; person < people; ++person) {
      Arrival arrival = sample::arrival(person, psus[random() % psus.size()], false);
      arrival.sealed = pack(*entry.questionnaire, random_answers(*entry.questionnaire, random, numbers));
      REQUIRE(entry.answers->accept(arrival));
    }
    REQUIRE(entry.answers->close(entry.campaign, [](std::string_view sealed) -> Result<Response> {
      return sample::response(std::string(sealed));
    }));
  }

  sums::SumsTable by_response(const std::vector<index::SurveyItem>& items) const {
    std::vector<std::string> keys;
    for (const auto& item : items) keys.push_back(item.key);
    sums::SumsTable table(keys);
    REQUIRE(entry.answers->each_response([&](const Response& response) {
      const auto answers = unpack(*entry.questionnaire, response.packed);
      REQUIRE(answers);
      const auto row = item_answers(*entry.questionnaire, *answers, items);
      REQUIRE(row);
      REQUIRE(table.add({response.cell.unit, response.cell.stratum, response.cell.psu}, 1, *row));
    }));
    return table;
  }

  MemoryStore store;
  CampaignEntry entry;
};

std::string bytes_of(const CampaignEntry& entry) {
  const auto kept = entry.answers->columns();
  REQUIRE(kept);
  const Bytes bytes = *(*kept)->in_memory();
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("sums through the column file are the bits of going through the responses", "[columns]") {
  const ClosedCampaign closed;
  const auto file = column_file_of(closed.entry);
  REQUIRE(file);
  const auto items = items_of(*closed.entry.questionnaire);
  REQUIRE(items.size() > 5);
  const auto scored = scored_columns(*file, items);
  REQUIRE(scored);
  const auto sums = columns::sums_of(*file, *scored);
  REQUIRE(sums);
  CHECK(*sums == closed.by_response(items));
}

TEST_CASE("a question with more answers than codes has no column, the others keep theirs", "[columns]") {
  const ClosedCampaign closed(1000);
  const auto file = column_file_of(closed.entry);
  REQUIRE(file);
  auto items = items_of(*closed.entry.questionnaire);
  CHECK_FALSE(scored_columns(*file, items));
  std::erase_if(items, [](const index::SurveyItem& item) { return item.number; });
  const auto scored = scored_columns(*file, items);
  REQUIRE(scored);
  CHECK(*columns::sums_of(*file, *scored) == closed.by_response(items));
}

TEST_CASE("an answer that counts nothing in the model is refused only if somebody gave it", "[columns]") {
  const ClosedCampaign closed;
  const auto file = column_file_of(closed.entry);
  REQUIRE(file);
  for (index::SurveyItem item : items_of(*closed.entry.questionnaire)) {
    if (item.number || item.option_scores.size() < 2) continue;
    item.option_scores.erase(item.option_scores.begin());
    const auto sums = columns::sums_of(*file, *scored_columns(*file, {item}));
    REQUIRE_FALSE(sums);
    CHECK(sums.error().code == ErrorCode::unknown_option);
  }
}

TEST_CASE("a column file is kept, used again, and made anew when it is of other answers or damaged", "[columns]") {
  ClosedCampaign closed;
  CHECK(closed.entry.answers->columns().error().code == ErrorCode::not_found);
  REQUIRE(column_file_of(closed.entry));
  const std::string good = bytes_of(closed.entry);
  REQUIRE(column_file_of(closed.entry));
  CHECK(bytes_of(closed.entry) == good);

  std::string damaged = good;
  damaged[damaged.size() / 3] = static_cast<char>(damaged[damaged.size() / 3] ^ 1);
  for (const std::string& wrong : {damaged, good.substr(0, good.size() - 1), std::string("rubbish")}) {
    REQUIRE(closed.entry.answers->keep_columns(wrong));
    REQUIRE(column_file_of(closed.entry));
    CHECK(bytes_of(closed.entry) == good);
  }
  const ClosedCampaign other(20, 301);
  REQUIRE(column_file_of(other.entry));
  REQUIRE(closed.entry.answers->keep_columns(bytes_of(other.entry)));
  REQUIRE(column_file_of(closed.entry));
  CHECK(bytes_of(closed.entry) == good);
}

TEST_CASE("bytes that are no answers of the questionnaire make no column file", "[columns]") {
  const auto questionnaire = every_type();
  std::mt19937_64 random(9);
  const std::string good = pack(*questionnaire, random_answers(*questionnaire, random, 5));
  const Cell cell{"u", "s", "p"};
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = good;
    if (round % 2 == 0) bytes.resize(random() % bytes.size());
    if (!bytes.empty()) bytes[random() % bytes.size()] = static_cast<char>(random());
    ColumnBuilder builder(*questionnaire);
    const auto added = builder.add(cell, bytes);
    // Texts are not looked at; whatever was taken can be written.
    if (added) {
      CHECK(builder.finish({}).has_value());
    } else {
      CHECK(added.error().code == ErrorCode::answers_invalid);
    }
  }
}
