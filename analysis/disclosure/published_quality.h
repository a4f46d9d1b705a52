// What may leave of a look at how forms were filled in: counts by place, never who. Made by
// publish_quality() only.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/disclosure/disclosure_rules.h"
#include "analysis/quality/agreement.h"
#include "analysis/quality/quality.h"
#include "analysis/quality/response_indicator.h"

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

// A share in per cent with its 95 % interval, all to the same step.
struct PublishedPercent {
  int percent = 0;
  int lower = 0;
  int upper = 100;
};

struct PublishedPair {
  std::string id;
  std::uint64_t answered = 0;  // rounded down to 5
  // Contradictory of those, to 5 points, never below 5 or above 95: "5" means "5 % at most".
  std::optional<int> percent;
};

struct PublishedBackCheck {
  std::uint64_t people = 0;  // rounded down to 5
  PublishedPercent agreed;
  std::optional<double> kappa;  // one decimal
  std::optional<double> kappa_lower;
  std::optional<double> kappa_upper;
  std::optional<PublishedPercent> confirmed;
};

// What became of the visits of one interviewer; counts rounded down to 5.
struct PublishedInterviewer {
  std::string label;
  std::uint64_t interviewed = 0;
  std::optional<PublishedPercent> refused;  // of those who were met
};

struct PublishedResponse {
  int rate_percent = 0;
  double r = 1;           // two decimals
  double adjusted_r = 1;
};

struct PublishedQuality {
  std::size_t items = 0;
  bool with_times = false;
  bool with_contradictions = false;
  bool with_directions = false;
  bool few_items = false;
  std::string calibration;  // places, groups, permutation, none
  bool in_blocks = false;
  int threshold_percent = 0;  // of agreement above what is usual
  std::vector<PublishedPlace> places;
  CountRange flagged;  // sums of what the places tell
  std::array<CountRange, quality::kFlags> by_flag{};
  std::optional<int> place_percent;  // variance between places
  std::optional<int> group_percent;  // between groups within places
  std::optional<double> group_p;
  std::optional<PublishedPercent> place_share;  // the same with intervals
  std::optional<PublishedPercent> group_share;
  std::optional<double> place_p;
  // Interviewers within units, of answers; nothing with fewer than three interviewers.
  std::optional<PublishedPercent> interviewer_share;
  std::optional<double> interviewer_p;  // against villages of one interviewer; absent: not to be told apart from villages
  std::vector<PublishedPair> pairs;
  std::optional<double> refusal_p;  // all interviewers are refused alike
  std::vector<PublishedInterviewer> interviewers;
  std::optional<PublishedBackCheck> back_check;
  std::optional<PublishedResponse> response;
  DisclosureRules rules;
};

struct InterviewerVisits {
  std::string label;
  std::uint64_t interviewed = 0;
  std::uint64_t refused = 0;
};

// `sheet` is what `report` was made of.
PublishedQuality publish_quality(const quality::AnswerSheet& sheet, const quality::QualityReport& report, const DisclosureRules& rules);

// Adds what does not come from answers. Each leaves it out where too few people stand behind it.
void publish_visits(PublishedQuality& quality, const std::vector<InterviewerVisits>& visits);
void publish_back_check(PublishedQuality& quality, const quality::BackCheck& check);
void publish_response(PublishedQuality& quality, const quality::ResponseIndicator& indicator, std::uint64_t invited, std::uint64_t answered);

// Stable JSON, schema khaosat/quality/1.
std::string to_json(const PublishedQuality& quality);

}  // namespace khaosat::disclosure
