// Respondents one by one, for designs whose errors sums per primary sampling unit do not tell: a second stage
// of sampling, and weights made to fit known totals. Both end as influences per PSU and per second-stage unit,
// so that nodes, differences, years and ranks are computed as in every other run.
#pragma once

#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/estimate/calibration.h"
#include "analysis/estimate/sample_design.h"
#include "analysis/sums/sums_table.h"
#include "base/result.h"

namespace khaosat::index {

// A known distribution over the population: everybody's category, and how many people each has.
struct PersonMargin {
  std::string name;
  std::vector<std::string> category;  // per respondent
  std::map<std::string, double> population;
};

// A known total: everybody's number, and its sum over the population.
struct PersonTotal {
  std::string name;
  std::vector<double> value;  // per respondent
  double total = 0;
};

// What weights are made to agree with. At most one of the three; nothing: they stay as they are.
struct PersonCalibration {
  std::optional<PersonMargin> post_strata;
  std::vector<PersonMargin> margins;  // raking
  std::vector<PersonTotal> totals;    // generalised regression and its relatives
  estimate::CalibrationOptions options;  // of totals
};

// One entry per respondent in every non-empty column.
struct PersonColumns {
  std::vector<std::string> unit;
  std::vector<std::string> stratum;
  std::vector<std::string> psu;
  std::vector<double> weight;  // before calibration
  // Second stage: empty columns: none. Ids empty: each respondent is a unit of the second stage.
  std::vector<std::string> second_stage_unit;
  std::vector<double> units_in_population;  // of the second stage, the same all over a PSU
  std::map<std::string, double> psus_in_population;  // by stratum; needed by a second stage
  bool psu_ids_restart_in_each_stratum = false;
  PersonCalibration calibration;
  std::vector<std::string> items;
  std::vector<sums::Answer> answers;  // respondents × items
};

// The design that the columns tell, before calibration: first stage with the populations of strata where they are known,
// second stage where there is one. Refuses design_invalid: a second stage without the number of PSUs in the frame.
Result<estimate::SampleDesignInput> design_input(const PersonColumns& columns);
// The same sample with weights made to agree with what is known. Refuses what post_stratify, rake and calibrate refuse;
// design_invalid: two kinds of calibration at once.
Result<estimate::SampleDesign> calibrated(const estimate::SampleDesign& design, const PersonCalibration& calibration);

// Immutable; thread safe.
class PersonSample {
 public:
  // Refuses what SampleDesign::create, post_stratify, rake and calibrate refuse; design_invalid: a second stage without
  // the number of PSUs in the frame, two kinds of calibration at once; weight_invalid: totals that only negative weights
  // reach (bounds may help).
  static Result<PersonSample> create(PersonColumns columns);

  const PersonColumns& columns() const { return columns_; }
  const std::vector<double>& weights() const { return weights_; }  // after calibration
  bool calibrated() const { return !design_.residual_rules().empty(); }
  bool two_stage() const { return !columns_.units_in_population.empty(); }
  // The sums of everybody with the final weights.
  Result<sums::SumsTable> table() const;
  // w·(y - mean) / Σ w over members of the units who answered the item, less what calibration made certain; per
  // respondent. `inside`: per respondent, not 0 = of the units.
  std::vector<double> influences(std::size_t item, const std::vector<char>& inside, double mean) const;
  // Hexadecimal digest of what is not in the sums: second stage, calibration, who is in which PSU with which answers.
  std::string digest() const;

 private:
  PersonSample(PersonColumns columns, estimate::SampleDesign design) : columns_(std::move(columns)), design_(std::move(design)) {}

  PersonColumns columns_;
  estimate::SampleDesign design_;  // one stage: for residuals only
  std::vector<double> weights_;
};

}  // namespace khaosat::index
