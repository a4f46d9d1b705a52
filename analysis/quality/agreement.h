// Asking again: whether a second conversation confirms the first. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "analysis/estimate/interval.h"
#include "base/result.h"

namespace khaosat::quality {

// People reached again who confirm that they were asked, with the exact interval (Clopper & Pearson 1934)
// and Wilson's. Refuses out_of_range: nobody reached, or more confirmed than reached.
struct Confirmation {
  std::uint64_t recontacted = 0;
  std::uint64_t confirmed = 0;
  double share = 0;
  estimate::Interval exact;
  estimate::Interval wilson;
};
Result<Confirmation> confirmation(std::uint64_t recontacted, std::uint64_t confirmed, double level = 0.95);

// Answers given twice to the same items.
struct Agreement {
  std::uint64_t n = 0;
  double observed = 0;  // share of equal answers
  double expected = 0;  // by chance, from both marginal distributions
  // Cohen 1960: (observed - expected) / (1 - expected); absent where chance alone gives agreement.
  std::optional<double> kappa;
  // Large-sample standard error of Fleiss, Cohen & Everitt 1969, and normal interval cut at -1 and 1.
  std::optional<double> standard_error;
  std::optional<estimate::Interval> interval;
  // With squared distances as weights, for ordered answers (Cohen 1968).
  std::optional<double> weighted_kappa;
};
// Codes from 0 to options - 1, pair by pair. Refuses design_invalid (lengths), no_valid_answers (none),
// out_of_range (a code, fewer than two options).
Result<Agreement> agreement(std::span<const std::uint8_t> first, std::span<const std::uint8_t> second, std::size_t options,
                            double level = 0.95);

// What became of drawn people by the interviewer, and by whoever went there again. Answers are tied to nobody, so
// what can be compared person by person is the visit, not what was said.
struct BackCheckCell {
  std::uint32_t cluster = 0;  // primary sampling unit
  std::uint8_t reported = 0;  // by the interviewer; 0: interviewed
  std::uint8_t found = 0;     // at the second visit; 0: says to have been interviewed
  std::uint64_t people = 0;
};

struct BackCheck {
  Agreement agreement;  // kappa's error widened by the design effect of agreement, if above 1
  // Shares with intervals that know that places were drawn, not people: linearised by cluster, t of clusters - 1.
  // With one cluster: Wilson's.
  estimate::Interval agreed;
  std::uint64_t reported_interviewed = 0;  // who were reached again
  std::optional<double> confirmed;         // of those, who say so
  std::optional<estimate::Interval> confirmed_interval;
  std::uint64_t clusters = 0;
};
// Refuses no_valid_answers (nobody), out_of_range (codes, fewer than two options).
Result<BackCheck> back_check(std::span<const BackCheckCell> cells, std::size_t options, double level = 0.95);

// How many to ask again, drawn at random from `forms`, to meet at least one made-up form with this chance
// where `share` of them are. Refuses out_of_range.
Result<std::uint64_t> sample_to_find_one(std::uint64_t forms, double share, double chance = 0.95);

}  // namespace khaosat::quality
