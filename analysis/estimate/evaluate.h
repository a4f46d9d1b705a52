// Statements about a sample, answered: values with error, degrees of freedom, interval, design effect. Errors are
// linearised, or come from replicate weights where the sample carries them. Pure; thread safe.
//
// Nothing here is protected: figures of one respondent come out like any other. What may be shown to others is
// decided by analysis/disclosure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/estimate/replicates.h"
#include "analysis/estimate/sample_design.h"
#include "analysis/estimate/statement.h"

namespace khaosat::estimate {

// A sample and the columns that statements name, one entry per respondent.
struct Respondents {
  SampleDesign design;
  std::map<std::string, std::vector<double>> numbers;      // NaN: no answer
  std::map<std::string, std::vector<std::string>> texts;   // empty: no answer
  std::optional<ReplicateWeights> replicates;              // present: errors come from these
};

// A further number of a finding, such as the lambdas beside alpha; absent where it cannot be computed.
struct Detail {
  std::string name;
  std::optional<double> value;
};

struct Finding {
  std::string statistic;
  std::string subject;
  DomainTerms domain;
  DomainTerms minus;
  // Absent where a group gives no value (`refused` says why).
  std::optional<Estimate> estimate;
  std::optional<Error> refused;
  std::optional<double> coefficient_of_variation;  // error over |value|
  std::optional<double> design_effect;              // against a simple sample without replacement
  std::optional<double> design_effect_replace;      // with replacement
  std::optional<double> kish_n;                     // of those with a valid answer
  std::vector<Detail> details;
};

struct EvaluateOptions {
  double level = 0.95;
  bool normal = false;  // z instead of t with the degrees of freedom of the domain
};

// One finding; with `by` one per group, ordered by the groups' values (as numbers where all are). Refuses
// no_valid_answers (nobody is in the domain named, nobody in it answered), and what the statistics refuse; with
// `by`, a group that gives no value is a finding with `refused` instead.
Result<std::vector<Finding>> evaluate(const Respondents& respondents, const Statement& statement,
                                      const EvaluateOptions& options = {});

}  // namespace khaosat::estimate
