// The journal as a file that anybody can check without the program's database: a line of JSON per entry.
#pragma once

#include <string>
#include <string_view>

#include "server/storage/registry.h"

namespace khaosat {

// What a check found: how far the chain reaches.
struct JournalHead {
  std::int64_t entries = 0;
  std::string chain;  // of the last entry; "" for an empty journal
  bool holds_known = false;  // the chain value asked for stands somewhere in it
};

// {"number", "time", "account", "action", "subject", "detail", "chain"} a line, in order.
Result<std::string> export_journal(Registry& registry);

// storage_failed names the first line that does not continue the chain; bad_json one that is none.
// `known` may be empty: otherwise it is a chain value noted down earlier, which must be among the entries:
// that finds a journal cut off or rewritten from the beginning.
Result<JournalHead> verify_journal_file(std::string_view text, std::string_view known);

}  // namespace khaosat
