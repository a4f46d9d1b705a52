#include "analysis/index/survey_frame.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <string_view>

namespace khaosat::index {
namespace {

// The cells of the survey by (stratum, PSU): as they stand where units are strata, sorted otherwise.
std::vector<std::uint32_t> by_place(const std::vector<sums::CellTotal>& cells) {
  std::vector<std::uint32_t> order(cells.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const auto& one = cells[a].key;
    const auto& other = cells[b].key;
    if (const int difference = one.stratum.compare(other.stratum); difference != 0) return difference < 0;
    if (const int difference = one.psu.compare(other.psu); difference != 0) return difference < 0;
    return a < b;
  };
  if (!std::is_sorted(order.begin(), order.end(), before)) std::sort(order.begin(), order.end(), before);
  return order;
}

}  // namespace

Result<SurveyFrame> SurveyFrame::create(const sums::SurveySums& sums, const SurveyDesign& asked, IndexRun& run,
                                        std::shared_ptr<const PersonSample> persons) {
  SurveyFrame frame;
  frame.sums_ = &sums;
  frame.ends_ = sums::unit_ends(sums.cells());
  run.design = asked.drawn ? "drawn" : "none";
  run.lonely_policy = asked.lonely_policy;
  run.collapse_into = asked.collapse_into;
  run.psu_ids_restart_in_each_stratum = asked.psu_ids_restart_in_each_stratum;

  const std::vector<sums::CellTotal>& cells = sums.cells();
  frame.factor_.assign(cells.size(), 1);
  for (std::size_t cell = 0; !asked.cell_weights.empty() && cell < cells.size(); ++cell) {
    const sums::CellKey& key = cells[cell].key;
    const auto found = asked.cell_weights.find({key.stratum, key.psu});
    if (found == asked.cell_weights.end())
      return fail(ErrorCode::weight_invalid, "cell weights are given, but not for this PSU",
                  "stratum " + key.stratum + ", PSU " + key.psu);
    if (!(found->second >= 0) || !(found->second < sums::kLargestAddend))
      return fail(ErrorCode::weight_invalid, "a weight must be a number from 0 up", "PSU " + key.psu);
    frame.factor_[cell] = found->second;
  }

  // A PSU stands in the run once, however many units it reaches into.
  const std::vector<std::uint32_t> order = by_place(cells);
  std::vector<RunPsu> psus;
  psus.reserve(cells.size());
  frame.psu_.resize(cells.size());
  bool any_weight = false;
  for (const std::uint32_t cell : order) {
    const sums::CellKey& key = cells[cell].key;
    if (psus.empty() || psus.back().stratum != key.stratum || psus.back().psu != key.psu) {
      psus.push_back({key.stratum, key.psu, 0, 0});
      if (!asked.psus_in_population.empty()) {
        const auto population = asked.psus_in_population.find(key.stratum);
        if (population == asked.psus_in_population.end())
          return fail(ErrorCode::design_invalid,
                      "the number of PSUs in the frame is given for other strata, but not for this one",
                      "stratum " + key.stratum);
        psus.back().population = population->second;
      }
    }
    psus.back().weight += frame.factor_[cell] * cells[cell].weight;
    any_weight = any_weight || psus.back().weight > 0;
    frame.psu_[cell] = static_cast<std::uint32_t>(psus.size() - 1);
  }
  run.psus = std::move(psus);
  // Nobody answered anywhere: every value is missing, and there is no design to speak of.
  if (!asked.drawn || !any_weight) return frame;
  if (persons) TRY_VOID(frame.take_persons(std::move(persons), run));
  frame.design_ = TRY(design_of(run));
  // Collapsed strata stand where the stratum stands that takes them in.
  const std::vector<std::uint32_t> dense = places_in(*frame.design_, run);
  std::vector<RunPsu> arranged(run.psus.size());
  for (std::size_t k = 0; k < dense.size(); ++k) arranged[dense[k]] = std::move(run.psus[k]);
  run.psus = std::move(arranged);
  for (auto* places : {&frame.psu_, &frame.person_places_.psu, &frame.person_places_.second_stage_unit})
    for (std::uint32_t& place : *places) place = dense[place];
  if (frame.persons_) {
    frame.person_places_.count = frame.design_->psu_count();
    frame.influences_ = std::make_shared<const PersonInfluences>(*frame.persons_, std::move(frame.person_places_));
  }
  return frame;
}

Result<void> SurveyFrame::take_persons(std::shared_ptr<const PersonSample> persons, IndexRun& run) {
  const PersonColumns& columns = persons->columns();
  std::map<std::pair<std::string_view, std::string_view>, std::uint32_t> known;
  std::map<std::string_view, double> sampled;
  for (std::uint32_t k = 0; k < run.psus.size(); ++k) {
    known.emplace(std::pair(std::string_view(run.psus[k].stratum), std::string_view(run.psus[k].psu)), k);
    sampled[run.psus[k].stratum] += 1;
  }
  const std::size_t rows = columns.psu.size();
  person_places_.psu.resize(rows);
  for (std::size_t row = 0; row < rows; ++row) person_places_.psu[row] = known.at({columns.stratum[row], columns.psu[row]});
  if (persons->two_stage()) {
    if (run.lonely_policy == estimate::LonelyPsuPolicy::average)
      return fail(ErrorCode::design_invalid, "with a second stage lonely units are not averaged; choose another policy");
    person_places_.root.resize(rows);
    person_places_.second_stage_unit.resize(rows);
    std::vector<RunPsu> units;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> met;
    for (std::size_t row = 0; row < rows; ++row) {
      const RunPsu& psu = run.psus[person_places_.psu[row]];
      person_places_.root[row] = std::sqrt(sampled[psu.stratum] / psu.population);
      // Of this year alone: whoever is drawn again inside a village is not told from a neighbour.
      const std::string id = columns.second_stage_unit.empty() ? "respondent " + std::to_string(row + 1) : columns.second_stage_unit[row];
      const auto [unit, fresh] = met.try_emplace({person_places_.psu[row], id}, static_cast<std::uint32_t>(run.psus.size() + units.size()));
      person_places_.second_stage_unit[row] = unit->second;
      if (!fresh) continue;
      const std::string inside = std::string(kSecondStage) + std::to_string(run.year) + ": " + psu.stratum + "/" + psu.psu;
      units.push_back({inside, inside + "/" + id, 0, columns.units_in_population[row]});
    }
    run.psus.insert(run.psus.end(), std::make_move_iterator(units.begin()), std::make_move_iterator(units.end()));
  }
  persons_ = std::move(persons);
  return {};
}

std::vector<estimate::PsuInfluence> SurveyFrame::person_influence(std::size_t item, const std::vector<std::string>& units, double mean) const {
  return influences_->of_mean(item, units, mean);
}

CellRange SurveyFrame::cells_of(const std::string& unit) const {
  const std::vector<sums::CellTotal>& cells = sums_->cells();
  const auto end = std::partition_point(ends_.begin(), ends_.end(),
                                        [&](std::size_t last) { return cells[last - 1].key.unit < unit; });
  if (end == ends_.end() || cells[*end - 1].key.unit != unit) return {};
  return {end == ends_.begin() ? 0 : *(end - 1), *end};
}

std::vector<std::uint32_t> SurveyFrame::psus_of(const std::vector<CellRange>& ranges) const {
  std::vector<std::uint32_t> psus;
  for (const CellRange& range : ranges)
    for (std::size_t cell = range.first; cell < range.last; ++cell) psus.push_back(psu_[cell]);
  std::sort(psus.begin(), psus.end());
  psus.erase(std::unique(psus.begin(), psus.end()), psus.end());
  return psus;
}

std::uint64_t SurveyFrame::respondents(const CellRange& range) const {
  std::uint64_t sum = 0;
  for (std::size_t cell = range.first; cell < range.last; ++cell) sum += sums_->cells()[cell].respondents;
  return sum;
}

SurveyFrame::UnitReader::UnitReader(const SurveyFrame& frame) : frame_(frame), reader_(frame.sums_->reader()) {}

Result<void> SurveyFrame::UnitReader::read(const CellRange& range) {
  group_ = false;
  range_ = range;
  TRY_VOID(reader_->read(range.first, range.last, block_));
  order_.clear();
  const auto begin = frame_.psu_.begin() + static_cast<std::ptrdiff_t>(range.first);
  const auto end = frame_.psu_.begin() + static_cast<std::ptrdiff_t>(range.last);
  if (std::is_sorted(begin, end)) return {};
  order_.resize(range.last - range.first);
  std::iota(order_.begin(), order_.end(), 0U);
  std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) { return begin[a] < begin[b]; });
  return {};
}

