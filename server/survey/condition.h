// The small expression form of questionnaires: when a question applies, and what an answer must
// satisfy. docs/expressions.md is its definition; the browser's module obeys the same text and the
// same cases (tests/fixtures/conditions.json). Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/survey/absence.h"
#include "server/survey/option.h"

namespace khaosat {

struct Questionnaire;
class Answers;

enum class Comparison { less, at_most, equal, at_least, more, different };

// A number, or nothing where an answer it needs is absent.
struct Operand {
  enum class Kind { number, value, score, count, sum, difference, product };
  Kind kind = Kind::number;
  double number = 0;
  std::size_t question = 0;  // position; for value, score, count
  std::vector<Operand> parts;  // for sum, difference (exactly two), product
};

struct Condition {
  enum class Kind { one_of, answered, absence, compare, all, any, negation };
  Kind kind = Kind::all;
  std::size_t question = 0;             // position; for one_of, answered, absence
  std::vector<OptionPosition> options;  // one_of: not empty
  bool answered = true;                 // answered
  std::vector<Absence> absences;        // absence: not empty
  Comparison comparison = Comparison::equal;
  std::vector<Operand> operands;        // compare: exactly two
  std::vector<Condition> parts;         // all, any: not empty; negation: exactly one
};

bool holds(const Condition& condition, const Questionnaire& questionnaire, const Answers& answers);
std::optional<double> value_of(const Operand& operand, const Questionnaire& questionnaire,
                               const Answers& answers);

// Positions of the questions it names; one may stand there twice.
std::vector<std::size_t> questions_named(const Condition& condition);

// The condition as JSON text, keys in a fixed order: for the browser and for comparing versions.
std::string to_json(const Condition& condition, const Questionnaire& questionnaire);

// "<", "<=", "=", ">=", ">", "!="
std::string_view name_of(Comparison comparison);
std::optional<Comparison> comparison_named(std::string_view name);

}  // namespace khaosat
