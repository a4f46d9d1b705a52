// People who all give the best answers, more alike than people are: the trace of coaching.
//
// Of each respondent: how many of the items with a direction got one of the best options, s of m. Honest
// people differ from each other, so within a place s follows a beta-binomial distribution, also where an
// office is excellent. People who were told what to answer follow one script: s is binomial, with a chance p
// that is the same for all of them. A place is suspicious when
//   1. a share of such people explains its answers better than the beta-binomial alone: twice the gain in log
//      likelihood is above the chi-squared quantile (2 degrees of freedom) of `expected_false` over all tests. Where other places gain as well,
//      the gain is divided by how much more than luck their median is;
//   2. so many people with so many best answers would be rare even in the place that has most of them
//      elsewhere (but for one, which may be coached as well).
// Then those people are flagged who are more probably of the script than not, by `odds` to 1.
//
// Tested for the single best option, and for the best quarter of the options where a scale has six or more.
// Mixture by expectation-maximisation (Dempster, Laird & Rubin 1977). Cost: proportional to places × items.
// Pure; independent of the order of rows.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/quality/answer_sheet.h"

namespace khaosat::quality {

struct CeilingOptions {
  double expected_false = 0.05;  // honest places above the threshold, in the whole file
  double odds = 4;
  double overwhelming = 1.75;    // times the threshold: other places need not be asked
  double saturated = 0.93;       // chance of a best answer from which honest people look like a script, too
  std::size_t least_items = 6;   // with a direction
  std::size_t least_people = 10; // in a place, to be tested at all
  std::size_t least_flagged = 3;
};

struct PlaceCeiling {
  bool tested = false;
  double gain = 0;       // twice the gain in log likelihood, corrected, of the better of the tests
  double threshold = 0;  // of `gain`
  double top_share = 0;  // of all answers with a direction: the single best option
  std::uint32_t mostly_top = 0;  // people with 80 % best answers or more
};

struct Ceiling {
  std::vector<PlaceCeiling> places;  // in the order of AnswerSheet::places
  std::vector<double> top_share;     // of each respondent, single best option; -1: too few answers
  std::vector<bool> suspicious;
};

// `left_out`: respondents who ticked one option throughout; they are alike for another reason.
Ceiling ceiling(const AnswerSheet& sheet, const std::vector<bool>& left_out, const CeilingOptions& options = {});

}  // namespace khaosat::quality
