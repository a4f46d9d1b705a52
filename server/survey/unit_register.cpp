#include "server/survey/unit_register.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "base/text.h"

namespace khaosat {

namespace {

constexpr UnitLevel kLevels[] = {UnitLevel::province, UnitLevel::district, UnitLevel::commune,
                                 UnitLevel::department, UnitLevel::village};

using Positions = std::map<std::string, std::size_t, std::less<>>;

class RegisterCheck {
 public:
  explicit RegisterCheck(const std::vector<UnitEntry>& entries) : entries_(entries) {}

  Faults run() {
    check_ids();
    check_references();
    check_codes();
    const auto parents = [this](std::size_t i) {
      return std::vector<std::string>{entries_[i].unit.parent};
    };
    const auto predecessors = [this](std::size_t i) { return entries_[i].unit.predecessors; };
    check_circles(parents, "/parent", "is its own parent, directly or through others");
    check_circles(predecessors, "/predecessors", "is its own predecessor, directly or through others");
    return std::move(faults_);
  }

 private:
  void complain(std::size_t entry, const std::string& step, ErrorCode code, std::string message) {
    faults_.push_back({entries_[entry].file, entries_[entry].pointer + step, code, std::move(message)});
  }

  void check_ids() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::string& id = entries_[i].unit.id;
      if (id.empty()) continue;
      const auto [known, is_new] = positions_.emplace(id, i);
      if (is_new) continue;
      const UnitEntry& other = entries_[known->second];
      complain(i, "/id", ErrorCode::duplicate_key,
               "the unit id \"" + id + "\" stands already in " + other.file + "#" + other.pointer);
    }
  }

  // Only one guess per fault is worth its time, and a register of thousands is not searched for
  // every slip.
  std::string guess(const std::string& id) const {
    if (entries_.size() > 2000) return {};
    std::vector<std::string> ids;
    for (const auto& entry : entries_) ids.push_back(entry.unit.id);
    const auto near = nearest(id, ids);
    return near ? "; did you mean \"" + *near + "\"?" : std::string();
  }

  void check_references() {
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Unit& unit = entries_[i].unit;
      if (!unit.parent.empty() && !positions_.contains(unit.parent)) {
        complain(i, "/parent", ErrorCode::definition_unknown,
                 "there is no unit \"" + unit.parent + "\"" + guess(unit.parent));
      }
      for (std::size_t j = 0; j < unit.predecessors.size(); ++j) {
        const std::string step = "/predecessors/" + std::to_string(j);
        const auto found = positions_.find(unit.predecessors[j]);
        if (found == positions_.end()) {
          complain(i, step, ErrorCode::definition_unknown,
                   "there is no unit \"" + unit.predecessors[j] + "\"" + guess(unit.predecessors[j]));
          continue;
        }
        const Unit& before = entries_[found->second].unit;
        if (!unit.valid_from.empty() && !before.valid_to.empty() && before.valid_to >= unit.valid_from) {
          complain(i, step, ErrorCode::definition_invalid,
                   "\"" + before.id + "\" is valid to " + before.valid_to + ", after \"" + unit.id +
                       "\" begins; give it the day before as \"valid_to\"");
        }
      }
    }
  }

  // An absent beginning sorts first, an absent end is later than any day.
  void check_codes() {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (!entries_[i].unit.code.empty()) order.push_back(i);
    }
    const auto key = [this](std::size_t i) {
      const Unit& unit = entries_[i].unit;
      return std::tie(unit.level, unit.code, unit.valid_from);
    };
    std::sort(order.begin(), order.end(), [&](auto a, auto b) { return key(a) < key(b); });
    std::size_t longest = 0;  // of the same code so far, the one that ends last
    for (std::size_t k = 0; k < order.size(); ++k) {
      const Unit& unit = entries_[order[k]].unit;
      const Unit& before = entries_[order[longest]].unit;
      const bool same_code = k > 0 && before.level == unit.level && before.code == unit.code;
      if (same_code && (before.valid_to.empty() || before.valid_to >= unit.valid_from)) {
        complain(order[k], "/code", ErrorCode::definition_invalid,
                 "\"" + before.id + "\" bears the code " + unit.code +
                     " on some of the same days; mend \"valid_from\" or \"valid_to\"");
      }
      const bool ends_later = unit.valid_to.empty() ||
                              (!before.valid_to.empty() && unit.valid_to > before.valid_to);
      if (!same_code || ends_later) longest = k;
    }
  }

  // Depth first without recursion: a register may be one long chain.
  void check_circles(const std::function<std::vector<std::string>(std::size_t)>& next,
                     const std::string& step, const std::string& what) {
    enum class Mark { fresh, open, done };
    std::vector<Mark> marks(entries_.size(), Mark::fresh);
    for (std::size_t start = 0; start < entries_.size(); ++start) {
      std::vector<std::pair<std::size_t, std::size_t>> path;  // unit, neighbours already followed
      if (marks[start] == Mark::fresh) path.emplace_back(start, 0);
      while (!path.empty()) {
        const std::size_t unit = path.back().first;
        marks[unit] = Mark::open;
        const auto neighbours = next(unit);
        if (path.back().second == neighbours.size()) {
          marks[unit] = Mark::done;
          path.pop_back();
          continue;
        }
        const auto found = positions_.find(neighbours[path.back().second++]);
        if (found == positions_.end()) continue;
        if (marks[found->second] == Mark::open) {
          complain(unit, step, ErrorCode::definition_invalid, "\"" + entries_[unit].unit.id + "\" " + what);
        } else if (marks[found->second] == Mark::fresh) {
          path.emplace_back(found->second, 0);
        }
      }
    }
  }

  const std::vector<UnitEntry>& entries_;
  Positions positions_;
  Faults faults_;
};

}  // namespace

UnitRegister::UnitRegister(const std::vector<UnitEntry>& entries) {
  for (const auto& entry : entries) {
    if (by_id_.emplace(entry.unit.id, units_.size()).second) units_.push_back(entry.unit);
  }
}

const Unit* UnitRegister::find(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &units_[found->second];
}

const Unit* UnitRegister::with_code(UnitLevel level, std::string_view code, std::string_view date) const {
  for (const auto& unit : units_) {
    if (unit.level == level && unit.code == code && is_valid_on(unit, date)) return &unit;
  }
  return nullptr;
}

std::vector<const Unit*> UnitRegister::children_of(std::string_view id) const {
  std::vector<const Unit*> children;
  for (const auto& unit : units_) {
    if (unit.parent == id) children.push_back(&unit);
  }
  return children;
}

std::vector<const Unit*> UnitRegister::successors_of(std::string_view id) const {
  std::vector<const Unit*> successors;
  for (const auto& unit : units_) {
    const auto& before = unit.predecessors;
    if (std::find(before.begin(), before.end(), id) != before.end()) successors.push_back(&unit);
  }
  return successors;
}

Faults faults_of(const std::vector<UnitEntry>& entries) { return RegisterCheck(entries).run(); }

std::string_view name_of(UnitLevel level) {
  switch (level) {
    case UnitLevel::province: return "province";
    case UnitLevel::district: return "district";
    case UnitLevel::commune: return "commune";
    case UnitLevel::department: return "department";
    case UnitLevel::village: return "village";
  }
  return "commune";
}

std::optional<UnitLevel> unit_level_named(std::string_view name) {
  for (const UnitLevel level : kLevels) {
    if (name_of(level) == name) return level;
  }
  return std::nullopt;
}

}  // namespace khaosat
