// The groups of a statement's "by", and the respondents of one of them taken apart. Internal to evaluate(). Pure; thread
// safe.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/estimate/evaluate.h"

namespace khaosat::estimate {

struct RespondentGroup {
  DomainTerms terms;                // a value of each column
  std::vector<std::uint32_t> rows;  // ascending
};

// In the order of values (as numbers, where all of a column are); combinations that nobody is in are no groups.
// `inside`: who takes part at all, empty: everybody. The statement names columns of text that are there.
std::vector<RespondentGroup> groups_of(const Respondents& respondents, const Statement& statement, const Domain& inside);

// What a statement needs of some of the respondents, without replicates; see SampleDesign::restricted_to().
Respondents restricted(const Respondents& respondents, const Statement& statement, std::span<const std::uint32_t> rows);

}  // namespace khaosat::estimate
