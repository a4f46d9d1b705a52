#include "analysis/change/change_family.h"

#include <map>
#include <string>

#include "analysis/estimate/multiplicity.h"

namespace khaosat::change {

namespace {

using Family = std::vector<NodeChange*>;

Result<void> adjust(const Family& family, estimate::MultiplicityMethod method, std::optional<double> PValues::*into) {
  for (const auto side : {&NodeChange::rise, &NodeChange::change}) {
    std::vector<double> p;
    std::vector<PValues*> values;
    for (NodeChange* change : family) {
      if (!(change->*side).alone) continue;
      p.push_back(*(change->*side).alone);
      values.push_back(&(change->*side));
    }
    if (p.empty()) continue;
    const auto adjusted = TRY(estimate::adjust_p_values(p, method));
    for (std::size_t k = 0; k < p.size(); ++k) values[k]->*into = adjusted[k];
  }
  return {};
}

Family components_of(const IndexChange& change, UnitChange& unit) {
  Family family;
  for (std::size_t node = 0; node < change.nodes.size(); ++node)
    if (change.nodes[node].component) family.push_back(&unit.nodes[node]);
  return family;
}

// As compare_years() concludes, with the p-values of the whole family.
void conclude_again(const IndexChange& change, UnitChange& unit) {
  if (!unit.risen_beyond_error) return;
  bool fallen = false;
  for (const NodeChange* one : components_of(change, unit)) {
    if (one->state == ChangeState::exact) fallen = fallen || one->difference.value < 0;
    fallen = fallen || (one->change.among_components && *one->change.among_components < 1 - change.level && one->difference.value < 0);
  }
  unit.risen_beyond_error = *unit.nodes.front().rise.alone < 1 - change.level && !fallen;
}

}  // namespace

Result<ChangeFamily> adjust_as_family(std::vector<IndexChange>& changes) {
  ChangeFamily said;
  said.indices = changes.size();
  std::map<std::string, Family> within;
  Family everything;
  for (IndexChange& change : changes) {
    for (UnitChange& unit : change.units) {
      const Family components = components_of(change, unit);
      Family& of_unit = within[(unit.group ? "group " : "unit ") + unit.id];
      of_unit.insert(of_unit.end(), components.begin(), components.end());
      if (unit.group) continue;
      for (NodeChange* one : components) {
        if (!one->rise.alone) continue;
        everything.push_back(one);
      }
    }
  }
  said.tests = everything.size();
  for (const auto& [unit, family] : within) {
    bool any = false;
    for (const NodeChange* one : family) any = any || one->rise.alone.has_value();
    if (any && unit.starts_with("unit ")) ++said.units;
  }
  if (changes.size() < 2) return said;
  for (const auto& [unit, family] : within) TRY_VOID(adjust(family, estimate::MultiplicityMethod::holm, &PValues::among_components));
  TRY_VOID(adjust(everything, estimate::MultiplicityMethod::benjamini_hochberg, &PValues::among_units));
  for (IndexChange& change : changes)
    for (UnitChange& unit : change.units) conclude_again(change, unit);
  return said;
}

}  // namespace khaosat::change
