// One scorecard as its decision lays it down: fields, criteria, subcriteria with maxima, how points are
// given, what shows them. Who is responsible and when things are due belongs to the year (year_plan.h).
// Immutable once read; safe to read from several threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "base/ids.h"
#include "base/local_text.h"

namespace khaosat::scorecards {

// bonus and penalty stand beside the fields: their points are added and taken off, each kind up to a cap.
enum class ItemKind { field, criterion, subcriterion, bonus, penalty };
// sum: of what lies below. assessed: people give points. ratio: computed from two counts. survey: from
// a node of a kept index run of a closed campaign.
enum class PointSource { sum, assessed, ratio, survey };

struct Ratio {
  struct Band {
    double at_least = 0;  // share, 0 to 1
    double points = 0;
  };
  LocalText numerator;    // what is counted
  LocalText denominator;
  std::vector<Band> bands;  // highest first; a share below all of them gives 0. Empty: along a line
  double zero_at = 0;       // share that gives 0 …
  double full_at = 1;       // … and the share that gives the maximum; lower than zero_at where less is better
  // Points when nothing fell due (denominator 0); without it such a count is refused.
  std::optional<double> nothing_due;
};

struct SurveyFeed {
  std::string model;  // index model
  std::string node;   // of it
  double zero_at = 0;    // value of the node that gives 0 …
  double full_at = 100;  // … and the maximum; along a line between, cut at both ends
};

struct Item {
  std::string id;
  std::string code;  // "1.2.3", from its place in the order; "T1" for a bonus, "P1" for a penalty
  ItemKind kind = ItemKind::field;
  std::optional<std::size_t> parent;
  std::vector<std::size_t> children;
  LocalText title;
  LocalText note;  // how points are given, in words
  double maximum = 0;
  PointSource source = PointSource::sum;
  std::optional<Ratio> ratio;
  std::optional<SurveyFeed> survey;
  std::vector<LocalText> evidence;  // what has to show the points; empty: nothing in particular

  bool is_leaf() const { return children.empty(); }
  bool is_adjustment() const { return kind == ItemKind::bonus || kind == ItemKind::penalty; }
};

struct ScorecardSet {
  DefinitionIdentity identity;
  LocalText title;
  LocalText summary;
  bool example = false;
  std::string issuer;
  std::string number;
  std::string date;
  LocalText note;
  int decimals = 2;  // computed points are rounded to so many, half away from zero
  double bonus_cap = 0;
  double penalty_cap = 0;
  std::vector<Item> items;  // in the order of the decision, parents before children; adjustments last

  const Item* find(std::string_view id) const;
  std::optional<std::size_t> index_of(std::string_view id) const;
  // Sum of the fields.
  double maximum() const;
  // Those that points are given to, adjustments too.
  std::vector<const Item*> leaves() const;
};

// Reads a file of survey_defs/scorecards. All faults at once, each with its JSON pointer; the set
// returned with faults is not to be used.
ScorecardSet read_scorecard_set(const std::string& file, std::string_view text, Faults& faults);

// Points of a share of counts. out_of_range: negative counts, more counted than due, nothing due where
// the set does not say what that gives.
Result<double> points_of_ratio(const Item& item, double numerator, double denominator, int decimals);
// Points of a value of a survey; out_of_range for what is not a finite number.
Result<double> points_of_survey(const Item& item, double value, int decimals);
// Half away from zero, seen as decimals: 2.675 gives 2.68 at two.
double rounded(double value, int decimals);

}  // namespace khaosat::scorecards
