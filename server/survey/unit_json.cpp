#include "server/survey/unit_json.h"

#include "base/definition_json.h"
#include "server/survey/scale_json.h"

namespace khaosat {

namespace {

constexpr std::size_t kMaxPredecessors = 200;

Unit read_unit(const DefinitionNode& node) {
  node.only_keys({"id", "code", "name", "level", "parent", "valid_from", "valid_to", "predecessors"});
  Unit unit;
  unit.id = node.required_id("id");
  unit.code = node.optional_text("code", {}, 40);
  unit.name = node.required_local_text("name", 200);
  const std::string level = node.required_text("level");
  if (const auto known = unit_level_named(level)) {
    unit.level = *known;
  } else if (!level.empty()) {
    node.member("level").fault(ErrorCode::unknown_option,
                               "must be \"province\", \"district\", \"commune\", \"department\" or "
                               "\"village\"");
  }
  unit.parent = node.optional_id("parent");
  unit.valid_from = node.optional_date("valid_from");
  unit.valid_to = node.optional_date("valid_to");
  const auto is_wrong = [](const std::string& date) { return !date.empty() && !is_date(date); };
  if (is_wrong(unit.valid_from) || is_wrong(unit.valid_to)) {
    // Complained of; nothing else is to be concluded from days that are not known.
    unit.valid_from.clear();
    unit.valid_to.clear();
    unit.code.clear();
  }
  unit.predecessors = node.optional_texts("predecessors");
  if (unit.predecessors.size() > kMaxPredecessors) {
    node.member("predecessors").fault(ErrorCode::too_large, "more than 200 predecessors");
    unit.predecessors.resize(kMaxPredecessors);
  }
  if (!unit.valid_from.empty() && !unit.valid_to.empty() && unit.valid_from > unit.valid_to) {
    node.member("valid_from").fault(ErrorCode::out_of_range,
                                    "the unit begins after its last day, " + unit.valid_to);
  }
  return unit;
}

}  // namespace

UnitFileReading read_units(std::string file, std::string_view text) {
  DefinitionFile document = parse_definition(std::move(file), text);
  const DefinitionNode root = document.root();
  UnitFileReading reading;
  if (root.exists()) {
    root.only_keys({"$schema", "schema", "id", "version", "title", "source", "units"});
    reading.identity = read_identity(root, "khaosat/units/1", document.hash());
    root.required_local_text("title");
    read_source(root);
    for (const auto& node : root.required_items("units")) {
      reading.units.push_back({read_unit(node), document.file(), node.pointer()});
    }
  }
  reading.faults = std::move(document.faults());
  return reading;
}

}  // namespace khaosat
