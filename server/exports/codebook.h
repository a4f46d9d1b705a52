// The variables of a microdata file: names that every program takes, labels, values, and kinds of no
// answer. Made from a questionnaire; every writer of a format takes this type. Plain data; pure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/local_text.h"
#include "server/survey/answers.h"
#include "server/survey/campaign.h"
#include "server/survey/question_type.h"
#include "server/survey/questionnaire.h"

namespace khaosat::exports {

// Why a cell has no value. `withheld`: known, but kept back to protect the person. `invalid`: marks
// on paper that contradict each other.
enum class NoValue : std::uint8_t { dont_know, declined, no_experience, not_asked, blank, withheld, invalid };
inline constexpr std::array kNoValues = {NoValue::dont_know, NoValue::declined, NoValue::no_experience, NoValue::not_asked,
                                         NoValue::blank,     NoValue::withheld, NoValue::invalid};
// "dont_know" …; the words of files, with "~" in front in CSV and JSON.
std::string_view name_of(NoValue kind);
// 'a' … 'g': extended missing values of Stata.
char letter_of(NoValue kind);
NoValue no_value_for(Absence absence);

struct Cell {
  double value = 0;
  std::optional<NoValue> none;

  static Cell of(double value) { return {value, std::nullopt}; }
  static Cell without(NoValue kind) { return {0, kind}; }
  bool operator==(const Cell&) const = default;
};

struct CodedValue {
  double value = 0;
  std::string id;  // of the option; empty for flags
  LocalText label;
};

enum class VariableRole { design, trait, answer };

struct Variable {
  // [A-Za-z][A-Za-z0-9_]*, at most 32 bytes, unique whatever the case, and no word that SPSS, Stata or
  // R keep for themselves.
  std::string name;
  LocalText label;
  VariableRole role = VariableRole::answer;
  std::size_t question = 0;   // position in the questionnaire; of no meaning for the design
  std::string question_id;    // empty for the design
  bool is_code = false;       // whole numbers that stand for something
  int decimals = 0;
  std::vector<CodedValue> values;
  bool may_lack = false;      // cells may hold a NoValue
  // The code of kNoValues[0]; the others follow downwards. -91 unless the question's numbers go there.
  double first_missing_code = -91;
  double missing_code(NoValue kind) const { return first_missing_code - static_cast<double>(kind); }
};

// Columns that every file begins with, in this order.
enum DesignColumn : std::size_t { kUnit, kStratum, kCluster, kWeight, kFpc, kDesignColumns };

struct Codebook {
  LocalText title;       // of the campaign
  std::string office;
  LocalText questionnaire_title;
  DefinitionIdentity questionnaire;
  std::string first_day;
  std::string last_day;
  bool drawn = false;    // a probability sample: weights, clusters and strata mean something
  bool demo = false;     // made-up data
  std::string program;
  std::vector<LocalText> notes;      // what a user of the file must know
  std::vector<Variable> variables;   // the design first
  std::vector<std::string> left_out; // ids of questions that are not in the file: texts, traits

  std::optional<std::size_t> find(std::string_view variable) const;
};

// Questions that tell who a person is rather than what they think: of no factor, without a scale, with
// one answer others may know (an option, a number, a date). What decides whom other questions are put to
// is not among them: it can be read off who was asked.
bool is_trait(const Questionnaire& questionnaire, std::size_t question);

// Texts have no variable, ever; of the traits only `traits` (positions) have. `rated_units`: columns of
// rater matrices.
Codebook make_codebook(const Campaign& campaign, const Questionnaire& questionnaire,
                       const std::vector<std::size_t>& traits, const RatedUnits& rated_units);

// The cells of one question, as many as it has variables in the book.
std::vector<Cell> cells_of(const Question& question, const Answer& answer, const RatedUnits& rated_units);

}  // namespace khaosat::exports
