// How far the order of units rests on choices of method, and, kept apart from that, on the luck of the
// draw. Simulation with a stated seed. Pure; thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/ranks/rank_sets.h"
#include "analysis/robustness/score_tree.h"
#include "analysis/robustness/sensitivity.h"

namespace khaosat::robustness {

enum class FactorKind {
  weights,      // each weight below `node` times 1 + spread * U(-1, 1), all at once
  aggregation,  // one of `choices` at `node`; empty node: at every inner node that is a mean
  leaf_scoring  // "model" or one of leaf_scorings(), for all leaves
};
std::string_view name_of(FactorKind kind);

struct Factor {
  std::string id;
  FactorKind kind = FactorKind::weights;
  std::string node;
  double spread = 0.25;              // in (0, 1]
  std::vector<std::string> choices;  // equally likely
};

// Where a unit stood over all draws.
struct RankSpread {
  double mean = 0;
  double median = 0;
  double low = 0;   // 5 %
  double high = 0;  // 95 %
};

struct MethodUncertainty {
  std::vector<double> scores;         // nominal, in the order of ScoreTree::units()
  std::vector<std::uint32_t> ranks;   // nominal
  std::vector<RankSpread> spread;
  double mean_rank_shift = 0;  // over draws and units, from the nominal rank
  std::size_t draws = 0;
};

struct SimulationOptions {
  std::size_t draws = 1000;
  std::uint64_t seed = 604;
};

// Weights drawn at random for every factor at once. Refuses out_of_range (no factor, no draw, spread, a
// node without children) and definition_unknown (node, choice), and what ScoreTree::scores refuses.
Result<MethodUncertainty> method_uncertainty(const ScoreTree& tree, std::span<const Factor> factors,
                                             const SimulationOptions& options = {});

// Of the mean absolute shift of ranks (Saisana, Saltelli & Tarantola 2005). Refuses as above.
Result<Sensitivity> method_sensitivity(const ScoreTree& tree, std::span<const Factor> factors,
                                       const SensitivityOptions& options = {});

// Ranks when every value is drawn anew from a normal distribution around it, methods unchanged: an
// illustration beside rank_sets(), which carry a guarantee. Refuses as rank_sets().
Result<std::vector<RankSpread>> sampling_uncertainty(std::span<const ranks::RankedValue> values,
                                                     const SimulationOptions& options = {});

// The index with other weights, or without a node, beside the nominal one.
struct Comparison {
  std::string what;  // node removed; empty: the weights asked
  std::vector<double> scores;
  std::vector<std::uint32_t> ranks;
  double mean_rank_shift = 0;
  std::uint32_t largest_rank_shift = 0;
  double rank_correlation = 1;  // Spearman, ties by mean rank; 1 if all are equal
};

// `weights` by node id; siblings not named keep theirs. Refuses definition_unknown (node, or one whose
// parent takes no weights), weight_invalid, weights_sum_to_zero.
Result<Comparison> what_if_weights(const ScoreTree& tree, const std::map<std::string, double>& weights);

// Each child of `parent` (a node id; empty: the root) left out in turn. A parent of one child gives none.
Result<std::vector<Comparison>> remove_one(const ScoreTree& tree, const std::string& parent = "");

}  // namespace khaosat::robustness
