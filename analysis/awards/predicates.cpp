#include "analysis/awards/predicates.h"

#include "analysis/awards/predicate_functions.h"

namespace khaosat::awards {

const std::vector<ParameterSpec>& common_parameters() {
  using enum ParameterKind;
  static const std::vector<ParameterSpec> parameters{
      // Whose facts count. own_body: the collective a person belongs to; commune, department and
      // unit: the unit above; province: the topmost unit above.
      {"of", word, {"self", "own_body", "commune", "department", "unit", "province"}},
      {"year", word, {"same_year", "lagged", "latest_published"}},
      {"publisher", text, {}},
      {"known_by", date, {}},
      // What to do about a unit that did not exist in the year asked about.
      {"merge", word, {"not_applicable", "worst", "weighted", "by_person"}},
  };
  return parameters;
}

// THE LIST.
const std::vector<PredicateSpec>& predicates() {
  using enum ParameterKind;
  static const std::vector<PredicateSpec> list{
      {"is_true", {FactType::truth}, {}, "self", judge_is_true},
      {"grade_at_least",
       {FactType::grade},
       {{"grade", grade, {}, true}, {"match", word, {"at_least", "exact"}}},
       "self", judge_grade_at_least},
      {"number_at_least", {FactType::number}, {{"at_least", number, {}, true}}, "self", judge_number_at_least},
      {"none_recorded",
       {FactType::event},
       {{"count", word, {"any", "substantiated"}}, {"severity", word, {"minor", "serious"}},
        {"achievement", text},
        {"from", date},
        {"to", date}},
       "self", judge_none_recorded},
      {"any_recorded",
       {FactType::event},
       {{"spread", word, {"body", "unit", "beyond"}}, {"from", date}, {"to", date}},
       "self", judge_any_recorded},
      {"all_done",
       {FactType::event},
       {{"quality", word, {"good", "acceptable"}}, {"from", date}, {"to", date}},
       "self", judge_all_done},
      {"within_period", {FactType::event}, {{"from", date}, {"to", date}}, "self", judge_within_period},
      {"rank_within",
       {FactType::rank},
       {{"max", number, {}, true},
        {"population", text},
        {"tie_rule", word, {"include", "exclude"}},
        {"scores", fact}},
       "unit", judge_rank_within},
      {"improved_on",
       {FactType::number},
       {{"assigned", fact, {}, true},
        {"measure", word, {"score", "rank"}},
        {"ranks", fact},
        {"tolerance", number},
        {"rounding", word, {"stored", "0", "1", "2", "3"}},
        {"breaks", fact},
        {"break_policy", word, {"refuse", "flag"}},
        {"change_test", fact}},
       "province", judge_improved_on},
      {"not_responsible_for",
       {FactType::number},
       {{"responsible", fact, {}, true}, {"low", number, {}, true}},
       "unit", judge_not_responsible_for},
      {"holds_role", {FactType::text}, {{"role", text, {}, true}}, "self", judge_holds_role},
  };
  return list;
}

const PredicateSpec* predicate_named(std::string_view name) {
  for (const auto& predicate : predicates()) {
    if (predicate.name == name) return &predicate;
  }
  return nullptr;
}

}  // namespace khaosat::awards
