// What a newer version of a questionnaire may change while a campaign runs. An id never changes what it
// stands for: answers given to different versions stand in one column. docs/versions.md says why each
// rule is there. Pure; thread safe.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/survey/questionnaire.h"

namespace khaosat {

// Each has a stable name, name_of(), and a sentence "staff.version.<name>" in web/locales/.
enum class VersionPoint {
  // What may be changed:
  question_new,
  question_retired,
  option_new,       // at the end of the question's own list of which one is chosen, and no index reads it
  wording,          // question, hint, options, message: somebody must state that the meaning stays
  front_wording,    // title, introduction, consent: likewise
  condition_mended, // what an answer must satisfy; how many letters; whether it is required
  language_new,
  // What is refused:
  audience_not_citizens,
  other_questionnaire,
  not_newer,
  too_many_versions,
  other_audience,
  language_gone,
  type_changed,
  scale_changed,    // another scale, its options, scores, or bands
  option_gone,
  option_in_between,
  option_of_index,  // a new option, but an index counts the question
  option_behaves,   // excludes others, opens a field for own words
  absences_changed,
  asked_of_others,  // section's or own condition
  limits_changed,   // minimum, maximum, decimals, number of choices
  topic_changed,
  factor_changed,
  order_changed,
  unequal_effort,   // a mark opens more questions than before
  wording_unstated
};
std::string_view name_of(VersionPoint point);
bool is_refusal(VersionPoint point);

struct VersionFinding {
  VersionPoint point = VersionPoint::question_new;
  std::string question;  // id; empty: the whole questionnaire
  std::string detail;    // an option's id, a language tag, a number; in no language
  // The words before and after, where words changed.
  LocalText was;
  LocalText is;
};

struct VersionCheck {
  std::vector<VersionFinding> findings;  // in the order of the new version, retired questions last

  bool may_be_published() const;
  std::vector<VersionFinding> refusals() const;
};

inline constexpr std::size_t kMostVersions = 5;

struct VersionAsked {
  // What whoever publishes it states: the meaning of these questions stays, though their words changed.
  // "~front" stands for title, introduction and consent.
  std::set<std::string> same_meaning;
  // Questions that any index model counts.
  std::set<std::string> counted;
};
inline constexpr std::string_view kFrontWords = "~front";

// `published`: the campaign's versions so far, oldest first, at least one. A question that was retired
// and comes back is held against the version that had it last.
VersionCheck check_version(const std::vector<std::shared_ptr<const Questionnaire>>& published, const Questionnaire& next,
                           const VersionAsked& asked);

// A sentence in English for the command line and the journal.
std::string in_words(const VersionFinding& finding);

}  // namespace khaosat
