// What may leave of an index run. Made by publish() only; pages, reports, interfaces and exports
// take this type and never an IndexRun.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/disclosure/disclosure_rules.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

enum class PublishedState {
  value,
  at_least,  // everybody answered alike; `value` is a bound, not the value
  at_most,
  hidden,    // kept back here, to protect respondents
  withheld,  // kept back by the publisher of the figures that went in
  missing
};
std::string_view name_of(PublishedState state);

// Where a unit stands among the units that show the same node. The one form in which ranks leave.
struct PublishedRank {
  enum class Basis {
    // The score has a sampling error: every rank that it leaves open, for all units at once with the level of the
    // run (ranks::possible_ranks), among those shown with an interval.
    possible,
    // Nothing here was sampled (published, assessed, administrative): the order of the figures; the ends are equal.
    as_given
  };
  std::uint32_t from = 1;  // best
  std::uint32_t to = 1;
  Basis basis = Basis::possible;
};
std::string_view name_of(PublishedRank::Basis basis);

struct PublishedScore {
  PublishedState state = PublishedState::missing;
  // hidden: too_few_respondents, nearly_alike, protects_another, differs_by_too_few; missing and
  // withheld: the reason of the run.
  std::string reason;
  std::optional<double> value;  // survey values rounded; published and assessed ones as they are
  std::optional<double> lower;
  std::optional<double> upper;
  double level = 0;
  double degrees_of_freedom = 0;
  // Of units, not of groups. Absent: no value is shown, or it is a survey's without an interval.
  std::optional<PublishedRank> rank;
  // Respondents behind it lie between these; equal: exactly so many. Both 0: not a survey value.
  std::uint64_t n_low = 0;
  std::uint64_t n_high = 0;
  // Percent of respondents without a score by kind (order of sums::Absence), rounded; empty when n
  // is too small to say.
  std::vector<int> missing_percent;
  index::ScoreNote notes = index::ScoreNote::none;
  estimate::EstimateFlag flags = estimate::EstimateFlag::none;
};

struct PublishedUnit {
  std::string id;
  std::string name;
  bool group = false;
  std::uint64_t respondents_low = 0;
  std::uint64_t respondents_high = 0;
  std::vector<PublishedScore> scores;  // in the order of PublishedRun::nodes
};

struct PublishedRun {
  DefinitionIdentity model;
  LocalText title;
  std::string issuer;
  bool example = false;
  LocalText unit_of_scale;
  double scale_low = 0;
  double scale_high = 0;
  std::optional<DefinitionIdentity> questionnaire;
  std::vector<DefinitionIdentity> earlier_versions;
  int year = 0;
  std::string variant;
  std::string program;
  std::string input_hash;
  std::string design;
  std::optional<index::RunCalibration> calibration;  // `without`: those that may be shown, rounded
  double level = 0.95;
  std::vector<index::RunParameter> parameters;
  std::vector<index::RunNode> nodes;
  std::vector<PublishedUnit> units;
  DisclosureRules rules;
  std::uint64_t hidden = 0;            // figures kept back here
  std::uint64_t hidden_for_others = 0; // of these, to protect another

  std::optional<std::size_t> find_node(std::string_view id) const;
  const PublishedUnit* find_unit(std::string_view id) const;
};

}  // namespace khaosat::disclosure
