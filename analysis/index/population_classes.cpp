#include "analysis/index/population_classes.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace khaosat::index {

namespace {

// Unlike anything an id may hold.
constexpr char kBetween = '\x1f';

std::string key_of(const std::string& unit, const std::vector<std::string>& options) {
  std::string key = unit;
  for (const auto& option : options) key += kBetween + option;
  return key;
}

std::string words_of(const PopulationCount& count) {
  std::string words;
  for (const auto& option : count.options) words += (words.empty() ? "" : "/") + option;
  return words;
}

struct Class {
  std::vector<std::size_t> counts;  // in PopulationMargin::counts, ascending
  std::uint64_t respondents = 0;
  double people = 0;
};

struct Area {
  std::string unit;
  std::vector<Class> classes;  // in the order of counts
  std::uint64_t respondents = 0;
  std::uint64_t unclassed = 0;
  double weight = 0;
  double unclassed_weight = 0;
};

class Margin {
 public:
  Margin(const PopulationMargin& known, std::size_t number, const ClassedPeople& people, std::uint64_t minimum)
      : known_(known), number_(number), people_(people), minimum_(minimum) {}

  Result<PersonMargin> made(bool units_stand_alone, RunCalibration& said) {
    TRY_VOID(place_everybody(said));
    for (auto& area : areas_) {
      if (area.respondents == 0 && !units_stand_alone)
        return refused(said, "unit_without_answers", "nobody answered in a unit whose people are counted", area.unit);
      if (100 * area.unclassed > kMostUnclassedPercent * area.respondents)
        return refused(said, "too_many_unclassed", "more than one respondent in five has no category", area.unit.empty() ? known_.name() : area.unit);
      const std::size_t before = area.classes.size();
      join_small(area);
      if (area.respondents > 0 && area.classes.size() < before) tell(area, said);
    }
    return categories();
  }

 private:
  static tl::unexpected<Error> refused(RunCalibration& said, const char* reason, const char* message, const std::string& where) {
    said.refused = reason;
    return fail(ErrorCode::not_comparable, message, where);
  }

  Result<void> place_everybody(RunCalibration& said) {
    std::map<std::string, std::size_t> area_of;
    for (std::size_t row = 0; row < known_.counts.size(); ++row) {
      const auto& count = known_.counts[row];
      const auto [at, fresh] = area_of.try_emplace(count.unit, areas_.size());
      if (fresh) areas_.push_back({count.unit, {}, 0, 0, 0, 0});
      class_of_[key_of(count.unit, count.options)] = {at->second, areas_[at->second].classes.size()};
      areas_[at->second].classes.push_back({{row}, 0, static_cast<double>(count.people)});
    }
    std::vector<const std::vector<std::string>*> columns;
    for (const auto& question : known_.questions) columns.push_back(&people_.option.at(question));
    std::vector<std::string> options(columns.size());
    for (std::size_t who = 0; who < people_.unit.size(); ++who) {
      const std::string unit = known_.by_unit ? people_.unit[who] : std::string();
      const auto area = area_of.find(unit);
      if (area == area_of.end()) return refused(said, "unit_without_counts", "people of a unit answered whose population is not counted", unit);
      for (std::size_t k = 0; k < columns.size(); ++k) options[k] = (*columns[k])[who];
      const auto found = class_of_.find(key_of(unit, options));
      Area& here = areas_[area->second];
      ++here.respondents;
      here.weight += people_.weight[who];
      if (found == class_of_.end()) {
        ++here.unclassed;
        here.unclassed_weight += people_.weight[who];
        where_.push_back({area->second, kNone});
      } else {
        ++here.classes[found->second.second].respondents;
        where_.push_back({area->second, here.classes[found->second.second].counts.front()});
      }
    }
    return {};
  }

  bool too_small(const Class& one) const { return one.respondents < minimum_ || one.people <= 0; }

  bool share_all_but_last(const Class& one, const Class& other) const {
    const auto& a = known_.counts[one.counts.front()].options;
    const auto& b = known_.counts[other.counts.front()].options;
    return std::equal(a.begin(), a.end() - 1, b.begin());
  }

  void join_small(Area& area) const {
    auto& classes = area.classes;
    while (classes.size() > 1) {
      std::size_t smallest = classes.size();
      for (std::size_t k = 0; k < classes.size(); ++k) {
        if (!too_small(classes[k])) continue;
        if (smallest == classes.size() || classes[k].respondents < classes[smallest].respondents) smallest = k;
      }
      if (smallest == classes.size()) return;
      const bool has_next = smallest + 1 < classes.size();
      const bool has_previous = smallest > 0;
      const bool next_near = has_next && share_all_but_last(classes[smallest], classes[smallest + 1]);
      const bool previous_near = has_previous && share_all_but_last(classes[smallest - 1], classes[smallest]);
      // Into the earlier of the two, so that the order stays.
      const std::size_t into = next_near || (has_next && !previous_near) ? smallest : smallest - 1;
      Class& first = classes[into];
      const Class& second = classes[into + 1];
      first.counts.insert(first.counts.end(), second.counts.begin(), second.counts.end());
      first.respondents += second.respondents;
      first.people += second.people;
      classes.erase(classes.begin() + static_cast<std::ptrdiff_t>(into) + 1);
    }
  }

