// Records of a jury as JSON, written and read. Internal to the jury's services. storage_failed when a
// record is none of ours.
#pragma once

#include <string>
#include <vector>

#include "server/services/facts/decision_origin.h"
#include "server/services/jury/jury_case.h"
#include "server/storage/registry.h"

namespace khaosat {

// Records of one kind in the order they were made, which their seconds do not always tell.
struct SerialRecord {
  std::size_t serial = 0;
  Record record;
};
Result<SerialRecord> read_serial(const Record& record);

struct CodeContent {
  std::string case_id;
  std::string last_day;
  std::size_t serial = 0;
};

std::string case_to_json(const DecisionOrigin& origin, const JuryTerms& terms);
std::string notice_to_json(const JuryNotice& notice, std::size_t serial);
std::string code_to_json(const std::string& case_id, const std::string& last_day, std::size_t serial);
std::string reply_to_json(const JuryReply& reply, std::size_t serial);
std::string conflict_to_json(const JuryConflict& conflict, std::size_t serial);
// A vote is short and its digest stands in the journal: a fresh salt keeps the one from following from the other.
std::string votes_to_json(const std::vector<JuryVote>& votes, std::size_t serial, const std::string& salt);
std::string ruling_to_json(const JuryRuling& ruling);

Result<JuryCase> read_case(const Record& record);
Result<JuryNotice> read_notice(const Record& record);
Result<CodeContent> read_code_record(const Record& record);
Result<JuryReply> read_reply(const Record& record);
Result<JuryConflict> read_conflict(const Record& record);
Result<std::vector<JuryVote>> read_votes(const Record& record);
Result<JuryRuling> read_ruling(const Record& record);

}  // namespace khaosat