Result<void> SurveyFrame::UnitReader::read_group(const std::vector<CellRange>& members) {
  group_ = true;
  const std::size_t items = frame_.sums_->items().size();
  leaves_.assign(items, {});
  std::vector<std::size_t> cells;
  for (const CellRange& range : members)
    for (std::size_t cell = range.first; cell < range.last; ++cell) cells.push_back(cell);
  std::stable_sort(cells.begin(), cells.end(), [&](std::size_t a, std::size_t b) { return frame_.psu_[a] < frame_.psu_[b]; });
  // Of each item over the group, and over the PSU at hand.
  std::vector<sums::ItemCell> all(items);
  std::vector<sums::ItemCell> here(items);
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const sums::CellSums sums = TRY(reader_->exact(cells[k]));
    const std::uint32_t psu = frame_.psu_[cells[k]];
    const bool closes = k + 1 == cells.size() || frame_.psu_[cells[k + 1]] != psu;
    for (std::size_t item = 0; item < items; ++item) {
      const sums::ItemCell& from = sums.items[item];
      sums::ItemCell& sum = here[item];
      leaves_[item].absent.add(from.absent);
      if (from.n_answered > 0) {
        sums::ItemCell& of_all = all[item];
        of_all.lowest = of_all.n_answered == 0 ? from.lowest : std::min(of_all.lowest, from.lowest);
        of_all.highest = of_all.n_answered == 0 ? from.highest : std::max(of_all.highest, from.highest);
        of_all.n_answered += from.n_answered;
        sum.n_answered += from.n_answered;
        sum.weight.add(from.weight);
        sum.weighted_score.add(from.weighted_score);
      }
      if (!closes || sum.n_answered == 0) continue;
      const double factor = frame_.factor_[cells[k]];
      leaves_[item].by_psu.push_back({psu, sum.n_answered, factor * sum.weight.value(), factor * sum.weighted_score.value()});
      sum = {};
    }
  }
  for (std::size_t item = 0; item < items; ++item) {
    leaves_[item].n = all[item].n_answered;
    leaves_[item].all_alike = all[item].n_answered > 0 && all[item].lowest == all[item].highest;
    leaves_[item].lowest = all[item].lowest;
    leaves_[item].highest = all[item].highest;
  }
  return {};
}

const LeafSums& SurveyFrame::UnitReader::leaf(std::size_t item) {
  if (group_) return leaves_[item];
  const sums::ItemTotal& total = block_.totals[item];
  leaf_.n = total.n_answered;
  leaf_.absent = total.absent;
  leaf_.all_alike = total.n_answered > 0 && total.lowest == total.highest;
  leaf_.lowest = total.lowest;
  leaf_.highest = total.highest;
  leaf_.by_psu.clear();
  const std::size_t from = item * block_.cells;
  for (std::size_t k = 0; k < block_.cells; ++k) {
    const std::size_t cell = order_.empty() ? k : order_[k];
    const std::size_t at = from + cell;
    if (block_.answered[at] == 0) continue;
    const double factor = frame_.factor_[range_.first + cell];
    leaf_.by_psu.push_back({frame_.psu_[range_.first + cell], block_.answered[at], factor * block_.weight[at],
                            factor * block_.weighted_score[at]});
  }
  return leaf_;
}

Digest SurveyFrame::UnitReader::digest() const {
  const auto& cells = frame_.sums_->cells();
  return sums::digest_of({cells.data() + range_.first, range_.last - range_.first}, block_);
}

}  // namespace khaosat::index
