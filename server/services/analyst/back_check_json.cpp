#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/strict_json.h"
#include "server/services/analyst/back_check.h"

namespace khaosat {

std::string to_json(const std::vector<BackCheckRow>& rows) {
  std::string json = "{\"schema\":\"khaosat/back_check/1\",\"rows\":[";
  for (const auto& row : rows) {
    if (json.back() != '[') json += ",";
    json += "[" + json_quoted(row.psu) + ",\"" + std::string(kBackCheckWords[row.reported]) + "\",\"" + std::string(kBackCheckWords[row.found]) + "\"," +
            std::to_string(row.people) + "]";
  }
  return json + "]}";
}

Result<std::vector<BackCheckRow>> read_back_check_json(std::string_view json) {
  constexpr int kDepth = 4;
  const auto refused = [] { return fail(ErrorCode::definition_invalid, "a back-check's record is not readable", "back_check"); };
  Faults faults;
  const auto document = parse_strict_json("back_check", json, kDepth, faults);
  if (!document || !document->is_object() || !document->contains("rows") || !(*document)["rows"].is_array()) return refused();
  const auto code = [](const nlohmann::json& word) -> int {
    for (std::size_t at = 0; at < kBackCheckWords.size(); ++at)
      if (word.is_string() && word.get<std::string>() == kBackCheckWords[at]) return static_cast<int>(at);
    return -1;
  };
  std::vector<BackCheckRow> rows;
  for (const auto& row : (*document)["rows"]) {
    if (!row.is_array() || row.size() != 4 || !row[0].is_string() || code(row[1]) < 0 || code(row[2]) < 0 || !row[3].is_number_unsigned()) return refused();
    rows.push_back({row[0].get<std::string>(), static_cast<std::uint8_t>(code(row[1])), static_cast<std::uint8_t>(code(row[2])), row[3].get<std::uint32_t>()});
  }
  return rows;
}

}  // namespace khaosat