  void tell(const Area& area, RunCalibration& said) const {
    for (const auto& one : area.classes) {
      if (one.counts.size() < 2) continue;
      JoinedClasses joined{number_, area.unit, {}};
      for (const std::size_t count : one.counts) joined.classes.push_back(known_.counts[count].options);
      said.joined.push_back(std::move(joined));
    }
  }

  Result<PersonMargin> categories() const {
    PersonMargin margin{known_.name(), {}, {}};
    std::vector<std::string> name_of_count(known_.counts.size());
    std::vector<std::string> name_of_unclassed(areas_.size());
    for (std::size_t at = 0; at < areas_.size(); ++at) {
      const Area& area = areas_[at];
      if (area.respondents == 0) continue;
      double people = 0;
      for (const auto& one : area.classes) people += one.people;
      const double unclassed = area.weight > 0 ? people * (area.unclassed_weight / area.weight) : 0;
      const auto largest = std::max_element(area.classes.begin(), area.classes.end(), [](const auto& a, const auto& b) { return a.respondents < b.respondents; });
      const bool apart = area.unclassed >= minimum_;
      for (auto one = area.classes.begin(); one != area.classes.end(); ++one) {
        std::string name = area.unit;
        for (const std::size_t count : one->counts) name += (count == one->counts.front() ? " " : " + ") + words_of(known_.counts[count]);
        double target = one->people * (people > 0 ? (people - unclassed) / people : 0);
        if (one == largest && !apart) target += unclassed;
        // A class nobody answered in is left only where it is the area's last.
        if (one->respondents > 0 || (one == largest && !apart && area.unclassed > 0)) margin.population[name] = target;
        for (const std::size_t count : one->counts) name_of_count[count] = name;
        if (one == largest && !apart) name_of_unclassed[at] = name;
      }
      if (!apart) continue;
      name_of_unclassed[at] = area.unit + " -";
      margin.population[name_of_unclassed[at]] = unclassed;
    }
    for (const auto& [area, count] : where_) margin.category.push_back(count == kNone ? name_of_unclassed[area] : name_of_count[count]);
    return margin;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const PopulationMargin& known_;
  const std::size_t number_;
  const ClassedPeople& people_;
  const std::uint64_t minimum_;
  std::vector<Area> areas_;
  std::map<std::string, std::pair<std::size_t, std::size_t>> class_of_;  // area, class before joining
  std::vector<std::pair<std::size_t, std::size_t>> where_;               // per respondent: area, count
};

}  // namespace

std::string PopulationMargin::name() const {
  std::string name = by_unit ? "unit" : "";
  for (const auto& question : questions) name += (name.empty() ? "" : " × ") + question;
  return name;
}

Result<PersonCalibration> population_classes(const Population& population, const ClassedPeople& people, std::uint64_t minimum, RunCalibration& said) {
  said.source = population.source;
  said.minimum = minimum;
  said.method = population.margins.size() == 1 ? "post_stratification" : "raking";
  for (const auto& margin : population.margins) {
    auto& named = said.margins.emplace_back(margin.questions);
    if (margin.by_unit) named.insert(named.begin(), "unit");
  }
  const bool units_stand_alone = std::all_of(population.margins.begin(), population.margins.end(), [](const auto& margin) { return margin.by_unit; });
  PersonCalibration calibration;
  for (std::size_t number = 0; number < population.margins.size(); ++number) {
    auto margin = TRY(Margin(population.margins[number], number, people, minimum).made(units_stand_alone, said));
    if (population.margins.size() == 1) {
      calibration.post_strata = std::move(margin);
    } else {
      calibration.margins.push_back(std::move(margin));
    }
  }
  std::set<std::size_t> without;
  for (const auto& known : population.margins) {
    std::set<std::string> counted;
    for (const auto& count : known.counts) counted.insert(key_of("", count.options));
    std::vector<std::string> options(known.questions.size());
    for (std::size_t who = 0; who < people.unit.size(); ++who) {
      for (std::size_t k = 0; k < options.size(); ++k) options[k] = people.option.at(known.questions[k])[who];
      if (!counted.contains(key_of("", options))) without.insert(who);
    }
  }
  if (!people.unit.empty())
    said.unclassed_percent = static_cast<int>(5 * std::llround(20.0 * static_cast<double>(without.size()) / static_cast<double>(people.unit.size())));
  return calibration;
}

bool singles_out(const std::vector<double>& before, const std::vector<double>& after, std::uint64_t minimum) {
  std::vector<double> factors;
  for (std::size_t who = 0; who < before.size(); ++who)
    if (before[who] > 0) factors.push_back(after[who] / before[who]);
  std::sort(factors.begin(), factors.end());
  for (std::size_t from = 0; from < factors.size();) {
    std::size_t to = from;
    // Equal but for rounding.
    while (to < factors.size() && factors[to] - factors[from] <= 1e-9 * factors[from]) ++to;
    const std::uint64_t others = factors.size() - (to - from);
    if (others > 0 && others < minimum) return true;
    from = to;
  }
  return false;
}

}  // namespace khaosat::index
