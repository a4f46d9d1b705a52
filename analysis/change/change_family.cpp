#include "analysis/change/change_family.h"

#include <map>
#include <string>

#include "analysis/change/test_family.h"

namespace khaosat::change {

namespace {

// As compare_years() concludes, with the p-values of the whole family.
void conclude_again(const IndexChange& change, UnitChange& unit) {
  if (!unit.risen_beyond_error) return;
  unit.risen_beyond_error = *unit.nodes.front().rise.alone < 1 - change.level && !has_fallen(change, unit, change.level);
}

}  // namespace

Result<ChangeFamily> adjust_as_family(std::vector<IndexChange>& changes) {
  ChangeFamily said;
  said.indices = changes.size();
  std::map<std::string, TestFamily> within;
  TestFamily everything;
  for (IndexChange& change : changes) {
    for (UnitChange& unit : change.units) {
      const TestFamily components = components_of(change, unit);
      TestFamily& of_unit = within[(unit.group ? "group " : "unit ") + unit.id];
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
