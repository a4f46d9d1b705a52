#include "server/survey/condition.h"

#include <algorithm>

#include "base/json_text.h"
#include "server/survey/answers.h"
#include "server/survey/question_type.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

namespace {

struct ComparisonName {
  Comparison comparison;
  std::string_view name;
};
constexpr ComparisonName kComparisons[] = {
    {Comparison::less, "<"},      {Comparison::at_most, "<="}, {Comparison::equal, "="},
    {Comparison::at_least, ">="}, {Comparison::more, ">"},     {Comparison::different, "!="}};

bool compare(double a, Comparison comparison, double b) {
  switch (comparison) {
    case Comparison::less: return a < b;
    case Comparison::at_most: return a <= b;
    case Comparison::equal: return a == b;
    case Comparison::at_least: return a >= b;
    case Comparison::more: return a > b;
    case Comparison::different: return a != b;
  }
  return false;
}

// Options that exclude the others ("none of these") are not something chosen.
std::optional<double> count_of(const Question& question, const Answer& answer) {
  const auto* choice = std::get_if<Choice>(&answer);
  if (!choice) return std::nullopt;
  const auto counted = std::count_if(choice->options.begin(), choice->options.end(),
                                     [&](auto position) { return !question.options[position].exclusive; });
  return static_cast<double>(counted);
}

std::optional<double> combined(const Operand& operand, const Questionnaire& questionnaire,
                               const Answers& answers) {
  double total = operand.kind == Operand::Kind::product ? 1 : 0;
  for (std::size_t i = 0; i < operand.parts.size(); ++i) {
    const auto part = value_of(operand.parts[i], questionnaire, answers);
    if (!part) return std::nullopt;
    if (operand.kind == Operand::Kind::product) {
      total *= *part;
    } else if (operand.kind == Operand::Kind::difference && i > 0) {
      total -= *part;
    } else {
      total += *part;
    }
  }
  return total;
}

std::string quoted_list(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const auto& item : items) text += (text.size() > 1 ? "," : "") + item;
  return text + "]";
}

void collect(const Operand& operand, std::vector<std::size_t>& positions) {
  const auto kind = operand.kind;
  if (kind == Operand::Kind::value || kind == Operand::Kind::score || kind == Operand::Kind::count) {
    positions.push_back(operand.question);
  }
  for (const auto& part : operand.parts) collect(part, positions);
}

void collect(const Condition& condition, std::vector<std::size_t>& positions) {
  const auto kind = condition.kind;
  if (kind == Condition::Kind::one_of || kind == Condition::Kind::answered ||
      kind == Condition::Kind::absence) {
    positions.push_back(condition.question);
  }
  for (const auto& operand : condition.operands) collect(operand, positions);
  for (const auto& part : condition.parts) collect(part, positions);
}

std::string operand_json(const Operand& operand, const Questionnaire& questionnaire) {
  const auto named = [&](const char* key) {
    return "{\"" + std::string(key) + "\":" + json_quoted(questionnaire.questions[operand.question].id) + "}";
  };
  const auto listed = [&](const char* key) {
    std::vector<std::string> parts;
    for (const auto& part : operand.parts) parts.push_back(operand_json(part, questionnaire));
    return "{\"" + std::string(key) + "\":" + quoted_list(parts) + "}";
  };
  switch (operand.kind) {
    case Operand::Kind::number: return json_number(operand.number);
    case Operand::Kind::value: return named("value");
    case Operand::Kind::score: return named("score");
    case Operand::Kind::count: return named("count");
    case Operand::Kind::sum: return listed("sum");
    case Operand::Kind::difference: return listed("difference");
    case Operand::Kind::product: return listed("product");
  }
  return "null";
}

}  // namespace

std::string_view name_of(Comparison comparison) {
  for (const auto& entry : kComparisons) {
    if (entry.comparison == comparison) return entry.name;
  }
  return "=";
}

std::optional<Comparison> comparison_named(std::string_view name) {
  for (const auto& entry : kComparisons) {
    if (entry.name == name) return entry.comparison;
  }
  return std::nullopt;
}

std::optional<double> value_of(const Operand& operand, const Questionnaire& questionnaire,
                               const Answers& answers) {
  switch (operand.kind) {
    case Operand::Kind::number: return operand.number;
    case Operand::Kind::value:
    case Operand::Kind::score: {
      const Question& question = questionnaire.questions[operand.question];
      return question.type->score(question, answers[operand.question]);
    }
    case Operand::Kind::count:
      return count_of(questionnaire.questions[operand.question], answers[operand.question]);
    default: return combined(operand, questionnaire, answers);
  }
}

bool holds(const Condition& condition, const Questionnaire& questionnaire, const Answers& answers) {
  const auto part_holds = [&](const Condition& part) { return holds(part, questionnaire, answers); };
  switch (condition.kind) {
    case Condition::Kind::one_of: {
      const auto* choice = std::get_if<Choice>(&answers[condition.question]);
      return choice && std::any_of(choice->options.begin(), choice->options.end(), [&](auto position) {
               return std::find(condition.options.begin(), condition.options.end(), position) !=
                      condition.options.end();
             });
    }
    case Condition::Kind::answered:
      return is_answered(answers[condition.question]) == condition.answered;
    case Condition::Kind::absence: {
      const auto* absence = std::get_if<Absence>(&answers[condition.question]);
      return absence && std::find(condition.absences.begin(), condition.absences.end(), *absence) !=
                            condition.absences.end();
    }
    case Condition::Kind::compare: {
      const auto left = value_of(condition.operands[0], questionnaire, answers);
      const auto right = value_of(condition.operands[1], questionnaire, answers);
      return left && right && compare(*left, condition.comparison, *right);
    }
    case Condition::Kind::all:
      return std::all_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::any:
      return std::any_of(condition.parts.begin(), condition.parts.end(), part_holds);
    case Condition::Kind::negation: return !part_holds(condition.parts.front());
  }
  return false;
}

std::vector<std::size_t> questions_named(const Condition& condition) {
  std::vector<std::size_t> positions;
  collect(condition, positions);
  return positions;
}

std::string to_json(const Condition& condition, const Questionnaire& questionnaire) {
  const auto question = [&] {
    return "{\"question\":" + json_quoted(questionnaire.questions[condition.question].id);
  };
  std::vector<std::string> items;
  switch (condition.kind) {
    case Condition::Kind::one_of:
      for (const auto position : condition.options) {
        items.push_back(json_quoted(questionnaire.questions[condition.question].options[position].id));
      }
      return question() + ",\"in\":" + quoted_list(items) + "}";
    case Condition::Kind::answered:
      return question() + ",\"answered\":" + (condition.answered ? "true}" : "false}");
    case Condition::Kind::absence:
      for (const auto absence : condition.absences) items.push_back(json_quoted(name_of(absence)));
      return question() + ",\"absence\":" + quoted_list(items) + "}";
    case Condition::Kind::compare:
      return "{\"compare\":[" + operand_json(condition.operands[0], questionnaire) + "," +
             json_quoted(name_of(condition.comparison)) + "," +
             operand_json(condition.operands[1], questionnaire) + "]}";
    default: break;
  }
  for (const auto& part : condition.parts) items.push_back(to_json(part, questionnaire));
  if (condition.kind == Condition::Kind::negation) return "{\"not\":" + items.front() + "}";
  return (condition.kind == Condition::Kind::all ? "{\"all\":" : "{\"any\":") + quoted_list(items) + "}";
}

}  // namespace khaosat
