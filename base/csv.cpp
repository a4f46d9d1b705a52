#include "base/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/json_text.h"
#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
// A spreadsheet treats a cell that begins with one of these as something to compute.
constexpr std::string_view kFormulaStarts = "=+-@\t\r";

// The same signs in full width (U+FF1D, U+FF0B, U+FF0D, U+FF20), which some spreadsheets take for the narrow ones.
constexpr std::array<std::string_view, 4> kWideFormulaStarts = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

bool starts_formula(std::string_view text) {
  if (!text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos) return true;
  return std::any_of(kWideFormulaStarts.begin(), kWideFormulaStarts.end(), [&](std::string_view sign) { return text.starts_with(sign); });
}
// What the writer shields, and therefore what the reader unshields.
bool needs_shield(std::string_view text) {
  return starts_formula(text) || (text.size() > 1 && text.front() == '\'' && needs_shield(text.substr(1)));
}
bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

CsvReader::CsvReader(std::string file, std::string_view text, Faults& faults, CsvLimits limits)
    : file_(std::move(file)), text_(text), faults_(faults), limits_(limits),
      faults_before_(faults.size()) {
  if (text_.size() > limits_.bytes) {
    complain(0, "", ErrorCode::too_large,
             "larger than " + std::to_string(limits_.bytes >> 20) + " MB; split the table");
    return;
  }
  if (refuse_foreign()) return;
  if (text_.substr(0, 3) == kByteOrderMark) text_.remove_prefix(3);
  find_separator();
  Scan found = Scan::blank;
  while (found == Scan::blank) found = scan(header_);
  if (found == Scan::end) {
    complain(0, "", ErrorCode::bad_csv, "the table is empty; its first row must name the columns");
  }
  if (found != Scan::row) return;
  row_ = 1;
  good_ = true;
  for (std::size_t i = 0; i < header_.size(); ++i) {
    const auto place = "row 1, column " + std::to_string(i + 1);
    if (header_[i].empty()) {
      complain(1, place, ErrorCode::bad_csv, "this column has no name");
      good_ = false;
    } else if (std::find(header_.begin(), header_.begin() + static_cast<std::ptrdiff_t>(i),
                         header_[i]) != header_.begin() + static_cast<std::ptrdiff_t>(i)) {
      complain(1, place, ErrorCode::duplicate_key, "a second column named \"" + header_[i] + "\"");
      good_ = false;
    }
  }
}

// Files that are no text at all are what an office hands in most often by mistake.
bool CsvReader::refuse_foreign() {
  struct Foreign {
    std::string_view start;
    const char* what;
  };
  using namespace std::string_view_literals;
  static constexpr std::array<Foreign, 6> kForeign = {
      {{"PK\x03\x04"sv, "this is a workbook (.xlsx, .ods) or another packed file"},
       {"\xD0\xCF\x11\xE0"sv, "this is a workbook of an old Excel (.xls)"},
       {"\x1F\x8B"sv, "this is a compressed file (gzip)"},
       {"\xFF\xFE"sv, "this is text in UTF-16"},
       {"\xFE\xFF"sv, "this is text in UTF-16"},
       {"%PDF"sv, "this is a PDF"}}};
  for (const Foreign& one : kForeign) {
    if (!text_.starts_with(one.start)) continue;
    complain(0, "", ErrorCode::bad_csv, std::string(one.what) + ", not a table as text; save it as \"CSV UTF-8\"");
    return true;
  }
  return false;
}

void CsvReader::find_separator() {
  std::string_view line = text_.substr(std::min(text_.find_first_not_of("\r\n"), text_.size()));
  line = line.substr(0, line.find_first_of("\r\n"));
  if (line.size() == 5 && line.starts_with("sep=")) {
    separator_ = line.back();
    text_.remove_prefix(static_cast<std::size_t>(line.data() - text_.data()) + line.size());
    return;
  }
  std::array<std::size_t, 3> met{};
  constexpr std::string_view kSeparators = ",;\t";
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const auto at = quoted ? std::string_view::npos : kSeparators.find(c);
    if (at != std::string_view::npos) ++met[at];
  }
  separator_ = kSeparators[static_cast<std::size_t>(std::max_element(met.begin(), met.end()) - met.begin())];
}

