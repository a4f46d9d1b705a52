// The hash chain of the journal. Anyone with the entries can compute it again. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

#include "server/storage/registry.h"

namespace khaosat {

// Hex SHA-256 over the previous chain value ("" before the first entry) and number, time, account,
// action, subject and detail, each as decimal length in bytes, a colon and the bytes.
std::string journal_chain(std::string_view previous, const JournalEntry& entry);

// Reads the whole journal and computes the chain again. storage_failed names the first entry that
// does not fit. The last chain value otherwise.
Result<std::string> verify_journal(Registry& registry);

}  // namespace khaosat
