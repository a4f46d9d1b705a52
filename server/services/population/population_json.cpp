#include <nlohmann/json.hpp>

#include "base/bytes.h"
#include "base/json_text.h"
#include "base/strict_json.h"
#include "server/services/population/population_table.h"

namespace khaosat {

namespace {
constexpr std::string_view kSchema = "khaosat/population/1";
}

std::string to_json(const index::Population& population) {
  std::string json = "{\"schema\":" + json_quoted(kSchema) + ",\"margins\":[";
  for (const auto& margin : population.margins) {
    if (json.back() != '[') json += ",";
    json += "{\"questions\":[";
    for (const auto& question : margin.questions) json += (json.back() == '[' ? "" : ",") + json_quoted(question);
    json += std::string("],\"by_unit\":") + (margin.by_unit ? "true" : "false") + ",\"counts\":[";
    for (const auto& count : margin.counts) {
      if (json.back() != '[') json += ",";
      json += "[" + json_quoted(count.unit);
      for (const auto& option : count.options) json += "," + json_quoted(option);
      json += "," + std::to_string(count.people) + "]";
    }
    json += "]}";
  }
  return json + "]}";
}

Result<index::Population> read_population_json(std::string_view text) {
  constexpr int kDepth = 6;
  const auto refused = [] { return fail(ErrorCode::definition_invalid, "the record of the population is not readable", "population"); };
  Faults faults;
  const auto document = parse_strict_json("population", text, kDepth, faults);
  if (!document || !faults.empty()) return refused();
  try {
    if (document->at("schema") != kSchema) return refused();
    index::Population population;
    population.source = to_hex(view_of(sha256(text)));
    for (const auto& value : document->at("margins")) {
      index::PopulationMargin margin{value.at("questions").get<std::vector<std::string>>(), value.at("by_unit"), {}};
      for (const auto& row : value.at("counts")) {
        if (row.size() != margin.questions.size() + 2) return refused();
        index::PopulationCount count;
        count.unit = row.front();
        for (std::size_t k = 1; k + 1 < row.size(); ++k) count.options.push_back(row[k]);
        count.people = row.back();
        margin.counts.push_back(std::move(count));
      }
      population.margins.push_back(std::move(margin));
    }
    return population;
  } catch (const nlohmann::json::exception&) {
    return refused();
  }
}

}  // namespace khaosat
