#include "analysis/index/person_influences.h"

#include <algorithm>
#include <numeric>

#include "analysis/estimate/sample_design.h"

namespace khaosat::index {

namespace {

constexpr int kSweeps = 10;  // as estimate::RakingVariance::unweighted_sweeps

// Sums by place with a list of those that were touched; kept by a thread from call to call, as places may be many.
struct Scratch {
  std::vector<double> sums;
  std::vector<char> met;
  std::vector<std::uint32_t> touched;

  void begin(std::size_t places) {
    for (const std::uint32_t place : touched) {
      sums[place] = 0;
      met[place] = 0;
    }
    touched.clear();
    if (sums.size() < places) {
      sums.resize(places, 0);
      met.resize(places, 0);
    }
  }
  void add(std::uint32_t place, double value) {
    if (met[place] == 0) {
      met[place] = 1;
      touched.push_back(place);
    }
    sums[place] += value;
  }
  std::vector<estimate::PsuInfluence> taken() {
    std::vector<estimate::PsuInfluence> influence;
    influence.reserve(touched.size());
    // Calibration reaches nearly every place: going through all of them is then quicker than sorting.
    if (touched.size() > met.size() / 16) {
      for (std::uint32_t place = 0; place < met.size(); ++place)
        if (met[place] != 0) influence.push_back({place, sums[place]});
      return influence;
    }
    std::sort(touched.begin(), touched.end());
    for (const std::uint32_t place : touched) influence.push_back({place, sums[place]});
    return influence;
  }
};

}  // namespace

PersonInfluences::PersonInfluences(const PersonSample& persons, PersonPlaces places) : persons_(persons), places_(std::move(places)) {
  const PersonColumns& columns = persons.columns();
  for (std::uint32_t row = 0; row < columns.unit.size(); ++row) rows_[columns.unit[row]].push_back(row);
  by_class_ = columns.calibration.post_strata.has_value() || !columns.calibration.margins.empty();
  raked_ = !columns.calibration.margins.empty();
  if (by_class_) find_classes();
}

void PersonInfluences::find_classes() {
  const PersonColumns& columns = persons_.columns();
  const std::size_t rows = columns.unit.size();
  std::vector<const PersonMargin*> margins;
  if (columns.calibration.post_strata) margins.push_back(&*columns.calibration.post_strata);
  for (const auto& margin : columns.calibration.margins) margins.push_back(&margin);
  std::vector<std::vector<std::uint32_t>> codes;
  for (const auto* margin : margins) {
    codes.push_back(estimate::code_labels(margin->category).codes);
    categories_.push_back(codes.back().empty() ? 0 : 1U + *std::max_element(codes.back().begin(), codes.back().end()));
  }
  std::map<std::vector<std::uint32_t>, std::uint32_t> known;
  class_of_.resize(rows);
  std::vector<std::uint32_t> key(margins.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t k = 0; k < margins.size(); ++k) key[k] = codes[k][row];
    const auto [at, fresh] = known.emplace(key, static_cast<std::uint32_t>(classes_.size()));
    if (fresh) classes_.push_back({1, 0, 0, 0, key});
    class_of_[row] = at->second;
    Class& one = classes_[at->second];
    const double base = columns.weight[row];
    const double weight = persons_.weights()[row];
    if (weight == 0 || base == 0) continue;
    if (one.count == 0) one.factor = weight / base;
    one.count += 1;
    one.base += base;
  }
  // Classes that share a category belong together, and so on from class to class.
  std::vector<std::uint32_t> leader(classes_.size());
  std::iota(leader.begin(), leader.end(), 0U);
  const auto find = [&](std::uint32_t one) {
    while (leader[one] != one) one = leader[one] = leader[leader[one]];
    return one;
  };
  for (std::size_t k = 0; k < margins.size(); ++k) {
    std::vector<std::uint32_t> first(categories_[k], static_cast<std::uint32_t>(-1));
    for (std::uint32_t one = 0; one < classes_.size(); ++one) {
      std::uint32_t& met = first[classes_[one].category[k]];
      if (met == static_cast<std::uint32_t>(-1)) met = one;
      leader[find(one)] = find(met);
    }
  }
  std::map<std::uint32_t, std::size_t> number;
  for (std::uint32_t one = 0; one < classes_.size(); ++one) {
    const auto [at, fresh] = number.emplace(find(one), components_.size());
    if (fresh) components_.emplace_back();
    classes_[one].component = at->second;
    components_[at->second].push_back(one);
  }
  shares_.resize(classes_.size());
  std::vector<std::vector<std::uint32_t>> of_class(classes_.size());
  for (std::uint32_t row = 0; row < rows; ++row) of_class[class_of_[row]].push_back(row);
  Scratch scratch;
  for (std::size_t one = 0; one < classes_.size(); ++one) {
    scratch.begin(places_.count);
    for (const std::uint32_t row : of_class[one]) {
      if (persons_.weights()[row] == 0) continue;
      scratch.add(places_.psu[row], columns.weight[row]);
      if (!places_.second_stage_unit.empty()) scratch.add(places_.second_stage_unit[row], places_.root[row] * columns.weight[row]);
    }
    for (const auto& entry : scratch.taken()) shares_[one].push_back({entry.psu, entry.influence});
  }
}

