// One evaluation under way: looks facts and readings up for the words of THE LIST, and notes what
// was used and what was missing. Internal to awards; every method is const.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/evaluate.h"
#include "analysis/awards/predicates.h"

namespace khaosat::awards {

class Evaluation {
 public:
  // `facts` holds only what was known on the day of the decision.
  Evaluation(const RuleSet& rules, const FactBook& facts, const Readings& readings,
             const EvaluationContext& context, const Award* award = nullptr)
      : rules_(rules), facts_(facts), readings_(readings), context_(context), award_(award) {}

  const RuleSet& rules() const { return rules_; }
  const FactBook& facts() const { return facts_; }
  const EvaluationContext& context() const { return context_; }

  // The tree of conditions for one subject.
  Reason judge(const Condition& condition, const Subject& subject) const;

  // The value of a reading, chosen or by default; empty when nobody has decided.
  std::string reading(std::string_view name) const;
  // A parameter's value. `fallback` when it is not given. Nothing when it hangs on a reading nobody
  // has decided: that reading is then noted as missing.
  std::optional<std::string> parameter(const Condition& condition, std::string_view name,
                                       std::string_view fallback, Reason& reason) const;
  std::optional<std::string> parameter(const Parameter& parameter, std::string_view fallback,
                                       Reason& reason) const;

  // The newest fact of a name about the carrier in a year that the condition accepts; nothing, with
  // an explanation and what is missing noted in the reason, when there is none.
  const Fact* find(const Condition& condition, std::string_view fact, const Subject& carrier, int year,
                   std::string_view criterion, Reason& reason) const;
  // The same without a word about failure.
  const Fact* peek(const Condition& condition, std::string_view fact, const Subject& carrier, int year,
                   std::string_view criterion) const;
  // Entries of a register about the carrier that touch the period and are known in time.
  std::vector<const Fact*> entries(const Condition& condition, std::string_view fact,
                                   const Subject& carrier, const Period& period) const;
  // Whether the register is declared complete; notes the declaration as used or as missing. What
  // happens day by day (complaints, tasks) can be complete only after the period, what is laid down
  // beforehand (assignments, roles, scores) earlier.
  enum class Entries { day_by_day, laid_down };
  bool complete(std::string_view fact, const Subject& carrier, const Period& period, Entries kind,
                Reason& reason) const;

  // The day after which facts come too late for this condition.
  std::string known_by(const Condition& condition) const;
  const Subject* carrier_of(std::string_view of, const Subject& subject) const;

  FactUse use(const Fact& fact) const;
  LocalText title_of(std::string_view fact) const;
  LocalText supplier_of(std::string_view fact) const;
  // A grade's name in both languages.
  LocalText grade_name(const std::string& ladder, const std::string& grade) const;
  void miss(std::string_view fact, const Subject& carrier, const std::string& period, LocalText what,
            Reason& reason) const;

 private:
  Reason judge_leaf(const Condition& condition, const Subject& subject) const;
  void judge_units_through_time(const PredicateSpec& predicate, const Condition& condition,
                                Question question, Reason& reason) const;
  std::optional<int> year_of(const Condition& condition, const Subject& carrier, Reason& reason) const;
  const Fact* select(const Condition& condition, std::string_view fact, const Subject& carrier, int year,
                     std::string_view criterion, Reason* reason) const;

  const RuleSet& rules_;
  const FactBook& facts_;
  const Readings& readings_;
  const EvaluationContext& context_;
  const Award* award_;  // whose tree is judged: its known_by holds for every condition
};

}  // namespace khaosat::awards
