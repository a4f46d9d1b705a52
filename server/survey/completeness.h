// How much of a questionnaire is written in a language. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/survey/questionnaire.h"

namespace khaosat {

// How much of it is spoken by recordings.
struct Spoken {
  int questions = 0;
  int questions_recorded = 0;
  int options = 0;  // of every question, ways of not answering included
  int options_recorded = 0;
  std::size_t bytes = 0;
  std::string reviewed_by;  // who listened to them; empty: nobody has, or there are none
};

struct Completeness {
  std::string language;
  bool is_reviewed = false;          // a person has read it over
  int texts = 0;                     // all texts a person reads
  bool is_offered = false;           // to respondents
  Spoken spoken;                     // filled in by whoever has the recordings
  std::vector<std::string> missing;  // JSON pointers into the file; a scale's texts by the scale's name
};

Completeness completeness_of(const Questionnaire& questionnaire, std::string_view language);

// The languages a respondent may read it in, the original first: all that a person has read over. The
// original alone while nothing was read over, since a campaign has to be shown in some language.
std::vector<std::string> offered_languages(const Questionnaire& questionnaire);

struct QuestionnaireLanguages {
  DefinitionIdentity questionnaire;
  std::vector<Completeness> languages;  // as the questionnaire lists them
};

QuestionnaireLanguages languages_report(const Questionnaire& questionnaire);

// For people: a line per language, then the place of every text that is missing.
std::string report_text(const QuestionnaireLanguages& report);
// {"questionnaire":"id/version","languages":[{"language","texts","written","reviewed","offered","sound":{"questions",
// "questions_recorded","options","options_recorded","bytes","reviewed"},"missing":[…]}]}
std::string report_json(const QuestionnaireLanguages& report);

}  // namespace khaosat
