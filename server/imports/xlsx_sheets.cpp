#include "server/imports/xlsx_sheets.h"

#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include "base/csv.h"
#include "base/json_text.h"
#include "base/text.h"
#include "server/imports/xml_events.h"

namespace khaosat::imports {

namespace {

using Attributes = XmlHandler::Attributes;

Error refusal(std::string message) { return {ErrorCode::bad_spreadsheet, std::move(message), "", {}}; }

std::string_view attribute(const Attributes& all, std::string_view name) {
  for (const auto& [key, value] : all) {
    if (key == name) return value;
  }
  return {};
}

std::size_t whole(std::string_view text) {
  std::size_t value = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), value);
  return trouble == std::errc() && end == text.data() + text.size() ? value : std::string::npos;
}

bool is_true(std::string_view value) { return value == "1" || value == "true"; }

// "_x000A_" as files write characters that XML does not take.
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    unsigned code = 0;
    const bool is_escape = text.size() - at >= 7 && text.substr(at, 2) == "_x" && text[at + 6] == '_' &&
                           std::from_chars(text.data() + at + 2, text.data() + at + 6, code, 16).ptr == text.data() + at + 6;
    if (!is_escape) {
      out += text[at++];
      continue;
    }
    at += 7;
    if (code < 0x80) out += static_cast<char>(code);
    else if (code < 0x800) out += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
    else out += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
  }
  return out;
}

// Whether a format of numbers shows a day: letters of one outside quotes, brackets and escapes.
bool shows_day(std::string_view format) {
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    if (c == '\\' || c == '_' || c == '*') ++i;
    else if (c == '"' || c == '[') {
      i = format.find(c == '"' ? '"' : ']', i + 1);
      if (i == std::string_view::npos) return false;
    } else if (c == 'y' || c == 'Y' || c == 'd' || c == 'D') return true;
  }
  return false;
}

bool is_day_format(std::size_t id) { return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58); }

// The day of a serial number; nothing for what is none of this calendar.
std::optional<std::string> day_of(double serial, bool from_1904) {
  const double since_1970 = serial + (from_1904 ? 1462 : 0) - 25569;
  // Below 61 the 1900 calendar counts a 29 February that was none.
  if (std::floor(serial) != serial || serial + (from_1904 ? 1462 : 0) < 61 || since_1970 > 2'932'896) return std::nullopt;
  const auto days = static_cast<long>(since_1970) + 719468;
  const long era = days / 146097;
  const long in_era = days - era * 146097;
  const long year_of_era = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
  const long in_year = in_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const long part = (5 * in_year + 2) / 153;
  const long day = in_year - (153 * part + 2) / 5 + 1;
  const long month = part < 10 ? part + 3 : part - 9;
  const long year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return std::to_string(year) + "-" + two(month) + "-" + two(day);
}

std::string number_text(double value) {
  if (std::floor(value) == value && std::abs(value) < 1e15) return std::to_string(static_cast<long long>(value));
  return json_number(value);
}

std::string letters_of(std::size_t column) {
  std::string letters;
  for (++column; column > 0; column = (column - 1) / 26) letters.insert(letters.begin(), static_cast<char>('A' + (column - 1) % 26));
  return letters;
}

// "B12": column 1, row 12. npos where it says nothing.
std::pair<std::size_t, std::size_t> place_of(std::string_view reference) {
  std::size_t column = 0;
  std::size_t at = 0;
  for (; at < reference.size() && at < 4 && reference[at] >= 'A' && reference[at] <= 'Z'; ++at) column = column * 26 + static_cast<std::size_t>(reference[at] - 'A' + 1);
  if (at == 0) return {std::string::npos, std::string::npos};
  return {column - 1, whole(reference.substr(at))};
}

struct Styles {
  std::vector<bool> shows_day;  // by the style of a cell
};

class WorkbookReading {
 public:
  WorkbookReading(PackageParts& parts, Faults& faults, const WorkbookLimits& limits) : parts_(parts), faults_(faults), limits_(limits) {}

  Result<std::vector<WorkbookSheet>> run() {
    TRY_VOID(contents());
    if (parts_.has("xl/sharedStrings.xml")) TRY_VOID(shared_texts());
    if (parts_.has("xl/styles.xml")) TRY_VOID(styles());
    std::vector<WorkbookSheet> sheets;
    for (const auto& [name, relation] : names_) {
      const auto target = targets_.find(relation);
      if (target == targets_.end()) return fail(refusal("sheet " + name + " is not there"));
      sheets.push_back({name, {}});
      TRY_VOID(sheet(target->second, sheets.back()));
    }
    if (sheets.empty()) return fail(refusal("there is no sheet"));
    return sheets;
  }

