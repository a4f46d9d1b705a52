// Questionnaires that agree more than two people do (percent match, Kuriakose & Robbins 2016), with a
// threshold that the file itself gives: the fixed 0.85 of that paper depends on the number of items, options
// and people, and on how alike people are (Simmons, Mercer, Schwarzer & Kennedy 2016).
//
// Of each respondent the highest agreement with somebody of the own place is set against the highest
// agreement with as many people of another place (the median over several others). Each agreement is first
// lowered by what the answers of the two places alone would give two independent people, so a place where
// everybody is content is not suspicious for that. Without copying the difference is as often below as above
// zero; its negative half therefore says how far luck goes (the idea of Barber & Candès 2015), and copies,
// which lie on the positive side, do not touch the threshold.
//
// Cost: at most (1 + other_places) · cap comparisons of a few machine words per respondent. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/quality/answer_sheet.h"

namespace khaosat::quality {

struct MatchOptions {
  // Partners of one respondent at most. A larger place is compared within its groups, a larger group within
  // blocks that the answers themselves decide, so that copies of a large group are found only in part.
  std::size_t cap = 400;
  std::size_t other_places = 3;
  double least_joint = 0.5;      // share of the shorter form's answers that both must have given; eight at least
  double expected_false = 0.05;  // honest respondents above the threshold, in the whole file
};

enum class MatchCalibration {
  places,       // against other places
  groups,       // one place only: against its other groups
  permutation,  // one group only: against its own answers, shuffled item by item
  none          // fewer than 10 respondents
};

struct PercentMatch {
  MatchCalibration calibration = MatchCalibration::none;
  bool in_blocks = false;  // the cap was reached somewhere
  double threshold = 0;    // of `difference`
  // Of each respondent; -1: nobody to compare with.
  std::vector<double> best;        // highest agreement within the own place, 0 … 1
  std::vector<double> elsewhere;   // the same with people of another place, median
  std::vector<double> difference;  // of both after lowering; above the threshold: suspicious
  std::vector<bool> suspicious;
};

// `order`: respondents by place, group and answers, see canonical_order(). `left_out`: respondents whose
// agreement means nothing (straight lines); they are neither compared nor compared with.
PercentMatch percent_match(const AnswerSheet& sheet, const std::vector<std::uint32_t>& order,
                           const std::vector<bool>& left_out, const MatchOptions& options = {});

// Respondents by place, group and codes: the same for any order of rows, but for equal rows of one group.
std::vector<std::uint32_t> canonical_order(const AnswerSheet& sheet);

}  // namespace khaosat::quality
