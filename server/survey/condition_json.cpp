#include "server/survey/condition_json.h"

#include <algorithm>

#include "base/text.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The question named under the key, or null after a complaint.
const Question* named_question(const DefinitionNode& node, std::string_view key,
                               const ConditionScope& scope, std::size_t& position) {
  const std::string id = node.required_text(key);
  if (id.empty()) return nullptr;
  for (std::size_t i = 0; i < std::min(scope.usable, scope.questions.size()); ++i) {
    if (scope.questions[i].id != id) continue;
    position = i;
    // A question of an unknown type was complained of where it stands.
    return scope.questions[i].type ? &scope.questions[i] : nullptr;
  }
  const bool is_later = std::find(scope.all_ids.begin(), scope.all_ids.end(), id) != scope.all_ids.end();
  if (is_later) {
    node.member(key).fault(ErrorCode::definition_invalid,
                           in_quotes(id) + " does not stand before this place; a condition may only "
                                           "name earlier questions");
  } else {
    const auto near = node.may_guess() ? nearest(id, scope.all_ids) : std::nullopt;
    node.member(key).fault(ErrorCode::definition_unknown,
                           "there is no question " + in_quotes(id) +
                               (near ? "; did you mean " + in_quotes(*near) + "?" : ""));
  }
  return nullptr;
}

void read_one_of(const DefinitionNode& node, const Question* question, Condition& condition) {
  condition.kind = Condition::Kind::one_of;
  const auto items = node.required_items("in");
  if (!question) return;
  const AnswerKind kind = question->type->answer_kind();
  if (kind != AnswerKind::one_option && kind != AnswerKind::options) {
    node.member("in").fault(ErrorCode::definition_invalid,
                            in_quotes(question->id) + " is not answered by choosing options; use "
                                                      "\"answered\" or \"compare\"");
    return;
  }
  for (const auto& item : items) {
    const auto id = item.as_text();
    const auto position = id ? question->option_position(*id) : std::nullopt;
    if (position) {
      condition.options.push_back(*position);
      continue;
    }
    std::vector<std::string> known;
    for (const auto& option : question->options) known.push_back(option.id);
    const auto near = id && node.may_guess() ? nearest(*id, known) : std::nullopt;
    item.fault(ErrorCode::unknown_option, in_quotes(question->id) + " has no option " +
                                              in_quotes(id.value_or("?")) +
                                              (near ? "; did you mean " + in_quotes(*near) + "?" : ""));
  }
}

void read_absences(const DefinitionNode& node, const Question* question, Condition& condition) {
  condition.kind = Condition::Kind::absence;
  for (const auto& item : node.required_items("absence")) {
    const auto absence = absence_named(item.as_text().value_or(""));
    if (!absence) {
      item.fault(ErrorCode::unknown_option,
                 "must be \"not_asked\", \"blank\", \"no_experience\", \"dont_know\", \"declined\" or \"invalid\"");
    } else if (question && can_be_offered(*absence) && !question->offers(*absence)) {
      item.fault(ErrorCode::definition_invalid, in_quotes(question->id) + " does not offer this answer; "
                                                                          "add it to its \"absences\"");
    } else {
      condition.absences.push_back(*absence);
    }
  }
}

void read_question_condition(const DefinitionNode& node, const ConditionScope& scope,
                             Condition& condition) {
  const Question* question = named_question(node, "question", scope, condition.question);
  if (node.member("in").exists()) {
    node.only_keys({"question", "in"});
    read_one_of(node, question, condition);
  } else if (node.member("absence").exists()) {
    node.only_keys({"question", "absence"});
    read_absences(node, question, condition);
  } else if (node.member("answered").exists()) {
    node.only_keys({"question", "answered"});
    condition.kind = Condition::Kind::answered;
    condition.answered = node.optional_bool("answered", true);
  } else {
    node.fault(ErrorCode::missing_field, "says nothing about the question; add \"in\", \"answered\" or "
                                         "\"absence\"");
  }
}

struct OperandName {
  std::string_view key;
  Operand::Kind kind;
};
constexpr OperandName kOperands[] = {
    {"value", Operand::Kind::value}, {"score", Operand::Kind::score},
    {"count", Operand::Kind::count}, {"sum", Operand::Kind::sum},
    {"difference", Operand::Kind::difference}, {"product", Operand::Kind::product}};

