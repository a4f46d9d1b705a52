#include <algorithm>
#include <nlohmann/json.hpp>

#include "analysis/awards/fact_rows.h"
#include "analysis/awards/facts_table.h"
#include "base/definition_json.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

void read_list(const DefinitionNode& root, const char* list, const char* record, FactRows& rows) {
  std::vector<std::string_view> names;
  for (const auto& item : root.optional_items(list)) {
    FactRowSource row;
    row.where = item.pointer();
    if (!item.is_object()) {
      item.fault(ErrorCode::wrong_type, "must be an object {…}");
      continue;
    }
    for (const auto& key : item.keys()) {
      const auto& columns = fact_columns();
      if (key != "record" && std::find(columns.begin(), columns.end(), key) != columns.end()) continue;
      std::string message = "unknown field \"" + key + "\"";
      if (const auto near = nearest(key, columns)) message += "; did you mean \"" + *near + "\"?";
      item.fault(ErrorCode::unknown_field, message);
    }
    row.cell = [&](std::string_view name) -> std::string {
      const DefinitionNode cell = item.member(name);
      if (!cell.exists() || cell.value().is_null()) return {};
      if (auto text = cell.as_text()) return std::string(trim(*text));
      if (auto number = cell.as_number()) return json_number(*number);
      if (cell.value().is_boolean()) return cell.value().get<bool>() ? "true" : "false";
      cell.fault(ErrorCode::wrong_type, "must be a text, a number, true or false");
      return {};
    };
    row.fault = [&](ErrorCode code, std::string_view column, std::string message) {
      const DefinitionNode cell = item.member(column);
      (cell.exists() ? cell : item).fault(code, std::string(column) + ": " + message);
    };
    add_fact_row(row, record, rows);
  }
}

}  // namespace

FactRows read_fact_rows_json(const std::string& file, std::string_view text, Faults& faults) {
  FactRows rows;
  rows.file = file;
  DefinitionFile definition = parse_definition(file, text);
  const DefinitionNode root = definition.root();
  if (root.exists()) {
    root.only_keys({"$schema", "subjects", "facts", "registers"});
    read_list(root, "subjects", "subject", rows);
    read_list(root, "facts", "fact", rows);
    read_list(root, "registers", "register", rows);
  }
  faults.insert(faults.end(), definition.faults().begin(), definition.faults().end());
  return rows;
}

FactBook read_facts_json(const std::string& file, std::string_view text, const Ladders& ladders,
                         Faults& faults) {
  return FactBook::build(read_fact_rows_json(file, text, faults), ladders, faults);
}

}  // namespace khaosat::awards
