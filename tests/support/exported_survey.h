// A made-up closed survey of a shipped questionnaire, with every kind of no answer, rare traits, clusters
// of unequal size and two strata in each unit; and the office that exports it.
#pragma once

#include <cmath>
#include <random>
#include <stdexcept>

#include "server/catalog/catalog.h"
#include "server/services/campaign_service.h"
#include "server/services/exports/microdata_acts.h"
#include "server/survey/packed.h"
#include "server/survey/question_type.h"
#include "tests/support/generated_answers.h"

namespace khaosat::test {

struct SurveyShape {
  std::string questionnaire = "governance_commune";
  std::uint64_t rows = 2000;
  int units = 3;
  int psus_per_stratum = 4;
  bool drawn = true;
  std::string nobody_answers;  // id of a question that everybody left blank; empty: none
};

class ExportedSurvey {
 public:
  explicit ExportedSurvey(const SurveyShape& shape)
      : catalog(Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs")),
        questionnaire(catalog.questionnaire(shape.questionnaire)) {
    campaign.id = "exported01";
    campaign.title = LocalText("Khảo sát thử");
    campaign.office = "UBND xã thử";
    campaign.questionnaire = questionnaire->identity;
    campaign.state = CampaignState::closed;
    campaign.opens_on = "2026-10-01";
    campaign.closes_on = "2026-10-31";
    campaign.sample = shape.drawn ? SampleKind::drawn : SampleKind::none;
    campaign.demo = true;
    std::vector<khaosat::Cell> cells;
    for (int unit = 0; unit < shape.units; ++unit) {
      const std::string unit_id = "u" + std::to_string(unit);
      campaign.units.push_back(unit_id);
      for (int stratum = 0; stratum < 2; ++stratum) {
        const std::string stratum_id = unit_id + "s" + std::to_string(stratum);
        campaign.strata.push_back({stratum_id, stratum_id, unit_id, 9 + stratum});
        for (int psu = 0; psu < shape.psus_per_stratum; ++psu) {
          const std::string psu_id = stratum_id + "p" + std::to_string(psu);
          campaign.psus.push_back({psu_id, psu_id, stratum_id, 150 + 37 * psu + 11 * stratum, 40, ""});
          cells.push_back({unit_id, stratum_id, psu_id});
        }
      }
    }
    const auto asked = questionnaire;
    const auto blank = asked->position_of(shape.nobody_answers);
    store.put(campaign.id, std::make_shared<GeneratedAnswers>(shape.rows, [cells, asked, blank](std::uint64_t row) { return response(*asked, cells, row, blank); }));
    expect(store.registry().put_campaign(campaign));
    expect(pin(store.registry(), catalog, "questionnaire", questionnaire->identity));
    for (const auto& scale : questionnaire->scales) expect(pin(store.registry(), catalog, "scale", scale));
    for (const auto& [name, role] : {std::pair("lan", Role::analyst), std::pair("minh", Role::officer), std::pair("hoa", Role::administrator), std::pair("jury1", Role::jury)}) {
      expect(store.registry().add_account({name, name, role, "", true}));
    }
  }

  // The same row always has the same answers.
  static Response response(const Questionnaire& questionnaire, const std::vector<khaosat::Cell>& cells, std::uint64_t row,
                           std::optional<std::size_t> blank = std::nullopt) {
    std::mt19937_64 random(row * 7919 + 17);
    Answers answers(questionnaire.questions.size());
    // Clusters differ, or there would be nothing for a design to find.
    const std::size_t anywhere = random() % cells.size();
    const std::size_t at = random() % 3 == 0 ? std::min<std::size_t>(anywhere, random() % cells.size()) : anywhere;
    for (std::size_t k = 0; k < questionnaire.questions.size(); ++k) {
      const Question& question = questionnaire.questions[k];
      const auto chance = random() % 100;
      if (question.type->answer_kind() == AnswerKind::none) continue;
      if (chance < 4) continue;  // not asked
      if (chance < 6) {
        answers[k] = Absence::blank;
      } else if (chance < 14 && !question.absences.empty()) {
        answers[k] = question.absences[random() % question.absences.size()];
      } else {
        answers[k] = any_answer(question, random, at);
      }
    }
    if (blank) answers[*blank] = Absence::blank;
    Response made;
    made.cell = cells[at];
    made.questionnaire_version = questionnaire.identity.version;
    made.language = "vi";
    made.packed = pack(questionnaire, answers);
    return made;
  }

  static Answer any_answer(const Question& question, std::mt19937_64& random, std::size_t lean) {
    const auto option = [&] {
      // Later options are rarer, more so in some places.
      const auto size = question.options.size();
      return static_cast<OptionPosition>(std::min({random() % size, random() % size, random() % (size + lean % 3)}));
    };
    switch (question.type->answer_kind()) {
      case AnswerKind::one_option: return Choice{{option()}, ""};
      case AnswerKind::options: {
        Choice choice;
        for (std::size_t k = 0; k < question.options.size(); ++k) {
          if (random() % 3 == 0 && !question.options[k].exclusive) choice.options.push_back(static_cast<OptionPosition>(k));
        }
        if (choice.options.empty()) choice.options.push_back(0);
        if (question.max_choices > 0 && choice.options.size() > static_cast<std::size_t>(question.max_choices)) {
          choice.options.resize(static_cast<std::size_t>(question.max_choices));
        }
        return choice;
      }
      case AnswerKind::number: return std::floor(question.minimum.value_or(0)) + static_cast<double>(random() % 5);
      case AnswerKind::text: return std::string("=HYPERLINK(\"bí mật của một người\")");
      case AnswerKind::ranking: {
        Ranking ranking;
        for (std::size_t k = 0; k < question.options.size(); ++k) ranking.ranks.push_back(k < 2 ? static_cast<std::uint8_t>(k + 1) : 0);
        return ranking;
      }
      default: return Absence::blank;
    }
  }

  static void expect(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().message + " " + result.error().where);
  }

  Catalog catalog;
  std::shared_ptr<const Questionnaire> questionnaire;
  GeneratedStore store;
  Campaign campaign;
  CampaignBook book{store};
  ComputeIndex index{store, catalog, book};
};

}  // namespace khaosat::test