void check_fits(const DefinitionNode& node, const Question& question, Operand::Kind kind) {
  const AnswerKind answer = question.type->answer_kind();
  const bool has_score = std::any_of(question.options.begin(), question.options.end(),
                                     [](const Option& option) { return option.score.has_value(); });
  if (kind == Operand::Kind::value && answer != AnswerKind::number) {
    node.fault(ErrorCode::definition_invalid, in_quotes(question.id) + " is not answered with a number");
  } else if (kind == Operand::Kind::score && (answer != AnswerKind::one_option || !has_score)) {
    node.fault(ErrorCode::definition_invalid, in_quotes(question.id) + " has no scale with scores");
  } else if (kind == Operand::Kind::count && answer != AnswerKind::options) {
    node.fault(ErrorCode::definition_invalid, in_quotes(question.id) + " is not a multi_choice");
  }
}

Operand read_operand(const DefinitionNode& node, const ConditionScope& scope) {
  Operand operand;
  if (const auto number = node.as_number()) {
    operand.number = *number;
    return operand;
  }
  const auto keys = node.keys();
  const auto* found = keys.size() == 1
                          ? std::find_if(std::begin(kOperands), std::end(kOperands),
                                         [&](const OperandName& name) { return name.key == keys[0]; })
                          : std::end(kOperands);
  if (found == std::end(kOperands)) {
    node.fault(ErrorCode::wrong_type, "must be a number or an object with one of \"value\", \"score\", "
                                      "\"count\", \"sum\", \"difference\", \"product\"");
    return operand;
  }
  operand.kind = found->kind;
  if (found->kind == Operand::Kind::value || found->kind == Operand::Kind::score ||
      found->kind == Operand::Kind::count) {
    const Question* question = named_question(node, found->key, scope, operand.question);
    if (question) check_fits(node.member(found->key), *question, found->kind);
    return operand;
  }
  for (const auto& item : node.required_items(found->key)) operand.parts.push_back(read_operand(item, scope));
  if (found->kind == Operand::Kind::difference && operand.parts.size() != 2) {
    node.member(found->key).fault(ErrorCode::wrong_type, "a difference has two terms: [a, b] is a - b");
  }
  return operand;
}

void read_compare(const DefinitionNode& node, const ConditionScope& scope, Condition& condition) {
  node.only_keys({"compare"});
  condition.kind = Condition::Kind::compare;
  const auto items = node.required_items("compare");
  if (items.size() != 3) {
    node.member("compare").fault(ErrorCode::wrong_type, "must be [left, sign, right]");
    return;
  }
  condition.operands.push_back(read_operand(items[0], scope));
  const auto comparison = comparison_named(items[1].as_text().value_or(""));
  if (comparison) {
    condition.comparison = *comparison;
  } else {
    items[1].fault(ErrorCode::unknown_option,
                   "must be \"<\", \"<=\", \"=\", \">=\", \">\" or \"!=\"");
  }
  condition.operands.push_back(read_operand(items[2], scope));
}

}  // namespace

Condition read_condition(const DefinitionNode& node, const ConditionScope& scope) {
  Condition condition;
  if (!node.is_object()) {
    node.fault(ErrorCode::wrong_type, "a condition must be an object {…}");
  } else if (node.member("question").exists()) {
    read_question_condition(node, scope, condition);
  } else if (node.member("compare").exists()) {
    read_compare(node, scope, condition);
  } else if (node.member("all").exists() || node.member("any").exists()) {
    const char* key = node.member("all").exists() ? "all" : "any";
    node.only_keys({key});
    condition.kind = node.member("all").exists() ? Condition::Kind::all : Condition::Kind::any;
    for (const auto& item : node.required_items(key)) {
      condition.parts.push_back(read_condition(item, scope));
    }
  } else if (node.member("not").exists()) {
    node.only_keys({"not"});
    condition.kind = Condition::Kind::negation;
    condition.parts.push_back(read_condition(node.member("not"), scope));
  } else {
    node.fault(ErrorCode::definition_invalid, "not a condition; it needs \"question\", \"compare\", "
                                              "\"all\", \"any\" or \"not\"");
  }
  return condition;
}

}  // namespace khaosat
