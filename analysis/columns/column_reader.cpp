#include "analysis/columns/column_reader.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/columns/little_endian.h"
#include "base/digest_stream.h"

namespace khaosat::columns {
namespace {

// The least a column and a cell take in the directory: bounds what a length may claim.
constexpr std::size_t kLeastColumnBytes = 4;
constexpr std::size_t kLeastCellBytes = 22;
// A directory is read at once.
constexpr std::uint64_t kMostDirectory = std::uint64_t{1} << 32U;

Error damaged(const std::string& how) {
  return Error{ErrorCode::file_unreadable, "the column file is damaged: " + how + "; it can be made anew", {}, {}};
}

}  // namespace

std::size_t rows_in_piece() { return kRowsInPiece; }

Result<ColumnFile> ColumnFile::open(std::shared_ptr<const ByteSource> source) {
  const std::uint64_t size = source->size();
  if (size < format::kFrontBytes + format::kTrailerBytes) return fail(damaged("it is too short"));
  std::vector<std::uint8_t> ends(format::kFrontBytes + format::kTrailerBytes);
  const std::span<std::uint8_t> front(ends.data(), format::kFrontBytes);
  const std::span<std::uint8_t> back(ends.data() + format::kFrontBytes, format::kTrailerBytes);
  TRY_VOID(source->read_at(0, front));
  TRY_VOID(source->read_at(size - back.size(), back));
  Cursor trailer(back);
  const std::string_view magic(format::kMagic, format::kMagicBytes);
  if (Cursor(front).raw(magic.size()) != magic || trailer.raw(magic.size()) != magic)
    return fail(damaged("its first or last bytes say something else"));

  ColumnFile file;
  file.source_ = std::move(source);
  const std::uint64_t body = trailer.number(8);
  const std::uint64_t directory = trailer.number(8);
  file.rows_ = trailer.number(8);
  file.slots_ = trailer.number(8);
  const auto columns = static_cast<std::size_t>(trailer.number(4));
  const auto cells = static_cast<std::size_t>(trailer.number(4));
  const std::uint64_t flags = trailer.number(4);
  file.layout_.row_weights = (flags & format::kRowWeights) != 0;
  file.layout_.weight_shift = static_cast<std::uint32_t>(trailer.number(4));
  for (std::uint8_t& byte : file.layout_.source) byte = static_cast<std::uint8_t>(trailer.number(1));
  for (std::uint8_t& byte : file.digest_) byte = static_cast<std::uint8_t>(trailer.number(1));
  const std::uint64_t rest = size - format::kFrontBytes - format::kTrailerBytes;
  if (flags > format::kRowWeights || file.layout_.weight_shift > kMostWeightShift || columns == 0 ||
      columns > kMostColumns || file.rows_ > kMostRows || body > rest || directory != rest - body ||
      directory > kMostDirectory || columns * kLeastColumnBytes + cells * kLeastCellBytes > directory)
    return fail(damaged("its lengths do not fit"));

  std::vector<std::uint8_t> list(static_cast<std::size_t>(directory));
  TRY_VOID(file.source_->read_at(format::kFrontBytes + body, list));
  TRY_VOID(file.read_directory(list, columns, cells));
  if (file.offsets_.back() != format::kFrontBytes + body) return fail(damaged("its rows do not fit"));
  return file;
}

Result<void> ColumnFile::read_directory(Bytes bytes, std::size_t columns, std::size_t cells) {
  Cursor list(bytes);
  std::set<std::string> questions;
  for (std::size_t k = 0; k < columns && !list.failed(); ++k) {
    Column column;
    column.question = list.text();
    const std::uint64_t kind = list.number(1);
    const std::uint64_t answers = list.number(1);
    if (kind > 1 || answers > kAnswerCodes) return fail(damaged("a column"));
    column.number = kind == 1;
    for (std::uint64_t a = 0; a < answers && !list.failed(); ++a) {
      CodedAnswer answer;
      if (column.number) {
        answer.number = list.real();
        if (!std::isfinite(answer.number)) return fail(damaged("a number"));
      } else {
        const std::uint64_t options = list.number(1);
        for (std::uint64_t o = 0; o < options && !list.failed(); ++o) answer.options.push_back(list.text());
      }
      column.answers.push_back(std::move(answer));
    }
    if (!questions.insert(column.question).second) return fail(damaged("a question stands twice"));
    layout_.columns.push_back(std::move(column));
  }
  std::uint64_t rows = 0;
  offsets_.push_back(format::kFrontBytes);
  cells_.reserve(cells);
  for (std::size_t k = 0; k < cells && !list.failed(); ++k) {
    ColumnCell cell;
    cell.key.unit = list.text();
    cell.key.stratum = list.text();
    cell.key.psu = list.text();
    cell.rows = list.number(8);
    cell.weight = list.real();
    if (!std::isfinite(cell.weight) || cell.weight < 0 || cell.weight >= sums::kLargestAddend)
      return fail(damaged("the weight of a cell"));
    if (cell.rows > kMostCellRows || cell.rows > rows_ - rows) return fail(damaged("more rows than it says"));
    if (!cells_.empty() && !(cells_.back().key < cell.key)) return fail(damaged("the order of its cells"));
    if (layout_.row_weights && cell.weight != 1) return fail(damaged("the weight of a cell"));
    rows += cell.rows;
    offsets_.push_back(offsets_.back() + cell.rows * layout_.row_bytes());
    cells_.push_back(std::move(cell));
  }
  if (!list.at_end() || cells_.size() != cells || rows != rows_) return fail(damaged("its directory"));
  return {};
}

Result<void> ColumnFile::verify() const {
  const std::uint64_t end = source_->size() - format::kTrailerBytes + format::kTrailerHashed;
  DigestStream digest;
  Window window(*source_, end);
  for (std::uint64_t at = 0; at < end;) {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(Window::kBlock, end - at));
    digest.add({reinterpret_cast<const char*>(TRY(window.at(at, count))), count});
    at += count;
  }
  if (digest.finish() != digest_) return fail(damaged("its hash is another"));
  return {};
}

}  // namespace khaosat::columns