std::optional<double> CsvReader::number(std::string_view cell) {
  const auto plain = number_from(cell);
  if (separator_ == ',') return plain;
  const char mark = cell.find('.') != std::string_view::npos ? '.' : plain ? '\0' : ',';
  if (mark == '\0') return plain;
  std::optional<double> value = plain;
  if (mark == ',') {
    const auto comma = cell.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    std::string pointed(cell);
    pointed[comma] = '.';
    value = number_from(pointed);
  }
  if (!value || (decimal_ != 0 && decimal_ != mark)) return std::nullopt;
  decimal_ = mark;
  return value;
}

std::string no_number_text(std::string_view cell) {
  const bool marks = cell.find(',') != std::string_view::npos || cell.find('.') != std::string_view::npos;
  return "\"" + std::string(cell) + "\" is not a number; write one " +
         (marks ? "without signs between thousands, and with the same decimal mark all over the table (a comma only where a semicolon "
                  "separates cells)"
                : "with a dot");
}

std::optional<std::size_t> CsvReader::column(std::string_view name) const {
  const auto found = std::find(header_.begin(), header_.end(), name);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

void CsvReader::only_columns(const std::vector<std::string>& names) {
  for (const auto& name : header_) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string message = "unknown column \"" + name + "\"";
    if (const auto near = nearest(name, names)) message += "; did you mean \"" + *near + "\"?";
    complain(1, "row 1", ErrorCode::unknown_field, message);
  }
}

void CsvReader::require_columns(const std::vector<std::string>& names) {
  for (const auto& name : names) {
    if (column(name)) continue;
    complain(1, "row 1", ErrorCode::missing_field, "the column \"" + name + "\" is missing");
    good_ = false;
  }
}

bool CsvReader::next(std::vector<std::string>& cells) {
  while (good_) {
    if (faults_.size() - faults_before_ >= limits_.faults) {
      complain(row_, "", ErrorCode::bad_csv, "too many faults; mend these and read again");
      good_ = false;
      break;
    }
    const Scan found = scan(cells);
    if (found == Scan::end) return false;
    ++row_;
    if (found != Scan::row) continue;
    if (row_ > limits_.rows) {
      complain(row_, "", ErrorCode::too_large,
               "more than " + std::to_string(limits_.rows) + " rows; split the table");
      good_ = false;
      break;
    }
    if (cells.size() != header_.size()) {
      complain(row_, "", ErrorCode::bad_csv,
               std::to_string(cells.size()) + " cells, but the header names " +
                   std::to_string(header_.size()) + " columns; look for a missing quote or separator");
      continue;
    }
    return true;
  }
  return false;
}

void CsvReader::fault(ErrorCode code, std::string_view column, std::string message) {
  complain(row_, column.empty() ? "" : "column " + std::string(column), code, std::move(message));
}

CsvReader::Scan CsvReader::scan(std::vector<std::string>& cells) {
  cells.clear();
  if (at_ >= text_.size()) return Scan::end;
  const std::size_t begin = at_;
  bool sound = true;
  for (;;) {
    std::string cell;
    bool open = false;
    const auto refuse = [&](const char* message) {
      if (sound) complain(row_ + 1, "column " + std::to_string(cells.size() + 1), ErrorCode::bad_csv, message);
      sound = false;
    };
    if (at_ < text_.size() && text_[at_] == '"') {
      ++at_;
      open = true;
      while (at_ < text_.size()) {
        const auto quote = std::min(text_.find('"', at_), text_.size());
        cell.append(text_.substr(at_, quote - at_));
        at_ = quote;
        if (at_ == text_.size()) break;
        ++at_;
        if (at_ < text_.size() && text_[at_] == '"') {
          cell += '"';
          ++at_;
          continue;
        }
        open = false;
        break;
      }
      if (open) refuse("a quoted cell is never closed; add the missing quote");
    }
    const bool quoted = at_ > begin && text_[at_ - 1] == '"' && !open;
    const std::size_t run = at_;
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') {
      if (quoted && text_[at_] != ' ') refuse("text after the closing quote; double a quote to write one");
      if (text_[at_] == '"') refuse("a quote inside a cell that does not begin with one; quote the whole cell");
      ++at_;
    }
    const std::string_view rest = text_.substr(run, at_ - run);
    if (cell.empty()) {
      take_cell(rest, cells, sound);
    } else {
      take_cell(cell.append(rest), cells, sound);
    }
    if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      continue;
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    break;
  }
  if (!sound) return Scan::faulty;
  return cells.size() == 1 && cells[0].empty() ? Scan::blank : Scan::row;
}