 private:
  Result<void> xml(const std::string& part, XmlHandler handler) {
    const std::string document = TRY(parts_.read(part));
    trouble_.reset();
    stop_ = false;
    const auto done = read_xml(document, handler, stop_);
    if (trouble_) return fail(*trouble_);
    if (!done) return fail(refusal(part + ": " + done.error().message));
    return {};
  }
  void give_up(std::string message) {
    if (!trouble_) trouble_ = refusal(std::move(message));
    stop_ = true;
  }
  static void ignore(std::string_view) {}

  Result<void> contents() {
    TRY_VOID(xml("xl/workbook.xml", {[&](std::string_view name, const Attributes& all) {
                   if (name == "workbookPr") from_1904_ = is_true(attribute(all, "date1904"));
                   if (name != "sheet") return;
                   if (names_.size() == limits_.sheets) return give_up("more than " + std::to_string(limits_.sheets) + " sheets");
                   names_.emplace_back(trim(clean_text(attribute(all, "name")).value_or("")), attribute(all, "id"));
                 }, ignore, ignore}));
    return xml("xl/_rels/workbook.xml.rels", {[&](std::string_view name, const Attributes& all) {
                 if (name != "Relationship" || attribute(all, "TargetMode") == "External" || !attribute(all, "Type").ends_with("/worksheet")) return;
                 const std::string_view target = attribute(all, "Target");
                 targets_[std::string(attribute(all, "Id"))] = target.starts_with('/') ? std::string(target.substr(1)) : "xl/" + std::string(target);
               }, ignore, ignore});
  }

  Result<void> shared_texts() {
    bool in_text = false;
    bool in_phonetic = false;
    std::string text;
    return xml("xl/sharedStrings.xml", {[&](std::string_view name, const Attributes&) {
                 if (name == "si") text.clear();
                 if (name == "rPh") in_phonetic = true;
                 in_text = name == "t" && !in_phonetic;
               },
               [&](std::string_view name) {
                 in_text = false;
                 if (name == "rPh") in_phonetic = false;
                 if (name != "si") return;
                 shared_.push_back(text);
                 if (shared_.size() > limits_.cells) give_up("too many texts");
               },
               [&](std::string_view words) {
                 if (in_text) text += words;
               }});
  }

