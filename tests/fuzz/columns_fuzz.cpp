// Property: any bytes are refused, or are a column file whose rows are counted, and whose means come out, with the
// same result by every kernel the processor has.
#include <cstring>
#include <memory>
#include <string>

#include "analysis/columns/answer_sums.h"
#include "analysis/columns/unit_means.h"
#include "tests/fuzz/require.h"

using namespace khaosat;
using namespace khaosat::columns;

namespace {

bool same_bits(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

}  // namespace

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
  const auto design = design_of(*file);
  if (!design) return 0;
  const auto counted = means_by_unit(*file, items, *design, {Instructions::portable, 1});
  for (const Instructions instructions : available_instructions()) {
    const auto means = means_by_unit(*file, items, *design, {instructions, 1});
    REQUIRE_PROPERTY(means.has_value() == counted.has_value());
    if (!means) continue;
    REQUIRE_PROPERTY(means->state == counted->state && means->answered == counted->answered);
    REQUIRE_PROPERTY(same_bits(means->mean, counted->mean) && same_bits(means->variance, counted->variance));
  }
  return 0;
}
