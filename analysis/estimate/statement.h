// What somebody asks of a sample, in a line of words: "mean income by commune", "share q1=4 in sex=f minus sex=m".
// Pure; thread safe. The grammar is in statement_help().
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/estimate/interval.h"
#include "analysis/estimate/quantile.h"
#include "base/result.h"

namespace khaosat::estimate {

enum class StatisticKind { total, mean, ratio, share, quantile, variance, icc, alpha, kish };
std::string_view name_of(StatisticKind kind);

struct DomainTerm {
  std::string column;
  std::string value;
};
// All must hold; empty: everybody.
using DomainTerms = std::vector<DomainTerm>;
// "sex=f and age=old"; empty for everybody.
std::string text_of(const DomainTerms& terms);

enum class AlphaBasis { pairwise, complete, weighted };

struct Statement {
  std::string text;  // as it was asked
  StatisticKind kind = StatisticKind::mean;
  std::vector<std::string> columns;     // ratio: numerator, denominator; icc: answers and perhaps clusters; alpha: items
  std::vector<std::string> categories;  // share: any of these
  double p = 0.5;                       // quantile
  std::vector<std::string> by;          // a value for each combination of these columns' values
  DomainTerms in;
  DomainTerms minus;                    // not empty: the difference of two domains
  ProportionMethod method = ProportionMethod::automatic;  // share; quantile: of the share at or below it
  QuantileRule rule = QuantileRule::math;
  AlphaBasis basis = AlphaBasis::pairwise;

  // What is estimated, without domains: "ratio spent/earned".
  std::string subject() const;
  // Columns whose cells must be numbers, and those that are compared as text.
  std::vector<std::string> number_columns() const;
  std::vector<std::string> text_columns() const;
};

std::string_view statement_help();
// Refuses usage, naming the word that does not fit.
Result<Statement> parse_statement(std::string_view text);

}  // namespace khaosat::estimate
