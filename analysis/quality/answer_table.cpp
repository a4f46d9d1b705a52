#include "analysis/quality/answer_table.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>

#include "base/csv.h"
#include "base/text.h"

namespace khaosat::quality {

namespace {

class Names {
 public:
  std::uint32_t number(const std::string& name) {
    const auto [at, added] = numbers_.try_emplace(name, static_cast<std::uint32_t>(numbers_.size()));
    if (added) all_.push_back(name);
    return at->second;
  }
  std::vector<std::string> take() { return std::move(all_); }

 private:
  std::map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> all_;
};

bool matches(const std::vector<std::string>& patterns, const std::string& name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    if (!pattern.empty() && pattern.back() == '*') return name.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == name;
  });
}

// Cells of one item, before it is known what they are.
struct Column {
  std::string name;
  std::size_t at = 0;
  std::vector<std::string> words;
  bool whole = true;
};

class TableReader {
 public:
  TableReader(const std::string& file, std::string_view text, const AnswerTableOptions& options, Faults& faults)
      : options_(options), faults_(faults), file_(file), reader_(file, text, faults) {}

  AnswerSheet read() {
    if (!reader_.good() || !find_columns()) return std::move(sheet_);
    read_rows();
    if (sheet_.size() == 0) {
      reader_.fault(ErrorCode::too_few_answers, "", "the table has no row");
      return std::move(sheet_);
    }
    code_columns();
    for (const auto& one : options_.contradictions) add_contradiction(one);
    return std::move(sheet_);
  }

 private:
  std::optional<std::size_t> wanted(const std::string& name, std::initializer_list<const char*> usual) {
    if (!name.empty()) {
      const auto at = reader_.column(name);
      if (!at) reader_.fault(ErrorCode::missing_field, name, "the table lacks this column");
      return at;
    }
    for (const char* one : usual)
      if (const auto at = reader_.column(one)) return at;
    return std::nullopt;
  }

  bool find_columns() {
    const std::size_t before = faults_.size();
    place_ = wanted(options_.place, {});
    group_ = wanted(options_.group, {"psu", "interviewer"});
    seconds_ = wanted(options_.seconds, {"duration_s", "seconds"});
    for (std::size_t at = 0; at < reader_.header().size(); ++at) {
      const std::string& name = reader_.header()[at];
      if (at == place_ || at == group_ || at == seconds_) continue;
      if (options_.items.empty() || matches(options_.items, name)) columns_.push_back({name, at, {}, true});
    }
    if (columns_.empty()) reader_.fault(ErrorCode::missing_field, "", "no column of answers was named or found");
    return faults_.size() == before;
  }

  void read_rows() {
    Names places;
    Names groups;
    std::vector<std::string> cells;
    while (reader_.next(cells)) {
      const std::string& place = cells[*place_];
      sheet_.place.push_back(places.number(place));
      // A village of one commune is not that of another, whatever they are called.
      sheet_.group.push_back(groups.number(group_ ? place + "\n" + cells[*group_] : place));
      if (seconds_) sheet_.seconds.push_back(number_from(cells[*seconds_]).value_or(std::nan("")));
      for (Column& column : columns_) {
        std::string& cell = cells[column.at];
        if (!cell.empty() && cell.front() == '~') cell.clear();
        column.whole = column.whole && (cell.empty() || integer_from(cell).has_value());
        column.words.push_back(std::move(cell));
      }
    }
    sheet_.places = places.take();
    sheet_.groups = groups.take();
  }

