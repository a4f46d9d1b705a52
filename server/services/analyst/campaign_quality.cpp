#include "server/services/analyst/campaign_quality.h"

#include <algorithm>
#include <map>

#include "analysis/quality/quality.h"
#include "base/text.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/services/analyst/back_check.h"
#include "server/services/field/interviewers.h"
#include "server/survey/condition.h"
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
std::vector<AskedItem> asked_items(const CampaignForm& form, const std::vector<index::SurveyItem>& scored) {
  const Questionnaire& questionnaire = *form.whole();
  std::vector<AskedItem> items;
  for (std::size_t at = 0; at < questionnaire.questions.size(); ++at) {
    const Question& question = questionnaire.questions[at];
    if (question.type->answer_kind() != AnswerKind::one_option || question.options.size() < 2 || question.options.size() > 200) continue;
    const bool always = !question.relevant && !questionnaire.sections[question.section].relevant && question.topic.empty() &&
                        form.is_asked_in_all(at);
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

// Whose places these are; a place of two interviewers is nobody's.
class WhoWent {
 public:
  explicit WhoWent(const std::vector<Interviewer>& interviewers) {
    for (std::uint32_t at = 0; at < interviewers.size(); ++at) {
      for (const auto& place : interviewers[at].places) {
        const auto [known, added] = by_place_.try_emplace(place, at);
        if (!added && known->second != at) known->second = quality::kNobody;
      }
    }
  }
  // Of a cell after closing, "v1+v2" when merged.
  std::uint32_t to(const std::string& cell) const {
    std::uint32_t who = quality::kNobody;
    bool first = true;
    for (const auto& place : split(cell, '+')) {
      const auto known = by_place_.find(place);
      const std::uint32_t one = known == by_place_.end() ? quality::kNobody : known->second;
      if (!first && one != who) return quality::kNobody;
      who = one;
      first = false;
    }
    return who;
  }

 private:
  std::map<std::string, std::uint32_t, std::less<>> by_place_;
};

quality::PairState state_of(const Contradiction& pair, const Questionnaire& questionnaire, const Answers& answers) {
  for (const auto* side : {&pair.first, &pair.second}) {
    for (const auto question : questions_named(*side)) {
      if (std::holds_alternative<Absence>(answers[question])) return quality::PairState::unanswered;
    }
  }
  const bool both = holds(pair.first, questionnaire, answers) && holds(pair.second, questionnaire, answers);
  return both ? quality::PairState::contradictory : quality::PairState::consistent;
}

Result<quality::AnswerSheet> sheet_of(const CampaignEntry& entry, const std::vector<AskedItem>& items,
                                      const std::vector<Interviewer>& interviewers) {
  quality::AnswerSheet sheet;
  const WhoWent went(interviewers);
  for (const auto& one : interviewers) sheet.interviewers.push_back(one.label);
  for (const auto& pair : entry.whole().contradictions) sheet.pairs.push_back({pair.id, pair.alone});
  for (const auto& item : items) sheet.items.push_back(item.item);
  Numbers places(sheet.places);
  Numbers groups(sheet.groups);
  std::optional<Error> trouble;
  TRY_VOID(each_answer(entry, [&](const Cell& cell, std::string_view packed) {
    if (trouble) return;
    const auto answers = unpack(entry.whole(), packed);
    if (!answers) {
      trouble = answers.error();
      return;
    }
    sheet.place.push_back(places.of(cell.unit));
    sheet.group.push_back(groups.of(cell.unit + "\n" + cell.psu));
    if (!interviewers.empty()) sheet.interviewer.push_back(went.to(cell.psu));
    for (const auto& pair : entry.whole().contradictions) sheet.pair_states.push_back(state_of(pair, entry.whole(), *answers));
    for (const auto& item : items) {
      const auto* choice = std::get_if<Choice>(&(*answers)[item.question]);
      sheet.codes.push_back(choice ? choice->options.front() : quality::kNoAnswer);
    }
  }));
  if (trouble) return fail(*trouble);
  return sheet;
}

// Slips are what invitations are here: each drawn person got one.
Result<void> put_response(disclosure::PublishedQuality& out, const CampaignEntry& entry) {
  if (entry.campaign.sample != SampleKind::drawn) return {};
  std::vector<quality::ResponseCell> cells;
  std::uint64_t all_invited = 0;
  std::uint64_t all_answered = 0;
  for (const auto& count : TRY(entry.answers->counts())) {
    const auto* psu = entry.campaign.psu(count.psu);
    const auto invited = static_cast<std::uint64_t>(std::max({psu ? psu->slips : 0, count.slips, 0}));
    const auto answered = std::min(invited, static_cast<std::uint64_t>(std::max(0, count.arrived)));
    if (invited > 0) cells.push_back({{count.psu}, invited, answered});
    all_invited += invited;
    all_answered += answered;
  }
  if (const auto indicator = quality::response_indicator(cells)) disclosure::publish_response(out, *indicator, all_invited, all_answered);
  return {};
}

Result<void> put_fieldwork(disclosure::PublishedQuality& out, Registry& registry, const std::string& campaign_id,
                           const std::vector<Interviewer>& interviewers) {
  std::vector<disclosure::InterviewerVisits> visits;
  const auto count = [](int number) { return static_cast<std::uint64_t>(std::max(0, number)); };
  for (const auto& one : interviewers) visits.push_back({one.label, count(one.tally.done), count(one.tally.refused)});
  disclosure::publish_visits(out, visits);
  const auto rows = TRY(back_check_of(registry, campaign_id));
  if (rows.empty()) return {};
  const auto check = TRY(assess_back_check(rows));
  disclosure::publish_back_check(out, check);
  return {};
}

}  // namespace

Result<CampaignQuality> campaign_quality(Registry& registry, ComputeIndex& index, const Catalog& catalog, const CampaignEntry& entry, const std::string& model) {
  IndexRequest request{entry.campaign.id, model, {}, ""};
  const auto run = TRY(index.compute(request));
  CampaignQuality result;
  result.with_all = TRY(index.publish(run, entry.campaign));

  const auto facts = questionnaire_facts(entry.whole());
  const auto items = asked_items(*entry.form, index::survey_items(*catalog.index_model(model), run.year, &facts));
  if (items.empty()) return fail(ErrorCode::design_invalid, "the questionnaire has no question with one option to choose");
  const auto interviewers = TRY(interviewers_of(registry, entry.campaign.id));
  const auto sheet = TRY(sheet_of(entry, items, interviewers));
  const auto report = TRY(quality::assess(sheet));
  result.quality = disclosure::publish_quality(sheet, report, disclosure_rules(entry.campaign));
  TRY_VOID(put_response(result.quality, entry));
  TRY_VOID(put_fieldwork(result.quality, registry, entry.campaign.id, interviewers));

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
