#include "analysis/estimate/evaluate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "analysis/estimate/design_effect.h"
#include "analysis/estimate/distributions.h"
#include "analysis/estimate/evaluate_reliability.h"
#include "analysis/estimate/linear_algebra.h"
#include "analysis/estimate/respondent_groups.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::estimate {
namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// "4" and "4.0" are one category; of several options joined by |, any counts.
bool is_one_of(const std::string& cell, const std::vector<std::string>& categories) {
  for (const std::string& option : split(cell, '|')) {
    const std::string_view chosen = trim(option);
    const auto number = number_from(chosen);
    for (const std::string& category : categories) {
      if (chosen == category) return true;
      if (number && number_from(category) == number) return true;
    }
  }
  return false;
}

// The answers a statement is about; the denominator of everything but a ratio is one per respondent.
struct Subject {
  std::vector<double> y;
  std::vector<double> x;  // ratio only
  bool is_ratio() const { return !x.empty(); }
  // Both or all answers valid.
  std::vector<double> answered() const {
    std::vector<double> result = y;
    for (std::size_t row = 0; row < x.size(); ++row)
      if (std::isnan(x[row])) result[row] = kMissing;
    return result;
  }
};

Subject subject_of(const Respondents& respondents, const Statement& statement) {
  Subject subject;
  const std::string& first = statement.columns.front();
  if (statement.kind == StatisticKind::share) {
    for (const std::string& cell : respondents.texts.at(first))
      subject.y.push_back(cell.empty() ? kMissing : is_one_of(cell, statement.categories) ? 1 : 0);
    return subject;
  }
  subject.y = respondents.numbers.at(first);
  if (statement.kind == StatisticKind::ratio) subject.x = respondents.numbers.at(statement.columns[1]);
  return subject;
}

Domain domain_of(const Respondents& respondents, const DomainTerms& terms) {
  if (terms.empty()) return {};
  Domain inside(respondents.design.rows(), 1);
  for (const DomainTerm& term : terms) {
    const auto& cells = respondents.texts.at(term.column);
    std::vector<std::string> values;
    for (const auto& value : split(term.value, '|')) values.emplace_back(trim(value));
    for (std::size_t row = 0; row < inside.size(); ++row)
      if (cells[row].empty() || !is_one_of(cells[row], values)) inside[row] = 0;
  }
  return inside;
}

// Said with the values there are, since a slip of the pen is the usual cause.
Result<Domain> named_domain(const Respondents& respondents, const DomainTerms& terms) {
  Domain inside = domain_of(respondents, terms);
  if (terms.empty() || std::find(inside.begin(), inside.end(), 1) != inside.end()) return inside;
  const auto& cells = respondents.texts.at(terms.front().column);
  const std::set<std::string> values(cells.begin(), cells.end());
  std::string list;
  int shown = 0;
  for (const std::string& value : values) {
    if (value.empty()) continue;
    list += (list.empty() ? "" : ", ") + (shown < 8 ? value : "…");
    if (++shown > 8) break;
  }
  return fail(ErrorCode::no_valid_answers, "nobody is in " + text_of(terms) + "; the column " + terms.front().column + " has: " + list);
}

Result<Linearized> linearized(const SampleDesign& design, const Statement& statement, const Subject& subject, const Domain& domain) {
  switch (statement.kind) {
    case StatisticKind::total: return total(design, subject.y, domain);
    case StatisticKind::ratio: return ratio(design, subject.y, subject.x, domain);
    case StatisticKind::variance: return population_variance(design, subject.y, domain);
    default: return mean(design, subject.y, domain);
  }
}

// The same with weights of a replicate. `answered`: valid answers in the full sample, by which a variance is corrected.
Result<double> value_with(const Statement& statement, const Subject& subject, const Domain& domain, double answered,
                          std::span<const double> weights) {
  if (statement.kind == StatisticKind::quantile) return weighted_quantile(subject.y, weights, statement.p, statement.rule, domain);
  const auto counts = [&](std::size_t row) {
    return (domain.empty() || domain[row] != 0) && !std::isnan(subject.y[row]) && !(subject.is_ratio() && std::isnan(subject.x[row]));
  };
  double above = 0;
  double below = 0;
  double n = 0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!counts(row)) continue;
    above += weights[row] * subject.y[row];
    below += weights[row] * (subject.is_ratio() ? subject.x[row] : 1);
    n += weights[row] != 0 ? 1 : 0;
  }
  // Left without anybody by a replicate, a total is 0 and a mean has no value.
  if (answered == 0 || (n == 0 && statement.kind != StatisticKind::total))
    return fail(ErrorCode::no_valid_answers, "nobody in the domain gave a valid answer");
  if (statement.kind == StatisticKind::total) return above;
  if (below == 0) return fail(ErrorCode::weights_sum_to_zero, "the denominator sums to zero");
  if (statement.kind != StatisticKind::variance) return above / below;
  if (answered < 2) return fail(ErrorCode::no_valid_answers, "a variance needs two valid answers or more");
  double squares = 0;
  for (std::size_t row = 0; row < weights.size(); ++row)
    if (counts(row)) squares += weights[row] * (subject.y[row] - above / below) * (subject.y[row] - above / below);
  return squares / below * answered / (answered - 1);
}

