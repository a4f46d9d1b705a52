#include "server/services/columns/column_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "server/survey/question_type.h"

namespace khaosat {

namespace {

// docs/packed_answers.md: version and number of codes; the codes; number of numbers; the numbers.
constexpr std::size_t kHeaderBytes = 3;
constexpr std::size_t kNumberBytes = 8;
// No answer is given this code: a new one found the list full.
constexpr std::uint8_t kFull = columns::kAnswerCodes;
constexpr std::uint8_t kNoCode = 0xff;
constexpr std::size_t kRowsInPiece = 16384;

double number_at(std::string_view bytes) {
  std::uint64_t bits = 0;
  for (std::size_t i = kNumberBytes; i-- > 0;) bits = bits << 8 | static_cast<std::uint8_t>(bytes[i]);
  return std::bit_cast<double>(bits);
}

template <typename Seen, typename Key>
std::uint8_t code_in(Seen& seen, const Key& key) {
  const auto found = seen.find(key);
  if (found != seen.end()) return found->second;
  if (seen.size() == columns::kAnswerCodes) return kFull;
  const auto code = static_cast<std::uint8_t>(seen.size());
  seen.emplace(key, code);
  return code;
}

// No answer either way counts as blank, as compute_index has it: a column file knows no kind of its own.
std::uint8_t code_of_option(std::uint8_t byte, std::size_t options) {
  const auto absence = absence_of_code(byte);
  if (absence == Absence::invalid) return khaosat::code_of(Absence::blank);
  return absence || byte < options ? byte : kNoCode;
}

Error not_of(const Questionnaire& questionnaire) {
  return {ErrorCode::answers_invalid, "packed answers do not fit questionnaire " + questionnaire.identity.label(), {}, {}};
}

}  // namespace

ColumnBuilder::ColumnBuilder(const Questionnaire& questionnaire)
    : questionnaire_(questionnaire), layout_(questionnaire) {
  for (std::size_t k = 0; k < questionnaire.questions.size(); ++k) {
    const Question& question = questionnaire.questions[k];
    Source source;
    source.question = k;
    source.first_code = layout_.first_code(k);
    switch (question.type->answer_kind()) {
      case AnswerKind::one_option: source.kind = Kind::one_option; break;
      case AnswerKind::options: source.kind = Kind::options; break;
      case AnswerKind::number: source.kind = Kind::number; break;
      default: continue;
    }
    source.dropped = source.kind == Kind::one_option && question.options.size() > columns::kAnswerCodes;
    simple_ = simple_ && source.kind == Kind::one_option && !source.dropped;
    if (source.kind == Kind::one_option)
      for (std::size_t byte = 0; byte < source.codes.size(); ++byte)
        source.codes[byte] = source.dropped ? 0 : code_of_option(static_cast<std::uint8_t>(byte), question.options.size());
    sources_.push_back(std::move(source));
  }
}

std::uint32_t ColumnBuilder::number_of(const Cell& cell) {
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&cell));
  if (const auto known = known_.find(address)) return *known;
  const auto number = cells_.try_emplace({cell.unit, cell.stratum, cell.psu}, static_cast<std::uint32_t>(cells_.size()));
  known_.add(address, number.first->second);
  return number.first->second;
}

std::uint8_t* ColumnBuilder::next_row() {
  const std::size_t row = cell_of_row_.size();
  if (row / kRowsInPiece == pieces_.size())
    pieces_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kRowsInPiece * sources_.size()));
  return pieces_[row / kRowsInPiece].get() + row % kRowsInPiece * sources_.size();
}

const std::uint8_t* ColumnBuilder::row(std::size_t index) const {
  return pieces_[index / kRowsInPiece].get() + index % kRowsInPiece * sources_.size();
}

std::optional<std::uint8_t> ColumnBuilder::code_of(Source& source, std::string_view codes,
                                                   double number) const {
  auto first = static_cast<std::uint8_t>(codes[source.first_code]);
  const auto absence = absence_of_code(first);
  const bool absent = absence.has_value();
  // No answer either, as compute_index has it; a column file knows no kind of its own for it.
  if (absence == Absence::invalid) first = khaosat::code_of(Absence::blank);
  const Question& question = questionnaire_.questions[source.question];
  if (absent) return first;
  if (first != kAnsweredCode) return std::nullopt;
  std::uint8_t code = kFull;
  if (source.kind == Kind::number) {
    if (!std::isfinite(number)) return std::nullopt;
    code = code_in(source.numbers, number == 0 ? 0.0 : number);
  } else {
    code = code_in(source.seen, codes.substr(source.first_code + 1, question.options.size()));
  }
  if (code == kFull) {
    source.dropped = true;
    code = 0;
  }
  return code;
}

