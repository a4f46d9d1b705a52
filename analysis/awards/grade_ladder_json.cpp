#include "analysis/awards/grade_ladder.h"
#include "base/definition_json.h"

namespace khaosat::awards {

GradeLadder read_grade_ladder(const std::string& file, std::string_view text, Faults& faults) {
  GradeLadder ladder;
  DefinitionFile definition = parse_definition(file, text);
  ladder.hash = definition.hash();
  const DefinitionNode root = definition.root();
  if (root.exists()) {
    root.only_keys({"$schema", "schema", "id", "version", "title", "source", "grades"});
    if (root.required_text("schema") != "khaosat/grade_ladder/1") {
      root.member("schema").fault(ErrorCode::definition_invalid, "\"schema\" must be \"khaosat/grade_ladder/1\"");
    }
    ladder.id = root.required_id("id");
    ladder.version = static_cast<int>(root.required_integer("version", 1, 1'000'000));
    ladder.title = root.required_local_text("title");
    const DefinitionNode source = root.required_object("source");
    if (source.exists()) {
      source.only_keys({"issuer", "number", "date", "note"});
      ladder.issuer = source.required_text("issuer", 400);
      ladder.number = source.optional_text("number", {}, 400);
      ladder.date = source.optional_date("date");
      ladder.note = source.optional_local_text("note");
    }
    for (const auto& item : root.required_items("grades")) {
      item.only_keys({"id", "name"});
      Grade grade{item.required_id("id"), item.required_local_text("name", 100)};
      bool taken = ladder.position(grade.id).has_value();
      for (const auto& [language, name] : grade.name.all()) taken = taken || ladder.position(name);
      if (taken) {
        item.fault(ErrorCode::duplicate_key, "\"" + grade.id + "\" or its name stands twice on this ladder");
      }
      ladder.grades.push_back(std::move(grade));
    }
    if (ladder.grades.size() == 1) {
      root.member("grades").fault(ErrorCode::definition_invalid, "a ladder needs at least two grades");
    }
  }
  faults.insert(faults.end(), definition.faults().begin(), definition.faults().end());
  return ladder;
}

}  // namespace khaosat::awards
