#include "server/storage/journal_chain.h"

namespace khaosat {

std::string journal_chain(std::string_view previous, const JournalEntry& entry) {
  std::string text;
  const auto add = [&text](std::string_view part) {
    text += std::to_string(part.size());
    text += ':';
    text += part;
  };
  add(previous);
  add(std::to_string(entry.number));
  add(std::to_string(entry.time));
  add(entry.account);
  add(entry.action);
  add(entry.subject);
  add(entry.detail);
  return to_hex(view_of(sha256(text)));
}

Result<std::string> verify_journal(Registry& registry) {
  std::string chain;
  std::int64_t number = 0;
  std::int64_t broken = 0;
  TRY_VOID(registry.each_journal_entry([&](const JournalEntry& entry) {
    if (broken != 0) return;
    ++number;
    const std::string expected = journal_chain(chain, entry);
    if (entry.number != number || entry.chain != expected) broken = number;
    chain = expected;
  }));
  if (broken != 0) {
    return fail(ErrorCode::storage_failed,
                "the journal was changed from outside: entry " + std::to_string(broken) +
                    " does not continue the chain; compare with a backup");
  }
  return chain;
}

}  // namespace khaosat
