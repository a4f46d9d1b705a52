// Where units can stand, given the luck of the draw: sets of ranks instead of bare ranks, and groups of
// units that cannot be told apart. Rank 1 is the largest value; ties share the best rank. Pure; thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/index/index_run.h"
#include "base/result.h"

namespace khaosat::ranks {

// One value with its error; independent of the others unless a covariance is given.
struct RankedValue {
  double value = 0;
  double standard_error = 0;   // > 0
  double degrees_of_freedom = 0;  // > 0, infinity allowed
};

struct RankSet {
  std::uint32_t best = 1;
  std::uint32_t worst = 1;
};

struct RankSets {
  double level = 0.95;
  // Of each unit:
  std::vector<std::uint32_t> rank;    // by value alone; ties share the best rank
  // All sets hold the true ranks at once with the level. From intervals that hold jointly: best = 1 +
  // number of lower bounds above the own upper one (Klein, Wright & Wieczorek 2020).
  std::vector<RankSet> joint;
  // The same from all pairwise differences, Holm over all pairs (Mogstad, Romano, Shaikh & Wilhelm 2024).
  std::vector<RankSet> joint_pairs;
  // Each set alone holds with the level: pairwise tests of this unit, Holm over its own pairs.
  std::vector<RankSet> marginal;
  // Best to worst. A group begins with the best unit that is not in the one before and takes in, in order
  // of value, all units that cannot be told from it (pairs of `joint_pairs`).
  std::vector<std::uint32_t> group;   // 1 = best
  std::uint32_t groups = 0;
};

enum class Simultaneous { sidak, bonferroni };

// `covariance`: row-major matrix of all pairs, or empty for independent values. Degrees of freedom of a
// difference: Welch-Satterthwaite from the two. Refuses out_of_range (level, an error that is not above 0,
// fewer than two values), design_invalid (size of the matrix).
Result<RankSets> rank_sets(std::span<const RankedValue> values, std::span<const double> covariance, double level,
                           Simultaneous simultaneous = Simultaneous::sidak);

// `joint_pairs` of rank_sets() alone, for results that leave (analysis/disclosure).
Result<std::vector<RankSet>> possible_ranks(std::span<const RankedValue> values, std::span<const double> covariance, double level);

// Scores of one node of these units (positions in IndexRun::units), each with a value, an error above 0
// and degrees of freedom. Units of shared places carry their covariance. Refuses not_comparable (no
// probability sample, a unit without an error) and as above.
Result<RankSets> rank_sets(const index::IndexRun& run, std::size_t node, std::span<const std::size_t> units,
                           double level, Simultaneous simultaneous = Simultaneous::sidak);
// `design` as design_of(run) gives it, made once for many nodes.
Result<std::vector<RankSet>> possible_ranks(const estimate::SampleDesign& design, const index::IndexRun& run, std::size_t node,
                                            std::span<const std::size_t> units, double level);

}  // namespace khaosat::ranks
