// An index computed again and again with other choices: the same leaves, other weights, ways to combine
// or ways to score. Values only, no errors: made for thousands of evaluations. Immutable; thread safe.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"
#include "base/result.h"

namespace khaosat::robustness {

// What differs from the model. Nodes by their position in IndexRun::nodes.
struct Variation {
  std::map<std::size_t, std::vector<double>> weights;  // of the node's children, in their order; >= 0
  std::map<std::size_t, std::string> aggregate;        // of an inner node
  std::string leaf_scoring;                            // see leaf_scorings(); empty: the model's
  std::set<std::size_t> removed;                       // left out with all below it
};

// Ways to score all leaves that a variation may name. Each fills the range that the leaf has in the
// model (or, where that is open, the range of its values), so that leaves keep their say:
// observed_min_max, z_score (six standard deviations wide), percentile_rank.
std::span<const std::string> leaf_scorings();

class ScoreTree {
 public:
  // Leaves are taken from the run after filling in and taming. `units`: positions in IndexRun::units.
  // Refuses out_of_range (no unit; a unit without a value of the root).
  static Result<ScoreTree> create(const index::IndexModel& model, const index::IndexRun& run,
                                  std::span<const std::size_t> units);

  std::size_t unit_count() const { return units_.size(); }
  std::span<const std::size_t> units() const { return units_; }
  const std::vector<index::RunNode>& nodes() const { return nodes_; }
  // Weights in force in the model or the run, one per child; all 1 where the aggregator takes none.
  std::vector<double> weights_of(std::size_t node) const { return places_[node].weights; }

  // The score of the root for each unit. Refuses out_of_range (a way to combine that is not defined for
  // these scores; weights that sum to 0; nothing left), definition_unknown, and what scoring refuses.
  Result<std::vector<double>> scores(const Variation& variation) const;

  // Share of each node in the root where all inner nodes are means: the product of weights on the way up.
  std::vector<double> effective_weights() const;

 private:
  struct Place {
    index::Node node;
    std::vector<double> weights;
    std::optional<double> low;
    std::optional<double> high;
    std::vector<std::optional<double>> raw;  // of a leaf, per unit
  };
  Result<std::vector<std::optional<double>>> leaf_scores(const Place& place, const Variation& variation) const;
  Result<std::vector<std::optional<double>>> scored(const Place& place, std::vector<std::optional<double>> values) const;
  Result<std::vector<std::optional<double>>> combined(std::size_t at, const Variation& variation,
                                                      const std::vector<std::vector<std::optional<double>>>& scores) const;

  int year_ = 0;
  std::vector<std::size_t> units_;
  std::vector<std::string> unit_ids_;
  std::vector<index::RunNode> nodes_;
  std::vector<Place> places_;
};

// Ranks from the largest score (1) down; equal scores share the best rank.
std::vector<std::uint32_t> ranks_of(std::span<const double> scores);

}  // namespace khaosat::robustness
