#include "server/services/keep_records.h"

#include "analysis/awards/facts_table.h"
#include "analysis/disclosure/published_run_json.h"
#include "base/bytes.h"
#include "server/services/campaign_service.h"

namespace khaosat {

namespace {

std::string hash_of_content(const std::string& content) { return to_hex(view_of(sha256(content))); }

// Named by its content, so that the same content has one name.
std::string id_of_content(const std::string& content) { return hash_of_content(content).substr(0, 20); }

}  // namespace

bool is_intact(const Record& record) { return hash_of_content(record.content) == record.hash; }

Result<Record> KeepRecords::keep(std::string kind, std::string id, std::string subject, std::string content,
                                 const std::string& author) {
  Record record{std::move(kind), std::move(id), std::move(subject), std::move(content), "", clock_.now(), author};
  record.hash = hash_of_content(record.content);
  const auto added = store_.registry().add_record(record);
  if (added) {
    TRY_VOID(store_.registry().append_journal({0, clock_.now(), author, "record.keep", record.kind + "/" + record.id, record.hash, ""}));
    return record;
  }
  if (added.error().code != ErrorCode::already_exists) return fail(added.error());
  auto kept = TRY(store_.registry().record(record.kind, record.id));
  if (!kept || kept->hash != record.hash) return fail(added.error());
  return std::move(*kept);
}

Result<Record> KeepRecords::index_run(const disclosure::PublishedRun& run, const std::string& campaign_id,
                                      const std::string& author) {
  TRY_VOID(pin(store_.registry(), catalog_, "index_model", run.model));
  std::string content = disclosure::to_json(run);
  // The same figures may come from two campaigns.
  std::string id = id_of_content(campaign_id + "\n" + content);
  return keep("index_run", std::move(id), campaign_id, std::move(content), author);
}

Result<Record> KeepRecords::facts(const awards::FactBook& facts, const std::string& rule_set_id, const std::string& author) {
  std::string content = awards::to_json(facts);
  std::string id = id_of_content(rule_set_id + "\n" + content);
  return keep("facts", std::move(id), rule_set_id, std::move(content), author);
}

Result<Record> KeepRecords::decision(const awards::Decision& decision, const std::string& author) {
  TRY_VOID(pin(store_.registry(), catalog_, "award_rules",
               {decision.rule_set, decision.rule_set_version, decision.rule_set_hash}));
  std::string content = awards::to_json(decision);
  const std::string id = id_of_content(content);
  TRY(keep("decision_text", id, decision.rule_set, awards::explain(decision, "vi"), author));
  return keep("decision", id, decision.rule_set, std::move(content), author);
}

}  // namespace khaosat
