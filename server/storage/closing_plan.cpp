#include "server/storage/closing_plan.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace khaosat {

namespace {

// Cells are named by their rank in the order of the campaign's lists.
struct Group {
  std::vector<std::size_t> ranks;
  int answers = 0;
};
struct StratumGroup {
  std::vector<Group> groups;
};
struct UnitGroup {
  std::vector<StratumGroup> strata;
};

int answers_of(const Group& group) { return group.answers; }
int answers_of(const StratumGroup& stratum) {
  int sum = 0;
  for (const auto& group : stratum.groups) sum += group.answers;
  return sum;
}
int answers_of(const UnitGroup& unit) {
  int sum = 0;
  for (const auto& stratum : unit.strata) sum += answers_of(stratum);
  return sum;
}

template <typename T>
void append(std::vector<T>& to, std::vector<T>&& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// Joins members of fewer than k with the partner that `partner_of(index)` names, until none is left
// or only one member is.
template <typename T, typename PartnerOf, typename Join>
void reduce(std::vector<T>& members, int k, PartnerOf partner_of, Join join) {
  while (members.size() > 1) {
    const auto small = std::find_if(members.begin(), members.end(),
                                    [k](const T& member) { return answers_of(member) < k; });
    if (small == members.end()) return;
    const auto index = static_cast<std::size_t>(small - members.begin());
    const std::size_t partner = partner_of(index);
    const auto [low, high] = std::minmax(index, partner);
    join(members[low], std::move(members[high]));
    members.erase(members.begin() + static_cast<std::ptrdiff_t>(high));
  }
}

template <typename T>
std::size_t adjacent(const std::vector<T>& members, std::size_t index) {
  return index + 1 < members.size() ? index + 1 : index - 1;
}

class Planner {
 public:
  Planner(const Campaign& campaign, std::vector<CellCount> counts)
      : campaign_(campaign), counts_(std::move(counts)) {
    std::erase_if(counts_, [](const CellCount& count) { return count.answers <= 0; });
    std::sort(counts_.begin(), counts_.end(), [this](const CellCount& a, const CellCount& b) {
      return order_of(a.cell) < order_of(b.cell);
    });
  }

  ClosingPlan run() {
    ClosingPlan plan;
    auto units = nested();
    int answers = 0;
    for (const auto& unit : units) answers += answers_of(unit);
    if (answers == 0) return plan;
    if (answers < campaign_.batch_size) {
      plan.withheld = true;
      return plan;
    }
    for (auto& unit : units) reduce_unit(unit);
    reduce(
        units, campaign_.batch_size, [&](std::size_t i) { return adjacent(units, i); },
        [this](UnitGroup& into, UnitGroup&& from) {
          append(into.strata, std::move(from.strata));
          reduce_unit(into);
        });
    for (const auto& unit : units) describe(unit, plan);
    return plan;
  }

 private:
  using Order =
      std::tuple<std::size_t, std::size_t, std::size_t, std::string, std::string, std::string>;

  // Cells that the campaign does not list come last.
  Order order_of(const Cell& cell) const {
    const auto place = [](const auto& list, auto is_it) {
      return static_cast<std::size_t>(std::find_if(list.begin(), list.end(), is_it) - list.begin());
    };
    return {
        place(campaign_.units, [&](const auto& unit) { return unit == cell.unit; }),
        place(campaign_.strata, [&](const auto& stratum) { return stratum.id == cell.stratum; }),
        place(campaign_.psus, [&](const auto& psu) { return psu.id == cell.psu; }),
        cell.unit,
        cell.stratum,
        cell.psu};
  }

  std::vector<UnitGroup> nested() const {
    std::vector<UnitGroup> units;
    for (std::size_t rank = 0; rank < counts_.size(); ++rank) {
      const Cell& cell = counts_[rank].cell;
      const bool same_unit = rank > 0 && counts_[rank - 1].cell.unit == cell.unit;
      if (!same_unit) units.emplace_back();
      auto& strata = units.back().strata;
      if (!same_unit || counts_[rank - 1].cell.stratum != cell.stratum) strata.emplace_back();
      strata.back().groups.push_back({{rank}, counts_[rank].answers});
    }
    return units;
  }

  void reduce_unit(UnitGroup& unit) const {
    for (auto& stratum : unit.strata) reduce_stratum(stratum);
    reduce(
        unit.strata, campaign_.batch_size, [&](std::size_t i) { return adjacent(unit.strata, i); },
        [this](StratumGroup& into, StratumGroup&& from) {
          append(into.groups, std::move(from.groups));
          reduce_stratum(into);
        });
  }

  void reduce_stratum(StratumGroup& stratum) const {
    auto& groups = stratum.groups;
    reduce(
        groups, campaign_.batch_size,
        [&](std::size_t i) {
          const auto declared = declared_partner(groups, i);
          return declared ? *declared : adjacent(groups, i);
        },
        [](Group& into, Group&& from) {
          append(into.ranks, std::move(from.ranks));
          std::sort(into.ranks.begin(), into.ranks.end());
          into.answers += from.answers;
        });
  }

  std::optional<std::size_t> declared_partner(const std::vector<Group>& groups,
                                              std::size_t index) const {
    for (const std::size_t rank : groups[index].ranks) {
      std::set<std::string> passed;
      const auto* psu = campaign_.psu(counts_[rank].cell.psu);
      while (psu != nullptr && !psu->neighbour.empty() && passed.insert(psu->id).second) {
        for (std::size_t other = 0; other < groups.size(); ++other) {
          if (other != index && holds(groups[other], psu->neighbour)) return other;
        }
        psu = campaign_.psu(psu->neighbour);
      }
    }
    return std::nullopt;
  }

  bool holds(const Group& group, const std::string& psu) const {
    return std::any_of(group.ranks.begin(), group.ranks.end(),
                       [&](std::size_t rank) { return counts_[rank].cell.psu == psu; });
  }

  std::string label(const std::vector<std::size_t>& ranks, std::string Cell::*field) const {
    std::string text;
    std::set<std::string> seen;
    for (const std::size_t rank : ranks) {
      const std::string& part = counts_[rank].cell.*field;
      if (part.empty() || !seen.insert(part).second) continue;
      if (!text.empty()) text += '+';
      text += part;
    }
    return text;
  }

  void describe(const UnitGroup& unit, ClosingPlan& plan) const {
    std::vector<std::size_t> in_unit;
    for (const auto& stratum : unit.strata) {
      for (const auto& group : stratum.groups) {
        in_unit.insert(in_unit.end(), group.ranks.begin(), group.ranks.end());
      }
    }
    for (const auto& stratum : unit.strata) {
      std::vector<std::size_t> in_stratum;
      for (const auto& group : stratum.groups) {
        in_stratum.insert(in_stratum.end(), group.ranks.begin(), group.ranks.end());
      }
      for (const auto& group : stratum.groups) {
        const Cell to{label(in_unit, &Cell::unit), label(in_stratum, &Cell::stratum),
                      label(group.ranks, &Cell::psu)};
        ClosingReport::Merge merge{{}, to.psu, group.answers};
        for (const std::size_t rank : group.ranks) {
          const Cell& from = counts_[rank].cell;
          plan.moves.push_back({from, to});
          merge.psus.push_back(from.psu.empty() ? from.unit : from.psu);
        }
        if (merge.into.empty()) merge.into = to.unit;
        if (group.ranks.size() > 1) plan.merges.push_back(std::move(merge));
      }
    }
  }

  const Campaign& campaign_;
  std::vector<CellCount> counts_;
};

}  // namespace

ClosingPlan plan_closing(const Campaign& campaign, const std::vector<CellCount>& counts) {
  return Planner(campaign, counts).run();
}

}  // namespace khaosat
