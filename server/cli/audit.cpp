// The journal, checked without a server: of a data folder, of a backup, or of an exported file.
#include <filesystem>
#include <iostream>
#include <optional>

#include "server/cli/commands.h"
#include "server/config.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"
#include "server/services/facts/journal_file.h"
#include "server/storage/fact_entries.h"
#include "server/storage/journal_chain.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

// Evidence that an entry in force names must be there, with its bytes.
Result<std::size_t> verify_evidence(Registry& registry, const std::string& folder) {
  std::size_t checked = 0;
  std::vector<FactEntry> rows;
  TRY_VOID(registry.each_fact_entry(0, [&](const FactEntry& row) { rows.push_back(row); }));
  std::optional<EvidenceFolder> evidence;
  for (const auto& row : rows) {
    const RegisterEntry entry = TRY(register_entry_from(row));
    const std::string digest = entry.cell("evidence");
    if (entry.evidence_name.empty() || digest.size() != 64) continue;
    if (!evidence) evidence = TRY(EvidenceFolder::open(folder + "/evidence"));
    const auto file = evidence->get(digest);
    if (!file) return fail(ErrorCode::storage_failed, "evidence of entry " + std::to_string(row.number) + ": " + file.error().message, digest);
    ++checked;
  }
  return checked;
}

Result<std::string> verify(const AuditOptions& options) {
  const bool is_file = !options.file.empty() && !std::filesystem::is_directory(options.file);
  if (is_file || options.file == "-") {
    const std::string text = TRY(read_input(options.file));
    const auto head = TRY(verify_journal_file(text, options.head));
    return "journal sound: " + std::to_string(head.entries) + " entries, head " + head.chain + "\n";
  }
  const std::string folder = !options.file.empty() ? options.file : options.data.empty() ? Config{}.data : options.data;
  const auto store = TRY(SqliteStore::open_read_only(folder));
  auto& registry = store->registry();
  const std::string journal = TRY(export_journal(registry));
  const auto head = TRY(verify_journal_file(journal, options.head));
  const auto facts = TRY(verify_facts(registry));
  const auto evidence = TRY(verify_evidence(registry, folder));
  return "journal sound: " + std::to_string(head.entries) + " entries, head " + head.chain + "\nregister of facts sound: " + std::to_string(facts) +
         " entries, " + std::to_string(evidence) + " files of evidence\n";
}

}  // namespace

int run_audit_verify(const AuditOptions& options) {
  const auto text = verify(options);
  if (!text) return report(text.error());
  std::cout << *text;
  return 0;
}

int run_audit_export(const AuditOptions& options) {
  const auto store = SqliteStore::open_read_only(options.data.empty() ? Config{}.data : options.data);
  if (!store) return report(store.error());
  const auto text = export_journal((*store)->registry());
  return finish(options.output, text, {});
}

}  // namespace khaosat::cli