// Independent directions of the replicates among the people meant, as R counts them.
double degrees_in(const ReplicateWeights& weights, const Domain& domain) {
  if (domain.empty()) return std::max(0.0, static_cast<double>(rank_of_columns(weights.replicates)) - 1);
  std::vector<std::vector<double>> inside;
  for (const auto& replicate : weights.replicates) {
    inside.emplace_back();
    for (std::size_t row = 0; row < replicate.size(); ++row)
      if (domain[row] != 0) inside.back().push_back(replicate[row]);
  }
  return std::max(0.0, static_cast<double>(rank_of_columns(inside)) - 1);
}

class Evaluation {
 public:
  Evaluation(const Respondents& respondents, const Statement& statement, const EvaluateOptions& options)
      : respondents_(respondents), statement_(statement), options_(options) {
    if (statement.kind < StatisticKind::icc) subject_ = subject_of(respondents, statement);
  }

  Result<Finding> one(const DomainTerms& terms, const Domain& domain, const DomainTerms& minus, const Domain& other) const {
    Finding finding;
    finding.statistic = std::string(name_of(statement_.kind));
    finding.subject = statement_.subject() + (statement_.kind == StatisticKind::quantile ? " " + short_number(statement_.p) : "");
    finding.domain = terms;
    finding.minus = minus;
    switch (statement_.kind) {
      case StatisticKind::icc: TRY_VOID(evaluate_icc(respondents_, statement_, domain, options_, finding)); break;
      case StatisticKind::alpha: TRY_VOID(evaluate_alpha(respondents_, statement_, domain, options_, finding)); break;
      case StatisticKind::kish: TRY_VOID(evaluate_kish(respondents_, domain, finding)); break;
      default: TRY_VOID(minus.empty() ? single(domain, finding) : difference_of(domain, other, finding));
    }
    const Estimate& estimate = *finding.estimate;
    if (statement_.kind < StatisticKind::icc && estimate.standard_error && estimate.value != 0) finding.coefficient_of_variation = *estimate.standard_error / std::abs(estimate.value);
    return finding;
  }

 private:
  static std::string short_number(double value) {
    std::string text = std::to_string(value);
    while (text.back() == '0') text.pop_back();
    return text;
  }

  double degrees(const Domain& domain) const {
    if (options_.normal) return kInfinity;
    return respondents_.replicates ? degrees_in(*respondents_.replicates, domain) : degrees_of_freedom(respondents_.design, domain);
  }

  Result<void> single(const Domain& domain, Finding& finding) const {
    const SampleDesign& design = respondents_.design;
    const std::vector<double> answered = subject_.answered();
    const AnswerCounts counts = count_answers(design, answered, domain);
    if (counts.n == 0) return fail(ErrorCode::no_valid_answers, "nobody in the domain gave a valid answer");
    const EstimateOptions asked{options_.level, degrees(domain), counts.n, counts.n_missing};
    if (const auto kish = kish_of(answered, domain)) finding.kish_n = *kish;  // calibrated weights may be negative
    if (respondents_.replicates) {
      finding.estimate = TRY(replicated(domain, nullptr, asked, finding));
    } else if (statement_.kind == StatisticKind::quantile) {
      QuantileOptions quantile{statement_.rule, statement_.method, options_.level, std::nullopt};
      if (options_.normal) quantile.degrees_of_freedom = kInfinity;
      finding.estimate = TRY(estimate_quantile(design, subject_.y, statement_.p, domain, quantile));
    } else {
      const Linearized found = TRY(linearized(design, statement_, subject_, domain));
      finding.estimate = statement_.kind == StatisticKind::share
                             ? TRY(estimate_proportion(design, found, asked, statement_.method, inequality(counts, finding)))
                             : TRY(estimate_from(design, found, asked));
    }
    add_design_effects(domain, finding);
    return {};
  }

