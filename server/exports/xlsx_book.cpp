#include "server/exports/xlsx_book.h"

#include <fcntl.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>

#include "base/bytes.h"
#include "server/exports/cut_text.h"
#include "server/exports/xml_text.h"

namespace khaosat::exports {

namespace {
constexpr std::size_t kCellUnits = 32767;  // what a cell holds, in units of UTF-16
constexpr std::size_t kSheetNameUnits = 31;

// A file that nobody else can open, gone with the object.
class ScratchFile {
 public:
  ScratchFile() : path_((std::filesystem::temp_directory_path() / ("khaosat-" + to_hex(random_bytes(12)))).string()) {
    // The library makes files that others may read; one that is there it only writes to.
    const int made = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (made >= 0) ::close(made);
  }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};
// Programs read "_x000D_" in a text as the character of that number; this keeps the letters.
std::string with_letters_kept(std::string text) {
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = text.find("_x"); at != std::string::npos; at = text.find("_x", at + 1)) {
    if (text.size() - at < 7 || text[at + 6] != '_' || !std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 2, text.begin() + static_cast<std::ptrdiff_t>(at) + 6, is_hex)) continue;
    text.insert(at, "_x005F");
    at += 6;
  }
  return text;
}

// What a cell takes, with what keeps letters counted too.
std::string fitting(std::string_view given) {
  const std::string value = xml_text(given);
  std::size_t most = kCellUnits;
  for (;;) {
    std::string fits = with_letters_kept(cut_utf16(value, most));
    const std::size_t units = utf16_units(fits);
    if (units <= kCellUnits) return fits;
    most -= std::min(units - kCellUnits, most - 2);
  }
}

}  // namespace

struct XlsxBook::Parts {
  lxw_workbook* book = nullptr;
  lxw_worksheet* page = nullptr;
  lxw_format* heading = nullptr;
  lxw_format* words = nullptr;
  std::map<int, lxw_format*> decimals;
  lxw_row_t row = 0;
  lxw_col_t column = 0;
  lxw_error error = LXW_NO_ERROR;
  std::string path;
  std::string scratch;

  void note(lxw_error result) {
    if (error == LXW_NO_ERROR) error = result;
  }
  lxw_format* format_for(int places) {
    if (places < 0) return nullptr;
    lxw_format*& format = decimals[places];
    if (!format) {
      format = workbook_add_format(book);
      format_set_num_format(format, (places == 0 ? std::string("0") : "0." + std::string(static_cast<std::size_t>(places), '0')).c_str());
    }
    return format;
  }
};

XlsxBook::XlsxBook(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

XlsxBook::~XlsxBook() {
  // Closing is the only way to give everything back; an unfinished file is the caller's to remove.
  if (parts_->book) workbook_close(parts_->book);
}

Result<std::unique_ptr<XlsxBook>> XlsxBook::create(std::string path, std::string scratch_folder) {
  auto parts = std::make_unique<Parts>();
  parts->path = std::move(path);
  parts->scratch = std::move(scratch_folder);
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = parts->scratch.empty() ? nullptr : parts->scratch.data();
  parts->book = workbook_new_opt(parts->path.c_str(), &options);
  if (!parts->book) return fail(ErrorCode::file_unwritable, "cannot begin the workbook", parts->path);
  parts->heading = workbook_add_format(parts->book);
  format_set_bold(parts->heading);
  format_set_text_wrap(parts->heading);
  format_set_align(parts->heading, LXW_ALIGN_VERTICAL_TOP);
  parts->words = workbook_add_format(parts->book);
  format_set_text_wrap(parts->words);
  format_set_align(parts->words, LXW_ALIGN_VERTICAL_TOP);
  return std::unique_ptr<XlsxBook>(new XlsxBook(std::move(parts)));
}

void XlsxBook::sheet(std::string_view name, const std::vector<Column>& columns) {
  std::string wish;
  for (const char c : name) wish += std::string_view("[]:*?/\\'").find(c) == std::string_view::npos ? c : ' ';
  Parts& parts = *parts_;
  std::string allowed = cut_utf16(wish, kSheetNameUnits);
  for (int number = 1; number < 1000 && workbook_validate_sheet_name(parts.book, allowed.c_str()) != LXW_NO_ERROR; ++number) {
    const std::string ending = wish.empty() ? std::to_string(number) : " (" + std::to_string(number + 1) + ")";
    allowed = cut_utf16(wish, kSheetNameUnits - ending.size()) + ending;
  }
  parts.page = workbook_add_worksheet(parts.book, allowed.c_str());
  if (!parts.page) {
    parts.note(LXW_ERROR_PARAMETER_VALIDATION);
    return;
  }
  parts.row = 0;
  parts.column = 0;
  for (const auto& column : columns) {
    parts.note(worksheet_set_column(parts.page, parts.column, parts.column, column.width, nullptr));
    parts.note(worksheet_write_string(parts.page, 0, parts.column, column.heading.c_str(), parts.heading));
    ++parts.column;
  }
  worksheet_freeze_panes(parts.page, 1, 0);
  end_row();
}

XlsxBook& XlsxBook::text(std::string_view value) {
  Parts& parts = *parts_;
  if (parts.page && !value.empty()) {
    const std::string fits = fitting(value);
    parts.note(worksheet_write_string(parts.page, parts.row, parts.column, fits.c_str(), parts.words));
  }
  ++parts.column;
  return *this;
}

XlsxBook& XlsxBook::number(double value, int decimals) {
  Parts& parts = *parts_;
  if (parts.page && std::isfinite(value)) {
    parts.note(worksheet_write_number(parts.page, parts.row, parts.column, value, parts.format_for(decimals)));
  }
  ++parts.column;
  return *this;
}

XlsxBook& XlsxBook::empty() {
  ++parts_->column;
  return *this;
}

void XlsxBook::end_row() {
  ++parts_->row;
  parts_->column = 0;
}

Result<void> XlsxBook::close() {
  const lxw_error closed = workbook_close(parts_->book);
  parts_->book = nullptr;
  parts_->note(closed);
  if (parts_->error != LXW_NO_ERROR) {
    return fail(ErrorCode::file_unwritable, std::string("the workbook could not be written: ") + lxw_strerror(parts_->error), parts_->path);
  }
  return {};
}

Result<std::shared_ptr<const OpenFile>> workbook_file(const std::function<void(XlsxBook&)>& fill) {
  const ScratchFile scratch;
  const auto book = TRY(XlsxBook::create(scratch.path(), {}));
  fill(*book);
  TRY_VOID(book->close());
  return OpenFile::open(scratch.path());
}

}  // namespace khaosat::exports
