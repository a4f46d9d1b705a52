// One entry of the register of facts, as people wrote it: the columns of the facts table
// (analysis/awards/facts_table.h) and what the register itself adds. Values; thread safe.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "server/storage/registry.h"

namespace khaosat {

using FactCells = std::map<std::string, std::string, std::less<>>;

struct RegisterEntry {
  std::int64_t number = 0;
  std::int64_t supersedes = 0;
  std::int64_t superseded_by = 0;  // 0: in force
  UnixSeconds created = 0;
  std::string author;
  UnixSeconds removed = 0;  // the content is gone
  std::string hash;

  // subject, fact, register; withdrawn: the entry superseded no longer holds and nothing takes its place.
  std::string record;
  FactCells cells;
  std::string reason;      // why it supersedes
  // From this day on it stands in place of the one superseded; empty: that one was wrong from the beginning.
  std::string holds_from;
  std::string evidence_name;  // of the file, as uploaded; its digest is the cell "evidence"
  // Code of the person it is about; empty: nobody by name.
  std::string person;

  std::string cell(std::string_view column) const {
    const auto found = cells.find(column);
    return found == cells.end() ? std::string() : found->second;
  }
};

// The content of an entry. A fresh random salt is part of it, so that the digest, which stays, does not
// give away a short text that was removed.
std::string register_entry_to_json(const RegisterEntry& entry);
// storage_failed when the content is none of ours. Numbers, author and times come from the row.
Result<RegisterEntry> register_entry_from(const FactEntry& row);

}  // namespace khaosat
