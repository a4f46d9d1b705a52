// A workbook written sheet by sheet, row by row, in constant memory. Texts are always texts: nothing
// becomes a formula or a link, whatever it begins with. Used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/open_file.h"
#include "base/result.h"

namespace khaosat::exports {

class XlsxBook {
 public:
  // Temporary files of the library go into `scratch_folder`.
  static Result<std::unique_ptr<XlsxBook>> create(std::string path, std::string scratch_folder);
  ~XlsxBook();
  XlsxBook(const XlsxBook&) = delete;
  XlsxBook& operator=(const XlsxBook&) = delete;

  struct Column {
    std::string heading;
    double width = 12;  // in letters
  };
  // Begins a sheet and writes its headings. The name is cut to what spreadsheets take (31 units of UTF-16, none of
  // []:*?/\); where it then is another's, whatever the case, it gets a number. An empty name becomes "1", "2" ….
  void sheet(std::string_view name, const std::vector<Column>& columns);
  // The next cell of the row.
  XlsxBook& text(std::string_view value);
  XlsxBook& number(double value, int decimals = -1);  // -1: as it is; NaN and infinities stay empty
  XlsxBook& empty();
  void end_row();

  // Errors of any earlier step too: file_unwritable, out_of_space.
  Result<void> close();

 private:
  struct Parts;
  explicit XlsxBook(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// A workbook that `fill` writes, as a file that has lost its name: gone with whoever holds it last.
Result<std::shared_ptr<const OpenFile>> workbook_file(const std::function<void(XlsxBook&)>& fill);

}  // namespace khaosat::exports
