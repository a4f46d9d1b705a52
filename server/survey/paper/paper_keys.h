// How a form filled in on paper is keyed: the code printed beside every option is the key that is
// pressed. Six options or fewer take one digit, and 7, 8, 9 then mean no experience, don't know,
// declined; longer lists take two digits (01 …, 97, 98, 99). Typed answers are typed, and "/7", "/8",
// "/9" stand for the absences. "*" records marks that contradict one another; nothing, or 0 for a
// choice, that the question was left empty. Pure; thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/survey/question_type.h"

namespace khaosat {

// One box to key in, in the order of the paper.
struct PaperField {
  std::string name;   // "item_01", "units.xa_a", "channel.other"
  std::string unit;   // for a rater's units, otherwise empty
  bool other = false; // own words beside an option
  int digits = 0;     // complete after so many digits; 0: ends with Enter
};

std::string option_key(const Question& question, OptionPosition position);
std::string absence_key(const Question& question, Absence absence);

// None for a block of text.
std::vector<PaperField> paper_fields(const Question& question, const RatedUnits& units);

// Errors: those of QuestionType::parse, their `where` a name of paper_fields(); unknown_option for a
// code that is not printed. Contradictory marks are an error too: whoever keys decides for "*".
Result<Answer> read_keys(const Question& question, const RatedUnits& units, const FieldReader& keyed);

// Keys that read_keys() turns into the same answer, one for each of paper_fields(); empty ones too.
std::vector<FormField> to_keys(const Question& question, const RatedUnits& units, const Answer& answer);

}  // namespace khaosat
