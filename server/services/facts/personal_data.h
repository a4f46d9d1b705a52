// What the law asks about facts of persons: deleting and handing out take two people, requests of the
// persons concerned have a clock, and every kind of fact has an end. Nothing here stores a name: acts and
// requests name entries of the register by number. Thread safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

// whole_file: a file that names people leaves the program, a scorecard's year or a kept decision.
enum class ActKind { remove, hand_out, whole_file };

// Asked for by one account, carried out when another confirms.
struct PersonalAct {
  std::string id;
  ActKind kind = ActKind::remove;
  std::vector<std::int64_t> entries;
  std::string reason;
  std::string asked_by;
  UnixSeconds asked_on = 0;
  std::string confirmed_by;  // empty: waits for somebody else
  UnixSeconds confirmed_on = 0;
  std::string file;    // whole_file: "scorecard/ID" or "decision/ID"
  std::string digest;  // whole_file: of what was there when it was asked for
};
inline constexpr UnixSeconds kFileFetchSeconds = 7 * 24 * 60 * 60;  // to fetch a whole file, once confirmed

// Where the newest request for a whole file stands.
struct FileLeave {
  enum class State { none, waiting, ready };
  State state = State::none;
  PersonalAct act;        // none: empty
  UnixSeconds until = 0;  // ready: the last moment to fetch it
};

// A request of somebody whose data are kept, and the day by which the law wants an answer.
struct SubjectRequest {
  std::string id;
  std::string right;      // see, correct, delete, restrict, object, withdraw
  std::string reference;  // number of the paper; no name
  std::string received;   // day
  std::string due;        // two working days later
  bool due_is_sure = true;  // false: the table of holidays does not cover that year
  std::string author;
  std::string answered;  // day; empty: open
  std::string outcome;
  std::string answered_by;
};
const std::vector<std::string>& subject_rights();

// Entries of one kind whose time is over.
struct RetentionRow {
  const awards::FactKind* kind = nullptr;
  std::vector<std::int64_t> overdue;  // about persons, content still there
  std::string next_day;               // when the next one ends; empty: none
};

class PersonalData {
 public:
  PersonalData(Store& store, const Catalog& catalog, FactRegister& facts, const EvidenceFolder& evidence, const Clock& clock)
      : store_(store), catalog_(catalog), facts_(facts), evidence_(evidence), clock_(clock) {}

  // Every entry about the person with that code: the subject, its facts, earlier versions too.
  Result<std::vector<std::int64_t>> entries_about(const std::string& person);

  Result<std::vector<PersonalAct>> acts();  // newest first
  // missing_field without a reason; not_found without entries.
  Result<PersonalAct> ask(ActKind kind, std::vector<std::int64_t> entries, const std::string& reason, const std::string& account);
  Result<PersonalAct> ask_file(const std::string& file, const std::string& digest, const std::string& reason, const std::string& account);
  // What holds for that content, "none" once its week is over or the content is another.
  Result<FileLeave> file_leave(const std::string& file, const std::string& digest);
  // For the two who agreed, while it is ready; each time is in the journal. second_account_needed otherwise.
  Result<void> take_file(const std::string& file, const std::string& digest, const std::string& account);
  // second_account_needed for the one who asked, and for an account made or switched on since (one person
  // could make a second self); already_exists when it was done. A removal takes the content and the files of
  // evidence nobody else names. Handing out gives the entries as JSON; a whole file is fetched afterwards.
  Result<std::string> confirm(const std::string& id, const std::string& account);

  Result<std::vector<SubjectRequest>> requests();  // newest first
  Result<SubjectRequest> receive(const std::string& right, const std::string& reference, const std::string& received, const std::string& account);
  Result<void> answer(const std::string& id, const std::string& outcome, const std::string& account);
  // Open and past their day.
  Result<std::size_t> overdue_requests();

  Result<std::vector<RetentionRow>> retention();

 private:
  Result<bool> is_made_since(const std::string& act, const std::string& account);

  Store& store_;
  const Catalog& catalog_;
  FactRegister& facts_;
  const EvidenceFolder& evidence_;
  const Clock& clock_;
};

}  // namespace khaosat
