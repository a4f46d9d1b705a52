#include "analysis/index/design_table.h"

#include <array>

#include "base/csv.h"

namespace khaosat::index {

namespace {

// Weights whose making is not told: their errors cannot be computed.
constexpr std::array<std::string_view, 2> kFinishedWeights = {"calibrated_weight", "calibration"};

constexpr std::string_view kHelp =
    "  stratum    optional; absent: one stratum\n"
    "  psu        primary sampling unit (village, counter); needed for intervals\n"
    "  weight     optional; a number from 0 up, absent: 1 for everybody\n"
    "  psu_population  optional; number of PSUs in the frame of the stratum. Without a second stage give it\n"
    "             only where everybody in a sampled PSU was asked; left out, intervals are rather too wide.\n"
    "             Or psu_fraction: the share of them that was drawn, above 0 up to 1.\n"
    "  second_stage_population  optional, beside psu_population; number of people (or of households, see\n"
    "             below) in the PSU, of whom those in the table were drawn; also: person_population, fpc2.\n"
    "             Or second_stage_fraction: the share of them that was drawn.\n"
    "  second_stage_unit  optional; whom they were drawn as, such as a household with several rows\n"
    "  Weights made to fit known totals: give the weight before, and one of\n"
    "    post_stratum, post_stratum_population    a category of everybody, and how many people it has\n"
    "    margin_NAME, margin_NAME_population      the same several times over: raking\n"
    "    total_NAME, total_NAME_population        a number of everybody, and its sum over all people:\n"
    "             generalised regression (total_one = 1 for the number of people)\n"
    "  The program makes the weights itself, as their errors follow from how they were made; a finished\n"
    "  calibrated_weight is refused where errors are stated.\n";

}  // namespace

std::string_view design_columns_help() { return kHelp; }

bool DesignTable::find(const std::function<bool(std::string_view)>& is_question, bool psu_needed) {
  stratum_ = rows_.column("stratum");
  psu_ = rows_.column("psu");
  weight_ = rows_.column("weight");
  population_ = rows_.column("psu_population");
  if (const auto fraction = rows_.column("psu_fraction"); fraction && !is_question("psu_fraction")) {
    if (population_) {
      faults_.push_back({file_, "row 1", ErrorCode::design_invalid, "psu_population and psu_fraction say the same; give one of them"});
      return false;
    }
    population_ = fraction;
    by_fraction_ = true;
  }
  if (!options_.drawn) return true;
  bool found = true;
  if (psu_needed && !psu_) {
    faults_.push_back({file_, "row 1", ErrorCode::missing_field,
                       "a drawn sample needs the column \"psu\"; without it no interval can be given"});
    found = false;
  }
  for (const auto& name : kFinishedWeights) {
    if (!rows_.column(std::string(name)) || is_question(name)) continue;
    faults_.push_back({file_, "row 1, column " + std::string(name), ErrorCode::design_invalid,
                       "errors depend on how weights were made; give the weight before, with post_stratum, "
                       "margin_… or total_… columns, or compute without intervals (sample none)"});
    found = false;
  }
  return persons_.find(is_question) && found;
}

std::optional<double> DesignTable::read(const std::vector<std::string>& cells, sums::CellKey& key) {
  const bool placed = read_place(cells, key);
  const auto weight = weight_in(cells);
  read_population(cells, key.stratum);
  return placed ? weight : std::nullopt;
}

std::map<std::string, double> DesignTable::populations() const {
  std::map<std::string, double> counts = populations_;
  if (!by_fraction_) return counts;
  for (auto& [stratum, count] : counts) count = static_cast<double>(met_.at(stratum).size()) / count;
  return counts;
}

bool DesignTable::read_place(const std::vector<std::string>& cells, sums::CellKey& key) {
  bool sound = true;
  const auto take = [&](const std::optional<std::size_t>& at, const char* name, std::string& into) {
    if (!at) return;
    into = cells[*at];
    if (!into.empty()) return;
    rows_.fault(ErrorCode::missing_field, name, "this cell may not be empty");
    sound = false;
  };
  take(stratum_, "stratum", key.stratum);
  take(psu_, "psu", key.psu);
  if (!options_.drawn || options_.psu_ids_restart_in_each_stratum || !psu_) return sound;
  // Said here with the row; the design would refuse it anyway.
  const auto [known, fresh] = stratum_of_psu_.emplace(key.psu, key.stratum);
  if (!fresh && known->second != key.stratum)
    rows_.fault(ErrorCode::psu_in_two_strata, "psu",
                "PSU \"" + key.psu + "\" was in stratum \"" + known->second +
                    "\" before; give each its own id, or say that ids restart in each stratum");
  return sound;
}

std::optional<double> DesignTable::weight_in(const std::vector<std::string>& cells) {
  if (!weight_) return 1.0;
  const auto weight = rows_.number(cells[*weight_]);
  if (weight && *weight >= 0) return weight;
  rows_.fault(ErrorCode::weight_invalid, "weight",
              cells[*weight_].empty() ? "the weight is missing; every respondent needs one"
                                      : "\"" + cells[*weight_] + "\" is no weight; write a number from 0 up");
  return std::nullopt;
}

void DesignTable::read_population(const std::vector<std::string>& cells, const std::string& stratum) {
  if (!population_) return;
  const char* column = by_fraction_ ? "psu_fraction" : "psu_population";
  const auto population = rows_.number(cells[*population_]);
  if (!population || (by_fraction_ ? !(*population > 0 && *population <= 1) : *population < 1)) {
    const bool share = population && *population > 0 && *population < 1;
    rows_.fault(ErrorCode::design_invalid, column,
                by_fraction_ ? "must be the share of the stratum's PSUs that were drawn, above 0 and up to 1"
                : share      ? "must be the number of PSUs in the stratum, 1 or more; a share of them goes into the column psu_fraction"
                             : "must be the number of PSUs in the stratum, 1 or more");
    return;
  }
  // Without PSUs every respondent is one.
  if (by_fraction_) met_[stratum].insert(psu_ ? cells[*psu_] : std::to_string(++respondents_));
  const auto [known, fresh] = populations_.emplace(stratum, *population);
  if (!fresh && known->second != *population)
    rows_.fault(ErrorCode::design_invalid, column,
                "stratum \"" + stratum + "\" had another number before; it must be the same all over a stratum");
}

}  // namespace khaosat::index
