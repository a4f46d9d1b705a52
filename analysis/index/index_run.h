// A whole computation of an index: every node of every unit with all that led to it, and what is
// needed to make it again. Internal: it holds values of groups of any size. What may leave is made
// of it by analysis/disclosure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate/estimate.h"
#include "analysis/index/index_input.h"
#include "base/ids.h"
#include "base/local_text.h"
#include "base/result.h"

namespace khaosat::index {

enum class ScoreState {
  value,
  withheld,  // its publisher, or the publisher of something it rests on, keeps it back
  missing    // nothing to compute it from
};
std::string_view name_of(ScoreState state);

// What was done to a value on the way. May be several.
enum class ScoreNote : std::uint32_t {
  none = 0,
  reweighted = 1U << 0U,   // children were missing; the others stand in
  imputed = 1U << 1U,      // it, or something below, was filled in
  treated = 1U << 2U,      // it, or something below, was winsorised or put on a logarithm
  clamped = 1U << 3U,      // cut at an end of its scale, here or below
  relative = 1U << 4U,     // depends on the other units of the run: no error is stated
  survey_part = 1U << 5U,  // the error is that of the survey part only; the rest counts as exact
  limited = 1U << 6U       // the interval was cut at the ends of the possible range
};
constexpr ScoreNote operator|(ScoreNote a, ScoreNote b) {
  return static_cast<ScoreNote>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
constexpr bool has(ScoreNote notes, ScoreNote note) {
  return (static_cast<std::uint32_t>(notes) & static_cast<std::uint32_t>(note)) != 0;
}

struct NodeScore {
  ScoreState state = ScoreState::missing;
  // Why there is no value: not_published, not_recorded, denominator_zero, no_data, no_valid_answers,
  // too_few_answers, weights_sum_to_zero, child_without_value, too_few_children, unit_screened,
  // out_of_range.
  std::string reason;
  // Only where the state is `value`. estimate.n: valid answers of a leaf; above it the largest n
  // below, as that many persons at least stand behind the value. estimate.n_missing likewise
  // respondents without an answer to that same leaf.
  estimate::Estimate estimate;
  double raw = 0;  // before scoring: a share, a mean, a sum of points, a number of a table
  std::optional<double> measured;  // what stood in the table, where `raw` was tamed or bent
  ScoreNote notes = ScoreNote::none;
  std::optional<std::uint32_t> rank;  // 1 = best, before rounding; ties share the best rank

  // Of the survey leaves below (or of the leaf itself):
  std::uint64_t n_least = 0;   // fewest valid answers of a leaf that took part
  std::uint64_t answers = 0;   // valid answers over all leaves
  sums::AbsenceCounts absent;  // over all leaves
  bool all_alike = false;      // everybody who answered gave the same score to each leaf
  // Of a survey leaf with a scale: how far the mean is from the lowest or the highest answer, whichever is
  // nearer, as a share of the scale; 0 where all are alike.
  std::optional<double> away_from_alike;

  // Weight of each child of the node in this unit (the order of RunNode::children), after
  // reweighting and scaled to a sum of 1 for means. Empty for leaves.
  std::vector<double> weights;
  // Influence of each PSU (index in IndexRun::psus); empty without a probability sample.
  std::vector<estimate::PsuInfluence> influence;
};

struct RunNode {
  std::string id;
  std::string code;
  std::optional<std::size_t> parent;  // index in IndexRun::nodes
  std::vector<std::size_t> children;
  LocalText title;
  std::string responsible;
  std::string aggregate;  // empty: a leaf
  std::string source;     // of a leaf: survey, assessed, administrative, published
  std::string question;   // of a survey leaf
  std::string scoring;    // method
  std::optional<double> maximum;
  // What values can be, where the model determines it.
  std::optional<double> lowest;
  std::optional<double> highest;
  std::optional<double> step;  // of a survey leaf: the smallest difference of two answers, as a share of its scale
  std::vector<std::string> steps;  // what was done, in words: anchors used, points winsorised …
  std::uint32_t ranked = 0;        // units with a rank
};

struct UnitScores {
  std::string id;
  std::string name;
  bool group = false;  // several units together; has no rank
  std::vector<std::string> members;  // of a group
  bool surveyed = false;
  std::uint64_t respondents = 0;
  std::vector<NodeScore> scores;  // in the order of IndexRun::nodes
};

struct RunParameter {
  std::string id;
  LocalText title;
  double value = 0;          // used
  double model_value = 0;    // stated in the model
  LocalText assumption;
};

// Either a primary sampling unit, or a unit of the second stage. A PSU whose second stage counts is a stratum of
// its own beside the others, with influences times the root of n_h/N_h: the two-stage variance of estimate.h is then that
// of one stage. Units of the second stage have no weight here and so no degrees of freedom.
struct RunPsu {
  std::string stratum;
  std::string psu;
  double weight = 0;      // of its respondents
  double population = 0;  // PSUs in the stratum's frame; 0: not stated
};

struct IndexRun {
  DefinitionIdentity model;
  LocalText title;
  std::string issuer;  // of the model
  bool example = false;
  LocalText unit_of_scale;
  double scale_low = 0;
  double scale_high = 0;
  std::optional<DefinitionIdentity> questionnaire;
  std::vector<DefinitionIdentity> earlier_versions;  // of it, that respondents answered
  int year = 0;
  std::string variant;     // empty: the model as it stands
  std::string program;     // name, version and build
  std::string input_hash;  // hexadecimal SHA-256 of everything that went in
  std::string design;      // drawn, none (no probability sample), no_survey
  estimate::LonelyPsuPolicy lonely_policy = estimate::LonelyPsuPolicy::fail;
  std::map<std::string, std::string> collapse_into;
  bool psu_ids_restart_in_each_stratum = false;
  std::optional<RunCalibration> calibration;  // absent: the population was not known
  double level = 0.95;
  std::vector<RunParameter> parameters;
  std::vector<RunNode> nodes;  // the root first, parents before children
  std::vector<UnitScores> units;
  std::vector<RunPsu> psus;  // in the order of the design's dense indexes
  std::vector<std::string> steps;

  std::optional<std::size_t> find_node(std::string_view id) const;
  const UnitScores* find_unit(std::string_view id) const;
};

// Share of respondents (over all leaves below) who gave no score for this reason; 0 without survey.
double missing_share(const NodeScore& score, sums::Absence kind);

// Of a second stage.
bool is_second_stage(const RunPsu& psu);
inline constexpr std::string_view kSecondStage = "stage 2 of ";  // begins the name of such a stratum

// The design behind the run, for covariances between its nodes and units. Refuses not_comparable
// when the run has no probability sample.
Result<estimate::SampleDesign> design_of(const IndexRun& run);
// Where each entry of run.psus stands in that design: k where `run` is finished.
std::vector<std::uint32_t> places_in(const estimate::SampleDesign& design, const IndexRun& run);
// Numbers for the names of strata and PSUs, so that designs of several runs speak of the same places.
struct PlaceCodes {
  std::map<std::string, std::uint32_t> strata;
  std::map<std::string, std::uint32_t> psus;
};
PlaceCodes place_codes(const std::vector<const IndexRun*>& runs);
// The same design as above, with these numbers as ids. Every name of the run must have one.
Result<estimate::SampleDesign> design_of(const IndexRun& run, const PlaceCodes& codes);
// Value and influences of one node of one unit, in that design.
estimate::LinearizedByPsu linearized(const NodeScore& score);

}  // namespace khaosat::index
