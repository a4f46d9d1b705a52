#include "analysis/index/table_rows.h"

#include <algorithm>

#include "base/csv.h"
#include "base/text.h"

namespace khaosat::index {
namespace {

class CsvRows final : public TableRows {
 public:
  CsvRows(const std::string& file, std::string_view text, Faults& faults) : reader_(file, text, faults) {
    // Columns in which no cell may be empty.
    for (const char* name : {"unit", "unit_code", "commune_code", "province_code", "stratum", "psu", "weight"})
      skips_blank_ = skips_blank_ || (reader_.good() && reader_.column(name));
  }
  bool good() const override { return reader_.good(); }
  const std::vector<std::string>& header() const override { return reader_.header(); }
  bool next(std::vector<std::string>& cells) override {
    while (reader_.next(cells)) {
      // Spreadsheets save lines of separators below a table from which lines were deleted: nobody's row.
      if (!skips_blank_ || !std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); })) return true;
    }
    return false;
  }
  std::optional<double> number(const std::string& cell) override { return reader_.number(cell); }
  void fault(ErrorCode code, const std::string& column, std::string message) override {
    reader_.fault(code, column, std::move(message));
  }

 private:
  CsvReader reader_;
  bool skips_blank_ = false;
};

}  // namespace

std::optional<std::size_t> TableRows::column(std::string_view name) const {
  for (std::size_t k = 0; k < header().size(); ++k)
    if (header()[k] == name) return k;
  return std::nullopt;
}

std::optional<std::size_t> first_column(const TableRows& rows, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto found = rows.column(name)) return found;
  return std::nullopt;
}

std::optional<std::size_t> unit_column(const TableRows& rows) {
  return first_column(rows, {"unit", "unit_code", "commune_code", "province_code"});
}

bool too_many(const Faults& faults) {
  constexpr std::size_t kMostFaults = 200;
  return faults.size() >= kMostFaults;
}

std::unique_ptr<TableRows> open_table(const std::string& file, std::string_view text, Faults& faults) {
  const std::string_view start = trim(text.substr(0, 64));
  if (!start.empty() && start.front() == '[') return open_json_table(file, text, faults);
  return std::make_unique<CsvRows>(file, text, faults);
}

}  // namespace khaosat::index
