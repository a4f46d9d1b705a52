// Does the structure of an index fit its data: every leaf described, every node beside its ancestors and
// siblings, what counts in the end, and the strong and weak sides of each unit (OECD/JRC Handbook 2008,
// steps 3 to 7). Pure; thread safe.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/coherence/describe.h"
#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_model.h"
#include "base/result.h"

namespace khaosat::coherence {

struct Flag {
  std::string_view name;
  double limit;
  std::string_view about;
};
// THE LIST.
inline constexpr std::array kFlags = {
    Flag{"few_values", 0.65, "a value for fewer than this share of units"},
    Flag{"many_zeros", 0.5, "other than zero for fewer than this share of those with a value"},
    Flag{"few_distinct", 0.5, "fewer different values than this share of those with a value"},
    Flag{"skewed", 2, "skew beyond this and kurtosis beyond 3.5: look at the outliers"},
    Flag{"against_parent", 0, "correlates below this with a node above it: lowers what it should raise"},
    Flag{"little_say", 0.3, "correlates between 0 and this with the index"},
    Flag{"against_sibling", -0.4, "siblings correlate below this: they cancel out"},
    Flag{"repeats_sibling", 0.92, "siblings correlate above this: one thing counted twice"},
    Flag{"low_alpha", 0.6, "Cronbach's alpha of the children below this"},
};

struct NodeFacts {
  std::string id;
  LocalText title;
  Description measured;  // of a leaf what was measured, before filling in and taming; otherwise the scores
  Description scores;
  // Where all inner nodes are means or sums: the product of its share on the way up.
  std::optional<double> effective_weight;
  // Of its children; absent for leaves and where not defined.
  std::optional<double> alpha;
  std::vector<double> eigenvalues;  // of their correlations, descending; units with all of them
  std::vector<std::string> flags;
};

struct Pair {
  std::string first;
  std::string second;  // ancestor, or sibling
  bool ancestor = false;
  Correlation correlation;
  double rank_correlation = 0;
  std::string flag;  // empty: none
};

// The place of a unit on one leaf.
struct Side {
  std::string node;
  double score = 0;
  double rank = 1;  // among `of` units, 1 = best; told where nothing was sampled
  std::size_t of = 1;
  std::optional<disclosure::PublishedRank> told;  // as published
};

struct UnitFacts {
  std::string id;
  std::string name;
  std::optional<double> value;             // of the index
  std::optional<double> rank;              // among the units here, 1 = best; told where nothing was sampled
  std::optional<double> rank_in_group;     // likewise
  std::optional<disclosure::PublishedRank> told;  // of the index, as published
  std::string group;                       // see CoherenceRequest
  std::map<std::string, double> measured;  // by inner node: share of leaves below with a measured value
  std::vector<Side> strengths;             // best ranks first
  std::vector<Side> weaknesses;            // worst ranks first
};

struct CoherenceRequest {
  std::size_t sides = 5;                      // strengths and weaknesses of each unit
  std::map<std::string, std::string> groups;  // of units, for ranks inside groups; may be empty
  index::TieRule ties = index::TieRule::lowest;  // of all ranks; lowest: ties share the best rank
};

struct Coherence {
  DefinitionIdentity model;
  LocalText title;
  int year = 0;
  std::vector<NodeFacts> nodes;
  std::vector<Pair> pairs;
  std::vector<UnitFacts> units;  // in the order of the run
  std::vector<std::string> left_out;  // units with a hidden figure
};

// `published` was made of `run`. Refuses not_comparable: fewer than two units without a hidden figure.
Result<Coherence> coherence(const index::IndexModel& model, const index::IndexRun& run,
                            const disclosure::PublishedRun& published, const CoherenceRequest& request = {});

// Stable JSON, schema khaosat/index_coherence/1.
std::string to_json(const Coherence& coherence);

}  // namespace khaosat::coherence
