// What the journal says about entries of the register of facts, and the check of both against each
// other. Numbers and digests only: the journal outlives a name that has to be forgotten. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "server/storage/registry.h"

namespace khaosat {

// "facts/17", or "facts/17-21" for consecutive numbers, or "facts/3,5-6".
std::string fact_numbers(const std::vector<std::int64_t>& numbers);
// The numbers in such a text; empty when it is none.
std::vector<std::int64_t> fact_numbers_in(const std::string& subject);

// Hex SHA-256 over the digests of the entries, each followed by a line feed.
std::string fact_digest(const std::vector<std::string>& hashes);

// Fills in the subject and puts the digest at the end of the detail.
void complete_fact_journal(JournalEntry& journal, std::int64_t first, const std::vector<FactEntry>& entries);

// Every entry has the content its digest says, stands in the journal with that digest, and lost its
// content only by an entry of the journal. storage_failed names the first that does not fit. How many
// entries there are.
Result<std::int64_t> verify_facts(Registry& registry);

}  // namespace khaosat
