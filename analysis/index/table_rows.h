// Rows of cells, whatever the file: CSV text, or a JSON array of flat objects.
#pragma once

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
  // Complains about the row last returned.
  virtual void fault(ErrorCode code, const std::string& column, std::string message) = 0;

  std::optional<std::size_t> column(std::string_view name) const;
};

// CSV, unless the first letter of the text is "[". The text must outlive the rows.
std::unique_ptr<TableRows> open_table(const std::string& file, std::string_view text, Faults& faults);
// Members become columns in the order they first appear; numbers and texts become cells, null and
// absent members empty ones; anything else is a fault.
std::unique_ptr<TableRows> open_json_table(const std::string& file, std::string_view text,
                                           Faults& faults);

}  // namespace khaosat::index
