// What changed between two versions of a questionnaire, and whether a series of results may go on
// over the change. Questions are matched by id. Pure; thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/survey/questionnaire.h"

namespace khaosat {

// same: nothing a respondent meets has changed. with_note: the series may go on, and every figure says
// what changed (wording, who is asked, choices of no answer, order, limits). broken: another measure
// (type, options, scale or scores). added, removed: no series across the two versions.
enum class Comparability { same, with_note, broken, added, removed };

struct QuestionDiff {
  std::string question;
  Comparability comparability = Comparability::same;
  std::vector<std::string> changes;  // a sentence each, in English
};

struct QuestionnaireDiff {
  DefinitionIdentity before;
  DefinitionIdentity after;
  std::vector<std::string> changes;  // of the questionnaire itself: title, consent, languages, …
  std::vector<QuestionDiff> questions;  // in the order of `after`; removed ones at the end
};

QuestionnaireDiff diff(const Questionnaire& before, const Questionnaire& after);

// "same", "with_note", "broken", "added", "removed"
std::string_view name_of(Comparability comparability);

// For people: what changed, then how many questions stay comparable.
std::string report_text(const QuestionnaireDiff& diff);
// {"before":{"id","version","hash"},"after":{…},"changes":[…],"questions":[{"id","comparability","changes":[…]}]}
std::string report_json(const QuestionnaireDiff& diff);

}  // namespace khaosat
