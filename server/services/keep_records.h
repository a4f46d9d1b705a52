// Results that an office decides to keep: written once, never changed, with the definitions they rest
// on pinned and the act in the journal. Keeping the same content twice keeps it once. Thread safe.
#pragma once

#include <string>
#include <string_view>

#include "analysis/awards/decision.h"
#include "analysis/awards/fact_book.h"
#include "analysis/disclosure/published_run.h"
#include "base/clock.h"
#include "server/catalog/catalog.h"
#include "server/storage/store.h"

namespace khaosat {

class KeepRecords {
 public:
  KeepRecords(Store& store, const Catalog& catalog, const Clock& clock) : store_(store), catalog_(catalog), clock_(clock) {}

  // Kind "index_run", subject: the campaign. What is kept is what may be published.
  // definition_unknown, definition_changed (the model was kept before with other content).
  Result<Record> index_run(const disclosure::PublishedRun& run, const std::string& campaign_id, const std::string& author);
  // Kind "facts", subject: the rule set; content as awards::to_json(FactBook).
  Result<Record> facts(const awards::FactBook& facts, const std::string& rule_set_id, const std::string& author);
  // Kind "decision", subject: the rule set; the bytes of awards::to_json(Decision), and beside it kind
  // "decision_text" under the same id: the explanation in Vietnamese, as people read it.
  Result<Record> decision(const awards::Decision& decision, const std::string& author);

 private:
  Result<Record> keep(std::string kind, std::string id, std::string subject, std::string content, const std::string& author);

  Store& store_;
  const Catalog& catalog_;
  const Clock& clock_;
};

// False when the content is no longer what was written.
bool is_intact(const Record& record);

}  // namespace khaosat
