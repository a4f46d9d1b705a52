#include "analysis/awards/readings.h"
#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat::awards {

Readings read_readings_json(const std::string& file, std::string_view text, Faults& faults) {
  Readings readings;
  DefinitionFile definition = parse_definition(file, text);
  const DefinitionNode root = definition.root();
  if (root.exists()) {
    root.only_keys({"$schema", "readings"});
    const DefinitionNode all = root.required_object("readings");
    for (const auto& name : all.exists() ? all.keys() : std::vector<std::string>()) {
      const DefinitionNode node = all.member(name);
      node.only_keys({"value", "chosen_by", "chosen_on", "source"});
      ChosenReading chosen;
      if (node.member("value").is_number()) {
        chosen.value = json_number(*node.member("value").as_number());
      } else {
        chosen.value = node.required_text("value", 400);
      }
      chosen.chosen_by = node.required_text("chosen_by", 200);
      chosen.chosen_on = node.required_date("chosen_on");
      chosen.source = node.optional_text("source", {}, 400);
      readings[name] = std::move(chosen);
    }
  }
  faults.insert(faults.end(), definition.faults().begin(), definition.faults().end());
  return readings;
}

}  // namespace khaosat::awards
