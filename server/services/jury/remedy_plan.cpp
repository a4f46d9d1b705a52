#include "server/services/jury/remedy_plan.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/definition_json.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::size_t kLetters = 4000;

Result<void> unreadable(const Record& record) { return fail(ErrorCode::storage_failed, "a record of a remedy plan cannot be read", record.kind + "/" + record.id); }

// Oldest first; records of one second in the order they were numbered.
Result<std::vector<std::pair<std::int64_t, Record>>> in_order(Store& store, const char* kind, const std::string& case_id) {
  std::vector<std::pair<std::int64_t, Record>> found;
  for (auto& record : TRY(store.registry().records(kind, case_id))) {
    DefinitionFile parsed = parse_definition(kind, record.content);
    const DefinitionNode root = parsed.root();
    if (!root.exists()) TRY_VOID(unreadable(record));
    found.emplace_back(root.optional_integer("serial", 0, 0, std::int64_t{1} << 50), std::move(record));
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return found;
}

}  // namespace

Result<void> RemedyPlan::keep(const char* kind, const std::string& case_id, const std::string& content, const std::string& author) {
  const auto serial = TRY(store_.registry().records(kind, case_id)).size() + 1;
  const std::string whole = "{\"serial\": " + std::to_string(serial) + content + "}";
  const std::string hash = to_hex(view_of(sha256(whole)));
  const std::string id = to_hex(random_bytes(10));
  TRY_VOID(store_.registry().add_record({kind, id, case_id, whole, hash, clock_.now(), author}));
  return store_.registry().append_journal({0, clock_.now(), author, kind, case_id, id + " " + hash, ""});
}

Result<std::vector<RemedyMeasure>> RemedyPlan::measures(const std::string& case_id) {
  std::vector<RemedyMeasure> all;
  for (const auto& [serial, record] : TRY(in_order(store_, "remedy_measure", case_id))) {
    DefinitionFile parsed = parse_definition(record.kind, record.content);
    const DefinitionNode root = parsed.root();
    all.push_back({record.id, root.optional_text("criterion"), root.required_text("measure", kLetters), root.required_text("responsible"), root.required_text("due"), record.author, {}, {}, {}, {}});
    if (!parsed.faults().empty()) TRY_VOID(unreadable(record));
  }
  for (const auto& [serial, record] : TRY(in_order(store_, "remedy_progress", case_id))) {
    DefinitionFile parsed = parse_definition(record.kind, record.content);
    const DefinitionNode root = parsed.root();
    const std::string of = root.required_text("of");
    const auto measure = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == of; });
    if (measure == all.end() || !parsed.faults().empty()) TRY_VOID(unreadable(record));
    measure->progress.push_back({vietnam_date(record.created), static_cast<int>(root.optional_integer("percent", 0, 0, 100)), root.optional_text("note", {}, kLetters), record.author});
  }
  for (const auto& [serial, record] : TRY(in_order(store_, "remedy_close", case_id))) {
    DefinitionFile parsed = parse_definition(record.kind, record.content);
    const DefinitionNode root = parsed.root();
    const std::string of = root.required_text("of");
    const auto measure = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == of; });
    if (measure == all.end() || !parsed.faults().empty()) TRY_VOID(unreadable(record));
    measure->closed = vietnam_date(record.created);
    measure->closed_by = record.author;
    measure->closed_reason = root.optional_text("reason", {}, kLetters);
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.due < b.due; });
  return all;
}

Result<void> RemedyPlan::add(const std::string& case_id, RemedyMeasure measure, const std::string& author) {
  if (trim(measure.measure).empty()) return fail(ErrorCode::missing_field, "say what is done", "measure");
  if (letter_count(measure.measure) > kLetters) return fail(ErrorCode::too_long, "at most 4000 letters", "measure");
  if (letter_count(measure.criterion) > 100) return fail(ErrorCode::too_long, "at most 100 letters", "criterion");
  if (trim(measure.responsible).empty() || letter_count(measure.responsible) > 100) return fail(ErrorCode::missing_field, "somebody answers for it", "responsible");
  if (!is_date(measure.due)) return fail(ErrorCode::wrong_type, "is not a day", "due");
  return keep("remedy_measure", case_id,
              ", \"criterion\": " + json_quoted(measure.criterion) + ", \"measure\": " + json_quoted(trim(measure.measure)) + ", \"responsible\": " +
                  json_quoted(measure.responsible) + ", \"due\": " + json_quoted(measure.due), author);
}

Result<void> RemedyPlan::report(const std::string& case_id, const std::string& measure, int percent, const std::string& note, const std::string& author) {
  const auto all = TRY(measures(case_id));
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == measure; });
  if (found == all.end()) return fail(ErrorCode::not_found, "no such measure", measure);
  if (!found->closed.empty()) return fail(ErrorCode::jury_wrong_state, "the measure was closed on " + found->closed, measure);
  if (percent < 0 || percent > 100) return fail(ErrorCode::out_of_range, "0 to 100", "percent");
  if (trim(note).empty() || letter_count(note) > kLetters) return fail(ErrorCode::missing_field, "say what was done", "note");
  return keep("remedy_progress", case_id,
              ", \"of\": " + json_quoted(measure) + ", \"percent\": " + std::to_string(percent) + ", \"note\": " + json_quoted(trim(note)), author);
}

Result<void> RemedyPlan::close(const std::string& case_id, const std::string& measure, const std::string& reason, const std::string& author) {
  const auto all = TRY(measures(case_id));
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.id == measure; });
  if (found == all.end()) return fail(ErrorCode::not_found, "no such measure", measure);
  if (found->is_settled()) return fail(ErrorCode::jury_wrong_state, "the measure is done or closed", measure);
  if (trim(reason).empty() || letter_count(reason) > kLetters) return fail(ErrorCode::missing_field, "say why it is not carried out", "reason");
  return keep("remedy_close", case_id, ", \"of\": " + json_quoted(measure) + ", \"reason\": " + json_quoted(trim(reason)), author);
}

}  // namespace khaosat
