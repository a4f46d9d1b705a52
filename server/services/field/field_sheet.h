// An interviewer's sheet: which drawn people a device looks for, what became of every attempt, and, as bare
// counts, in which languages was talked and who helped. Nothing here has a time, an order or the id of an
// answer. Pure; plain data.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "base/result.h"

namespace khaosat {

// done: an answer was taken. refused, gone (moved away, died), replaced (given up after
// kAttemptsBeforeReplacing visits): the next rank takes the place. not_reached: somebody comes again.
enum class FieldOutcome { done, refused, not_reached, gone, replaced };
std::string_view name_of(FieldOutcome outcome);
std::optional<FieldOutcome> field_outcome_named(std::string_view name);

inline constexpr int kAttemptsBeforeReplacing = 3;
inline constexpr std::size_t kMostAttempts = 12;
// Languages people may have talked in, and who helped: ids of sentences "field.language.*", "field.helper.*".
extern const std::vector<std::string> kFieldLanguages;
extern const std::vector<std::string> kFieldHelpers;

struct FieldPerson {
  std::string psu;
  std::string person;     // drawn id: never a name, never an identity number
  int rank = 0;           // from 1 within the primary sampling unit
  bool drawn = false;     // otherwise a reserve, in order
  std::string direction;  // how to find the household; may be empty
  std::vector<FieldOutcome> attempts;
  std::size_t inherited = 0;  // so many of them were made with an earlier device

  bool has(FieldOutcome outcome) const { return !attempts.empty() && attempts.back() == outcome; }
  // Nobody comes again.
  bool is_closed() const { return !attempts.empty() && attempts.back() != FieldOutcome::not_reached; }
};

using FieldCounts = std::map<std::string, int, std::less<>>;

struct FieldSheet {
  std::vector<FieldPerson> people;  // by psu as drawn, then by rank
  FieldCounts languages;
  FieldCounts helpers;
};

// What a device says it has done: as much as it knows, each time everything.
struct FieldReport {
  std::map<std::string, std::vector<FieldOutcome>, std::less<>> attempts;  // by drawn id
  FieldCounts languages;
  FieldCounts helpers;
};

// Whose turn it is in each primary sampling unit: those drawn, and one reserve more for every one of them
// (and of these reserves) that is closed without an answer.
bool is_due(const FieldSheet& sheet, const FieldPerson& person);

// Takes over what is new; the same again changes nothing, and an older state takes nothing away.
// assignment_not_yours: a person who is not on the sheet, or whose rank is not due. assignment_settled:
// it contradicts what was said before. out_of_range: more talks than answers, too many attempts,
// replaced before its time. Nothing is changed on an error.
Result<void> take_over(FieldSheet& sheet, const FieldReport& report);

// One more attempt, for pages without a script; `language` and `helper` where the outcome is done.
Result<void> add_attempt(FieldSheet& sheet, std::string_view person, FieldOutcome outcome, std::string_view language,
                         std::string_view helper);

// How a device fares, inherited attempts left out.
struct FieldTally {
  int drawn = 0;      // people to look for before any replacing
  int open = 0;       // due and not closed
  int attempts = 0;
  int done = 0;
  int refused = 0;
  int not_reached = 0;  // visits
  int gone = 0;
  int replaced = 0;
  int reserves = 0;   // reserves that became due
  FieldCounts languages;
  FieldCounts helpers;
};
FieldTally tally_of(const FieldSheet& sheet);

// The whole sheet, and the tally of one.
std::string to_json(const FieldSheet& sheet);
Result<FieldSheet> read_field_sheet(std::string_view json);
std::string to_json(const FieldTally& tally);
Result<FieldTally> read_field_tally(std::string_view json);
// {"people":{"ns-017":["not_reached","done"]},"languages":{"vi":1},"helpers":{"none":1}} as devices send it.
// bad_json, wrong_type, unknown_option.
Result<FieldReport> read_field_report(std::string_view json);

// CSV as `khaosat campaign draw` writes it (psu, person, rank, drawn), with an optional column `direction`.
// Rows of other places than `psus` are left out. Faults: bad_csv, missing_field; not_allowed for an id that
// looks like a name, an identity number or a telephone; out_of_range when a rank is missing or stands twice,
// or reserves stand before drawn: nobody is picked out of a draw.
struct FieldDraw {
  std::vector<FieldPerson> people;
  Faults faults;
};
FieldDraw read_field_draw(std::string_view csv, const std::vector<std::string>& psus);

}  // namespace khaosat
