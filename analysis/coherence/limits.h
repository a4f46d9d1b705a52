// Limits that an author may store as anchors: the smallest and largest measured value of each leaf over the
// years of a series. A proposal to be looked at and written into the model with a name and a reason; nothing
// is scored with it here. Pure; thread safe.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "analysis/coherence/growth.h"

namespace khaosat::coherence {

struct Limit {
  int from = 0;  // years it holds
  int to = 0;
  double low = 0;
  double high = 0;
};

struct LeafLimits {
  std::string node;
  LocalText title;
  std::vector<Limit> common;   // one for all years in which the leaf has values: scores comparable throughout
  std::vector<Limit> running;  // year by year, over this year and all before it; equal ones in a row are one
  std::vector<Limit> own;      // of each year alone: scores move when others do
};

struct Limits {
  DefinitionIdentity model;
  LocalText title;
  std::vector<int> years;
  std::vector<LeafLimits> leaves;  // leaves with at least two different values; of the last year's structure
};

// Years ascending, all of one model; units with a hidden figure in a year take no part in that year, values
// filled in do not count. A leaf begins anew where it is no longer the same node. Refuses not_comparable: no
// leaf with two different values.
Result<Limits> limits(std::span<const YearRun> years);

// Stable JSON, schema khaosat/index_limits/1; each list in the form of "anchors" of a model file.
std::string to_json(const Limits& limits);

}  // namespace khaosat::coherence
