// SPSS and Stata, by the ReadStat library.
#include <readstat.h>

#include <limits>

#include "server/exports/cut_text.h"
#include "server/exports/output_file.h"
#include "server/exports/row_files.h"

namespace khaosat::exports {

namespace {

enum class Kind { sav, dta };

constexpr std::size_t kSpssLabelBytes = 256;
constexpr std::size_t kSpssValueLabelBytes = 120;
constexpr std::size_t kStataLabelLetters = 80;
constexpr std::size_t kStataValueLabelLetters = 200;
constexpr std::uint8_t kStataVersion = 118;  // Stata 14, the first that writes UTF-8

class ReadstatRows final : public RowFile {
 public:
  ReadstatRows(OutputFile file, const Codebook& book, Kind kind, std::string language)
      : file_(std::move(file)), book_(book), kind_(kind), language_(std::move(language)), writer_(readstat_writer_init()) {}

  Result<void> begin(std::uint64_t rows) {
    if (rows > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
      return fail(ErrorCode::too_large, "SPSS and Stata files hold 2147483647 rows at most", file_.path());
    }
    readstat_set_data_writer(writer_.get(), &ReadstatRows::take);
    readstat_writer_set_file_label(writer_.get(), cut(book_.title.in(language_), 64, kStataLabelLetters).c_str());
    if (kind_ == Kind::dta) TRY_VOID(checked(readstat_writer_set_file_format_version(writer_.get(), kStataVersion)));
    for (const auto& variable : book_.variables) add(variable);
    const auto begun = kind_ == Kind::sav ? readstat_begin_writing_sav(writer_.get(), this, static_cast<long>(rows))
                                          : readstat_begin_writing_dta(writer_.get(), this, static_cast<long>(rows));
    return checked(begun);
  }

  Result<void> row(std::span<const Cell> cells) override {
    TRY_VOID(checked(readstat_begin_row(writer_.get())));
    for (std::size_t k = 0; k < cells.size(); ++k) TRY_VOID(checked(put(book_.variables[k], columns_[k], cells[k])));
    return checked(readstat_end_row(writer_.get()));
  }

  Result<void> finish() override {
    TRY_VOID(checked(readstat_end_writing(writer_.get())));
    return file_.finish();
  }

 private:
  struct Free {
    void operator()(readstat_writer_t* writer) const { readstat_writer_free(writer); }
  };

  static ssize_t take(const void* data, std::size_t length, void* self) {
    auto& file = static_cast<ReadstatRows*>(self)->file_;
    file.write({static_cast<const char*>(data), length});
    return file.failed() ? -1 : static_cast<ssize_t>(length);
  }

  Result<void> checked(readstat_error_t error) {
    if (error == READSTAT_OK) return {};
    if (file_.failed()) return file_.finish();
    return fail(ErrorCode::internal, std::string("the library refuses: ") + readstat_error_message(error), file_.path());
  }

  std::string cut(const std::string& text, std::size_t bytes, std::size_t letters) const {
    return kind_ == Kind::sav ? cut_bytes(text, bytes) : cut_letters(text, letters);
  }

  readstat_type_t type_of(const Variable& variable) const {
    return kind_ == Kind::dta && variable.is_code ? READSTAT_TYPE_INT32 : READSTAT_TYPE_DOUBLE;
  }

  void add(const Variable& variable) {
    readstat_variable_t* column = readstat_add_variable(writer_.get(), variable.name.c_str(), type_of(variable), 0);
    columns_.push_back(column);
    readstat_variable_set_label(column, cut(variable.label.in(language_), kSpssLabelBytes, kStataLabelLetters).c_str());
    const int decimals = variable.is_code ? 0 : variable.decimals;
    if (kind_ == Kind::sav) {
      readstat_variable_set_format(column, ("F" + std::to_string(decimals > 0 ? 16 : 8) + "." + std::to_string(decimals)).c_str());
      readstat_variable_set_display_width(column, 8);
    } else {
      readstat_variable_set_format(column, decimals > 0 ? ("%16." + std::to_string(decimals) + "f").c_str() : "%8.0g");
    }
    readstat_variable_set_measure(column, variable.is_code ? READSTAT_MEASURE_NOMINAL : READSTAT_MEASURE_SCALE);
    if (kind_ == Kind::sav && variable.may_lack) {
      readstat_variable_add_missing_double_range(column, variable.missing_code(kNoValues.back()), variable.missing_code(kNoValues.front()));
    }
    if (variable.values.empty() && !variable.may_lack) return;
    // One set per variable, under its name.
    readstat_label_set_t* labels = readstat_add_label_set(writer_.get(), type_of(variable), variable.name.c_str());
    for (const auto& value : variable.values) {
      const std::string words = cut(value.label.in(language_), kSpssValueLabelBytes, kStataValueLabelLetters);
      if (kind_ == Kind::sav) {
        readstat_label_double_value(labels, value.value, words.c_str());
      } else {
        readstat_label_int32_value(labels, static_cast<std::int32_t>(value.value), words.c_str());
      }
    }
    for (const NoValue kind : kNoValues) {
      if (!variable.may_lack) break;
      const std::string words = label_of(kind).in(language_);
      if (kind_ == Kind::sav) {
        readstat_label_double_value(labels, variable.missing_code(kind), words.c_str());
      } else {
        readstat_label_tagged_value(labels, letter_of(kind), words.c_str());
      }
    }
    readstat_variable_set_label_set(column, labels);
  }

  readstat_error_t put(const Variable& variable, const readstat_variable_t* column, const Cell& cell) {
    if (cell.none) {
      if (kind_ == Kind::dta) return readstat_insert_tagged_missing_value(writer_.get(), column, letter_of(*cell.none));
      return readstat_insert_double_value(writer_.get(), column, variable.missing_code(*cell.none));
    }
    if (type_of(variable) == READSTAT_TYPE_INT32) {
      return readstat_insert_int32_value(writer_.get(), column, static_cast<std::int32_t>(cell.value));
    }
    return readstat_insert_double_value(writer_.get(), column, cell.value);
  }

  OutputFile file_;
  const Codebook& book_;
  Kind kind_;
  std::string language_;
  std::unique_ptr<readstat_writer_t, Free> writer_;
  std::vector<readstat_variable_t*> columns_;
};

Result<std::unique_ptr<RowFile>> begun(const std::string& path, const Codebook& book, std::uint64_t rows, Kind kind, const std::string& language) {
  auto file = std::make_unique<ReadstatRows>(TRY(OutputFile::create(path)), book, kind, language);
  TRY_VOID(file->begin(rows));
  return std::unique_ptr<RowFile>(std::move(file));
}

}  // namespace

Result<std::unique_ptr<RowFile>> sav_rows(const std::string& path, const Codebook& book, std::uint64_t rows, const std::string& language) {
  return begun(path, book, rows, Kind::sav, language);
}

Result<std::unique_ptr<RowFile>> dta_rows(const std::string& path, const Codebook& book, std::uint64_t rows, const std::string& language) {
  return begun(path, book, rows, Kind::dta, language);
}

}  // namespace khaosat::exports