  Result<void> difference_of(const Domain& domain, const Domain& other, Finding& finding) const {
    const SampleDesign& design = respondents_.design;
    Domain either = domain;
    for (std::size_t row = 0; row < either.size(); ++row) either[row] = domain[row] != 0 || other[row] != 0;
    const AnswerCounts counts = count_answers(design, subject_.answered(), either);
    const EstimateOptions asked{options_.level, degrees(either), counts.n, counts.n_missing};
    if (respondents_.replicates) {
      finding.estimate = TRY(replicated(domain, &other, asked, finding));
    } else {
      const Linearized first = TRY(linearized(design, statement_, subject_, domain));
      const Linearized second = TRY(linearized(design, statement_, subject_, other));
      finding.estimate = TRY(estimate_from(design, difference(first, second), asked));
      const auto shared = covariance(design, first, second);
      finding.details = {{"first", first.value}, {"second", second.value},
                         {"covariance", shared ? std::optional(*shared) : std::nullopt}};
    }
    finding.details.push_back({"p", two_sided_p(*finding.estimate)});
    return {};
  }

  // A replicate in which nobody of the group is left has no value: NaN.
  Result<ReplicateEstimates> in_replicates(const ReplicateWeights& weights, const Domain& where) const {
    const auto answered = static_cast<double>(count_answers(respondents_.design, subject_.answered(), where).n);
    ReplicateEstimates found;
    found.value = TRY(value_with(statement_, subject_, where, answered, weights.full));
    for (const auto& set : weights.replicates) {
      const auto value = value_with(statement_, subject_, where, answered, set);
      found.replicates.push_back(value ? *value : kMissing);
    }
    return found;
  }

  // As R does; how many is said with the finding. `second` may have none.
  static std::size_t drop_missing(ReplicateWeights& weights, ReplicateEstimates& first, ReplicateEstimates& second) {
    std::size_t kept = 0;
    for (std::size_t r = 0; r < first.replicates.size(); ++r) {
      const bool compares = !second.replicates.empty();
      if (std::isnan(first.replicates[r]) || (compares && std::isnan(second.replicates[r]))) continue;
      first.replicates[kept] = first.replicates[r];
      if (compares) second.replicates[kept] = second.replicates[r];
      weights.rscales[kept++] = weights.rscales[r];
    }
    const std::size_t left_out = first.replicates.size() - kept;
    first.replicates.resize(kept);
    if (!second.replicates.empty()) second.replicates.resize(kept);
    weights.rscales.resize(kept);
    return left_out;
  }

  // `other`: the domain whose value is taken away.
  Result<Estimate> replicated(const Domain& domain, const Domain* other, const EstimateOptions& asked, Finding& finding) const {
    const ReplicateWeights& all = *respondents_.replicates;
    ReplicateEstimates found = TRY(in_replicates(all, domain));
    ReplicateEstimates second;
    if (other != nullptr) second = TRY(in_replicates(all, *other));
    // What a covariance needs of them.
    ReplicateWeights weights{all.type, {}, {}, all.scale, all.rscales, all.centre, std::nullopt};
    const std::size_t left_out = drop_missing(weights, found, second);
    if (weights.rscales.empty()) return fail(ErrorCode::no_valid_answers, "no replicate has anybody of the group in it");
    if (other != nullptr) {
      finding.details = {{"first", found.value}, {"second", second.value}, {"covariance", replicate_covariance(weights, found, second)}};
      found.value -= second.value;
      for (std::size_t r = 0; r < found.replicates.size(); ++r) found.replicates[r] -= second.replicates[r];
    }
    if (left_out > 0) finding.details.push_back({"replicates_left_out", static_cast<double>(left_out)});
    const double error = std::sqrt(std::max(0.0, replicate_covariance(weights, found, found)));
    if (!std::isfinite(error) || !std::isfinite(found.value)) return fail(ErrorCode::design_invalid, "a replicate of the value is not finite");
    Estimate estimate = without_error(found.value, error == 0 ? EstimateFlag::zero_variance : EstimateFlag::none, asked.n, asked.n_missing);
    estimate.level = asked.level;
    estimate.standard_error = error;
    estimate.degrees_of_freedom = asked.degrees_of_freedom.value_or(0);
    if (!(estimate.degrees_of_freedom > 0)) {
      estimate.flags = estimate.flags | EstimateFlag::no_degrees_of_freedom;
      return estimate;
    }
    if (other == nullptr && statement_.kind == StatisticKind::share) {
      const double p = std::clamp(estimate.value, 0.0, 1.0);
      const Interval interval = TRY(proportion_interval(
          statement_.method, {p, error * error, estimate.degrees_of_freedom, asked.n, asked.level,
                              inequality({asked.n, asked.n_missing}, finding)}));
      estimate.lower = interval.lower;
      estimate.upper = interval.upper;
      return estimate;
    }
    const double t = student_t_quantile(0.5 + asked.level / 2, estimate.degrees_of_freedom);
    estimate.lower = estimate.value - t * error;
    estimate.upper = estimate.value + t * error;
    return estimate;
  }

