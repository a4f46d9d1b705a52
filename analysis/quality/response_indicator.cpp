#include "analysis/quality/response_indicator.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace khaosat::quality {

Result<ResponseIndicator> response_indicator(const std::vector<ResponseCell>& cells) {
  // The same categories twice are one cell, whoever counted them.
  std::map<std::vector<std::string>, std::pair<double, double>> merged;
  double invited = 0;
  double answered = 0;
  for (const ResponseCell& cell : cells) {
    if (cell.categories.size() != cells.front().categories.size()) {
      return fail(ErrorCode::design_invalid, "every cell needs a category of every variable");
    }
    if (cell.answered > cell.invited) return fail(ErrorCode::out_of_range, "more answers than invitations in a cell");
    auto& [n, r] = merged[cell.categories];
    n += static_cast<double>(cell.invited);
    r += static_cast<double>(cell.answered);
    invited += static_cast<double>(cell.invited);
    answered += static_cast<double>(cell.answered);
  }
  if (invited < 2 || answered < 1) return fail(ErrorCode::no_valid_answers, "nobody was invited, or nobody answered");
  ResponseIndicator result;
  result.rate = answered / invited;
  double squares = 0;
  double luck = 0;
  for (const auto& [categories, cell] : merged) {
    const auto& [n, r] = cell;
    if (n == 0) continue;
    const double rho = r / n;
    squares += n * (rho - result.rate) * (rho - result.rate);
    if (n > 1) luck += rho * (1 - rho) * n / (n - 1) * (1 - n / invited);
  }
  const double variance = squares / (invited - 1);
  result.spread = std::sqrt(variance);
  result.r = 1 - 2 * result.spread;
  result.adjusted_r = 1 - 2 * std::sqrt(std::max(0.0, variance - luck / (invited - 1)));
  result.coefficient_of_variation = result.spread / result.rate;
  const std::size_t variables = cells.front().categories.size();
  for (std::size_t variable = 0; variable < variables; ++variable) {
    std::map<std::string, std::pair<double, double>> by;
    for (const auto& [categories, cell] : merged) {
      by[categories[variable]].first += cell.first;
      by[categories[variable]].second += cell.second;
    }
    double sum = 0;
    std::vector<PartialIndicator> parts;
    for (const auto& [category, cell] : by) {
      if (cell.first == 0) continue;
      const double apart = cell.second / cell.first - result.rate;
      sum += cell.first / invited * apart * apart;
      parts.push_back({variable, category, std::sqrt(cell.first / invited) * apart});
    }
    result.partial.push_back({variable, "", std::sqrt(sum)});
    result.partial.insert(result.partial.end(), parts.begin(), parts.end());
  }
  return result;
}

}  // namespace khaosat::quality
