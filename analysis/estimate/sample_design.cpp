#include "analysis/estimate/sample_design.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace khaosat::estimate {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
using PsuKey = std::pair<std::uint32_t, std::uint32_t>;  // stratum id, psu id

// What respondents and PSU tables have in common, one entry per row of either.
struct Columns {
  std::vector<std::uint32_t> stratum;
  std::vector<std::uint32_t> psu;
  const std::vector<double>& weight;
  const std::vector<double>& psus_in_population;
  const std::map<std::uint32_t, std::string>& names;
};

std::string name_in(const std::map<std::uint32_t, std::string>& names, std::uint32_t id) {
  const auto found = names.find(id);
  return found == names.end() ? std::to_string(id) : found->second;
}

std::string row_name(std::size_t row) { return "row " + std::to_string(row + 1); }

Result<void> check_length(std::string_view column, std::size_t length, std::size_t rows) {
  if (length == 0 || length == rows) return {};
  return fail(ErrorCode::design_invalid,
              "column " + std::string(column) + " has " + std::to_string(length) +
                  " entries, the weights have " + std::to_string(rows),
              std::string(column));
}

Result<void> check_weights(const std::vector<double>& weights) {
  if (weights.empty()) return fail(ErrorCode::design_invalid, "the sample has no rows", "weight");
  double sum = 0;
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!std::isfinite(weights[row]) || weights[row] < 0)
      return fail(ErrorCode::weight_invalid,
                  "a weight is missing, infinite or negative: give zero to leave a respondent out",
                  row_name(row));
    sum += weights[row];
  }
  if (!std::isfinite(sum)) return fail(ErrorCode::weight_invalid, "the weights overflow", "weight");
  if (sum <= 0) return fail(ErrorCode::weights_sum_to_zero, "all weights are zero", "weight");
  return {};
}

// Every PSU belongs to one stratum, unless its ids restart.
Result<void> check_nesting(const Columns& columns) {
  std::unordered_map<std::uint32_t, std::uint32_t> stratum_of;
  stratum_of.reserve(columns.psu.size());
  for (std::size_t row = 0; row < columns.psu.size(); ++row) {
    const auto [seen, fresh] = stratum_of.emplace(columns.psu[row], columns.stratum[row]);
    if (!fresh && seen->second != columns.stratum[row])
      return fail(ErrorCode::psu_in_two_strata,
                  "PSU " + std::to_string(columns.psu[row]) + " is in strata " +
                      name_in(columns.names, seen->second) + " and " +
                      name_in(columns.names, columns.stratum[row]) +
                      ": correct the ids, or say that they restart in each stratum",
                  row_name(row));
  }
  return {};
}

// A size of population that must be the same all over a group (stratum or PSU).
Result<void> put_size(double& slot, double size, std::size_t row, std::string_view of) {
  if (!(size >= 1))
    return fail(ErrorCode::design_invalid,
                "the number in the population of a " + std::string(of) + " must be 1 or more",
                row_name(row));
  if (slot == 0) slot = size;
  if (slot != size)
    return fail(ErrorCode::design_invalid,
                "the number in the population differs inside one " + std::string(of), row_name(row));
  return {};
}

}  // namespace

struct SampleDesign::Data {
  std::vector<double> weights;
  double sum_of_weights = 0;
  std::vector<std::uint32_t> psu_of_row;
  std::vector<std::uint32_t> unit_of_row;

  std::vector<PsuKey> psu_keys;  // by dense PSU, ids as given
  std::vector<std::pair<PsuKey, std::uint32_t>> psu_index;  // ascending: dense PSU of a key
  std::vector<std::uint32_t> stratum_of_psu;
  std::vector<char> psu_has_weight;

  std::vector<std::uint32_t> first_psu;  // stratum_count + 1 entries
  std::vector<double> psus_in_population;
  std::vector<std::string> stratum_names;

  std::vector<std::uint32_t> first_unit;  // psu_count + 1 entries, empty if one stage
  std::vector<double> units_in_population;