Result<void> ColumnBuilder::add(const Cell& cell, std::string_view packed) {
  const std::size_t codes = layout_.code_count();
  // The number of codes is in the bytes, and so is their version.
  if (packed.size() < kHeaderBytes + codes + 2 || (codes > 0 && !peek_code(packed, layout_, 0)))
    return fail(not_of(questionnaire_));
  const std::string_view code_bytes = packed.substr(kHeaderBytes, codes);
  std::string_view numbers = packed.substr(kHeaderBytes + codes + 2);
  std::uint8_t* const codes_here = next_row();
  bool sound = true;
  for (std::size_t k = 0; k < sources_.size(); ++k) {
    Source& source = sources_[k];
    if (source.kind == Kind::one_option) {
      codes_here[k] = source.codes[static_cast<std::uint8_t>(code_bytes[source.first_code])];
      sound = sound && codes_here[k] != kNoCode;
      continue;
    }
    double number = 0;
    if (source.kind == Kind::number && static_cast<std::uint8_t>(code_bytes[source.first_code]) == kAnsweredCode) {
      if (numbers.size() < kNumberBytes) return fail(not_of(questionnaire_));
      number = number_at(numbers);
      numbers.remove_prefix(kNumberBytes);
    }
    const auto code = source.dropped && source.kind != Kind::number ? std::optional<std::uint8_t>(0)
                                                                    : code_of(source, code_bytes, number);
    if (!code) return fail(not_of(questionnaire_));
    codes_here[k] = *code;
  }
  if (!sound) return fail(not_of(questionnaire_));
  cell_of_row_.push_back(number_of(cell));
  return {};
}

columns::Column ColumnBuilder::column_of(const Source& source, std::array<std::uint8_t, 256>& recode) const {
  const Question& question = questionnaire_.questions[source.question];
  columns::Column column{question.id, source.kind == Kind::number, {}};
  for (std::size_t code = 0; code < recode.size(); ++code) recode[code] = static_cast<std::uint8_t>(code);
  // In the order of answers, not of arrival, so that the same answers give the same file.
  const auto next = [&] { return static_cast<std::uint8_t>(column.answers.size()); };
  if (source.kind == Kind::one_option) {
    for (const Option& option : question.options) column.answers.push_back({{option.id}, 0});
  }
  for (const auto& [number, code] : source.numbers) {
    recode[code] = next();
    column.answers.push_back({{}, number});
  }
  for (const auto& [flags, code] : source.seen) {
    recode[code] = next();
    columns::CodedAnswer answer;
    for (std::size_t k = 0; k < flags.size(); ++k)
      if (flags[k] != 0) answer.options.push_back(question.options[k].id);
    column.answers.push_back(std::move(answer));
  }
  return column;
}

Result<std::string> ColumnBuilder::finish(const Digest& source) {
  columns::ColumnLayout layout;
  layout.source = source;
  std::vector<std::size_t> kept;
  std::vector<std::array<std::uint8_t, 256>> recode;
  for (std::size_t k = 0; k < sources_.size(); ++k) {
    if (sources_[k].dropped) continue;
    kept.push_back(k);
    layout.columns.push_back(column_of(sources_[k], recode.emplace_back()));
  }
  if (kept.empty()) return fail(ErrorCode::no_valid_answers, "no question has answers that fit into a column");
  std::string file;
  file.reserve(cell_of_row_.size() * kept.size() + cells_.size() * 64 + 65536);
  auto writer = TRY(columns::ColumnWriter::create(std::move(layout), [&](std::string_view bytes) -> Result<void> {
    file.append(bytes);
    return {};
  }));
  // Rows by cell, those of a cell in the order of arrival.
  std::vector<std::uint32_t> begin(cells_.size() + 1, 0);
  for (const std::uint32_t cell : cell_of_row_) ++begin[cell + 1];
  for (std::size_t cell = 0; cell < cells_.size(); ++cell) begin[cell + 1] += begin[cell];
  std::vector<std::uint32_t> rows(cell_of_row_.size());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (std::size_t index = 0; index < cell_of_row_.size(); ++index)
    rows[next[cell_of_row_[index]]++] = static_cast<std::uint32_t>(index);
  std::vector<std::uint8_t> codes;
  for (const auto& [key, cell] : cells_) {
    codes.resize((begin[cell + 1] - begin[cell]) * kept.size());
    std::uint8_t* to = codes.data();
    for (std::size_t at = begin[cell]; at < begin[cell + 1]; ++at) {
      const std::uint8_t* const from = row(rows[at]);
      if (simple_) {
        to = std::copy_n(from, kept.size(), to);
      } else {
        for (std::size_t k = 0; k < kept.size(); ++k) *to++ = recode[k][from[kept[k]]];
      }
    }
    TRY_VOID(writer.add(key, 1, codes));
  }
  TRY_VOID(writer.finish());
  return file;
}

}  // namespace khaosat
