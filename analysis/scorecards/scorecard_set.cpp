#include "analysis/scorecards/scorecard_set.h"

#include <algorithm>
#include <cmath>

#include "base/json_text.h"

namespace khaosat::scorecards {

const Item* ScorecardSet::find(std::string_view id) const {
  const auto index = index_of(id);
  return index ? &items[*index] : nullptr;
}

std::optional<std::size_t> ScorecardSet::index_of(std::string_view id) const {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].id == id) return i;
  }
  return std::nullopt;
}

double ScorecardSet::maximum() const {
  double sum = 0;
  for (const auto& item : items) sum += item.kind == ItemKind::field ? item.maximum : 0;
  return rounded(sum, 6);
}

std::vector<const Item*> ScorecardSet::leaves() const {
  std::vector<const Item*> found;
  for (const auto& item : items) {
    if (item.is_leaf()) found.push_back(&item);
  }
  return found;
}

double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  // A hair's breadth: 2.675 is stored as a little less than itself.
  const double scaled = std::abs(value) * scale;
  const double whole = std::floor(scaled + 0.5 + 1e-9);
  return whole == 0 ? 0 : std::copysign(whole / scale, value);
}

namespace {

double along_line(double value, double zero_at, double full_at, double maximum) {
  return std::clamp((value - zero_at) / (full_at - zero_at), 0.0, 1.0) * maximum;
}

}  // namespace

Result<double> points_of_ratio(const Item& item, double numerator, double denominator, int decimals) {
  const Ratio& ratio = *item.ratio;
  if (!std::isfinite(numerator) || !std::isfinite(denominator) || numerator < 0 || denominator < 0) {
    return fail(ErrorCode::out_of_range, "counts cannot be negative", item.id);
  }
  if (numerator > denominator) {
    return fail(ErrorCode::out_of_range,
                json_number(numerator) + " counted of " + json_number(denominator) + ": more than there were", item.id);
  }
  if (denominator == 0) {
    if (ratio.nothing_due) return *ratio.nothing_due;
    return fail(ErrorCode::out_of_range, "nothing fell due, and the scorecard does not say what that gives", item.id);
  }
  const double share = numerator / denominator;
  if (ratio.bands.empty()) return rounded(along_line(share, ratio.zero_at, ratio.full_at, item.maximum), decimals);
  for (const auto& band : ratio.bands) {
    // 9 of 10 is nine tenths, whatever the division makes of it.
    if (numerator >= band.at_least * denominator - 1e-9 * denominator) return band.points;
  }
  return 0.0;
}

Result<double> points_of_survey(const Item& item, double value, int decimals) {
  if (!std::isfinite(value)) return fail(ErrorCode::out_of_range, "the run has no value for this node", item.id);
  return rounded(along_line(value, item.survey->zero_at, item.survey->full_at, item.maximum), decimals);
}

}  // namespace khaosat::scorecards
