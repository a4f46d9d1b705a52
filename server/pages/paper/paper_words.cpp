#include "server/pages/paper/paper_words.h"

#include <algorithm>
#include <map>

#include "server/pages/answer_words.h"
#include "server/survey/number_text.h"

namespace khaosat {

namespace {

bool names_only(const Condition& condition, std::size_t& question) {
  const auto named = questions_named(condition);
  if (named.empty()) return false;
  question = named.front();
  return std::all_of(named.begin(), named.end(), [&](auto position) { return position == question; });
}

}  // namespace

PaperWords paper_words(const Locales& locales, std::string language, const Questionnaire& questionnaire, const PaperPlan& plan) {
  PaperWords words{locales, std::move(language), questionnaire, std::vector<int>(questionnaire.questions.size(), 0)};
  for (const auto& item : plan.items) words.numbers[item.question] = item.number;
  return words;
}

std::string PaperWords::joined(const std::vector<std::string>& parts, const char* key) const {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : " " + say(key) + " ") + part;
  return text;
}

std::string PaperWords::number(std::size_t question) const { return std::to_string(numbers[question]); }

std::string PaperWords::answer_name(const Question& question, const std::variant<Absence, OptionPosition>& answer) const {
  const auto* position = std::get_if<OptionPosition>(&answer);
  const std::string name = position ? question.options[*position].text.in(language)
                                    : absence_words(locales, language, std::get<Absence>(answer));
  return say("paper.quoted", {{"words", name}});
}

// A condition on one choice is a list of answers, however it was written. If an empty answer fulfils
// it too, the shorter way is to name those that do not.
std::string PaperWords::by_options(std::size_t position, const Condition& condition) const {
  const Question& question = questionnaire.questions[position];
  const auto fulfils = [&](const Answer& answer) {
    Answers answers(questionnaire.questions.size());
    answers[position] = answer;
    return holds(condition, questionnaire, answers);
  };
  std::vector<std::string> yes;
  std::vector<std::string> no;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    const auto option = static_cast<OptionPosition>(i);
    (fulfils(Choice{{option}, {}}) ? yes : no).push_back(answer_name(question, option));
  }
  for (const Absence absence : question.absences) (fulfils(absence) ? yes : no).push_back(answer_name(question, absence));
  const bool blank = fulfils(Absence::blank);
  if (!blank && yes.empty()) return say("paper.never");
  if (blank && no.empty()) return say("paper.always");
  if (!blank) return say("paper.chose", {{"number", number(position)}, {"answers", joined(yes, "paper.or")}});
  if (yes.empty()) return say("paper.left_empty", {{"number", number(position)}});
  return say("paper.did_not_choose", {{"number", number(position)}, {"answers", joined(no, "paper.or")}});
}

std::string PaperWords::operand(const Operand& operand) const {
  switch (operand.kind) {
    case Operand::Kind::number: return typed_number(operand.number);
    case Operand::Kind::value: return say("paper.value", {{"number", number(operand.question)}});
    case Operand::Kind::score: return say("paper.score", {{"number", number(operand.question)}});
    case Operand::Kind::count: return say("paper.count", {{"number", number(operand.question)}});
    default: break;
  }
  std::vector<std::string> parts;
  for (const auto& part : operand.parts) parts.push_back(this->operand(part));
  return joined(parts, operand.kind == Operand::Kind::sum ? "paper.plus" : operand.kind == Operand::Kind::product ? "paper.times" : "paper.minus");
}

std::string PaperWords::condition(const Condition& condition) const {
  std::size_t position = 0;
  const bool one = names_only(condition, position);
  if (one && questionnaire.questions[position].type->answer_kind() == AnswerKind::one_option) return by_options(position, condition);
  std::vector<std::string> parts;
  for (const auto& part : condition.parts) parts.push_back(this->condition(part));
  switch (condition.kind) {
    case Condition::Kind::one_of: {
      std::vector<std::string> names;
      for (const auto option : condition.options) names.push_back(answer_name(questionnaire.questions[condition.question], option));
      return say("paper.chose", {{"number", number(condition.question)}, {"answers", joined(names, "paper.or")}});
    }
    case Condition::Kind::answered:
      return say(condition.answered ? "paper.answered" : "paper.left_empty", {{"number", number(condition.question)}});
    case Condition::Kind::absence: {
      std::vector<std::string> names;
      for (const auto absence : condition.absences) {
        if (can_be_offered(absence)) names.push_back(answer_name(questionnaire.questions[condition.question], absence));
      }
      if (names.empty()) return say("paper.left_empty", {{"number", number(condition.question)}});
      return say("paper.chose", {{"number", number(condition.question)}, {"answers", joined(names, "paper.or")}});
    }
    case Condition::Kind::compare: {
      static const std::map<Comparison, const char*> kWords = {
          {Comparison::less, "paper.less"},         {Comparison::at_most, "paper.at_most"}, {Comparison::equal, "paper.equal"},
          {Comparison::at_least, "paper.at_least"}, {Comparison::more, "paper.more"},       {Comparison::different, "paper.different"}};
      return operand(condition.operands[0]) + " " + say(kWords.at(condition.comparison)) + " " + operand(condition.operands[1]);
    }
    case Condition::Kind::all: return joined(parts, "paper.and");
    case Condition::Kind::any: return joined(parts, "paper.or");
    case Condition::Kind::negation: return say("paper.unless", {{"condition", parts.front()}});
  }
  return {};
}

std::string PaperWords::condition_line(const PaperItem& item) const {
  if (item.condition_until == 0) return {};
  const Question& question = questionnaire.questions[item.question];
  std::vector<std::string> parts;
  const auto& section = questionnaire.sections[question.section];
  if (section.relevant) parts.push_back(condition(*section.relevant));
  if (question.relevant) parts.push_back(condition(*question.relevant));
  const Words words{{"from", std::to_string(item.number)}, {"to", std::to_string(item.condition_until)}, {"condition", joined(parts, "paper.and")}};
  return say(item.condition_until == item.number ? "paper.only_one" : "paper.only_range", words);
}

std::vector<std::string> PaperWords::jump_lines(const PaperItem& item) const {
  const Question& question = questionnaire.questions[item.question];
  std::vector<std::pair<int, std::vector<std::string>>> targets;
  for (const auto& jump : item.jumps) {
    auto found = std::find_if(targets.begin(), targets.end(), [&](const auto& target) { return target.first == jump.to; });
    if (found == targets.end()) found = targets.insert(targets.end(), {jump.to, {}});
    found->second.push_back(answer_name(question, jump.answer));
  }
  std::vector<std::string> lines;
  for (const auto& [to, names] : targets) {
    lines.push_back(say(to > 0 ? "paper.jump" : "paper.jump_end", {{"answers", joined(names, "paper.or")}, {"to", std::to_string(to)}}));
  }
  return lines;
}

}  // namespace khaosat
