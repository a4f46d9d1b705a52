#include "analysis/quality/effects.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/estimate/distributions.h"

namespace khaosat::quality {

namespace {

struct Part {
  double n = 0;
  double sum = 0;
};

struct Table {
  double n = 0;
  double within = 0;   // squares within classes
  double between = 0;  // squares of class means about the means of what they lie in
  double between_df = 0;
  double within_df = 0;
  double squared_sizes = 0;
  double size_term = 0;  // n0 of unequal classes, times the degrees of freedom between
};

std::optional<Effect> effect_from(const Table& table) {
  if (table.between_df < 1 || table.within_df < 1) return std::nullopt;
  const double between = table.between / table.between_df;
  const double within = table.within / table.within_df;
  if (between + within <= 1e-15) return std::nullopt;
  Effect effect;
  effect.numerator_df = table.between_df;
  effect.denominator_df = table.within_df;
  const double n0 = table.size_term / table.between_df;
  effect.share = std::clamp((between - within) / (between + (n0 - 1) * within), 0.0, 1.0);
  effect.design_effect = 1 + std::max(0.0, table.squared_sizes / table.n - 1) * effect.share;
  if (within <= 1e-15) {
    // Everybody of a class alike: as sure as it can be, and F has no finite value.
    effect.f = 1e9;
    effect.p = 0;
    effect.share_lower = effect.share_upper = 1;
    return effect;
  }
  effect.f = between / within;
  effect.p = estimate::f_upper(effect.f, table.between_df, table.within_df);
  const auto share_of = [&](double f) { return std::clamp((f - 1) / (f + n0 - 1), 0.0, 1.0); };
  effect.share_lower = share_of(effect.f / estimate::f_quantile(0.975, table.between_df, table.within_df));
  effect.share_upper = share_of(effect.f * estimate::f_quantile(0.975, table.within_df, table.between_df));
  return effect;
}

std::optional<Effect> nested(std::span<const double> values, std::span<const std::uint32_t> classes,
                             std::span<const std::uint32_t> places) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, Part> parts;
  std::map<std::uint32_t, Part> outer;
  for (std::size_t who = 0; who < values.size(); ++who) {
    if (std::isnan(values[who])) continue;
    const std::uint32_t place = places.empty() ? 0 : places[who];
    Part& part = parts[{place, classes[who]}];
    part.n += 1;
    part.sum += values[who];
    Part& all = outer[place];
    all.n += 1;
    all.sum += values[who];
  }
  Table table;
  std::map<std::uint32_t, double> squares;
  for (const auto& [key, part] : parts) {
    const Part& all = outer[key.first];
    const double apart = part.sum / part.n - all.sum / all.n;
    table.between += part.n * apart * apart;
    table.squared_sizes += part.n * part.n;
    squares[key.first] += part.n * part.n;
  }
  for (std::size_t who = 0; who < values.size(); ++who) {
    if (std::isnan(values[who])) continue;
    const Part& part = parts[{places.empty() ? 0 : places[who], classes[who]}];
    const double apart = values[who] - part.sum / part.n;
    table.within += apart * apart;
  }
  for (const auto& [place, all] : outer) {
    table.n += all.n;
    table.size_term += all.n - squares[place] / all.n;
  }
  table.between_df = static_cast<double>(parts.size()) - static_cast<double>(outer.size());
  table.within_df = table.n - static_cast<double>(parts.size());
  return effect_from(table);
}

}  // namespace

std::optional<Effect> effect_of(std::span<const double> values, std::span<const std::uint32_t> classes) {
  return nested(values, classes, {});
}

std::optional<Effect> effect_within(std::span<const double> values, std::span<const std::uint32_t> classes,
                                    std::span<const std::uint32_t> places) {
  return nested(values, classes, places);
}

}  // namespace khaosat::quality
