// The order of units as it may be shown: sets of ranks and groups, no bare rank. Pure.
#pragma once

#include <string>
#include <vector>

#include "analysis/disclosure/published_run.h"
#include "analysis/disclosure/showable.h"
#include "analysis/ranks/rank_sets.h"

namespace khaosat::robustness {

struct RankRow {
  std::string id;
  std::string name;
  double value = 0;  // as published
  double lower = 0;
  double upper = 0;
  std::uint32_t place = 1;  // by value alone, before rounding: orders the table and is never told
  ranks::RankSet joint;
  ranks::RankSet joint_pairs;  // what every result calls rank_from and rank_to
  ranks::RankSet marginal;
  std::uint32_t group = 1;
};

struct RankTable {
  DefinitionIdentity model;
  LocalText title;
  int year = 0;
  std::string node;
  LocalText node_title;
  double level = 0.95;
  std::uint32_t groups = 0;
  std::vector<RankRow> rows;  // best first
  std::vector<disclosure::LeftOut> left_out;
};

// `published` was made of `run`. Refuses definition_unknown (node), not_comparable (fewer than two units
// may be shown with an interval; no probability sample) and what rank_sets() refuses.
Result<RankTable> rank_table(const index::IndexRun& run, const disclosure::PublishedRun& published,
                             const std::string& node, double level);

// Stable JSON, schema khaosat/index_ranks/1.
std::string to_json(const RankTable& table);

}  // namespace khaosat::robustness
