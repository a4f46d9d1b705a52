// Conditions on one value: is_true, grade_at_least, number_at_least, holds_role.
#include "analysis/awards/phrases.h"
#include "analysis/awards/predicate_functions.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {
Verdict verdict_if(bool met) { return met ? Verdict::pass : Verdict::fail; }
}  // namespace

void judge_is_true(const Evaluation& evaluation, const Condition& condition, const Question& question,
                   Reason& reason) {
  const Fact* fact = evaluation.find(condition, condition.fact, *question.carrier, question.year, "", reason);
  if (fact == nullptr) return;
  const bool value = std::get<bool>(fact->value);
  reason.verdict = verdict_if(value);
  reason.found = say("Ghi nhận: " + std::string(value ? "có." : "không."), "On record: " + std::string(value ? "yes." : "no."));
}

void judge_grade_at_least(const Evaluation& evaluation, const Condition& condition, const Question& question,
                          Reason& reason) {
  const auto wanted = evaluation.parameter(condition, "grade", "", reason);
  const auto match = evaluation.parameter(condition, "match", "at_least", reason);
  const Fact* fact = evaluation.find(condition, condition.fact, *question.carrier, question.year, "", reason);
  if (fact == nullptr || !wanted || !match) return;
  const auto& value = std::get<GradeValue>(fact->value);
  const auto* ladders = evaluation.context().ladders;
  const auto ladder = ladders == nullptr ? Ladders::const_iterator() : ladders->find(value.ladder);
  const auto spec = evaluation.rules().facts.find(condition.fact);
  if (ladders == nullptr || ladder == ladders->end() ||
      (spec != evaluation.rules().facts.end() && spec->second.ladder != value.ladder)) {
    reason.found = say("Mức này thuộc thang \"" + value.ladder + "\", không so được với thang mà văn bản dùng.",
                       "This grade is on the ladder \"" + value.ladder + "\", which the rule does not use.");
    evaluation.miss(condition.fact, *question.carrier, std::to_string(question.year),
                    say("mức xếp loại theo đúng thang của văn bản", "a grade on the ladder of the directive"), reason);
    return;
  }
  const auto have = ladder->second.position(value.grade);
  const auto need = ladder->second.position(*wanted);
  if (!have || !need) return;
  const bool exact = *match == "exact";
  reason.verdict = verdict_if(exact ? *have == *need : *have >= *need);
  const LocalText name = evaluation.grade_name(value.ladder, value.grade);
  const LocalText target = evaluation.grade_name(value.ladder, *wanted);
  reason.found = say("Xếp loại năm " + std::to_string(question.year) + ": " + name.in("vi") + "; cần " +
                         (exact ? "đúng " : "từ ") + target.in("vi") + (exact ? "." : " trở lên."),
                     "Grade for " + std::to_string(question.year) + ": " + name.in("en") + "; needed: " +
                         (exact ? "exactly " : "at least ") + target.in("en") + ".");
}

void judge_number_at_least(const Evaluation& evaluation, const Condition& condition, const Question& question,
                           Reason& reason) {
  const auto wanted = evaluation.parameter(condition, "at_least", "", reason);
  const Fact* fact = evaluation.find(condition, condition.fact, *question.carrier, question.year, "", reason);
  if (fact == nullptr || !wanted) return;
  const double value = std::get<NumberValue>(fact->value).value;
  const double threshold = number_from(*wanted).value_or(0);
  reason.verdict = verdict_if(value >= threshold);
  reason.found = say_with("Giá trị {}; cần từ {}.", "Value {}; needed: at least {}.", Decimal{json_number(value)}, Decimal{json_number(threshold)});
}

void judge_holds_role(const Evaluation& evaluation, const Condition& condition, const Question& question,
                      Reason& reason) {
  const auto wanted = evaluation.parameter(condition, "role", "", reason);
  if (!wanted) return;
  const Period year = Period::of_year(question.year);
  for (const Fact* role : evaluation.entries(condition, condition.fact, *question.carrier, year)) {
    if (fold_case(std::get<std::string>(role->value)) != fold_case(*wanted)) continue;
    reason.facts.push_back(evaluation.use(*role));
    reason.verdict = Verdict::pass;
    reason.found = say("Giữ vai trò này trong " + role->period.text() + ".", "Held this role in " + role->period.text() + ".");
    return;
  }
  reason.found = say("Chưa ghi nhận vai trò này trong năm.", "This role is not on record in the year.");
  if (evaluation.complete(condition.fact, *question.carrier, year, Evaluation::Entries::laid_down, reason)) reason.verdict = Verdict::fail;
}

}  // namespace khaosat::awards
