// What may leave of a comparison of two years. Made by publish_change() only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/change/index_change.h"
#include "analysis/disclosure/published_run.h"

namespace khaosat::disclosure {

struct PublishedNodeChange {
  // tested, no_error, exact, refused, missing, as in the comparison; hidden: a year's figure is.
  std::string state;
  std::string reason;
  std::optional<double> before;  // as published
  std::optional<double> after;
  std::optional<double> difference;
  std::optional<double> lower;
  std::optional<double> upper;
  double degrees_of_freedom = 0;
  std::optional<bool> higher;  // the literal comparison, before rounding
  change::PValues rise;        // to four decimals
  change::PValues change;
  std::optional<bool> within_sampling_error;
};

struct PublishedUnitChange {
  std::string id;
  std::string name;
  bool group = false;
  std::vector<PublishedNodeChange> nodes;
  std::optional<bool> every_component_higher;
  std::optional<bool> risen_beyond_error;
};

struct PublishedChange {
  DefinitionIdentity model_before;
  DefinitionIdentity model_after;
  LocalText title;
  int year_before = 0;
  int year_after = 0;
  double level = 0.95;
  std::size_t places_before = 0;
  std::size_t places_after = 0;
  std::size_t places_in_both = 0;
  bool correction_dropped = false;
  std::string design;
  std::vector<change::ChangedNode> nodes;
  std::vector<PublishedUnitChange> units;
  std::vector<std::string> only_before;
  std::vector<std::string> only_after;
  int decimals = 1;
};

// A difference leaves only where both of its figures did. Where either rests on fewer people than
// `alone_below`, it is the difference of the printed figures and stands alone, without interval and test.
// `before` and `after` were made of the two runs that were compared.
PublishedChange publish_change(const change::IndexChange& change, const PublishedRun& before, const PublishedRun& after,
                               const DisclosureRules& rules);

// Stable JSON, schema khaosat/index_change/1.
std::string to_json(const PublishedChange& change);

}  // namespace khaosat::disclosure