// From sums over classes, of influences by factor (post-strata) or by weight before (raking), to what every respondent of
// a class loses per weight before.
void PersonInfluences::take_residuals(const std::vector<std::pair<std::uint32_t, double>>& by_class, std::vector<std::pair<std::uint32_t, double>>& taken) const {
  if (!raked_) {
    // w · (Σ u·base/w) / Σ base
    for (const auto& [one, sum] : by_class)
      if (classes_[one].base > 0) taken.emplace_back(one, classes_[one].factor * sum / classes_[one].base);
    return;
  }
  std::vector<std::size_t> touched;
  for (const auto& [one, sum] : by_class) touched.push_back(classes_[one].component);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const std::size_t component : touched) {
    const auto& members = components_[component];
    std::map<std::uint32_t, double> sum_of;
    for (const auto& [one, sum] : by_class)
      if (classes_[one].component == component) sum_of[one] = sum;
    std::vector<double> lost(members.size(), 0);
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      for (std::size_t k = 0; k < categories_.size(); ++k) {
        std::map<std::uint32_t, std::pair<double, double>> sums;
        for (std::size_t m = 0; m < members.size(); ++m) {
          const Class& one = classes_[members[m]];
          if (one.count == 0) continue;
          const auto found = sum_of.find(members[m]);
          auto& [above, below] = sums[one.category[k]];
          above += ((found == sum_of.end() ? 0 : found->second) - one.count * lost[m]) / one.factor;
          below += one.count;
        }
        for (std::size_t m = 0; m < members.size(); ++m) {
          const Class& one = classes_[members[m]];
          if (one.count == 0) continue;
          const auto& [above, below] = sums[one.category[k]];
          lost[m] += one.factor * above / below;
        }
      }
    }
    for (std::size_t m = 0; m < members.size(); ++m) taken.emplace_back(members[m], lost[m]);
  }
}

std::vector<estimate::PsuInfluence> PersonInfluences::of_mean(std::size_t item, const std::vector<std::string>& units, double mean) const {
  if (persons_.calibrated() && !by_class_) return dense(item, units, mean);
  const PersonColumns& columns = persons_.columns();
  const std::size_t items = columns.items.size();
  std::vector<const std::vector<std::uint32_t>*> lists;
  double weight = 0;
  for (const std::string& unit : units) {
    const auto found = rows_.find(unit);
    if (found == rows_.end()) continue;
    lists.push_back(&found->second);
    for (const std::uint32_t row : found->second)
      if (columns.answers[row * items + item].has_score()) weight += persons_.weights()[row];
  }
  if (!(weight > 0)) return {};
  thread_local Scratch scratch;
  thread_local std::map<std::uint32_t, double> sums;
  scratch.begin(places_.count);
  sums.clear();
  for (const auto* list : lists) {
    for (const std::uint32_t row : *list) {
      const sums::Answer& answer = columns.answers[row * items + item];
      if (!answer.has_score()) continue;
      const double influence = persons_.weights()[row] * (answer.score() - mean) / weight;
      scratch.add(places_.psu[row], influence);
      if (!places_.second_stage_unit.empty()) scratch.add(places_.second_stage_unit[row], places_.root[row] * influence);
      if (!by_class_ || persons_.weights()[row] == 0) continue;
      sums[class_of_[row]] += raked_ ? influence / columns.weight[row] : influence / classes_[class_of_[row]].factor;
    }
  }
  if (by_class_) {
    std::vector<std::pair<std::uint32_t, double>> lost;
    take_residuals({sums.begin(), sums.end()}, lost);
    for (const auto& [one, per_weight] : lost)
      for (const Share& share : shares_[one]) scratch.add(share.place, -per_weight * share.base);
  }
  return scratch.taken();
}

// What totals make certain rests on every respondent's numbers.
std::vector<estimate::PsuInfluence> PersonInfluences::dense(std::size_t item, const std::vector<std::string>& units, double mean) const {
  const std::size_t rows = persons_.columns().unit.size();
  std::vector<char> inside(rows, 0);
  for (const std::string& unit : units) {
    const auto found = rows_.find(unit);
    if (found == rows_.end()) continue;
    for (const std::uint32_t row : found->second) inside[row] = 1;
  }
  const std::vector<double> by_person = persons_.influences(item, inside, mean);
  thread_local Scratch scratch;
  scratch.begin(places_.count);
  for (std::size_t row = 0; row < rows; ++row) {
    scratch.add(places_.psu[row], by_person[row]);
    if (!places_.second_stage_unit.empty()) scratch.add(places_.second_stage_unit[row], places_.root[row] * by_person[row]);
  }
  return scratch.taken();
}

}  // namespace khaosat::index