  Result<void> styles() {
    std::map<std::size_t, bool> formats;
    bool in_cells = false;
    return xml("xl/styles.xml", {[&](std::string_view name, const Attributes& all) {
                 if (name == "numFmt") formats[whole(attribute(all, "numFmtId"))] = shows_day(attribute(all, "formatCode"));
                 if (name == "cellXfs") in_cells = true;
                 if (name != "xf" || !in_cells) return;
                 const std::size_t id = whole(attribute(all, "numFmtId"));
                 const auto own = formats.find(id);
                 styles_.shows_day.push_back(own != formats.end() ? own->second : is_day_format(id));
                 if (styles_.shows_day.size() > 70'000) give_up("too many styles");
               },
               [&](std::string_view name) {
                 if (name == "cellXfs") in_cells = false;
               }, ignore});
  }

  struct Cell {
    std::size_t row = 0;  // from 1
    std::size_t column = 0;
    std::string type;
    std::size_t style = 0;
    bool has_formula = false;
    std::string value;
    std::string words;
  };

  Result<void> sheet(const std::string& part, WorkbookSheet& into) {
    Cell cell;
    std::size_t row = 0;
    std::size_t column = 0;
    std::string inside;  // the element whose text counts
    bool in_phonetic = false;
    return xml(part, {[&](std::string_view name, const Attributes& all) {
                 if (name == "row") {
                   const std::string_view number = attribute(all, "r");
                   row = number.empty() ? row + 1 : whole(number);
                   column = 0;
                 } else if (name == "c") {
                   const auto [its_column, its_row] = place_of(attribute(all, "r"));
                   if (its_column != std::string::npos) column = its_column, row = its_row;
                   cell = {row, column++, std::string(attribute(all, "t")), 0, false, "", ""};
                   const std::string_view style = attribute(all, "s");
                   if (!style.empty()) cell.style = whole(style);
                 } else if (name == "f") {
                   cell.has_formula = true;
                 } else if (name == "rPh") {
                   in_phonetic = true;
                 }
                 inside = name == "v" || (name == "t" && !in_phonetic) ? std::string(name) : std::string();
               },
               [&](std::string_view name) {
                 inside.clear();
                 if (name == "rPh") in_phonetic = false;
                 if (name == "c") take(cell, into);
               },
               [&](std::string_view text) {
                 if (inside == "v") cell.value += text;
                 else if (inside == "t") cell.words += text;
               }});
  }

  void complain(const WorkbookSheet& sheet, const Cell& cell, ErrorCode code, std::string message) {
    if (faults_.size() >= limits_.faults) return;
    const bool has_heading = cell.row > 1 && !sheet.rows.empty() && cell.column < sheet.rows[0].size() && !sheet.rows[0][cell.column].empty();
    faults_.push_back({"", "sheet " + sheet.name + ", row " + std::to_string(cell.row) + ", column " + (has_heading ? sheet.rows[0][cell.column] : letters_of(cell.column)),
                       code, std::move(message)});
  }

  void take(const Cell& cell, WorkbookSheet& sheet) {
    if (cell.has_formula) return complain(sheet, cell, ErrorCode::bad_spreadsheet, "a formula; put its value in its place");
    const auto text = text_of(cell, sheet);
    if (!text || stop_) return;
    const auto clean = clean_text(*text);
    if (!clean) return complain(sheet, cell, ErrorCode::not_utf8, "characters that no text has");
    std::string words(trim(*clean));
    if (words.empty()) return;  // formatted, but nothing in it
    if (cell.row == 0 || cell.row > limits_.rows || cell.column >= limits_.columns) {
      return give_up("sheet " + sheet.name + " is larger than " + std::to_string(limits_.rows) + " rows of " + std::to_string(limits_.columns) + " columns");
    }
    if (sheet.rows.size() < cell.row) sheet.rows.resize(cell.row);
    auto& row = sheet.rows[cell.row - 1];
    // Empty cells before it take room as well.
    text_bytes_ += words.size();
    cells_ += cell.column < row.size() ? 1 : cell.column + 1 - row.size();
    if (cells_ > limits_.cells || text_bytes_ > limits_.text_bytes) return give_up("too many cells or too much text");
    if (row.size() <= cell.column) row.resize(cell.column + 1);
    row[cell.column] = std::move(words);
  }

  // Nothing when it was a fault.
  std::optional<std::string> text_of(const Cell& cell, const WorkbookSheet& sheet) {
    if (cell.type == "inlineStr") return unescaped(cell.words);
    if (cell.value.empty()) return std::string();
    if (cell.type == "s") {
      const std::size_t index = whole(trim(cell.value));
      if (index < shared_.size()) return unescaped(shared_[index]);
      give_up("a cell names a text that is not there");
      return std::nullopt;
    }
    if (cell.type == "str") return unescaped(cell.value);
    if (cell.type == "b") return std::string(is_true(trim(cell.value)) ? "yes" : "no");
    if (cell.type == "d") return cell.value.substr(0, 10);
    if (cell.type == "e") {
      complain(sheet, cell, ErrorCode::wrong_type, "the error " + cell.value.substr(0, 20));
      return std::nullopt;
    }
    const auto number = number_from(trim(cell.value));
    if (!number || !std::isfinite(*number)) {
      complain(sheet, cell, ErrorCode::wrong_type, "no number");
      return std::nullopt;
    }
    if (cell.style >= styles_.shows_day.size() || !styles_.shows_day[cell.style]) return number_text(*number);
    const auto day = day_of(*number, from_1904_);
    if (!day) complain(sheet, cell, ErrorCode::wrong_type, "no day");
    return day;
  }

  PackageParts& parts_;
  Faults& faults_;
  const WorkbookLimits& limits_;
  std::optional<Error> trouble_;
  bool stop_ = false;
  bool from_1904_ = false;
  std::vector<std::pair<std::string, std::string>> names_;  // sheet, relation
  std::map<std::string, std::string> targets_;
  std::vector<std::string> shared_;
  Styles styles_;
  std::size_t cells_ = 0;
  std::size_t text_bytes_ = 0;
};

}  // namespace

Result<std::vector<WorkbookSheet>> read_workbook(std::string_view bytes, Faults& faults, const WorkbookLimits& limits) {
  const auto parts = TRY(PackageParts::open(bytes, limits.package));
  return WorkbookReading(*parts, faults, limits).run();
}

}  // namespace khaosat::imports
