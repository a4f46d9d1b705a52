#include "analysis/change/test_family.h"

namespace khaosat::change {

TestFamily components_of(const IndexChange& change, UnitChange& unit) {
  TestFamily family;
  for (std::size_t node = 0; node < change.nodes.size(); ++node)
    if (change.nodes[node].component) family.push_back(&unit.nodes[node]);
  return family;
}

Result<void> adjust(const TestFamily& family, estimate::MultiplicityMethod method, std::optional<double> PValues::*into) {
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

bool has_fallen(const IndexChange& change, const UnitChange& unit, double level) {
  for (std::size_t node = 0; node < change.nodes.size(); ++node) {
    const NodeChange& one = unit.nodes[node];
    if (!change.nodes[node].component || !(one.difference.value < 0)) continue;
    if (one.state == ChangeState::exact) return true;
    if (one.change.among_components && *one.change.among_components < 1 - level) return true;
  }
  return false;
}

}  // namespace khaosat::change
