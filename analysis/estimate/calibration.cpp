#include "analysis/estimate/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "analysis/estimate/linear_algebra.h"

namespace khaosat::estimate {
namespace {

// u - w* · (what a regression of u / w* on the auxiliaries, weighted by the base, explains).
class RegressionResiduals : public ResidualRule {
 public:
  // `basis` orthonormal, of sqrt(base weight) · auxiliary; `scale` = w* / sqrt(base weight).
  RegressionResiduals(std::vector<std::vector<double>> basis, std::vector<double> scale)
      : basis_(std::move(basis)), scale_(std::move(scale)) {}

  void apply(std::span<double> influence) const override {
    std::vector<double> scaled(influence.size(), 0);
    for (std::size_t row = 0; row < scaled.size(); ++row)
      if (scale_[row] != 0) scaled[row] = influence[row] / scale_[row];
    for (const auto& direction : basis_) {
      double length = 0;
      for (std::size_t row = 0; row < scaled.size(); ++row) length += direction[row] * scaled[row];
      for (std::size_t row = 0; row < scaled.size(); ++row) scaled[row] -= length * direction[row];
    }
    for (std::size_t row = 0; row < scaled.size(); ++row) influence[row] = scaled[row] * scale_[row];
  }

 private:
  std::vector<std::vector<double>> basis_;
  std::vector<double> scale_;
};

// u - w* · average of u / w* over the category, people counted by their base weight.
class CategoryResiduals : public ResidualRule {
 public:
  CategoryResiduals(std::vector<std::uint32_t> category, std::vector<double> base,
                    std::vector<double> weight)
      : category_(std::move(category)), base_(std::move(base)), weight_(std::move(weight)) {}

  void apply(std::span<double> influence) const override {
    std::map<std::uint32_t, std::pair<double, double>> sums;
    for (std::size_t row = 0; row < influence.size(); ++row) {
      if (weight_[row] == 0) continue;
      auto& [above, below] = sums[category_[row]];
      above += influence[row] * base_[row] / weight_[row];
      below += base_[row];
    }
    for (std::size_t row = 0; row < influence.size(); ++row) {
      if (weight_[row] == 0) continue;
      const auto& [above, below] = sums[category_[row]];
      influence[row] -= weight_[row] * above / below;
    }
  }

 private:
  std::vector<std::uint32_t> category_;
  std::vector<double> base_;
  std::vector<double> weight_;
};

// R's rule for raking: ten rounds of unweighted averages, margin after margin.
class SweepResiduals : public ResidualRule {
 public:
  explicit SweepResiduals(std::vector<CategoryResiduals> margins) : margins_(std::move(margins)) {}
  void apply(std::span<double> influence) const override {
    for (int round = 0; round < 10; ++round)
      for (const auto& margin : margins_) margin.apply(influence);
  }

