#include "analysis/index/index_merge.h"

#include <algorithm>
#include <set>

namespace khaosat::index {

namespace {

bool is_empty(const IndexInput& input) { return !input.survey && !input.scanned && !input.persons; }

Result<void> check(const IndexInput& into, const IndexInput& more) {
  if (into.year != more.year) return fail(ErrorCode::not_comparable, "these answers are of different years");
  if (into.questionnaire && more.questionnaire && (into.questionnaire->label() != more.questionnaire->label() || into.questionnaire->hash != more.questionnaire->hash))
    return fail(ErrorCode::not_comparable, "these answers come from different questionnaires, " + into.questionnaire->label() + " and " + more.questionnaire->label());
  if (into.persons || more.persons)
    return fail(ErrorCode::not_comparable, "a second stage and calibrated weights need all respondents in one table");
  if (into.scanned || more.scanned || !into.survey || !more.survey) return fail(ErrorCode::not_comparable, "there are no sums to add");
  if (into.design.drawn != more.design.drawn || into.design.lonely_policy != more.design.lonely_policy ||
      into.design.psu_ids_restart_in_each_stratum != more.design.psu_ids_restart_in_each_stratum ||
      into.design.cell_weights.empty() != more.design.cell_weights.empty())
    return fail(ErrorCode::not_comparable, "these people were chosen in different ways");
  std::set<std::string> strata;
  for (const auto& [cell, weight] : into.design.cell_weights) strata.insert(cell.first);
  for (const auto& [cell, weight] : more.design.cell_weights) {
    if (strata.contains(cell.first)) return fail(ErrorCode::not_comparable, "a stratum lies in two stores, so that neither weighs it rightly", "stratum " + cell.first);
  }
  for (const auto& [stratum, count] : more.design.psus_in_population) {
    const auto known = into.design.psus_in_population.find(stratum);
    if (known != into.design.psus_in_population.end() && known->second != count)
      return fail(ErrorCode::not_comparable, "the number of places in the frame differs between stores", "stratum " + stratum);
  }
  return {};
}

// Each office may have asked other versions before the newest one.
void add_versions(IndexInput& into, const IndexInput& more) {
  for (const auto& version : more.earlier_versions) {
    auto& all = into.earlier_versions;
    if (std::find(all.begin(), all.end(), version) == all.end()) all.push_back(version);
  }
  std::sort(into.earlier_versions.begin(), into.earlier_versions.end(), [](const auto& a, const auto& b) { return a.version < b.version; });
  for (const auto& unasked : more.unasked) {
    const auto known = std::find_if(into.unasked.begin(), into.unasked.end(), [&](const auto& one) { return one.question == unasked.question; });
    if (known == into.unasked.end()) {
      into.unasked.push_back(unasked);
      continue;
    }
    known->respondents += unasked.respondents;
    for (const int version : unasked.versions) {
      if (std::find(known->versions.begin(), known->versions.end(), version) == known->versions.end()) known->versions.push_back(version);
    }
    std::sort(known->versions.begin(), known->versions.end());
  }
}

}  // namespace

Result<void> add_input(IndexInput& into, IndexInput&& more) {
  if (is_empty(into)) {
    auto units = std::move(into.units);
    into = std::move(more);
    into.units.insert(into.units.begin(), std::make_move_iterator(units.begin()), std::make_move_iterator(units.end()));
    return {};
  }
  TRY_VOID(check(into, more));
  TRY_VOID(into.survey->merge(*more.survey));
  for (auto& unit : more.units) {
    const bool known = std::any_of(into.units.begin(), into.units.end(), [&](const auto& one) { return one.id == unit.id; });
    if (!known) into.units.push_back(std::move(unit));
  }
  add_versions(into, more);
  if (!into.calibration) into.calibration = std::move(more.calibration);
  into.design.cell_weights.merge(more.design.cell_weights);
  into.design.psus_in_population.merge(more.design.psus_in_population);
  into.design.collapse_into.merge(more.design.collapse_into);
  return {};
}

}  // namespace khaosat::index
