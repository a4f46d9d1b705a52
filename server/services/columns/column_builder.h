// Packed answers as columns: one code per question that has few enough distinct answers. Texts,
// rankings and ratings of units have no column, nor has a question with more answers than there are
// codes; an index that reads such a question reads the responses.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/columns/column_file.h"
#include "analysis/columns/column_writer.h"
#include "base/number_index.h"
#include "server/survey/packed.h"
#include "server/survey/questionnaire.h"
#include "server/survey/response.h"

namespace khaosat {

// Not thread safe.
class ColumnBuilder {
 public:
  explicit ColumnBuilder(const Questionnaire& questionnaire);

  // One response; `cell` must live as long as more are added, as AnswerStore::each_packed() gives it.
  // Refuses answers_invalid for what is not of this questionnaire.
  Result<void> add(const Cell& cell, std::string_view packed);
  // The whole file. `source`: of what the responses are told apart by.
  // Refuses no_valid_answers when no question has a column.
  Result<std::string> finish(const Digest& source);

 private:
  enum class Kind { one_option, options, number };
  struct Source {
    Kind kind = Kind::one_option;
    std::size_t question = 0;    // position
    std::size_t first_code = 0;  // in the packed form
    std::map<std::string, std::uint8_t, std::less<>> seen;  // runs of codes of several options
    std::map<double, std::uint8_t> numbers;
    bool dropped = false;  // more answers than codes
    // Of one option: the code of each byte, kNoCode where the byte is no answer.
    std::array<std::uint8_t, 256> codes{};
  };
  // The code of one answer; nothing when the bytes are no answer.
  std::optional<std::uint8_t> code_of(Source& source, std::string_view codes, double number) const;
  std::uint32_t number_of(const Cell& cell);
  // Room for one more row of codes; its place among the rows is that of its cell in cell_of_row_.
  std::uint8_t* next_row();
  const std::uint8_t* row(std::size_t index) const;
  columns::Column column_of(const Source& source, std::array<std::uint8_t, 256>& recode) const;

  const Questionnaire& questionnaire_;
  PackedLayout layout_;
  std::vector<Source> sources_;
  // Rows in the order of arrival, in pieces that never move: only finish() puts them beside others of
  // their cell.
  std::vector<std::unique_ptr<std::uint8_t[]>> pieces_;
  std::vector<std::uint32_t> cell_of_row_;
  std::map<sums::CellKey, std::uint32_t> cells_;  // by number, in order of arrival
  NumberIndex known_;  // by address of the Cell
  bool simple_ = true;  // every source is of one option and has a column
};

}  // namespace khaosat
