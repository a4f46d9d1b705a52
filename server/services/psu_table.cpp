#include "server/services/psu_table.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/csv.h"
#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::int64_t kMostPersons = 10'000'000;

bool is_psu_id(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class PsuReading {
 public:
  PsuReading(const std::string& file, std::string_view text, const UnitRegister& units,
             const std::vector<std::string>& chosen_units)
      : units_(units), chosen_units_(chosen_units), reader_(file, text, table_.faults, {.bytes = 4u << 20, .rows = 5000}) {}

  PsuTable read() {
    if (!reader_.good()) return std::move(table_);
    reader_.only_columns({"unit", "psu", "title", "stratum", "population", "slips", "psu_population", "neighbour"});
    reader_.require_columns({"unit", "psu", "title"});
    if (!table_.faults.empty()) return std::move(table_);
    std::vector<std::string> cells;
    while (reader_.next(cells)) {
      cells_ = &cells;
      read_row();
    }
    check_neighbours();
    return std::move(table_);
  }

 private:
  std::string cell(std::string_view column) const {
    const auto at = reader_.column(column);
    return at ? (*cells_)[*at] : std::string();
  }

  int whole_number(std::string_view column) {
    const std::string text = cell(column);
    if (text.empty()) return 0;
    const auto number = integer_from(text);
    if (!number || *number < 0 || *number > kMostPersons) {
      reader_.fault(ErrorCode::wrong_type, column, "\"" + text + "\" is not a whole number of persons, slips or places");
      return 0;
    }
    return static_cast<int>(*number);
  }

  void read_row() {
    PrimarySamplingUnit psu;
    psu.id = cell("psu");
    if (psu.id.empty()) {
      reader_.fault(ErrorCode::missing_field, "psu", "give every row a short name of its own");
    } else if (!is_psu_id(psu.id)) {
      reader_.fault(ErrorCode::wrong_type, "psu", "\"" + psu.id + "\": up to 64 letters without marks, digits, _ and -");
    } else if (!seen_.insert(psu.id).second) {
      reader_.fault(ErrorCode::duplicate_key, "psu", psu.id + " stands twice");
    }
    psu.title = cell("title");
    if (psu.title.empty()) reader_.fault(ErrorCode::missing_field, "title", "write the name people know");
    if (letter_count(psu.title) > 120) reader_.fault(ErrorCode::too_long, "title", "longer than 120 letters");
    psu.population = whole_number("population");
    psu.slips = whole_number("slips");
    psu.neighbour = cell("neighbour");
    if (!psu.neighbour.empty()) neighbours_.emplace_back(reader_.row(), table_.psus.size());
    psu.stratum = stratum_of_row();
    table_.psus.push_back(std::move(psu));
  }

  std::string stratum_of_row() {
    const std::string unit_id = cell("unit");
    const Unit* unit = units_.find(unit_id);
    if (!unit) {
      std::string hint;
      std::vector<std::string> known = chosen_units_;
      if (const auto near = nearest(unit_id, known)) hint = "; did you mean " + *near + "?";
      reader_.fault(ErrorCode::unit_not_valid, "unit", "the register has no unit \"" + unit_id + "\"" + hint);
    } else if (!chosen_units_.empty() &&
               std::find(chosen_units_.begin(), chosen_units_.end(), unit_id) == chosen_units_.end()) {
      reader_.fault(ErrorCode::unknown_option, "unit", unit_id + " is not among the units chosen");
    }
    Stratum stratum;
    stratum.unit = unit_id;
    stratum.id = cell("stratum");
    stratum.title = stratum.id;
    if (stratum.id.empty()) {
      stratum.id = unit_id;
      stratum.title = unit ? unit->name.in("vi") : unit_id;
    } else if (!is_psu_id(stratum.id)) {
      reader_.fault(ErrorCode::wrong_type, "stratum", "\"" + stratum.id + "\": letters without marks, digits, _ and -");
    }
    stratum.psu_population = whole_number("psu_population");
    const auto known = std::find_if(table_.strata.begin(), table_.strata.end(),
                                    [&](const auto& one) { return one.id == stratum.id; });
    if (known == table_.strata.end()) {
      table_.strata.push_back(stratum);
    } else if (known->unit != unit_id) {
      reader_.fault(ErrorCode::psu_in_two_strata, "stratum", stratum.id + " lies in " + known->unit + " in an earlier row");
    } else if (stratum.psu_population != 0 && known->psu_population != 0 &&
               stratum.psu_population != known->psu_population) {
      reader_.fault(ErrorCode::duplicate_key, "psu_population", "another number than in an earlier row of " + stratum.id);
    } else if (known->psu_population == 0) {
      known->psu_population = stratum.psu_population;
    }
    return stratum.id;
  }

  void check_neighbours() {
    for (const auto& [row, position] : neighbours_) {
      const auto& psu = table_.psus[position];
      const auto found = std::find_if(table_.psus.begin(), table_.psus.end(),
                                      [&](const auto& one) { return one.id == psu.neighbour; });
      if (found != table_.psus.end() && found->stratum == psu.stratum && found->id != psu.id) continue;
      table_.faults.push_back({"", "row " + std::to_string(row) + ", column neighbour", ErrorCode::unit_not_valid,
                               "\"" + psu.neighbour + "\" must be another psu of the same stratum"});
    }
  }

  const UnitRegister& units_;
  const std::vector<std::string>& chosen_units_;
  PsuTable table_;
  CsvReader reader_;
  const std::vector<std::string>* cells_ = nullptr;
  std::set<std::string> seen_;
  std::vector<std::pair<std::size_t, std::size_t>> neighbours_;  // row, position
};

}  // namespace

PsuTable read_psu_csv(const std::string& file, std::string_view text, const UnitRegister& units,
                      const std::vector<std::string>& chosen_units) {
  return PsuReading(file, text, units, chosen_units).read();
}

std::string psu_csv(const Campaign& campaign) {
  CsvWriter table({"unit", "stratum", "psu", "title", "population", "slips", "psu_population", "neighbour"});
  for (const auto& psu : campaign.psus) {
    const Stratum* stratum = campaign.stratum(psu.stratum);
    table.text(stratum ? stratum->unit : "").text(psu.stratum).text(psu.id).text(psu.title);
    table.integer(psu.population).integer(psu.slips).integer(stratum ? stratum->psu_population : 0).text(psu.neighbour);
    table.end_row();
  }
  return table.str();
}

}  // namespace khaosat