  void code_columns() {
    // Left to themselves only columns of whole numbers are taken for answers.
    if (options_.items.empty()) std::erase_if(columns_, [](const Column& column) { return !column.whole; });
    std::int64_t least = options_.scale > 0 ? 1 : INT64_MAX;
    std::int64_t largest = options_.scale > 0 ? options_.scale : INT64_MIN;
    if (options_.scale == 0) {
      for (const Column& column : columns_) {
        if (!column.whole) continue;
        for (const auto& word : column.words) {
          if (word.empty()) continue;
          least = std::min(least, *integer_from(word));
          largest = std::max(largest, *integer_from(word));
        }
      }
    }
    if (columns_.empty() || (least <= largest && (largest - least < 1 || largest - least >= 200))) {
      reader_.fault(ErrorCode::out_of_range, "", "name the columns of answers with --items: 2 to 200 options each");
      return;
    }
    sheet_.codes.assign(sheet_.size() * columns_.size(), kNoAnswer);
    for (std::size_t item = 0; item < columns_.size(); ++item) code_column(item, least, largest);
  }

  void code_column(std::size_t item, std::int64_t least, std::int64_t largest) {
    const Column& column = columns_[item];
    std::map<std::string, std::uint8_t> codes;
    if (column.whole) {
      for (std::int64_t value = least; value <= largest; ++value) codes[std::to_string(value)] = static_cast<std::uint8_t>(value - least);
    } else {
      for (const auto& word : column.words)
        if (!word.empty() && codes.size() < 200) codes.try_emplace(word, 0);
      std::uint8_t next = 0;
      for (auto& [word, code] : codes) code = next++;
    }
    const auto direction = !column.whole                             ? Direction::none
                           : matches(options_.reversed, column.name) ? Direction::down
                                                                     : Direction::up;
    sheet_.items.push_back({column.name, static_cast<std::uint8_t>(std::max<std::size_t>(codes.size(), 2)), direction, true});
    for (std::size_t who = 0; who < column.words.size(); ++who) {
      const std::string& word = column.words[who];
      if (word.empty()) continue;
      const auto number = column.whole ? integer_from(word) : std::nullopt;
      const auto found = codes.find(number ? std::to_string(*number) : word);
      if (found == codes.end()) {
        faults_.push_back({file_, "row " + std::to_string(who + 2) + ", column " + column.name, ErrorCode::out_of_range, "an answer beyond the scale"});
        return;
      }
      sheet_.codes[who * columns_.size() + item] = found->second;
    }
    words_[column.name] = {item, std::move(codes)};
  }

  // "item=answer|answer"
  bool side(const std::string& text, std::size_t& item, std::vector<std::uint8_t>& codes) const {
    const auto equals = text.find('=');
    if (equals == std::string::npos) return false;
    const auto column = words_.find(text.substr(0, equals));
    if (column == words_.end()) return false;
    item = column->second.first;
    for (const auto& word : split(text.substr(equals + 1), '|')) {
      const auto code = column->second.second.find(word);
      if (code == column->second.second.end()) return false;
      codes.push_back(code->second);
    }
    return !codes.empty();
  }

  void add_contradiction(const std::string& text) {
    const auto sides = split(text, '&');
    ContradictionPair pair;
    if (sides.size() != 2 || !side(sides[0], pair.first_item, pair.first_codes) || !side(sides[1], pair.second_item, pair.second_codes)) {
      reader_.fault(ErrorCode::definition_unknown, "", "a contradiction is written \"q05=1&q06=5|6\", with columns and answers of the table: " + text);
      return;
    }
    sheet_.contradictions.push_back(std::move(pair));
  }

  const AnswerTableOptions& options_;
  Faults& faults_;
  std::string file_;
  CsvReader reader_;
  AnswerSheet sheet_;
  std::vector<Column> columns_;
  std::map<std::string, std::pair<std::size_t, std::map<std::string, std::uint8_t>>> words_;
  std::optional<std::size_t> place_;
  std::optional<std::size_t> group_;
  std::optional<std::size_t> seconds_;
};

}  // namespace

AnswerSheet read_answer_table(const std::string& file, std::string_view text, const AnswerTableOptions& options, Faults& faults) {
  return TableReader(file, text, options, faults).read();
}

}  // namespace khaosat::quality
