// One year of an index against an earlier one: the literal comparison, and beside it whether the
// difference is more than the luck of the draw. Internal like an IndexRun: what may leave is made of it
// by analysis/disclosure. Pure; thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/change/comparability.h"
#include "analysis/estimate/estimate.h"
#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"

namespace khaosat::change {

// A refusal of a whole comparison. Its details name why: other_model, other_variant, not_earlier or nothing_alike, the last
// with the first obstacle by name.
inline Error refusal(ErrorCode code, std::string why, std::string message, std::string where = {}, std::string obstacle = {}) {
  Error error{code, std::move(message), std::move(where), {{"why", std::move(why)}}};
  if (!obstacle.empty()) error.details.emplace_back("obstacle", std::move(obstacle));
  return error;
}

enum class ChangeState {
  tested,    // with its error
  no_error,  // both values are there, but nothing may be said about luck (see the estimate's flags)
  exact,     // rests on no answers: assessed, counted or published figures
  refused,   // not the same measure; the reasons stand with the node
  missing    // a year has no value
};
std::string_view name_of(ChangeState state);

// Adjusted for the other tests they stand among; absent where nothing was tested.
struct PValues {
  std::optional<double> alone;
  std::optional<double> among_components;  // Holm, over the components of the unit
  std::optional<double> among_units;       // Benjamini-Hochberg, over the units of the node
};

struct NodeChange {
  ChangeState state = ChangeState::missing;
  std::string reason;  // refused: kind of the first obstacle, or other_unit; missing: missing_before, missing_after, imputed
  double before = 0;
  double after = 0;
  // after - before; n: the smaller number of answers of both years.
  estimate::Estimate difference;
  bool higher = false;  // the literal comparison, before rounding; equal is not higher
  PValues rise;         // one-sided: the true change is not above 0
  PValues change;       // two-sided: there is no true change
  // The interval of the difference holds 0. Absent unless tested.
  std::optional<bool> within_sampling_error;
};

struct UnitChange {
  std::string id;
  std::string name;
  bool group = false;
  std::vector<NodeChange> nodes;  // in the order of IndexChange::nodes
  // Every component is higher than in the year before; absent while a component cannot be compared.
  std::optional<bool> every_component_higher;
  // The index rose by more than the error (one-sided) and no component fell by more than it (Holm).
  std::optional<bool> risen_beyond_error;
};

struct ChangedNode {
  std::string id;
  std::string code;
  LocalText title;
  bool component = false;  // tested together with the others of its unit
  NodeComparability comparability;
};

struct IndexChange {
  DefinitionIdentity model_before;
  DefinitionIdentity model_after;
  LocalText title;
  int year_before = 0;
  int year_after = 0;
  double level = 0.95;
  // Places (PSUs) of the two samples: the same ones carry their covariance.
  std::size_t places_before = 0;
  std::size_t places_after = 0;
  std::size_t places_in_both = 0;
  bool correction_dropped = false;  // the frames differ, so no finite population correction
  std::string design;               // drawn; none: no errors; no_survey
  std::vector<ChangedNode> nodes;   // of the later year, then those only the earlier year has
  std::vector<UnitChange> units;    // in the order of the later run; units of both years only
  std::vector<std::string> only_before;  // units
  std::vector<std::string> only_after;

  std::optional<std::size_t> find_node(std::string_view id) const;
  const UnitChange* find_unit(std::string_view id) const;
};

struct ChangeOptions {
  double level = 0.95;
  // Nodes tested together within a unit; empty: the children of the root.
  std::vector<std::string> components;
  QuestionChanges questions;
  // Ids that name another unit in the later year: codes handed on when units were merged or split.
  std::set<std::string> other_units = {};
};

// Refuses:
//   not_comparable      other models, other variants, or no node at all is the same measure (with the
//                       first reason)
//   out_of_range        the first run is of a later year; a level outside (0, 1)
//   definition_unknown  a component that the later year lacks
//   psu_in_two_strata   a place moved to another stratum between the years
Result<IndexChange> compare_years(const index::IndexModel& before_model, const index::IndexRun& before,
                                  const index::IndexModel& after_model, const index::IndexRun& after,
                                  const ChangeOptions& options = {});

}  // namespace khaosat::change
