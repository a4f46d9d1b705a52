#include "analysis/estimate/evaluate_reliability.h"

#include <cmath>
#include <limits>

#include "analysis/estimate/design_effect.h"
#include "analysis/estimate/reliability.h"

namespace khaosat::estimate {
namespace {

std::vector<double> inside(const std::vector<double>& column, const Domain& domain) {
  std::vector<double> result;
  for (std::size_t row = 0; row < column.size(); ++row)
    if (domain.empty() || domain[row] != 0) result.push_back(column[row]);
  return result;
}

}  // namespace

Result<void> evaluate_icc(const Respondents& respondents, const Statement& statement, const Domain& domain,
                          const EvaluateOptions& options, Finding& finding) {
  std::vector<double> y = respondents.numbers.at(statement.columns.front());
  std::vector<std::uint32_t> clusters(respondents.design.psu_of_row().begin(), respondents.design.psu_of_row().end());
  std::uint64_t missing = 0;
  if (statement.columns.size() > 1) clusters = code_labels(respondents.texts.at(statement.columns[1])).codes;
  for (std::size_t row = 0; row < y.size(); ++row) {
    const bool meant = domain.empty() || domain[row] != 0;
    if (meant && std::isnan(y[row])) ++missing;
    // Who belongs to no cluster tells nothing about clusters.
    const bool placed = statement.columns.size() < 2 || !respondents.texts.at(statement.columns[1])[row].empty();
    if (!meant || !placed) y[row] = std::numeric_limits<double>::quiet_NaN();
  }
  const IntraclassCorrelation found = TRY(intraclass_correlation(y, clusters));
  finding.estimate = without_error(found.icc, EstimateFlag::none, found.n, missing);
  finding.estimate->level = options.level;
  const auto components = variance_components(y, clusters);
  const auto finite = [](double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; };
  finding.details = {{"clusters", static_cast<double>(found.clusters)},
                     {"mean_size", found.mean_size},
                     {"mean_square_between", found.mean_square_between},
                     {"mean_square_within", found.mean_square_within},
                     {"f", finite(found.f)},
                     {"reliability_of_means", finite(found.reliability_of_means)},
                     {"cluster_design_effect", found.cluster_design_effect},
                     {"icc_reml", components ? std::optional(components->icc) : std::nullopt}};
  return {};
}

Result<void> evaluate_alpha(const Respondents& respondents, const Statement& statement, const Domain& domain,
                            const EvaluateOptions& options, Finding& finding) {
  std::vector<std::vector<double>> items;
  for (const auto& column : statement.columns) items.push_back(inside(respondents.numbers.at(column), domain));
  std::uint64_t complete = 0;
  for (std::size_t row = 0; row < items[0].size(); ++row) {
    bool all = true;
    for (const auto& item : items) all = all && !std::isnan(item[row]);
    complete += all ? 1 : 0;
  }
  const std::vector<double> weights(respondents.design.weights().begin(), respondents.design.weights().end());
  const Matrix covariances = statement.basis == AlphaBasis::weighted
                                 ? TRY(weighted_item_covariances(items, inside(weights, domain)))
                                 : TRY(item_covariances(items, statement.basis == AlphaBasis::pairwise ? MissingAnswers::pairwise
                                                                                                       : MissingAnswers::complete));
  const Reliability found = TRY(reliability(covariances));
  // Pairwise counts everybody, as R's psych does.
  const std::uint64_t n = statement.basis == AlphaBasis::pairwise ? items[0].size() : complete;
  finding.estimate = without_error(found.alpha, EstimateFlag::none, n, items[0].size() - complete);
  finding.estimate->level = options.level;
  if (statement.basis != AlphaBasis::weighted) {
    const Interval interval = TRY(feldt_interval(found.alpha, n, items.size(), options.level));
    finding.estimate->lower = interval.lower;
    finding.estimate->upper = interval.upper;
    finding.estimate->standard_error = alpha_standard_error(covariances, n);
    finding.estimate->degrees_of_freedom = std::numeric_limits<double>::infinity();  // Feldt's interval has none of t
  }
  std::optional<double> omega;
  if (items.size() > 2) {
    const auto factor = one_factor(correlations(covariances));
    if (factor) omega = factor->omega;
  }
  finding.details = {{"standardized_alpha", found.standardized_alpha}, {"lambda2", found.lambda2}, {"lambda6", found.lambda6},
                     {"average_correlation", found.average_correlation}, {"omega", omega}};
  for (std::size_t k = 0; k < found.alpha_if_dropped.size(); ++k)
    finding.details.push_back({"without " + statement.columns[k], found.alpha_if_dropped[k]});
  return {};
}

Result<void> evaluate_kish(const Respondents& respondents, const Domain& domain, Finding& finding) {
  const auto all = respondents.design.weights();
  const std::vector<double> weights = inside({all.begin(), all.end()}, domain);
  std::uint64_t n = 0;
  for (const double weight : weights) n += weight != 0 ? 1 : 0;
  finding.kish_n = TRY(kish_effective_size(weights));
  finding.estimate = without_error(*finding.kish_n, EstimateFlag::none, n);
  return {};
}

}  // namespace khaosat::estimate
