#include "server/services/analyst/option_counts.h"

#include "server/survey/packed.h"
#include "server/survey/question_type.h"

namespace khaosat {

Result<std::vector<QuestionSpread>> option_spreads(const CampaignEntry& entry, const disclosure::PublishedRun& run,
                                                   const disclosure::PublishedUnit& unit) {
  const Questionnaire& questionnaire = entry.whole();
  std::vector<QuestionSpread> spreads;
  std::vector<std::vector<std::uint64_t>> counts;
  for (std::size_t at = 0; at < questionnaire.questions.size(); ++at) {
    const Question& question = questionnaire.questions[at];
    if (question.type->answer_kind() != AnswerKind::one_option) continue;
    for (std::size_t node = 0; node < run.nodes.size(); ++node) {
      if (run.nodes[node].question != question.id) continue;
      spreads.push_back({at, node, {}});
      counts.emplace_back(question.options.size(), 0);
      break;
    }
  }
  std::optional<Error> trouble;
  TRY_VOID(each_answer(entry, [&](const Cell& cell, std::string_view packed) {
    if (trouble || cell.unit != unit.id) return;
    const auto answers = unpack(questionnaire, packed);
    if (!answers) {
      trouble = answers.error();
      return;
    }
    for (std::size_t at = 0; at < spreads.size(); ++at)
      if (const auto* choice = std::get_if<Choice>(&(*answers)[spreads[at].question])) ++counts[at][choice->options.front()];
  }));
  if (trouble) return fail(*trouble);
  for (std::size_t at = 0; at < spreads.size(); ++at) {
    using disclosure::PublishedState;
    const auto state = unit.scores[spreads[at].node].state;
    if (state == PublishedState::hidden || state == PublishedState::withheld) continue;
    auto distribution = disclosure::publish_distribution(counts[at], run.rules);
    // Where of a share only a bound is told, shares of the options it counts would add up to it.
    const bool bounded = state == PublishedState::at_least || state == PublishedState::at_most;
    if (!bounded || distribution.state == disclosure::PublishedDistribution::State::alike) spreads[at].distribution = std::move(distribution);
  }
  return spreads;
}

}  // namespace khaosat
