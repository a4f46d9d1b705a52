#include "server/catalog/retention.h"

#include "base/definition_json.h"

namespace khaosat {

namespace {
constexpr std::int64_t kMostYears = 100;
}

RetentionReading read_retention(const std::string& file, std::string_view text) {
  RetentionReading reading;
  DefinitionFile parsed = parse_definition(file, text);
  const DefinitionNode root = parsed.root();
  if (root.exists()) {
    root.only_keys({"$schema", "schema", "id", "version", "title", "source", "otherwise", "years"});
    if (root.required_text("schema") != "khaosat/retention/1") root.member("schema").fault(ErrorCode::definition_invalid, "must be \"khaosat/retention/1\"");
    reading.identity = {root.required_id("id"), static_cast<int>(root.required_integer("version", 1, 1'000'000)), parsed.hash()};
    root.required_local_text("title");
    root.required_object("source");
    reading.retention.otherwise = static_cast<int>(root.required_integer("otherwise", 1, kMostYears));
    const DefinitionNode years = root.required_object("years");
    for (const auto& kind : years.exists() ? years.keys() : std::vector<std::string>()) {
      reading.retention.years[kind] = static_cast<int>(years.required_integer(kind, 1, kMostYears));
    }
  }
  reading.faults = std::move(parsed.faults());
  return reading;
}

}  // namespace khaosat
