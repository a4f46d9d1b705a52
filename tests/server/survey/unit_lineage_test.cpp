#include "server/survey/unit_lineage.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {

UnitEntry commune(const char* id, const char* code, const char* from, const char* to, std::vector<std::string> predecessors = {}) {
  UnitEntry entry;
  entry.unit.id = id;
  entry.unit.code = code;
  entry.unit.valid_from = from;
  entry.unit.valid_to = to;
  entry.unit.predecessors = std::move(predecessors);
  return entry;
}

}  // namespace

TEST_CASE("a code that a merged unit kept means another unit, a renamed place does not", "[units]") {
  // Ngân Sơn, 1 July 2025 (tests/published/unit_lineage_directives.csv).
  const UnitRegister units({commune("van_tung", "01954", "", "2025-06-30"), commune("duc_van", "01951", "", "2025-06-30"),
                            commune("ngan_son", "01954", "2025-07-01", "", {"van_tung", "duc_van"}),
                            commune("thuong_quan", "01957", "", "2025-06-30"),
                            commune("thuong_quan_2025", "01957", "2025-07-01", "", {"thuong_quan"}),
                            commune("whole", "00001", "", "2025-06-30"), commune("half", "00001", "2025-07-01", "", {"whole"}),
                            commune("other_half", "00002", "2025-07-01", "", {"whole"})});
  CHECK(names_another_unit(units, "01954", 2024, 2025));
  CHECK_FALSE(names_another_unit(units, "01954", 2023, 2024));
  CHECK_FALSE(names_another_unit(units, "01954", 2025, 2026));
  CHECK_FALSE(names_another_unit(units, "01957", 2024, 2025));
  CHECK(names_another_unit(units, "00001", 2024, 2025));
  CHECK_FALSE(names_another_unit(units, "01951", 2024, 2025));  // ended
  CHECK_FALSE(names_another_unit(units, "duc_van", 2024, 2025));
}
