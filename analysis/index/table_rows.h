// Rows of cells, whatever the file: CSV text, or a JSON array of flat objects.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"

namespace khaosat::index {

class TableRows {
 public:
  virtual ~TableRows() = default;
  virtual bool good() const = 0;  // a header was found
  virtual const std::vector<std::string>& header() const = 0;
  // The next sound row, as many cells as the header; false at the end.
  virtual bool next(std::vector<std::string>& cells) = 0;
  // A cell of the row last returned as a number; nothing where it is none.
  virtual std::optional<double> number(const std::string& cell) = 0;
  // Complains about the row last returned.
  virtual void fault(ErrorCode code, const std::string& column, std::string message) = 0;

  std::optional<std::size_t> column(std::string_view name) const;
};

// The first of these columns that is there.
std::optional<std::size_t> first_column(const TableRows& rows, std::initializer_list<const char*> names);
// Where units are named: unit, unit_code, commune_code or province_code.
std::optional<std::size_t> unit_column(const TableRows& rows);
// So many faults that reading on tells nothing new.
bool too_many(const Faults& faults);

// CSV, unless the first letter of the text is "[". The text must outlive the rows.
std::unique_ptr<TableRows> open_table(const std::string& file, std::string_view text, Faults& faults);
// Members become columns in the order they first appear; numbers and texts become cells, null and
// absent members empty ones; anything else is a fault.
std::unique_ptr<TableRows> open_json_table(const std::string& file, std::string_view text,
                                           Faults& faults);

}  // namespace khaosat::index
