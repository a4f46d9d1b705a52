// Packed answers as columns: one code per question that has few enough distinct answers. Texts,
// rankings and ratings of units have no column, nor has a question with more answers than there are
// codes; an index that reads such a question reads the responses.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analysis/columns/column_file.h"
#include "analysis/columns/column_writer.h"
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
  };
  // The code of one answer; nothing when the bytes are no answer.
  std::optional<std::uint8_t> code_of(Source& source, std::string_view codes, double number) const;
  std::vector<std::uint8_t>& rows_of(const Cell& cell);
  columns::Column column_of(const Source& source, std::array<std::uint8_t, 256>& recode) const;

  const Questionnaire& questionnaire_;
  PackedLayout layout_;
  std::vector<Source> sources_;
  std::map<sums::CellKey, std::vector<std::uint8_t>> rows_;
  std::unordered_map<const Cell*, std::vector<std::uint8_t>*> known_;
};

}  // namespace khaosat
