#include "analysis/disclosure/published_change.h"

#include <cmath>

namespace khaosat::disclosure {
namespace {

using change::ChangeState;
using change::NodeChange;
using change::PValues;

std::optional<double> rounded(const std::optional<double>& value, int decimals) {
  if (!value) return std::nullopt;
  const double scale = std::pow(10.0, decimals);
  const double result = std::round(*value * scale) / scale;
  return result == 0 ? 0 : result;
}

PValues rounded(const PValues& values) {
  return {rounded(values.alone, 4), rounded(values.among_components, 4), rounded(values.among_units, 4)};
}

const PublishedScore* score_of(const PublishedRun& run, const std::string& unit, const std::string& node) {
  const PublishedUnit* found = run.find_unit(unit);
  const auto place = run.find_node(node);
  return found == nullptr || !place ? nullptr : &found->scores[*place];
}

bool told_alone(const PublishedScore& score) { return score.n_high > 0 && score.n_low < score.n_high; }

PublishedNodeChange told(const NodeChange& change, const PublishedScore* before, const PublishedScore* after,
                         const DisclosureRules& rules) {
  PublishedNodeChange out;
  out.state = change::name_of(change.state);
  out.reason = change.reason;
  if (before != nullptr && before->state == PublishedState::value) out.before = before->value;
  if (after != nullptr && after->state == PublishedState::value) out.after = after->value;
  if (change.state == ChangeState::refused || change.state == ChangeState::missing) return out;
  if (!out.before || !out.after) {
    out.state = "hidden";
    const PublishedScore* hidden = out.before ? after : before;
    out.reason = hidden == nullptr ? "" : hidden->reason;
    return out;
  }
  out.higher = change.higher;
  if (told_alone(*before) || told_alone(*after)) {
    out.state = "no_error";
    out.reason = "too_few_respondents";
    out.difference = rounded(*out.after - *out.before, rules.decimals);
    out.higher = *out.after > *out.before;
    return out;
  }
  const bool exact = change.state == ChangeState::exact;
  out.difference = exact ? std::optional<double>(change.difference.value) : rounded(change.difference.value, rules.decimals);
  if (change.state != ChangeState::tested) return out;
  // A difference is printed with a digit more in its interval only if its figures are.
  out.lower = rounded(change.difference.lower, rules.decimals);
  out.upper = rounded(change.difference.upper, rules.decimals);
  out.degrees_of_freedom = change.difference.degrees_of_freedom;
  out.rise = rounded(change.rise);
  out.change = rounded(change.change);
  out.within_sampling_error = change.within_sampling_error;
  return out;
}

}  // namespace

PublishedChange publish_change(const change::IndexChange& change, const PublishedRun& before, const PublishedRun& after,
                               const DisclosureRules& rules) {
  PublishedChange out;
  out.model_before = change.model_before;
  out.model_after = change.model_after;
  out.title = change.title;
  out.year_before = change.year_before;
  out.year_after = change.year_after;
  out.level = change.level;
  out.places_before = change.places_before;
  out.places_after = change.places_after;
  out.places_in_both = change.places_in_both;
  out.correction_dropped = change.correction_dropped;
  out.design = change.design;
  out.nodes = change.nodes;
  out.only_before = change.only_before;
  out.only_after = change.only_after;
  out.decimals = rules.decimals;
  for (const change::UnitChange& unit : change.units) {
    PublishedUnitChange told_unit{unit.id, unit.name, unit.group, {}, {}, {}};
    bool all_told = true;
    for (std::size_t node = 0; node < change.nodes.size(); ++node) {
      const std::string& id = change.nodes[node].id;
      told_unit.nodes.push_back(told(unit.nodes[node], score_of(before, unit.id, id), score_of(after, unit.id, id), rules));
      const PublishedNodeChange& last = told_unit.nodes.back();
      if (change.nodes[node].component || node == 0) all_told = all_told && (last.state == "tested" || last.state == "exact");
    }
    // Conclusions over components would speak of hidden ones.
    if (all_told) {
      told_unit.every_component_higher = unit.every_component_higher;
      told_unit.risen_beyond_error = unit.risen_beyond_error;
    } else {
      bool known = true;
      bool higher = true;
      for (std::size_t node = 0; node < change.nodes.size(); ++node) {
        if (!change.nodes[node].component) continue;
        known = known && told_unit.nodes[node].higher.has_value();
        higher = higher && told_unit.nodes[node].higher.value_or(false);
      }
      if (known) told_unit.every_component_higher = higher;
    }
    out.units.push_back(std::move(told_unit));
  }
  return out;
}

}  // namespace khaosat::disclosure
