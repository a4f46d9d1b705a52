// Microdata as files, one row after another, in memory that does not grow with the rows. Each object is
// used by one thread. Every error is file_unwritable or out_of_space with the path.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "server/exports/codebook.h"

namespace khaosat::exports {

class RowFile {
 public:
  virtual ~RowFile() = default;
  // As many cells as the book has variables.
  virtual Result<void> row(std::span<const Cell> cells) = 0;
  // The file is whole only after this.
  virtual Result<void> finish() = 0;
};

// The book must outlive the file. `rows` is announced in the heads of SPSS and Stata files and must be
// true; they are no longer than 2^31 - 1.
//
// csv: names, then numbers as codes and "~dont_know" and the like; plain ASCII, so no byte order mark.
Result<std::unique_ptr<RowFile>> csv_rows(const std::string& path, const Codebook& book);
// {"schema", …, "variables": […], "rows": [[…], …]}: a cell is a number or "~dont_know".
Result<std::unique_ptr<RowFile>> json_rows(const std::string& path, const Codebook& book);
// SPSS, UTF-8; kinds of no answer are user-missing values with labels. Labels are cut to 256 bytes, those
// of values to 120.
Result<std::unique_ptr<RowFile>> sav_rows(const std::string& path, const Codebook& book, std::uint64_t rows,
                                          const std::string& language);
// Stata 14 and later; kinds of no answer are .a to .g with labels. Labels are cut to 80 letters.
Result<std::unique_ptr<RowFile>> dta_rows(const std::string& path, const Codebook& book, std::uint64_t rows,
                                          const std::string& language);

// What a kind of no answer is called in a codebook.
LocalText label_of(NoValue kind);

}  // namespace khaosat::exports
