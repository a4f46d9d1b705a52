// How one person filled in a form. Pure; linear in answers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analysis/quality/answer_sheet.h"

namespace khaosat::quality {

struct RespondentIndices {
  std::uint32_t answered = 0;
  // Longest run of one and the same answer over items that stand beside each other (long-string, Johnson
  // 2005). An item without an answer ends a run.
  std::uint32_t longest_run = 0;
  // The same with items without an answer skipped: what a person did who ticked one option throughout.
  std::uint32_t longest_line = 0;
  // That line goes over items of both directions, so that it contradicts itself.
  bool line_contradicts = false;
  // Spread of one person's answers: intra-individual response variability, Dunn et al. 2018. Raw: of option
  // numbers as they stand; keyed: after turning items round, as a share of the scale, items with a
  // direction only. Absent for fewer than two answers.
  std::optional<double> variability;
  std::optional<double> keyed_variability;
  std::optional<double> keyed_mean;  // 0 worst, 1 best
  std::uint32_t contradictions = 0;  // pairs answered in a way that cannot both be meant
  std::uint32_t pairs_answered = 0;
  bool contradicts_alone = false;    // one of them is enough by itself
};

std::vector<RespondentIndices> respondent_indices(const AnswerSheet& sheet);

}  // namespace khaosat::quality
