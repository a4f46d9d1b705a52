// A questionnaire version as it was published: sections of questions, in order. Immutable once
// read; hold it as std::shared_ptr<const Questionnaire> and share it between threads freely.
// The position of a question (from 0, over all sections) is its key everywhere inside the program.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/local_text.h"
#include "server/survey/absence.h"
#include "server/survey/campaign.h"
#include "server/survey/condition.h"
#include "server/survey/definition_source.h"
#include "server/survey/option.h"

namespace khaosat {

class QuestionType;

struct Part {
  std::string id;
  LocalText title;
};

struct Factor {
  std::string id;
  std::string part;
  LocalText title;
};

struct Constraint {
  Condition condition;  // may name the question itself; looked at only when that is answered
  LocalText message;    // what the person reads when it does not hold
};

struct Question {
  std::string id;
  const QuestionType* type = nullptr;  // never null in a questionnaire that was read
  std::size_t section = 0;             // position of its section
  LocalText text;
  LocalText hint;
  std::string factor;           // empty: of no factor
  std::string scale;            // label "satisfaction_5/1" when the options come from a scale
  std::vector<Option> options;  // its own or those of its scale
  std::vector<Absence> absences;
  bool required = false;
  std::optional<Condition> relevant;
  std::optional<Constraint> constraint;
  std::optional<double> minimum;
  std::optional<double> maximum;
  int decimals = 0;     // digits after the decimal comma
  int max_letters = 0;  // as a person counts them; set for every text question and other_text
  int max_choices = 0;  // 0: as many as there are options
  std::string topic;    // empty, or asked only where the campaign states a need

  std::optional<OptionPosition> option_position(std::string_view option_id) const;
  bool offers(Absence absence) const;
  // The option with a field for own words; null when there is none.
  const Option* other_option() const;
};

// Two things that one person can hardly both mean. Looked at where every question it names has an answer.
struct Contradiction {
  std::string id;
  Condition first;
  Condition second;
  LocalText reason;    // why the two cannot both be meant, for whoever reads the quality of forms
  bool alone = false;  // one such pair is enough to flag a form; otherwise it takes two
};

struct Section {
  std::string id;
  LocalText title;
  LocalText introduction;
  std::optional<Condition> relevant;
  std::size_t first_question = 0;
  std::size_t question_count = 0;
};

struct Questionnaire {
  DefinitionIdentity identity;
  LocalText title;
  Audience audience = Audience::citizen;
  DefinitionSource source;
  std::vector<std::string> languages;  // the first is the original
  std::vector<std::string> reviewed;   // languages a person has read over; never show others as final
  std::vector<LocalText> introduction;
  std::vector<LocalText> consent;
  std::vector<Part> parts;
  std::vector<Factor> factors;
  std::vector<Section> sections;
  std::vector<Question> questions;
  // For looking at how forms were filled in; no answer is refused or dropped for them.
  std::vector<Contradiction> contradictions;
  // The scales its options were taken from; pin these together with the questionnaire.
  std::vector<DefinitionIdentity> scales;

  std::optional<std::size_t> position_of(std::string_view question_id) const;
  const Question* question(std::string_view question_id) const;  // null when there is none
  const Factor* factor(std::string_view factor_id) const;
  const Part* part(std::string_view part_id) const;
};

}  // namespace khaosat
