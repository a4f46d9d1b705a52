// The closed answers of a campaign as codes, for looking at how they were given rather than at what they
// say. Internal like an IndexRun: of what is found here only counts leave, by analysis/disclosure.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace khaosat::quality {

inline constexpr std::uint8_t kNoAnswer = 255;

// Which end of an item's options is the good one.
enum class Direction : std::uint8_t {
  none,  // options have no order
  up,    // the last one
  down   // the first one: an item asked the other way round
};

struct Item {
  std::string id;
  std::uint8_t options = 0;  // codes 0 … options - 1, in the order people saw; 2 to 200
  Direction direction = Direction::none;
  bool always_asked = true;  // false: skipped by rule for some, so no answer says nothing of care
};

// Two answers that one person cannot honestly give together.
struct ContradictionPair {
  std::size_t first_item = 0;  // in AnswerSheet::items
  std::vector<std::uint8_t> first_codes;
  std::size_t second_item = 0;
  std::vector<std::uint8_t> second_codes;
};

// A pair of conditions that a questionnaire declares; whoever reads the answers says how each respondent fares.
struct DeclaredPair {
  std::string id;
  bool alone = false;  // enough by itself to flag a form
};
enum class PairState : std::uint8_t {
  unanswered,  // not every question it names was answered
  consistent,
  contradictory
};

inline constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

// Rows may stand in any order: nothing that is computed depends on it.
struct AnswerSheet {
  std::vector<Item> items;
  std::vector<std::string> places;  // offices, communes: where alike answers would mean something
  std::vector<std::string> groups;  // interviewers or villages within a place; distinct over all places
  std::vector<ContradictionPair> contradictions;
  std::vector<DeclaredPair> pairs;
  std::vector<std::string> interviewers;

  std::vector<std::uint32_t> place;  // of each respondent
  std::vector<std::uint32_t> group;
  std::vector<std::uint8_t> codes;   // respondents × items, row by row
  std::vector<PairState> pair_states;  // respondents × pairs; empty without pairs
  // Who went to the respondent's group (a whole village has one interviewer); kNobody: not known, or several.
  // Empty: no interviewers.
  std::vector<std::uint32_t> interviewer;
  std::vector<double> seconds;       // how long it took; empty: not known; NaN: not known of this one

  std::size_t size() const { return place.size(); }
  const std::uint8_t* row(std::size_t respondent) const { return codes.data() + respondent * items.size(); }
};

// The value of a code on the item's scale, 0 worst to 1 best; only with a direction.
inline double keyed(const Item& item, std::uint8_t code) {
  const double up = static_cast<double>(code) / static_cast<double>(item.options - 1);
  return item.direction == Direction::down ? 1 - up : up;
}

}  // namespace khaosat::quality
