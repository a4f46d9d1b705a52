// Everything that is said about how the forms of a closed campaign were filled in. Respondents are flagged,
// never dropped, and flags are reasons to ask again, never proof: see README.md. Internal: only counts by
// place leave, by analysis/disclosure. Pure; nothing depends on the order of rows.
//
// Cost: linear in answers, and (1 + other_places) · cap comparisons of a few words per respondent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/quality/answer_sheet.h"
#include "analysis/quality/ceiling.h"
#include "analysis/quality/effects.h"
#include "analysis/quality/percent_match.h"
#include "analysis/quality/respondent_indices.h"
#include "base/result.h"

namespace khaosat::quality {

enum class Flag : std::uint8_t {
  near_copy,       // agrees with another form of the place as people do not (percent_match.h)
  ceiling,         // one of many in the place who give the best answers as if by script (ceiling.h)
  straight_line,   // one and the same option nearly throughout, against the direction of items as well
  contradiction,   // a pair that is enough alone, or at least two and half of those answered, cannot both be meant
  fast             // under a third of the usual time, and far from everybody's
};
inline constexpr std::size_t kFlags = 5;
std::string_view name_of(Flag flag);

using FlagSet = std::uint8_t;
constexpr bool has(FlagSet set, Flag flag) { return (set >> static_cast<unsigned>(flag)) & 1U; }

struct PlaceQuality {
  std::uint64_t respondents = 0;
  std::uint64_t flagged = 0;  // by any flag
  std::uint64_t by_flag[kFlags] = {};
  // Long runs that may be honest, because all their items run in one direction; counted, not flagged.
  std::uint64_t one_answer_throughout = 0;
  double missing_share = 0;            // of all answers that could have been given
  std::optional<double> median_run;
  std::optional<double> median_variability;  // keyed
  std::optional<double> median_seconds;
  // Mean over items of the standard deviation of option numbers, here and over everybody else: well below 1
  // where people answer too much alike (or are alike).
  std::optional<double> item_spread;
  std::optional<double> item_spread_elsewhere;
  std::optional<Effect> group_effect;  // of interviewers or villages within the place
  PlaceCeiling ceiling;
};

struct PairCount {
  std::uint64_t answered = 0;
  std::uint64_t contradictory = 0;
};

struct QualityReport {
  std::size_t respondents = 0;
  std::size_t items = 0;
  bool with_times = false;
  bool with_contradictions = false;
  bool with_directions = false;
  // So few questions and options that copies and coached forms do not stand out: no flag then proves nothing.
  bool few_items = false;
  std::vector<FlagSet> flags;         // of each respondent, in the order of the sheet
  std::vector<PlaceQuality> places;   // in the order of AnswerSheet::places
  PercentMatch match;
  std::optional<Effect> place_effect;
  std::optional<Effect> group_effect;  // within places
  std::vector<PairCount> pairs;        // in the order of AnswerSheet::pairs
  // Of interviewers within places, answers of respondents whose interviewer is known. `interviewer_villages` is the
  // same of the groups' means, so that what sets villages apart anyway counts as luck: nothing where nobody went
  // to two groups of a place, because then interviewer and village cannot be told apart.
  std::optional<Effect> interviewer_effect;
  std::optional<Effect> interviewer_villages;
};

// Bits of a whole form, the logarithms of its options added up, below which `few_items`: of planted files those with 20 bits
// gave up next to no copy, with 28 about half, from 33 on nearly all (planted_test.cpp).
inline constexpr double kFewBits = 30;

struct QualityOptions {
  MatchOptions match;
  CeilingOptions ceiling;
  double straight_share = 0.8;  // of one's answers in one run
};

// Refuses design_invalid (lengths; a code beyond the options; a pair of an unknown item), too_few_answers
// (nobody).
Result<QualityReport> assess(const AnswerSheet& sheet, const QualityOptions& options = {});

}  // namespace khaosat::quality
