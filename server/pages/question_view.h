// A question as HTML, by the template of its type, filled with what was typed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/pages/design.h"
#include "server/survey/campaign.h"
#include "server/survey/question_type.h"
#include "server/survey/questionnaire.h"
#include "server/survey/read_answers.h"

namespace khaosat {

struct RecordingSet;

struct QuestionSetting {
  const Design& design;
  const Questionnaire& questionnaire;
  const Campaign& campaign;
  std::string language;
  const RatedUnits& rated_units;
  const FieldReader& typed;  // raw, so that a wrong entry is shown again as it was
  const std::vector<FieldFault>& faults;
  // With the conditions, for the module that shows and hides on the device.
  bool for_script = false;
  bool with_scores = false;  // see conditions_use_numbers
  // If set, a question whose choices stand at an earlier one already only names that one, and the
  // module copies them: two thirds of a form are the same rows again. List of choices → question.
  std::map<std::string, std::string>* rows_seen = nullptr;
  // Put into the page for those without a script; the module finds them by itself.
  const RecordingSet* recordings = nullptr;
};

// Whether a condition compares scores or typed numbers; only then must options carry theirs.
bool conditions_use_numbers(const Questionnaire& questionnaire);

std::string question_html(const QuestionSetting& setting, const Question& question);

// What is wrong with the question, in words; nothing if all is well.
std::optional<std::string> sentence_of_fault(const QuestionSetting& setting, const Question& question);

}  // namespace khaosat
