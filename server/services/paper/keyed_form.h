// What one person keyed from one paper form: raw answers, before relevance and constraints decide.
// Pure; thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/survey/answers.h"
#include "server/survey/questionnaire.h"
#include "server/survey/read_answers.h"

namespace khaosat {

struct KeyedForm {
  std::string slip_code;  // of the slip that came with the form; empty where none is needed
  Answers answers;
};

// A field in which two entries differ.
struct PaperDifference {
  std::string field;  // a name of paper_fields(), or "_slip"
  std::string first;
  std::string second;
};

// Questions on the paper of this campaign, whatever was answered.
AnsweringContext paper_context(const Campaign& campaign);
bool is_on_paper(const Question& question, const AnsweringContext& context);

// How many fields somebody keyed.
int paper_field_count(const Questionnaire& questionnaire, const AnsweringContext& context, bool with_slip);
std::vector<PaperDifference> differences(const Questionnaire& questionnaire, const AnsweringContext& context,
                                         const KeyedForm& first, const KeyedForm& second);

// The answers as a person on a device would have given them: what did not apply is not asked, and an
// answer that contradicts an earlier one is `invalid`, as nobody can be asked again.
Answers settled_answers(const Questionnaire& questionnaire, const AnsweringContext& context, const Answers& keyed);

std::string keyed_to_bytes(const Questionnaire& questionnaire, const KeyedForm& keyed);
// answers_invalid for other bytes.
Result<KeyedForm> keyed_from_bytes(const Questionnaire& questionnaire, std::string_view bytes);

}  // namespace khaosat
