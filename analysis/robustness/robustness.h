// Everything about how firm an order of units is, for pages and the command line: what another choice of
// method, and apart from that another draw of people, would have done. Pure; seeded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/disclosure/published_run.h"
#include "analysis/disclosure/showable.h"
#include "analysis/index/index_model.h"
#include "analysis/robustness/uncertainty.h"

namespace khaosat::robustness {

struct RobustnessRequest {
  std::vector<Factor> factors;  // empty: default_factors()
  std::size_t draws = 1000;
  std::size_t points = 128;     // of the sensitivity analysis
  std::uint64_t seed = 604;
  std::map<std::string, double> what_if;  // weights by node; empty: none asked
};

struct RobustnessRow {
  std::string id;
  std::string name;
  double value = 0;  // as published
  std::uint32_t place = 1;  // by value alone: orders the rows and is never told
  std::optional<disclosure::PublishedRank> rank;  // among the units here, in the form and by the rule of published ones
  RankSpread by_method;
  std::optional<RankSpread> by_sampling;  // absent for all when some unit has no error
  std::optional<int> what_if_gain;  // places won (or, below 0, lost) with the weights asked
};

struct RemovedNode {
  std::string node;
  LocalText title;
  double mean_rank_shift = 0;
  std::uint32_t largest_rank_shift = 0;
  double rank_correlation = 1;
};

struct Robustness {
  DefinitionIdentity model;
  LocalText title;
  int year = 0;
  std::uint64_t seed = 0;
  std::size_t draws = 0;
  std::vector<Factor> factors;
  double mean_rank_shift = 0;    // by method
  Sensitivity sensitivity;       // of the mean rank shift
  std::vector<RobustnessRow> rows;  // best first
  std::vector<RemovedNode> removed;
  std::optional<Comparison> what_if;
  std::map<std::string, double> effective_weights;  // by node; of trees of means
  std::vector<disclosure::LeftOut> left_out;
};

// Weights of the root's children off by a quarter, the weights of every further inner node likewise, and
// for means an arithmetic or geometric one at the root where scores allow it.
std::vector<Factor> default_factors(const ScoreTree& tree);

// Refuses not_comparable (fewer than two units may be shown in full), and what the analyses refuse.
Result<Robustness> robustness(const index::IndexModel& model, const index::IndexRun& run,
                              const disclosure::PublishedRun& published, const RobustnessRequest& request = {});

// Stable JSON, schema khaosat/index_robustness/1.
std::string to_json(const Robustness& robustness);

}  // namespace khaosat::robustness
