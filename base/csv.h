// Tables as comma-separated text (RFC 4180), strictly read and safely written. Pure; thread safe
// as long as one reader or writer is used by one thread.
//
// Reading: a byte order mark is dropped; the separator is that of comma, semicolon (what a Vietnamese Excel
// saves) and tab (what is copied out of one) which the header line has most of, or what a first line "sep=;"
// names; lines end in LF or CRLF; a line with nothing on it is skipped. Cells come back as NFC UTF-8 without
// surrounding spaces. A workbook, UTF-16 and other bytes that are no such text are told by name.
// Writing: comma, LF, quotes only where needed. A text that a spreadsheet would run as a formula
// gets an apostrophe in front, and reading takes that apostrophe away again.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"

namespace khaosat {

struct CsvLimits {
  std::size_t bytes = 256u << 20;
  std::size_t rows = 5'000'000;
  std::size_t columns = 500;
  std::size_t cell_bytes = 64u << 10;
  // Reading gives up after this many faults; one wrong column need not fill the screen.
  std::size_t faults = 200;
};

// Row numbers are those a spreadsheet shows: the header is row 1.
class CsvReader {
 public:
  // The text must outlive the reader. Reads the header; look at good() before asking for rows.
  CsvReader(std::string file, std::string_view text, Faults& faults, CsvLimits limits = {});

  // False when there is no header that rows could be read against, or too many faults.
  bool good() const { return good_; }
  const std::vector<std::string>& header() const { return header_; }
  std::optional<std::size_t> column(std::string_view name) const;
  // Complains about header names that are not in the list, with the nearest one.
  void only_columns(const std::vector<std::string>& names);
  void require_columns(const std::vector<std::string>& names);

  // The next sound row, with as many cells as the header; rows with faults are reported and left
  // out. False at the end. `cells` is reused.
  bool next(std::vector<std::string>& cells);
  // Number of the row last returned.
  std::size_t row() const { return row_; }
  // A cell as a decimal. Where commas do not separate cells they may mark decimals (1,5): one table uses one mark,
  // the first one met, so that "1.500" beside "1,5" is refused and never taken for one and a half.
  std::optional<double> number(std::string_view cell);
  void fault(ErrorCode code, std::string_view column, std::string message);

 private:
  enum class Scan { row, faulty, blank, end };
  bool refuse_foreign();
  void find_separator();
  Scan scan(std::vector<std::string>& cells);
  void take_cell(std::string_view bytes, std::vector<std::string>& cells, bool& sound);
  void complain(std::size_t row, std::string place, ErrorCode code, std::string message);

  std::string file_;
  std::string_view text_;
  Faults& faults_;
  CsvLimits limits_;
  std::size_t at_ = 0;
  std::size_t row_ = 0;
  std::size_t faults_before_ = 0;
  char separator_ = ',';
  char decimal_ = 0;  // the mark met first
  bool good_ = false;
  std::vector<std::string> header_;
};

class CsvWriter {
 public:
  explicit CsvWriter(const std::vector<std::string>& header);
  CsvWriter& text(std::string_view value);
  // The shortest decimal that reads back as the same double; empty for NaN and infinities.
  CsvWriter& number(double value);
  CsvWriter& integer(std::int64_t value);
  CsvWriter& empty();
  void end_row();
  const std::string& str() const { return out_; }

 private:
  void put(std::string_view cell);
  std::string out_;
  bool first_ = true;
};

// What number() made of a cell that is none, told to the person who wrote it.
std::string no_number_text(std::string_view cell);

// A decimal with a point, written as people write it ("12", "-0.5", "1e-6"); nothing for anything
// else, for NaN and for infinities.
std::optional<double> number_from(std::string_view text);
std::optional<std::int64_t> integer_from(std::string_view text);

}  // namespace khaosat