 private:
  std::vector<CategoryResiduals> margins_;
};

Result<void> check_margin(const SampleDesign& design, const Margin& margin) {
  if (margin.category.size() != design.rows())
    return fail(ErrorCode::design_invalid, "a margin needs one category per respondent");
  std::set<std::uint32_t> sampled;
  for (std::size_t row = 0; row < design.rows(); ++row) {
    if (design.weights()[row] == 0) continue;
    sampled.insert(margin.category[row]);
    if (margin.population.count(margin.category[row]) == 0)
      return fail(ErrorCode::not_comparable,
                  "respondents are in a category the population has no count for",
                  "category " + std::to_string(margin.category[row]));
  }
  for (const auto& [category, count] : margin.population) {
    if (!(count > 0) || !std::isfinite(count))
      return fail(ErrorCode::design_invalid, "a count of the population must be above zero",
                  "category " + std::to_string(category));
    if (sampled.count(category) == 0)
      return fail(ErrorCode::not_comparable,
                  "nobody of a category was sampled: join it with another",
                  "category " + std::to_string(category));
  }
  return {};
}

void fit_margin(std::vector<double>& weights, const Margin& margin) {
  std::map<std::uint32_t, double> sums;
  for (std::size_t row = 0; row < weights.size(); ++row)
    sums[margin.category[row]] += weights[row];
  for (std::size_t row = 0; row < weights.size(); ++row)
    if (weights[row] != 0)
      weights[row] *= margin.population.at(margin.category[row]) / sums[margin.category[row]];
}

std::vector<double> copy_of(std::span<const double> values) {
  return {values.begin(), values.end()};
}

// sqrt(base) · columns, orthonormal, with w* / sqrt(base) to go with it.
std::shared_ptr<const ResidualRule> regression_rule(std::span<const std::vector<double>> columns,
                                                    std::span<const double> base,
                                                    std::span<const double> weights) {
  std::vector<std::vector<double>> scaled;
  for (const auto& column : columns) {
    scaled.emplace_back(column.size());
    for (std::size_t row = 0; row < column.size(); ++row)
      scaled.back()[row] = column[row] * std::sqrt(std::max(0.0, base[row]));
  }
  std::vector<double> scale(base.size(), 0);
  for (std::size_t row = 0; row < base.size(); ++row)
    if (base[row] > 0) scale[row] = weights[row] / std::sqrt(base[row]);
  return std::make_shared<RegressionResiduals>(orthonormal_basis(scaled), std::move(scale));
}

struct Shift {
  double factor = 1;      // w* / w
  double derivative = 1;  // of the factor
};

Shift shift_at(double u, const CalibrationOptions& options) {
  const double lower = options.lower;
  const double upper = options.upper;
  switch (options.function) {
    case CalibrationFunction::linear: {
      const double free = 1 + u;
      if (free <= lower) return {lower, 0};
      if (free >= upper) return {upper, 0};
      return {free, 1};
    }
    case CalibrationFunction::exponential: {
      const double free = std::exp(u);
      if (free <= lower) return {lower, 0};
      if (free >= upper) return {upper, 0};
      return {free, free};
    }
    case CalibrationFunction::logit: {
      const double steepness = (upper - lower) / ((upper - 1) * (1 - lower));
      // Symmetric in sign, so that neither exponential overflows.
      const double e = std::exp(-std::abs(steepness * u));
      const double rise = u >= 0 ? 1 : e;
      const double rest = u >= 0 ? e : 1;
      const double below = (upper - 1) * rest + (1 - lower) * rise;
      const double factor = (lower * (upper - 1) * rest + upper * (1 - lower) * rise) / below;
      return {factor, (factor - lower) * (upper - factor) * steepness / (upper - lower)};
    }
  }
  return {};
}

Result<void> check_calibration(const SampleDesign& design,
                               std::span<const std::vector<double>> auxiliary,
                               std::span<const double> totals, const CalibrationOptions& options) {
  if (auxiliary.empty() || auxiliary.size() != totals.size())
    return fail(ErrorCode::design_invalid, "every auxiliary column needs its total");
  for (const auto& column : auxiliary) {
    if (column.size() != design.rows())
      return fail(ErrorCode::design_invalid, "an auxiliary column needs one entry per respondent");
    for (const double value : column)
      if (!std::isfinite(value))
        return fail(ErrorCode::design_invalid, "auxiliary values must be known for everybody");
  }
  for (const double total : totals)
    if (!std::isfinite(total)) return fail(ErrorCode::design_invalid, "a total is not finite");
  if (!(options.lower < 1 && options.upper > 1))
    return fail(ErrorCode::out_of_range, "bounds of weights enclose 1", "bounds");
  if (options.function == CalibrationFunction::logit &&
      (!std::isfinite(options.lower) || !std::isfinite(options.upper)))
    return fail(ErrorCode::out_of_range, "logit calibration needs two finite bounds", "bounds");
  return {};
}

}  // namespace

Result<SampleDesign> post_stratify(const SampleDesign& design, const Margin& margin) {
  TRY_VOID(check_margin(design, margin));
  const std::vector<double> base = copy_of(design.weights());
  std::vector<double> weights = base;
  fit_margin(weights, margin);
  auto rule = std::make_shared<CategoryResiduals>(margin.category, base, weights);
  return design.with_weights(std::move(weights), std::move(rule));
}

Result<SampleDesign> rake(const SampleDesign& design, std::span<const Margin> margins,
                          const RakingOptions& options) {
  if (margins.empty()) return fail(ErrorCode::design_invalid, "raking needs a margin");
  double population = 0;
  for (const auto& [category, count] : margins[0].population) population += count;
  for (const Margin& margin : margins) {
    TRY_VOID(check_margin(design, margin));
    double sum = 0;
    for (const auto& [category, count] : margin.population) sum += count;
    if (std::abs(sum - population) > 1e-9 * population)
      return fail(ErrorCode::not_comparable, "the margins count different populations");
  }

  // Convergence is judged by the cells of all margins crossed.
  std::map<std::vector<std::uint32_t>, std::size_t> cell_index;
  std::vector<std::size_t> cell(design.rows());
  for (std::size_t row = 0; row < cell.size(); ++row) {
    std::vector<std::uint32_t> key;
    for (const Margin& margin : margins) key.push_back(margin.category[row]);
    cell[row] = cell_index.emplace(std::move(key), cell_index.size()).first->second;
  }
  const auto cell_sums = [&](const std::vector<double>& weights) {
    std::vector<double> sums(cell_index.size(), 0);
    for (std::size_t row = 0; row < weights.size(); ++row) sums[cell[row]] += weights[row];
    return sums;
  };

  const std::vector<double> base = copy_of(design.weights());
  std::vector<double> weights = base;
  std::vector<double> before = cell_sums(weights);
  std::vector<std::vector<double>> weights_after(margins.size());
  bool converged = false;
  for (int round = 0; round < options.max_rounds && !converged; ++round) {
    for (std::size_t k = 0; k < margins.size(); ++k) {
      fit_margin(weights, margins[k]);
      weights_after[k] = weights;
    }
    const std::vector<double> now = cell_sums(weights);
    double change = 0;
    for (std::size_t k = 0; k < now.size(); ++k)
      change = std::max(change, std::abs(now[k] - before[k]));
    converged = change < options.tolerance * population;
    before = now;
  }
  // Margins that contradict each other settle too, in a circle: each round ends with the same weights, which follow the
  // last margin alone.
  for (const Margin& margin : margins) {
    std::map<std::uint32_t, double> reached;
    for (std::size_t row = 0; row < weights.size(); ++row) reached[margin.category[row]] += weights[row];
    for (const auto& [category, count] : margin.population)
      if (!(std::abs(reached[category] - count) <= (1e-9 + 1e3 * options.tolerance) * population)) converged = false;
  }
  if (!converged)
    return fail(ErrorCode::not_converged, "raking did not settle: the margins contradict each "
                                          "other in this sample, or a cell is nearly empty");

  std::shared_ptr<const ResidualRule> rule;
  if (options.variance == RakingVariance::unweighted_sweeps) {
    std::vector<CategoryResiduals> sweeps;
    for (std::size_t k = 0; k < margins.size(); ++k)
      sweeps.emplace_back(margins[k].category, std::vector<double>(base.size(), 1),
                          weights_after[k]);
    rule = std::make_shared<SweepResiduals>(std::move(sweeps));
  } else {
    std::vector<std::vector<double>> columns;
    for (const Margin& margin : margins)
      for (const auto& [category, count] : margin.population) {
        columns.emplace_back(base.size(), 0);
        for (std::size_t row = 0; row < base.size(); ++row)
          if (margin.category[row] == category) columns.back()[row] = 1;
      }
    rule = regression_rule(columns, base, weights);
  }
  return design.with_weights(std::move(weights), std::move(rule));
}

Result<SampleDesign> calibrate(const SampleDesign& design,
                               std::span<const std::vector<double>> auxiliary,
                               std::span<const double> totals, const CalibrationOptions& options) {
  TRY_VOID(check_calibration(design, auxiliary, totals, options));
  const std::size_t rows = design.rows();
  const std::size_t columns = auxiliary.size();
  const auto base = design.weights();
  std::vector<double> lambda(columns, 0);
  std::vector<Shift> shifts(rows);

  const auto evaluate = [&](const std::vector<double>& at, std::vector<double>& misfit) {
    for (std::size_t row = 0; row < rows; ++row) {
      double u = 0;
      for (std::size_t k = 0; k < columns; ++k) u += at[k] * auxiliary[k][row];
      shifts[row] = shift_at(u, options);
    }
    double worst = 0;
    for (std::size_t k = 0; k < columns; ++k) {
      double reached = 0;
      for (std::size_t row = 0; row < rows; ++row)
        reached += auxiliary[k][row] * base[row] * shifts[row].factor;
      misfit[k] = totals[k] - reached;
      const double relative = std::abs(misfit[k]) / (1 + std::abs(totals[k]));
      // An overflow must not look like a fit.
      worst = std::isfinite(relative) ? std::max(worst, relative)
                                      : std::numeric_limits<double>::infinity();
    }
    return worst;
  };

  // Newton's method; plain at first, and if that runs away, again with steps halved until the
  // misfit falls.
  std::vector<double> misfit(columns);
  double worst = 0;
  for (const bool halved : {false, true}) {
    std::fill(lambda.begin(), lambda.end(), 0);
    worst = evaluate(lambda, misfit);
    for (int step = 0; step < options.max_steps && worst > options.tolerance; ++step) {
      Matrix slope(columns, columns);
      for (std::size_t i = 0; i < columns; ++i)
        for (std::size_t j = i; j < columns; ++j) {
          double sum = 0;
          for (std::size_t row = 0; row < rows; ++row)
            sum += auxiliary[i][row] * auxiliary[j][row] * base[row] * shifts[row].derivative;
          slope(i, j) = slope(j, i) = sum;
        }
      const std::vector<double> direction = solve_symmetric(slope, misfit);
      std::vector<double> trial(columns);
      double reached = worst;
      double length = 1;
      for (int halving = 0; halving < 40; ++halving, length /= 2) {
        for (std::size_t k = 0; k < columns; ++k) trial[k] = lambda[k] + length * direction[k];
        reached = evaluate(trial, misfit);
        if (halved ? reached < worst : std::isfinite(reached)) break;
      }
      if (halved && !(reached < worst)) {
        worst = evaluate(lambda, misfit);
        break;
      }
      lambda = trial;
      worst = reached;
    }
    if (worst <= options.tolerance) break;
  }
  // Rounding sets a floor that large totals of many people cannot go below.
  if (!(worst <= std::max(options.tolerance, 1e-9)))
    return fail(ErrorCode::not_comparable,
                "no weights reach these totals: they contradict each other, or the bounds are too "
                "narrow");

  std::vector<double> weights(rows);
  for (std::size_t row = 0; row < rows; ++row) weights[row] = base[row] * shifts[row].factor;
  auto rule = regression_rule(auxiliary, base, weights);
  return design.with_weights(std::move(weights), std::move(rule));
}

Result<SampleDesign> trim_weights(const SampleDesign& design, double lower, double upper,
                                  bool strict) {
  if (!(lower <= upper))
    return fail(ErrorCode::out_of_range, "the lower limit of weights is above the upper one");
  std::vector<double> weights = copy_of(design.weights());
  double counted = 0;
  for (int round = 0; round < 1000; ++round) {
    double cut = 0;
    double inside = 0;
    for (const double weight : weights) {
      if (weight == 0) continue;
      counted += round == 0 ? 1 : 0;
      if (weight < lower || weight > upper)
        cut += weight - std::clamp(weight, lower, upper);
      else
        inside += 1;
    }
    if (inside == counted) return design.with_weights(weights, nullptr);
    if (inside == 0)
      return fail(ErrorCode::out_of_range, "every weight is outside the limits: widen them");
    for (double& weight : weights) {
      if (weight == 0) continue;
      weight = weight < lower || weight > upper ? std::clamp(weight, lower, upper)
                                                : weight + cut / inside;
    }
    if (!strict) return design.with_weights(std::move(weights), nullptr);
  }
  return fail(ErrorCode::not_converged, "no weights between these limits have the same sum");
}

std::string_view name_of(CalibrationFunction function) {
  static constexpr std::array<std::string_view, 3> kNames = {"linear", "exponential", "logit"};
  return kNames[static_cast<std::size_t>(function)];
}

}  // namespace khaosat::estimate
