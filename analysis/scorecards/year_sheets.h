// A whole year as sheets: year, bodies, persons, assignments, deadlines, history. What is written is read
// back to the same digest. The points sheet is for people and is not read. Pure; thread safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/scorecards/ledger.h"

namespace khaosat::scorecards {

struct Sheet {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
};

// THE LIST of sheets that a year is read from, in this order, with their columns (no rows).
const std::vector<Sheet>& sheet_shapes();

std::vector<Sheet> to_sheets(const Ledger& ledger);
// One row per item: code, title, maximum, self, first and final points, state, lost points, bodies, heads.
enum class WithHeads { no, yes };
Sheet points_sheet(const Ledger& ledger, std::string_view language = "vi", WithHeads with_heads = WithHeads::yes);

std::string to_csv(const Sheet& sheet);
// Faults name sheet, row and column. A sheet of a name that is not in THE LIST is a fault.
Sheet read_sheet_csv(const std::string& name, std::string_view text, Faults& faults);

// The plan alone, for opening a year; sheet history is not looked at. Faults of check() among them.
YearPlan plan_from_sheets(const ScorecardSet& set, const std::vector<Sheet>& sheets, Faults& faults);
// The year with every act, each allowed again by the rules of ledger.h; nothing when there is a fault.
std::optional<Ledger> year_from_sheets(std::shared_ptr<const ScorecardSet> set, const std::vector<Sheet>& sheets, Faults& faults);

}  // namespace khaosat::scorecards
