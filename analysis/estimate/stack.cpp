#include "analysis/estimate/stack.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <map>
#include <set>
#include <string>

namespace khaosat::estimate {
namespace {

// A PSU across both samples: the stratum it is analysed in, its own stratum id, its id.
struct PlaceKey {
  std::uint64_t stratum = 0;
  std::uint32_t declared_stratum = 0;
  std::uint32_t psu = 0;
  auto operator<=>(const PlaceKey&) const = default;
};
struct Place {
  double weight = 0;
  double psus_in_population = 0;
};

Result<void> check(const SampleDesign& design) {
  if (design.two_stage() || !design.residual_rules().empty())
    return fail(ErrorCode::design_invalid,
                "samples of two stages or with calibrated weights are stacked by respondents");
  return {};
}

// Collapsed strata keep the id of their first PSU's stratum, so that both years collapse alike.
std::uint32_t stratum_key(const SampleDesign& design, std::size_t psu) {
  return design.stratum_id_of_psu(design.first_psu(design.stratum_of_psu()[psu]));
}

// Ids that name one place each must name it in the same stratum in both samples. Where ids restart
// in each stratum nothing can be told.
Result<void> check_places(const SampleDesign& first, const SampleDesign& second) {
  std::map<std::uint32_t, std::uint32_t> stratum_of;
  for (std::size_t psu = 0; psu < first.psu_count(); ++psu)
    if (!stratum_of.emplace(first.psu_id(psu), first.stratum_id_of_psu(psu)).second) return {};
  std::map<std::uint32_t, std::uint32_t> moved_from;
  bool restarting = false;
  std::map<std::uint32_t, std::uint32_t> second_stratum_of;
  for (std::size_t psu = 0; psu < second.psu_count(); ++psu) {
    const std::uint32_t id = second.psu_id(psu);
    const std::uint32_t stratum = second.stratum_id_of_psu(psu);
    restarting = restarting || !second_stratum_of.emplace(id, stratum).second;
    const auto before = stratum_of.find(id);
    if (before != stratum_of.end() && before->second != stratum) moved_from.emplace(id, stratum);
  }
  if (restarting || moved_from.empty()) return {};
  return fail(ErrorCode::psu_in_two_strata, "a PSU is in another stratum in the second sample",
              "PSU " + std::to_string(moved_from.begin()->first));
}

// Places of both samples, and the strata (as analysed) that have one.
struct Shared {
  std::set<std::uint32_t> strata;
  std::size_t places = 0;
};
Shared shared_places(const SampleDesign& first, const SampleDesign& second) {
  Shared shared;
  for (std::size_t psu = 0; psu < first.psu_count(); ++psu) {
    if (!second.find_psu(first.stratum_id_of_psu(psu), first.psu_id(psu))) continue;
    shared.strata.insert(stratum_key(first, psu));
    ++shared.places;
  }
  return shared;
}

}  // namespace

Result<StackedDesign> stack(const SampleDesign& first, const SampleDesign& second,
                            ClusterOverlap overlap) {
  TRY_VOID(check(first));
  TRY_VOID(check(second));
  if (overlap != ClusterOverlap::independent) TRY_VOID(check_places(first, second));
  const Shared shared = overlap == ClusterOverlap::independent ? Shared{} : shared_places(first, second);
  // Samples drawn anew get strata of their own: three numbers for each stratum, 0 for both years
  // together, 1 for the first, 2 for the second.
  const auto key_of = [&](const SampleDesign& design, std::size_t psu, std::uint32_t year) {
    const std::uint32_t stratum = stratum_key(design, psu);
    const bool together = overlap == ClusterOverlap::by_id ||
                          (overlap == ClusterOverlap::as_found && shared.strata.contains(stratum));
    return PlaceKey{3 * static_cast<std::uint64_t>(stratum) + (together ? 0 : 1 + year),
                    design.stratum_id_of_psu(psu), design.psu_id(psu)};
  };

  std::map<PlaceKey, Place> places;
  std::map<std::uint64_t, double> size_of_stratum;
  std::map<std::uint64_t, std::string> name_of_stratum;
  bool corrected = false;
  for (const std::uint32_t year : {0U, 1U}) {
    const SampleDesign& design = year == 0 ? first : second;
    for (std::size_t psu = 0; psu < design.psu_count(); ++psu) {
      const PlaceKey key = key_of(design, psu, year);
      const std::size_t stratum = design.stratum_of_psu()[psu];
      const double size = design.psus_in_population(stratum);
      const auto [seen, fresh] = size_of_stratum.emplace(key.stratum, size);
      if (!fresh && seen->second != size)
        return fail(ErrorCode::design_invalid,
                    "the number of PSUs in the population differs between the two samples",
                    "stratum " + design.stratum_name(stratum));
      name_of_stratum.emplace(key.stratum, design.stratum_name(stratum));
      corrected = corrected || !std::isinf(size);
      places[key].weight += design.psu_has_weight(psu) ? 1 : 0;
      places[key].psus_in_population = size;
    }
  }

  PsuTableInput input;
  std::map<std::uint64_t, std::uint32_t> id_of_stratum;
  for (const auto& [key, name] : name_of_stratum) {
    const auto id = static_cast<std::uint32_t>(id_of_stratum.size());
    id_of_stratum.emplace(key, id);
    input.stratum_names.emplace(id, name);
  }
  std::map<PlaceKey, std::uint32_t> id_of_place;
  for (const auto& [key, place] : places) {
    const auto id = static_cast<std::uint32_t>(id_of_place.size());
    id_of_place.emplace(key, id);
    input.stratum.push_back(id_of_stratum.at(key.stratum));
    input.psu.push_back(id);
    input.weight.push_back(place.weight);
    if (corrected) input.psus_in_population.push_back(place.psus_in_population);
  }
  input.lonely_policy = first.lonely_policy();
  input.lonely_in_domain = first.lonely_in_domain();

  StackedDesign result{TRY(SampleDesign::create_from_psus(input)), {}, {}, shared.places};
  for (const std::uint32_t year : {0U, 1U}) {
    const SampleDesign& design = year == 0 ? first : second;
    auto& positions = year == 0 ? result.psu_of_first : result.psu_of_second;
    for (std::size_t psu = 0; psu < design.psu_count(); ++psu) {
      const PlaceKey key = key_of(design, psu, year);
      positions.push_back(*result.design.find_psu(id_of_stratum.at(key.stratum), id_of_place.at(key)));
    }
  }
  return result;
}

LinearizedByPsu moved(const LinearizedByPsu& linearized, std::span<const std::uint32_t> psu_of) {
  LinearizedByPsu result = linearized;
  for (PsuInfluence& entry : result.influence) entry.psu = psu_of[entry.psu];
  std::sort(result.influence.begin(), result.influence.end(),
            [](const PsuInfluence& a, const PsuInfluence& b) { return a.psu < b.psu; });
  return result;
}

LinearizedByPsu change(const StackedDesign& stacked, const LinearizedByPsu& first,
                       const LinearizedByPsu& second) {
  return difference(moved(second, stacked.psu_of_second), moved(first, stacked.psu_of_first));
}

}  // namespace khaosat::estimate
