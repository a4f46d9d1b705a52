// What may leave of a look at how forms were filled in: counts by place, never who. Made by
// publish_quality() only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/disclosure/disclosure_rules.h"
#include "analysis/quality/quality.h"

namespace khaosat::disclosure {

// Between these; equal: exactly so many. Small counts and their complements are told as a range, because a
// count of flags beside a known group of people would point at some of them.
struct CountRange {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

struct PublishedPlace {
  std::string id;
  bool shown = false;  // enough respondents to say anything
  CountRange respondents;
  CountRange flagged;
  std::array<CountRange, quality::kFlags> by_flag{};
  CountRange one_answer_throughout;
  // Of groups that are not too small (`alone_below`):
  std::optional<int> missing_percent;
  std::optional<int> top_percent;       // of answers with a direction: the best option; to 5 points below 100 people
  std::optional<double> spread_ratio;   // spread of items here over elsewhere, two decimals
  std::optional<int> group_percent;     // variance between interviewers or villages
  std::optional<double> group_p;        // three decimals
  std::optional<int> median_seconds;    // to 10
};

struct PublishedQuality {
  std::size_t items = 0;
  bool with_times = false;
  bool with_contradictions = false;
  bool with_directions = false;
  std::string calibration;  // places, groups, permutation, none
  bool in_blocks = false;
  int threshold_percent = 0;  // of agreement above what is usual
  std::vector<PublishedPlace> places;
  CountRange flagged;  // sums of what the places tell
  std::array<CountRange, quality::kFlags> by_flag{};
  std::optional<int> place_percent;  // variance between places
  std::optional<int> group_percent;  // between groups within places
  std::optional<double> group_p;
  DisclosureRules rules;
};

// `sheet` is what `report` was made of.
PublishedQuality publish_quality(const quality::AnswerSheet& sheet, const quality::QualityReport& report, const DisclosureRules& rules);

// Stable JSON, schema khaosat/quality/1.
std::string to_json(const PublishedQuality& quality);

}  // namespace khaosat::disclosure
