// What a type of question knows: how it is written in a form, checked, stored, scored and exported.
// Types have no state; every call is safe from any thread. To add one: a file in question_types/,
// a line in question_types.cpp, a template in web/templates/questions/ and a case in the contract
// test, which names whatever is missing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/survey/answers.h"
#include "server/survey/form_fields.h"
#include "server/survey/packed.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

// Keys of the questionnaire file that have a meaning for a type. Others are a fault of the file.
struct QuestionKeys {
  bool options = false;      // a list of its own
  bool scale = false;        // a list from a scale; with both true exactly one must be given
  bool exclusive = false;    // options may exclude the others
  bool other_text = false;   // an option may open a field for own words
  bool bounds = false;       // minimum, maximum
  bool decimals = false;
  bool max_letters = false;
  bool max_choices = false;
  bool answer = true;        // absences, required, constraint, factor
};

// What a complete answer is made of; decides what a condition may ask of the question.
enum class AnswerKind { none, one_option, options, number, text, ranking, ratings };

// The units a rater is asked about; empty for everybody else.
using RatedUnits = std::vector<std::string>;

class QuestionType {
 public:
  virtual ~QuestionType() = default;

  // The word in questionnaire files; also the name of the template.
  virtual std::string_view name() const = 0;
  virtual QuestionKeys keys() const = 0;
  // For own words when the file says nothing; 0 where the type knows none.
  virtual int default_max_letters() const { return 0; }
  // The widest bounds a file may set, and those used when it sets none.
  virtual std::pair<double, double> widest_bounds() const { return {-1e12, 1e12}; }
  // none: a block of text to read; it is never asked and never holds a value.
  virtual AnswerKind answer_kind() const = 0;
  // False while something is left empty; a required question asks for a complete answer.
  virtual bool is_complete(const Answer& answer) const { return answer != Answer(Absence::blank); }

  // Names of every field the question may send.
  virtual std::vector<std::string> field_names(const Question& question, const RatedUnits& units) const = 0;
  // The answer in the fields: a value, an absence the question offers, or Absence::blank when
  // nothing was sent. Does not look at `required`. Errors: not_utf8, duplicate_key, wrong_type,
  // unknown_option, exclusive_option, too_many_choices, out_of_range, too_long, ranks_invalid.
  virtual Result<Answer> parse(const Question& question, const FieldReader& fields,
                               const RatedUnits& units) const = 0;
  // Fields that parse() reads back as the same answer; none for not_asked and blank.
  virtual std::vector<FormField> to_fields(const Question& question, const Answer& answer) const = 0;

  // Codes at the front of the packed form; depends on nothing but the question.
  virtual std::size_t slot_count(const Question& question) const = 0;
  virtual void pack(const Question& question, const Answer& answer, Packer& out) const = 0;
  // Refuses with answers_invalid what pack() cannot have written.
  virtual Result<Answer> unpack(const Question& question, Unpacker& in) const = 0;

  // The number an index may use: an option's score, a typed number. Nothing when absent.
  virtual std::optional<double> score(const Question& question, const Answer& answer) const = 0;

  // Names of the export columns, stable for a questionnaire version and the units rated.
  virtual std::vector<std::string> columns(const Question& question, const RatedUnits& units) const = 0;
  // One text per column: option id, number, own words, or "~" and the kind of absence.
  virtual std::vector<std::string> cells(const Question& question, const Answer& answer,
                                         const RatedUnits& units) const = 0;
};

// "~dont_know": absences in form values and exports.
std::string absence_code(Absence absence);

}  // namespace khaosat