void CsvReader::take_cell(std::string_view bytes, std::vector<std::string>& cells, bool& sound) {
  const auto refuse = [&](ErrorCode code, std::string message) {
    if (sound) complain(row_ + 1, "column " + std::to_string(cells.size() + 1), code, std::move(message));
    sound = false;
    cells.emplace_back();
  };
  if (cells.size() >= limits_.columns) {
    if (sound) {
      complain(row_ + 1, "", ErrorCode::too_large, "more than " + std::to_string(limits_.columns) + " columns");
    }
    sound = false;
    return;
  }
  if (bytes.size() > limits_.cell_bytes) {
    return refuse(ErrorCode::too_long, "longer than " + std::to_string(limits_.cell_bytes) + " bytes");
  }
  std::string cleaned;
  std::string_view kept = bytes;
  if (!is_ascii(bytes)) {
    if (bytes.find('\0') != std::string_view::npos)
      return refuse(ErrorCode::bad_csv, "a byte of zero, which no text has: the file is damaged, or no text; save it anew as \"CSV UTF-8\"");
    auto text = clean_text(bytes);
    if (!text) return refuse(ErrorCode::not_utf8, "wrong UTF-8; save the table as UTF-8");
    cleaned = std::move(*text);
    kept = cleaned;
  }
  kept = trim(kept);
  if (kept.size() > 1 && kept.front() == '\'' && needs_shield(kept.substr(1))) kept.remove_prefix(1);
  cells.emplace_back(kept);
}

void CsvReader::complain(std::size_t row, std::string place, ErrorCode code, std::string message) {
  if (row > 0 && place.rfind("row", 0) != 0) {
    place = "row " + std::to_string(row) + (place.empty() ? "" : ", " + place);
  }
  faults_.push_back({file_, std::move(place), code, std::move(message)});
}

CsvWriter::CsvWriter(const std::vector<std::string>& header) {
  for (const auto& name : header) text(name);
  end_row();
}

CsvWriter& CsvWriter::text(std::string_view value) {
  put(needs_shield(value) ? "'" + std::string(value) : std::string(value));
  return *this;
}

CsvWriter& CsvWriter::number(double value) {
  put(std::isfinite(value) ? json_number(value) : std::string());
  return *this;
}

CsvWriter& CsvWriter::integer(std::int64_t value) {
  put(std::to_string(value));
  return *this;
}

CsvWriter& CsvWriter::empty() {
  put("");
  return *this;
}

void CsvWriter::end_row() {
  out_ += '\n';
  first_ = true;
}

void CsvWriter::put(std::string_view cell) {
  if (!first_) out_ += ',';
  first_ = false;
  const bool edge_space = !cell.empty() && (cell.front() == ' ' || cell.back() == ' ');
  if (cell.find_first_of(",;\"\n\r") == std::string_view::npos && !edge_space) {
    out_ += cell;
    return;
  }
  out_ += '"';
  for (const char c : cell) {
    if (c == '"') out_ += '"';
    out_ += c;
  }
  out_ += '"';
}

std::optional<double> number_from(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::int64_t> integer_from(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace khaosat