  LonelyPsuPolicy lonely_policy = LonelyPsuPolicy::fail;
  bool lonely_in_domain = false;
  std::vector<std::shared_ptr<const ResidualRule>> residual_rules;

  std::size_t stratum_count() const { return first_psu.size() - 1; }

  std::optional<std::uint32_t> find(const PsuKey& key) const {
    const auto found = std::lower_bound(psu_index.begin(), psu_index.end(), std::make_pair(key, std::uint32_t{0}));
    if (found == psu_index.end() || found->first != key) return std::nullopt;
    return found->second;
  }
  Result<void> set_first_stage(const Columns& columns,
                               const std::map<std::uint32_t, std::uint32_t>& collapse_into);
  Result<void> set_second_stage(const SampleDesignInput& input);
};

Result<void> SampleDesign::Data::set_first_stage(
    const Columns& columns, const std::map<std::uint32_t, std::uint32_t>& collapse_into) {
  // Strata as given: their PSUs and sizes. Rows mostly come in the order of their PSUs.
  std::map<std::uint32_t, double> size_of;
  const std::size_t rows = columns.weight.size();
  std::vector<PsuKey> keys;
  keys.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    keys.push_back({columns.stratum[row], columns.psu[row]});
    if (!columns.psus_in_population.empty())
      TRY_VOID(put_size(size_of[columns.stratum[row]], columns.psus_in_population[row], row,
                        "stratum"));
  }
  if (!std::is_sorted(keys.begin(), keys.end())) std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  std::map<std::uint32_t, std::span<const PsuKey>> psus_of;
  for (std::size_t first = 0, last = 0; first < keys.size(); first = last) {
    while (last < keys.size() && keys[last].first == keys[first].first) ++last;
    psus_of.emplace_hint(psus_of.end(), keys[first].first, std::span(keys).subspan(first, last - first));
  }
  for (const auto& [stratum, size] : size_of) {
    if (size < static_cast<double>(psus_of[stratum].size()))
      return fail(ErrorCode::design_invalid,
                  "more PSUs were sampled than the population has",
                  "stratum " + name_in(columns.names, stratum));
  }

  // Collapsing moves a lonely stratum as a whole; chains are followed, circles refused.
  std::map<std::uint32_t, std::uint32_t> home;
  for (const auto& [stratum, psus] : psus_of) home[stratum] = stratum;
  if (lonely_policy == LonelyPsuPolicy::collapse) {
    for (const auto& [stratum, psus] : psus_of) {
      const bool certain = size_of.count(stratum) != 0 && size_of[stratum] == 1;
      if (psus.size() != 1 || certain) continue;
      const auto target = collapse_into.find(stratum);
      if (target == collapse_into.end()) continue;  // stays lonely, and variance() will say so
      if (psus_of.count(target->second) == 0 || target->second == stratum)
        return fail(ErrorCode::design_invalid,
                    "a stratum is to be collapsed into one that the sample does not have",
                    "stratum " + name_in(columns.names, stratum));
      home[stratum] = target->second;
    }
    const auto declared = home;
    for (auto& [stratum, target] : home) {
      for (std::size_t step = 0; declared.at(target) != target; ++step) {
        if (step > declared.size())
          return fail(ErrorCode::design_invalid, "strata collapse into each other in a circle",
                      "stratum " + name_in(columns.names, stratum));
        target = declared.at(target);
      }
    }
  }

  // Strata that stay together, ascending.
  std::map<std::uint32_t, std::vector<std::uint32_t>> members;
  for (const auto& [stratum, psus] : psus_of) members[home[stratum]].push_back(stratum);

  first_psu.push_back(0);
  psu_keys.reserve(keys.size());
  psu_index.reserve(keys.size());
  stratum_of_psu.reserve(keys.size());
  for (const auto& [stratum, strata] : members) {
    double size = columns.psus_in_population.empty() ? kInfinity : 0;
    for (const std::uint32_t one : strata) {
      for (const PsuKey& key : psus_of.at(one)) {
        psu_index.emplace_back(key, static_cast<std::uint32_t>(psu_keys.size()));
        psu_keys.push_back(key);
        stratum_of_psu.push_back(static_cast<std::uint32_t>(first_psu.size() - 1));
      }
      if (!columns.psus_in_population.empty()) size += size_of[one];
    }
    first_psu.push_back(static_cast<std::uint32_t>(psu_keys.size()));
    psus_in_population.push_back(size);
    stratum_names.push_back(name_in(columns.names, stratum));
  }

  if (!std::is_sorted(psu_index.begin(), psu_index.end())) std::sort(psu_index.begin(), psu_index.end());
  psu_has_weight.assign(psu_keys.size(), 0);
  psu_of_row.reserve(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const PsuKey key{columns.stratum[row], columns.psu[row]};
    // That of the row before, or the next one; or wherever it is.
    const std::uint32_t last = row == 0 ? 0 : psu_of_row.back();
    const std::uint32_t psu = psu_keys[last] == key                                      ? last
                              : last + 1 < psu_keys.size() && psu_keys[last + 1] == key ? last + 1
                                                                                         : find(key).value_or(0);
    psu_of_row.push_back(psu);
    if (columns.weight[row] > 0) psu_has_weight[psu] = 1;
    sum_of_weights += columns.weight[row];
  }
  return {};
}

