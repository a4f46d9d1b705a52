#include "server/services/facts/journal_file.h"

#include "base/definition_json.h"
#include "base/json_text.h"
#include "server/storage/journal_chain.h"

namespace khaosat {

Result<std::string> export_journal(Registry& registry) {
  std::string out;
  TRY_VOID(registry.each_journal_entry([&](const JournalEntry& entry) {
    out += "{\"number\": " + std::to_string(entry.number) + ", \"time\": " + std::to_string(entry.time) + ", \"account\": " + json_quoted(entry.account) +
           ", \"action\": " + json_quoted(entry.action) + ", \"subject\": " + json_quoted(entry.subject) + ", \"detail\": " + json_quoted(entry.detail) +
           ", \"chain\": " + json_quoted(entry.chain) + "}\n";
  }));
  return out;
}

Result<JournalHead> verify_journal_file(std::string_view text, std::string_view known) {
  JournalHead head;
  std::size_t line_number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++line_number;
    if (line.empty()) continue;
    DefinitionFile parsed = parse_definition("line " + std::to_string(line_number), line);
    const DefinitionNode root = parsed.root();
    JournalEntry entry;
    if (root.exists()) {
      entry.number = root.required_integer("number", 1, std::int64_t{1} << 60);
      entry.time = root.required_integer("time", 0, std::int64_t{1} << 60);
      entry.account = root.optional_text("account");
      entry.action = root.optional_text("action");
      entry.subject = root.optional_text("subject", {}, 1'000'000);
      entry.detail = root.optional_text("detail", {}, 1'000'000);
      entry.chain = root.required_text("chain");
    }
    if (!parsed.faults().empty()) return fail(ErrorCode::bad_json, "is not an entry of a journal", "line " + std::to_string(line_number));
    if (entry.number != head.entries + 1 || entry.chain != journal_chain(head.chain, entry)) {
      return fail(ErrorCode::storage_failed, "the journal was changed: entry " + std::to_string(head.entries + 1) + " does not continue the chain",
                  "line " + std::to_string(line_number));
    }
    ++head.entries;
    head.chain = entry.chain;
    head.holds_known = head.holds_known || entry.chain == known;
  }
  if (!known.empty() && !head.holds_known) {
    return fail(ErrorCode::storage_failed, "the chain value noted down earlier is not in this journal: it was cut off or written anew");
  }
  return head;
}

}  // namespace khaosat
