#include "analysis/index/person_table.h"

#include <map>
#include <set>
#include <utility>

#include "base/csv.h"

namespace khaosat::index {

namespace {

constexpr std::string_view kMargin = "margin_";
constexpr std::string_view kTotal = "total_";
constexpr std::string_view kPopulation = "_population";

}  // namespace

std::optional<PersonTable::Known> PersonTable::known_pair(const std::string& name) {
  const auto at = rows_.column(name);
  const auto population = rows_.column(name + std::string(kPopulation));
  if (at && population) return Known{name, *at, *population};
  complain("the column \"" + name + "\" needs \"" + name + std::string(kPopulation) + "\" beside it");
  return std::nullopt;
}

bool PersonTable::find(const std::function<bool(std::string_view)>& is_question) {
  const std::size_t before = faults_.size();
  std::string second;
  for (const char* name : {"second_stage_population", "person_population", "fpc2", "second_stage_fraction"}) {
    if (second_population_ || !(second_population_ = rows_.column(name))) continue;
    second = name;
  }
  second_fraction_ = second == "second_stage_fraction";
  second_unit_ = rows_.column("second_stage_unit");
  if (second_population_ && !rows_.column("psu_population") && !rows_.column("psu_fraction"))
    complain("the column \"" + second + "\" tells of a second stage, which needs the column \"psu_population\"");
  if (second_unit_ && !second_population_) complain("second_stage_unit needs the column \"second_stage_population\"");
  for (const std::string& name : rows_.header()) {
    if (name.ends_with(kPopulation) || is_question(name)) continue;
    if (name == "post_stratum") {
      if (const auto pair = known_pair(name)) post_strata_ = *pair;
    } else if (name.starts_with(kMargin)) {
      if (const auto pair = known_pair(name)) margins_.push_back(*pair);
    } else if (name.starts_with(kTotal)) {
      if (const auto pair = known_pair(name)) totals_.push_back(*pair);
    }
  }
  wanted_ = second_population_ || post_strata_ || !margins_.empty() || !totals_.empty();
  if ((post_strata_ ? 1 : 0) + (margins_.empty() ? 0 : 1) + (totals_.empty() ? 0 : 1) > 1)
    complain("weights follow post_stratum, margin_… or total_… columns, one of these");
  persons_.calibration.options = options_.calibration;
  if (post_strata_) persons_.calibration.post_strata = PersonMargin{post_strata_->name, {}, {}};
  for (const auto& one : margins_) persons_.calibration.margins.push_back({one.name, {}, {}});
  for (const auto& one : totals_) persons_.calibration.totals.push_back({one.name, {}, 0});
  return faults_.size() == before;
}

std::optional<double> PersonTable::number_in(const std::vector<std::string>& cells, std::size_t at, const std::string& name, double least) {
  const auto number = rows_.number(cells[at]);
  if (number && *number >= least) return number;
  rows_.fault(ErrorCode::design_invalid, name, least > -1e300 ? "must be a number from " + std::to_string(static_cast<long>(least)) + " up" : "must be a number");
  return std::nullopt;
}

void PersonTable::read_margin(const std::vector<std::string>& cells, const Known& known, PersonMargin& margin) {
  const auto population = number_in(cells, known.population, known.name + std::string(kPopulation), 1);
  if (cells[known.at].empty()) rows_.fault(ErrorCode::missing_field, known.name, "this cell may not be empty");
  margin.category.push_back(cells[known.at]);
  if (!population) return;
  const auto [first, fresh] = margin.population.emplace(cells[known.at], *population);
  if (!fresh && first->second != *population)
    rows_.fault(ErrorCode::design_invalid, known.name + std::string(kPopulation), "must be the same all over a category");
}

void PersonTable::read(const std::vector<std::string>& cells, const sums::CellKey& key, double weight, const std::vector<sums::Answer>& answers) {
  persons_.unit.push_back(key.unit);
  persons_.stratum.push_back(key.stratum);
  persons_.psu.push_back(key.psu);
  persons_.weight.push_back(weight);
  persons_.answers.insert(persons_.answers.end(), answers.begin(), answers.end());
  if (second_population_) {
    auto size = second_fraction_ ? rows_.number(cells[*second_population_]) : number_in(cells, *second_population_, "second_stage_population", 1);
    if (second_fraction_ && !(size && *size > 0 && *size <= 1)) {
      rows_.fault(ErrorCode::design_invalid, "second_stage_fraction", "must be the share of the PSU's people or units that were drawn, above 0 and up to 1");
      size = 1;
    }
    persons_.units_in_population.push_back(size.value_or(1));
  }
  if (second_unit_) {
    if (cells[*second_unit_].empty()) rows_.fault(ErrorCode::missing_field, "second_stage_unit", "this cell may not be empty");
    persons_.second_stage_unit.push_back(cells[*second_unit_]);
  }
  if (post_strata_) read_margin(cells, *post_strata_, *persons_.calibration.post_strata);
  for (std::size_t k = 0; k < margins_.size(); ++k) read_margin(cells, margins_[k], persons_.calibration.margins[k]);
  for (std::size_t k = 0; k < totals_.size(); ++k) read_total(cells, totals_[k], persons_.calibration.totals[k]);
}

PersonColumns PersonTable::take(const std::map<std::string, double>& psus_in_population) {
  if (second_fraction_) sizes_from_fractions();
  persons_.psus_in_population = psus_in_population;
  persons_.psu_ids_restart_in_each_stratum = options_.psu_ids_restart_in_each_stratum;
  return std::move(persons_);
}

// Units met in each PSU over the share of them that was drawn.
void PersonTable::sizes_from_fractions() {
  std::map<std::pair<std::string, std::string>, std::set<std::string>> met;
  const auto place = [&](std::size_t row) { return std::pair(persons_.stratum[row], persons_.psu[row]); };
  for (std::size_t row = 0; row < persons_.psu.size(); ++row)
    met[place(row)].insert(second_unit_ ? persons_.second_stage_unit[row] : std::to_string(row));
  for (std::size_t row = 0; row < persons_.psu.size(); ++row)
    persons_.units_in_population[row] = static_cast<double>(met.at(place(row)).size()) / persons_.units_in_population[row];
}

void PersonTable::finish(const std::vector<SurveyItem>& items, const std::map<std::string, double>& psus_in_population, IndexInput& input) {
  if (!faults_.empty()) return;
  for (const SurveyItem& item : items) persons_.items.push_back(item.key);
  const auto refuse = [&](const Error& error) { faults_.push_back({file_, error.where, error.code, error.message}); };
  auto sample = PersonSample::create(take(psus_in_population));
  if (!sample) return refuse(sample.error());
  auto table = sample->table();
  if (!table) return refuse(table.error());
  input.survey = std::move(*table);
  input.persons = std::make_shared<const PersonSample>(std::move(*sample));
}

void PersonTable::read_total(const std::vector<std::string>& cells, const Known& known, PersonTotal& total) {
  const auto value = number_in(cells, known.at, known.name, -1e301);
  const auto sum = number_in(cells, known.population, known.name + std::string(kPopulation), -1e301);
  if (sum && !total.value.empty() && total.total != *sum)
    rows_.fault(ErrorCode::design_invalid, known.name + std::string(kPopulation), "must be the same in every row");
  total.total = sum.value_or(0);
  total.value.push_back(value.value_or(0));
}

void PersonTable::complain(std::string message) {
  faults_.push_back({file_, "row 1", ErrorCode::missing_field, std::move(message)});
}

}  // namespace khaosat::index
