// Property: any bytes are refused, or are a column file whose rows are counted with the same result by
// every kernel the processor has.
#include <memory>
#include <string>

#include "analysis/columns/answer_sums.h"
#include "tests/fuzz/require.h"

using namespace khaosat;
using namespace khaosat::columns;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = ColumnFile::open(
      std::make_shared<MemoryBytes>(std::string(reinterpret_cast<const char*>(data), size)));
  if (!file) return 0;
  static_cast<void>(file->verify());
  std::vector<ScoredColumn> items;
  for (std::size_t k = 0; k < file->layout().columns.size(); ++k) {
    ScoredColumn item{file->layout().columns[k].question, k, {}, {}};
    for (std::size_t a = 0; a < file->layout().columns[k].answers.size(); ++a)
      item.answers.emplace_back(sums::Answer::scored(static_cast<double>(a)));
    for (std::size_t a = 0; a < sums::kAbsenceKinds; ++a)
      item.absences.push_back(sums::Answer::absent(static_cast<sums::Absence>(a)));
    items.push_back(std::move(item));
  }
  const auto first = sums_of(*file, items, {Instructions::portable, 1});
  for (const Instructions instructions : available_instructions()) {
    const auto again = sums_of(*file, items, {instructions, 1});
    REQUIRE_PROPERTY(again.has_value() == first.has_value());
    REQUIRE_PROPERTY(!first || *again == *first);
  }
  return 0;
}