Result<void> SampleDesign::Data::set_second_stage(const SampleDesignInput& input) {
  if (input.units_in_population.empty()) {
    if (!input.second_stage_unit.empty())
      return fail(ErrorCode::design_invalid,
                  "second-stage units are named, but not how many a PSU has in the population",
                  "units_in_population");
    return {};
  }
  if (input.psus_in_population.empty())
    return fail(ErrorCode::design_invalid,
                "a second stage needs the number of PSUs in the population of each stratum",
                "psus_in_population");
  const std::size_t rows = input.weight.size();
  std::vector<std::map<std::uint32_t, std::uint32_t>> units_of(psu_keys.size());
  units_in_population.assign(psu_keys.size(), 0);
  for (std::size_t row = 0; row < rows; ++row) {
    const std::uint32_t psu = psu_of_row[row];
    const auto id = input.second_stage_unit.empty() ? static_cast<std::uint32_t>(row)
                                                    : input.second_stage_unit[row];
    units_of[psu].emplace(id, 0);
    TRY_VOID(put_size(units_in_population[psu], input.units_in_population[row], row, "PSU"));
  }
  std::uint32_t next = 0;
  first_unit.push_back(0);
  for (std::size_t psu = 0; psu < units_of.size(); ++psu) {
    if (units_in_population[psu] < static_cast<double>(units_of[psu].size()))
      return fail(ErrorCode::design_invalid,
                  "more second-stage units were sampled than the PSU has",
                  "PSU " + std::to_string(psu_keys[psu].second));
    for (auto& [id, index] : units_of[psu]) index = next++;
    first_unit.push_back(next);
  }
  for (std::size_t row = 0; row < rows; ++row) {
    const auto id = input.second_stage_unit.empty() ? static_cast<std::uint32_t>(row)
                                                    : input.second_stage_unit[row];
    unit_of_row.push_back(units_of[psu_of_row[row]][id]);
  }
  return {};
}

