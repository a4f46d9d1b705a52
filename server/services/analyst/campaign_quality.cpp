#include "server/services/analyst/campaign_quality.h"

#include <algorithm>
#include <map>

#include "analysis/quality/quality.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/survey/packed.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

struct AskedItem {
  std::size_t question = 0;  // position
  quality::Item item;
};

quality::Direction direction_of(double first, double last) {
  return last > first ? quality::Direction::up : last < first ? quality::Direction::down : quality::Direction::none;
}

// Which end of a question's options is the good one: what the model counts, otherwise the scale's scores.
quality::Direction direction_of(const Question& question, const std::vector<index::SurveyItem>& scored) {
  for (const auto& one : scored) {
    if (one.question != question.id || one.number) continue;
    const auto first = one.option_scores.find(question.options.front().id);
    const auto last = one.option_scores.find(question.options.back().id);
    if (first != one.option_scores.end() && last != one.option_scores.end()) {
      const auto direction = direction_of(first->second, last->second);
      if (direction != quality::Direction::none) return direction;
    }
  }
  const auto& first = question.options.front().score;
  const auto& last = question.options.back().score;
  return first && last ? direction_of(*first, *last) : quality::Direction::none;
}

// Closed questions with one option to choose.
std::vector<AskedItem> asked_items(const Questionnaire& questionnaire, const std::vector<index::SurveyItem>& scored) {
  std::vector<AskedItem> items;
  for (std::size_t at = 0; at < questionnaire.questions.size(); ++at) {
    const Question& question = questionnaire.questions[at];
    if (question.type->answer_kind() != AnswerKind::one_option || question.options.size() < 2 || question.options.size() > 200) continue;
    const bool always = !question.relevant && !questionnaire.sections[question.section].relevant && question.topic.empty();
    items.push_back({at, {question.id, static_cast<std::uint8_t>(question.options.size()), direction_of(question, scored), always}});
  }
  return items;
}

class Numbers {
 public:
  explicit Numbers(std::vector<std::string>& names) : names_(names) {}
  std::uint32_t of(const std::string& name) {
    const auto [at, added] = numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (added) names_.push_back(name);
    return at->second;
  }

 private:
  std::vector<std::string>& names_;
  std::map<std::string, std::uint32_t> numbers_;
};

Result<quality::AnswerSheet> sheet_of(const CampaignEntry& entry, const std::vector<AskedItem>& items) {
  quality::AnswerSheet sheet;
  for (const auto& item : items) sheet.items.push_back(item.item);
  Numbers places(sheet.places);
  Numbers groups(sheet.groups);
  std::optional<Error> trouble;
  TRY_VOID(entry.answers->each_packed([&](const Cell& cell, std::string_view packed) {
    if (trouble) return;
    const auto answers = unpack(*entry.questionnaire, packed);
    if (!answers) {
      trouble = answers.error();
      return;
    }
    sheet.place.push_back(places.of(cell.unit));
    sheet.group.push_back(groups.of(cell.unit + "\n" + cell.psu));
    for (const auto& item : items) {
      const auto* choice = std::get_if<Choice>(&(*answers)[item.question]);
      sheet.codes.push_back(choice ? choice->options.front() : quality::kNoAnswer);
    }
  }));
  if (trouble) return fail(*trouble);
  return sheet;
}

// Slips are what invitations are here: each drawn person got one.
Result<std::optional<quality::ResponseIndicator>> response_of(const CampaignEntry& entry) {
  std::optional<quality::ResponseIndicator> none;
  if (entry.campaign.sample != SampleKind::drawn) return none;
  std::vector<quality::ResponseCell> cells;
  for (const auto& count : TRY(entry.answers->counts())) {
    const auto* psu = entry.campaign.psu(count.psu);
    const auto invited = static_cast<std::uint64_t>(std::max(psu ? psu->slips : 0, count.slips));
    const auto answered = static_cast<std::uint64_t>(std::max(0, count.arrived));
    if (invited > 0) cells.push_back({{count.psu}, invited, std::min(invited, answered)});
  }
  auto indicator = quality::response_indicator(cells);
  if (!indicator) return none;
  return std::optional(*indicator);
}

}  // namespace

Result<CampaignQuality> campaign_quality(ComputeIndex& index, const Catalog& catalog, const CampaignEntry& entry, const std::string& model) {
  IndexRequest request{entry.campaign.id, model, {}, ""};
  const auto run = TRY(index.compute(request));
  CampaignQuality result;
  result.with_all = TRY(index.publish(run, entry.campaign));

  const auto facts = questionnaire_facts(*entry.questionnaire);
  const auto items = asked_items(*entry.questionnaire, index::survey_items(*catalog.index_model(model), run.year, &facts));
  if (items.empty()) return fail(ErrorCode::design_invalid, "the questionnaire has no question with one option to choose");
  const auto sheet = TRY(sheet_of(entry, items));
  const auto report = TRY(quality::assess(sheet));
  result.quality = disclosure::publish_quality(sheet, report, disclosure_rules(entry.campaign));
  result.response = TRY(response_of(entry));

  std::vector<bool> flagged(report.flags.size());
  std::transform(report.flags.begin(), report.flags.end(), flagged.begin(), [](auto flags) { return flags != 0; });
  if (std::find(flagged.begin(), flagged.end(), true) == flagged.end()) return result;
  request.leave_out = &flagged;
  if (const auto rest = index.compute(request)) {
    // Beside the full result: what subtraction would tell of a few people stays hidden.
    const auto shown = disclosure::earlier_publication(result.with_all);
    result.without_flagged = TRY(index.publish(*rest, entry.campaign, &shown));
  }
  return result;
}

}  // namespace khaosat