  // What unequal weights cost, for shares of 0 or 1, whose own variance tells nothing.
  static double inequality(const AnswerCounts& counts, const Finding& finding) {
    return finding.kish_n ? std::max(1.0, static_cast<double>(counts.n) / *finding.kish_n) : 1;
  }

  Result<double> kish_of(const std::vector<double>& answered, const Domain& domain) const {
    std::vector<double> weights;
    for (std::size_t row = 0; row < answered.size(); ++row)
      if ((domain.empty() || domain[row] != 0) && !std::isnan(answered[row])) weights.push_back(respondents_.design.weights()[row]);
    return kish_effective_size(weights);
  }

  void add_design_effects(const Domain& domain, Finding& finding) const {
    if (!finding.estimate->standard_error || statement_.kind == StatisticKind::quantile || statement_.kind == StatisticKind::variance) return;
    const SampleDesign& design = respondents_.design;
    const double variance = *finding.estimate->standard_error * *finding.estimate->standard_error;
    // Of a ratio: of the total of y - R x, which its influence is.
    std::vector<double> y = subject_.y;
    double scale = 1;
    for (std::size_t row = 0; row < subject_.x.size(); ++row) y[row] -= finding.estimate->value * subject_.x[row];
    double population = 0;
    double denominator = 0;
    for (std::size_t row = 0; row < y.size(); ++row) {
      if (std::isnan(y[row]) || (!domain.empty() && domain[row] == 0)) continue;
      population += design.weights()[row];
      if (subject_.is_ratio()) denominator += design.weights()[row] * subject_.x[row];
    }
    if (statement_.kind == StatisticKind::total) scale = population * population;
    if (subject_.is_ratio()) scale = population * population / (denominator * denominator);
    const auto simple = simple_sample_variance(design, y, SimpleSample::with_replacement, domain);
    if (!simple) return;
    finding.design_effect_replace = variance / (*simple * scale);
    // Without replacement less varies, unless the weights describe a census.
    const auto n = static_cast<double>(finding.estimate->n);
    if (population > n) finding.design_effect = *finding.design_effect_replace * population / (population - n);
  }

  const Respondents& respondents_;
  const Statement& statement_;
  const EvaluateOptions& options_;
  Subject subject_;
};

}  // namespace

Result<std::vector<Finding>> evaluate(const Respondents& respondents, const Statement& statement, const EvaluateOptions& options) {
  if (!(options.level > 0 && options.level < 1)) return fail(ErrorCode::out_of_range, "the level of an interval lies between 0 and 1", "level");
  const Evaluation evaluation(respondents, statement, options);
  const Domain inside = TRY(named_domain(respondents, statement.in));
  if (statement.by.empty()) {
    const Domain other = TRY(named_domain(respondents, statement.minus));
    return std::vector<Finding>{TRY(evaluation.one(statement.in, inside, statement.minus, other))};
  }
  std::vector<Finding> findings;
  // What calibration or replicates make of a group rests on everybody.
  const bool apart = !respondents.replicates && respondents.design.residual_rules().empty();
  for (const auto& [group, rows] : groups_of(respondents, statement, inside)) {
    DomainTerms terms = statement.in;
    terms.insert(terms.end(), group.begin(), group.end());
    auto finding = Result<Finding>(fail(ErrorCode::no_valid_answers, ""));
    if (apart) {
      const Respondents people = restricted(respondents, statement, rows);
      finding = Evaluation(people, statement, options).one(terms, Domain(rows.size(), 1), {}, {});
    } else {
      Domain domain(respondents.design.rows(), 0);
      for (const std::uint32_t row : rows) domain[row] = 1;
      finding = evaluation.one(terms, domain, {}, {});
    }
    if (finding) {
      findings.push_back(std::move(*finding));
      continue;
    }
    Finding refused;
    refused.statistic = std::string(name_of(statement.kind));
    refused.subject = statement.subject();
    refused.domain = std::move(terms);
    refused.refused = finding.error();
    findings.push_back(std::move(refused));
  }
  if (findings.empty()) return fail(ErrorCode::no_valid_answers, "no group has anybody in it: the column " + statement.by.front() + " is empty");
  return findings;
}

}  // namespace khaosat::estimate
