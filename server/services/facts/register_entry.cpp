#include "server/services/facts/register_entry.h"

#include "base/bytes.h"
#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat {

std::string register_entry_to_json(const RegisterEntry& entry) {
  std::string out = "{\"record\": " + json_quoted(entry.record) + ", \"salt\": " + json_quoted(to_hex(random_bytes(16)));
  const auto add = [&out](const char* name, const std::string& value) {
    if (!value.empty()) out += std::string(", \"") + name + "\": " + json_quoted(value);
  };
  add("reason", entry.reason);
  add("holds_from", entry.holds_from);
  add("evidence_name", entry.evidence_name);
  out += ", \"cells\": {";
  bool first = true;
  for (const auto& [column, value] : entry.cells) {
    if (value.empty() || column == "record") continue;
    out += (first ? "" : ", ") + json_quoted(column) + ": " + json_quoted(value);
    first = false;
  }
  return out + "}}";
}

Result<RegisterEntry> register_entry_from(const FactEntry& row) {
  RegisterEntry entry;
  entry.number = row.number;
  entry.supersedes = row.supersedes;
  entry.created = row.created;
  entry.author = row.author;
  entry.removed = row.removed;
  entry.hash = row.hash;
  if (row.removed != 0) return entry;
  DefinitionFile parsed = parse_definition("facts/" + std::to_string(row.number), row.content);
  const DefinitionNode root = parsed.root();
  if (root.exists()) {
    entry.record = root.required_text("record");
    entry.reason = root.optional_text("reason");
    entry.holds_from = root.optional_text("holds_from");
    entry.evidence_name = root.optional_text("evidence_name");
    const DefinitionNode cells = root.required_object("cells");
    if (cells.exists()) {
      for (const auto& column : cells.keys()) entry.cells[column] = cells.required_text(column, 60'000);
    }
  }
  if (!parsed.faults().empty()) {
    return fail(ErrorCode::storage_failed, "an entry of the register of facts cannot be read", "facts/" + std::to_string(row.number));
  }
  return entry;
}

}  // namespace khaosat