SampleDesign::SampleDesign(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

Result<SampleDesign> SampleDesign::create(const SampleDesignInput& input) {
  const std::size_t rows = input.weight.size();
  TRY_VOID(check_weights(input.weight));
  TRY_VOID(check_length("stratum", input.stratum.size(), rows));
  TRY_VOID(check_length("psu", input.psu.size(), rows));
  TRY_VOID(check_length("psus_in_population", input.psus_in_population.size(), rows));
  TRY_VOID(check_length("second_stage_unit", input.second_stage_unit.size(), rows));
  TRY_VOID(check_length("units_in_population", input.units_in_population.size(), rows));

  Columns columns{input.stratum, input.psu, input.weight, input.psus_in_population,
                  input.stratum_names};
  if (columns.stratum.empty()) columns.stratum.assign(rows, 0);
  if (columns.psu.empty()) {
    columns.psu.resize(rows);
    std::iota(columns.psu.begin(), columns.psu.end(), 0U);
  }
  if (!input.psu_ids_restart_in_each_stratum) TRY_VOID(check_nesting(columns));

  auto data = std::make_shared<Data>();
  data->lonely_policy = input.lonely_policy;
  data->lonely_in_domain = input.lonely_in_domain;
  TRY_VOID(data->set_first_stage(columns, input.collapse_into));
  TRY_VOID(data->set_second_stage(input));
  data->weights = input.weight;
  return SampleDesign(std::move(data));
}

Result<SampleDesign> SampleDesign::create_from_psus(const PsuTableInput& input) {
  const std::size_t psus = input.weight.size();
  TRY_VOID(check_weights(input.weight));
  TRY_VOID(check_length("stratum", input.stratum.size(), psus));
  TRY_VOID(check_length("psu", input.psu.size(), psus));
  TRY_VOID(check_length("psus_in_population", input.psus_in_population.size(), psus));
  if (input.psu.empty())
    return fail(ErrorCode::design_invalid, "the table of PSUs names none", "psu");

  Columns columns{input.stratum, input.psu, input.weight, input.psus_in_population,
                  input.stratum_names};
  if (columns.stratum.empty()) columns.stratum.assign(psus, 0);
  if (!input.psu_ids_restart_in_each_stratum) TRY_VOID(check_nesting(columns));

  auto data = std::make_shared<Data>();
  data->lonely_policy = input.lonely_policy;
  data->lonely_in_domain = input.lonely_in_domain;
  TRY_VOID(data->set_first_stage(columns, input.collapse_into));
  if (data->psu_keys.size() != psus)
    return fail(ErrorCode::design_invalid, "a PSU stands in the table twice", "psu");
  data->psu_of_row.clear();
  return SampleDesign(std::move(data));
}

std::size_t SampleDesign::rows() const { return data_->weights.size(); }
std::size_t SampleDesign::stratum_count() const { return data_->stratum_count(); }
std::size_t SampleDesign::psu_count() const { return data_->psu_keys.size(); }
std::span<const double> SampleDesign::weights() const { return data_->weights; }
double SampleDesign::sum_of_weights() const { return data_->sum_of_weights; }
std::span<const std::uint32_t> SampleDesign::psu_of_row() const { return data_->psu_of_row; }
std::span<const std::uint32_t> SampleDesign::unit_of_row() const { return data_->unit_of_row; }
std::uint32_t SampleDesign::first_psu(std::size_t stratum) const {
  return data_->first_psu[stratum];
}
std::span<const std::uint32_t> SampleDesign::stratum_of_psu() const {
  return data_->stratum_of_psu;
}
bool SampleDesign::psu_has_weight(std::size_t psu) const { return data_->psu_has_weight[psu] != 0; }
std::size_t SampleDesign::psus_sampled(std::size_t stratum) const {
  return data_->first_psu[stratum + 1] - data_->first_psu[stratum];
}
double SampleDesign::psus_in_population(std::size_t stratum) const {
  return data_->psus_in_population[stratum];
}
bool SampleDesign::two_stage() const { return !data_->first_unit.empty(); }
std::uint32_t SampleDesign::first_unit(std::size_t psu) const { return data_->first_unit[psu]; }
double SampleDesign::units_in_population(std::size_t psu) const {
  return data_->units_in_population[psu];
}

std::optional<std::uint32_t> SampleDesign::find_psu(std::uint32_t stratum_id,
                                                    std::uint32_t psu_id) const {
  return data_->find({stratum_id, psu_id});
}
std::uint32_t SampleDesign::psu_id(std::size_t psu) const { return data_->psu_keys[psu].second; }
std::uint32_t SampleDesign::stratum_id_of_psu(std::size_t psu) const {
  return data_->psu_keys[psu].first;
}
std::string SampleDesign::stratum_name(std::size_t stratum) const {
  return data_->stratum_names[stratum];
}

LonelyPsuPolicy SampleDesign::lonely_policy() const { return data_->lonely_policy; }
bool SampleDesign::lonely_in_domain() const { return data_->lonely_in_domain; }
std::vector<std::string> SampleDesign::lonely_strata() const {
  std::vector<std::string> names;
  for (std::size_t stratum = 0; stratum < stratum_count(); ++stratum)
    if (psus_sampled(stratum) == 1 && psus_in_population(stratum) > 1)
      names.push_back(stratum_name(stratum));
  return names;
}

Result<SampleDesign> SampleDesign::with_weights(std::vector<double> weights,
                                                std::shared_ptr<const ResidualRule> rule) const {
  if (weights.size() != rows())
    return fail(ErrorCode::design_invalid, "other weights need one entry per respondent", "weight");
  auto data = std::make_shared<Data>(*data_);
  data->sum_of_weights = 0;
  data->psu_has_weight.assign(psu_count(), 0);
  for (std::size_t row = 0; row < weights.size(); ++row) {
    if (!std::isfinite(weights[row]))
      return fail(ErrorCode::weight_invalid, "a weight is missing or infinite", row_name(row));
    data->sum_of_weights += weights[row];
    if (weights[row] != 0) data->psu_has_weight[data->psu_of_row[row]] = 1;
  }
  if (data->sum_of_weights <= 0)
    return fail(ErrorCode::weights_sum_to_zero, "the weights sum to zero or less", "weight");
  data->weights = std::move(weights);
  if (rule) data->residual_rules.push_back(std::move(rule));
  return SampleDesign(std::move(data));
}

SampleDesign SampleDesign::restricted_to(std::span<const std::uint32_t> rows) const {
  assert(data_->residual_rules.empty());
  auto data = std::make_shared<Data>();
  for (const std::uint32_t row : rows) {
    data->weights.push_back(data_->weights[row]);
    data->sum_of_weights += data_->weights[row];
    data->psu_of_row.push_back(data_->psu_of_row[row]);
    if (!data_->unit_of_row.empty()) data->unit_of_row.push_back(data_->unit_of_row[row]);
  }
  data->psu_keys = data_->psu_keys;
  data->psu_index = data_->psu_index;
  data->stratum_of_psu = data_->stratum_of_psu;
  data->psu_has_weight = data_->psu_has_weight;
  data->first_psu = data_->first_psu;
  data->psus_in_population = data_->psus_in_population;
  data->stratum_names = data_->stratum_names;
  data->first_unit = data_->first_unit;
  data->units_in_population = data_->units_in_population;
  data->lonely_policy = data_->lonely_policy;
  data->lonely_in_domain = data_->lonely_in_domain;
  return SampleDesign(std::move(data));
}

std::span<const std::shared_ptr<const ResidualRule>> SampleDesign::residual_rules() const {
  return data_->residual_rules;
}

std::string_view name_of(LonelyPsuPolicy policy) {
  static constexpr std::array<std::string_view, 6> kNames = {"fail",   "remove",  "certainty",
                                                             "adjust", "average", "collapse"};
  return kNames[static_cast<std::size_t>(policy)];
}

LabelCodes code_labels(std::span<const std::string> labels) {
  std::map<std::string, std::uint32_t> code_of;
  // Rows mostly come place by place.
  const auto again = [&](std::size_t row) { return row > 0 && labels[row] == labels[row - 1]; };
  for (std::size_t row = 0; row < labels.size(); ++row)
    if (!again(row)) code_of.emplace(labels[row], 0);
  LabelCodes result;
  std::uint32_t next = 0;
  for (auto& [label, code] : code_of) {
    code = next++;
    result.names.emplace(code, label);
  }
  result.codes.reserve(labels.size());
  for (std::size_t row = 0; row < labels.size(); ++row) result.codes.push_back(again(row) ? result.codes.back() : code_of[labels[row]]);
  return result;
}

}  // namespace khaosat::estimate
