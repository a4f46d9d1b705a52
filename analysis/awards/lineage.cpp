#include "analysis/awards/lineage.h"

#include "analysis/awards/period.h"
#include "base/csv.h"

namespace khaosat::awards {

namespace {
constexpr const char* kReformDay = "2025-07-01";
}

std::string unit_key(std::string_view code, std::string_view valid_from) {
  std::string key(code);
  if (!valid_from.empty()) key += "@" + std::string(valid_from);
  return key;
}

std::vector<const LineageLink*> Lineage::predecessors(std::string_view code,
                                                      std::string_view valid_from) const {
  std::vector<const LineageLink*> found;
  for (const auto& link : links_) {
    if (link.new_code == code && link.changed_on == valid_from) found.push_back(&link);
  }
  return found;
}

std::vector<const LineageLink*> Lineage::successors(std::string_view code,
                                                    std::string_view valid_to) const {
  std::vector<const LineageLink*> found;
  for (const auto& link : links_) {
    if (link.old_code == code && day_before(link.changed_on) == valid_to) found.push_back(&link);
  }
  return found;
}

Lineage read_lineage_csv(const std::string& file, std::string_view text, Faults& faults) {
  std::vector<LineageLink> links;
  CsvReader reader(file, text, faults);
  if (reader.good()) reader.require_columns({"old_code", "new_code"});
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    const auto cell = [&](std::string_view name) {
      const auto column = reader.column(name);
      return column ? cells[*column] : std::string();
    };
    LineageLink link{cell("old_code"), cell("old_name"), cell("new_code"), cell("new_name"),
                     cell("changed_on"), cell("old_is_split") == "1"};
    if (link.changed_on.empty()) link.changed_on = kReformDay;
    if (link.old_code.empty() || link.new_code.empty()) {
      reader.fault(ErrorCode::missing_field, "", "a link needs an old and a new code");
      continue;
    }
    if (!is_day(link.changed_on)) {
      reader.fault(ErrorCode::wrong_type, "changed_on", "write the day as 2025-07-01");
      continue;
    }
    bool doubled = false;
    for (const auto& other : links) {
      doubled = doubled || (other.old_code == link.old_code && other.new_code == link.new_code &&
                            other.changed_on == link.changed_on);
    }
    if (doubled) {
      reader.fault(ErrorCode::duplicate_key, "", "this link stands twice; keep one of them");
      continue;
    }
    links.push_back(std::move(link));
  }
  return Lineage(std::move(links));
}

}  // namespace khaosat::awards
