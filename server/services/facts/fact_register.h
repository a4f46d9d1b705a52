// The office's register of facts: what is known, who says so, since when. Entries are added; a mistake
// is corrected by a later entry with a reason; nothing is overwritten. Units come from the definitions,
// bodies and persons are entries themselves. Thread safe.
//
// Pages and other services build on three calls: read() gives the facts as an evaluation takes them,
// add() takes one entry of any kind of THE LIST (analysis/awards/fact_kind.h), entries() shows all.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "analysis/awards/fact_book.h"
#include "analysis/awards/fact_kind.h"
#include "analysis/awards/lineage.h"
#include "base/clock.h"
#include "server/catalog/catalog.h"
#include "server/services/facts/register_entry.h"
#include "server/storage/store.h"

namespace khaosat {

// What came of an attempt to write. With faults nothing was written; each names its place as "column X"
// or, in a table, "row N, column X".
struct Written {
  std::int64_t first = 0;  // number of the first entry
  std::size_t count = 0;
  std::size_t known = 0;   // rows of a table that stood there before, word for word
  Faults faults;
};

// Which facts, and as of when.
struct FactScope {
  std::string unit;  // key: this unit and all below it, its neighbours' published figures, its
                     // predecessors. Empty: everything
  std::string day;   // corrections that hold from a later day are not applied; empty: all are
  std::int64_t through = 0;                 // entries up to this number; 0: all
  const awards::RuleSet* rules = nullptr;   // only what this rule set asks for; null: every kind
};

struct FactReading {
  awards::FactBook book;
  std::int64_t position = 0;              // number of the last entry that was taken into account
  std::vector<std::int64_t> about_people;  // entries used that name a person: to be noted in the journal
  std::size_t removed = 0;                // entries up to there whose content is gone
  Faults faults;                          // entries that no longer fit the definitions
};

// One of several entries written together.
struct Revision {
  std::string record = "fact";  // or "withdrawn"
  FactCells cells;
  std::int64_t supersedes = 0;  // 0: a new one
  std::string reason;           // required where it supersedes
};

class FactRegister {
 public:
  FactRegister(Store& store, const Catalog& catalog, const Clock& clock);

  // THE LIST with what the rule files at hand add.
  const std::vector<awards::FactKind>& kinds() const { return kinds_; }
  // Units of the definitions above villages, as subjects, and which came from which.
  const std::vector<awards::Subject>& units() const { return units_; }
  const awards::Lineage& lineage() const { return lineage_; }

  // In order of number. The vector is a copy of what stood there at that moment.
  Result<std::vector<RegisterEntry>> entries();
  Result<RegisterEntry> entry(std::int64_t number);  // not_found
  // Everybody and everything a fact can be about: units, then bodies and persons in force.
  Result<std::vector<awards::Subject>> subjects();

  Result<FactReading> read(const FactScope& scope);

  // One entry: record "subject", "fact" or "register" with the columns of the facts table. For a fact
  // "type" may be left out; a person's or body's code too (one is given). `evidence_name`: see
  // RegisterEntry.
  Result<Written> add(std::string record, FactCells cells, const std::string& author, std::string evidence_name = {});
  // The cells replace those of the entry; `record` "withdrawn" takes it away. A reason is required.
  // not_found, fact_superseded, content_removed.
  Result<Written> correct(std::int64_t number, std::string record, FactCells cells, std::string reason, std::string holds_from,
                          const std::string& author, std::string evidence_name = {});
  // Several at once, all or nothing; each names its fact in the place of its faults as "row N". What one
  // supersedes must still be in force. not_found, content_removed, fact_superseded, missing_field (reason).
  Result<Written> revise(std::vector<Revision> revisions, const std::string& detail, const std::string& author);
  // A whole table; rows that stand there already are passed over. All or nothing.
  Result<Written> import_csv(std::string_view text, const std::string& author);

  // "facts.read" in the journal. Whoever shows facts about people by name calls it first.
  Result<void> note_reading(const std::string& account, const std::vector<std::int64_t>& numbers, const std::string& purpose);

  // Takes the content of entries away for good (services/facts/personal_data.h decides who may).
  Result<void> remove(const std::vector<std::int64_t>& numbers, const std::string& detail, const std::string& account);

 private:
  Result<void> refresh();  // the lock is held
  awards::FactRows rows_in_force(const FactScope& scope, std::vector<std::int64_t>* used, std::size_t* removed, Faults& faults) const;
  // Faults that the new rows bring; they are in `fresh`.
  Faults check(const std::vector<RegisterEntry>& fresh, const std::vector<std::string>& places, const std::string& file) const;
  Result<Written> write(std::vector<RegisterEntry> fresh, const std::vector<std::string>& places, const std::string& action,
                        const std::string& detail, const std::string& author);
  // The entry, if something may take its place. The lock is held. Errors as of correct().
  Result<const RegisterEntry*> replaceable(std::int64_t number) const;
  void take_rows(const RegisterEntry& entry, const std::string& where, awards::FactRows& rows, Faults& faults) const;

  Store& store_;
  const Catalog& catalog_;
  const Clock& clock_;
  std::vector<awards::FactKind> kinds_;
  std::vector<awards::Subject> units_;
  awards::Lineage lineage_;
  std::mutex mutex_;
  std::vector<RegisterEntry> entries_;
};

}  // namespace khaosat
