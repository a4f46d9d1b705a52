#include "server/services/facts/personal_data.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/csv.h"
#include "base/definition_json.h"
#include "base/json_text.h"
#include "base/text.h"
#include "server/storage/fact_entries.h"

namespace khaosat {

namespace {

constexpr int kWorkingDaysToAnswer = 2;
constexpr const char* kWholeFile = "whole_file";

Result<void> keep(Store& store, const Clock& clock, const char* kind, const std::string& id, const std::string& subject, const std::string& content,
                  const std::string& account) {
  const std::string hash = to_hex(view_of(sha256(content)));
  TRY_VOID(store.registry().add_record({kind, id, subject, content, hash, clock.now(), account}));
  return store.registry().append_journal({0, clock.now(), account, kind, subject.empty() ? id : subject, id + " " + hash, ""});
}

std::string fresh_id() { return to_hex(random_bytes(10)); }

// A member of a small record of ours.
std::string member(const Record& record, const char* name) {
  DefinitionFile parsed = parse_definition(record.kind, record.content);
  return parsed.root().exists() ? parsed.root().optional_text(name, {}, 100'000) : std::string();
}

std::string object(const std::vector<std::pair<const char*, std::string>>& members) {
  std::string out = "{";
  for (const auto& [name, value] : members) out += (out.size() > 1 ? ", \"" : "\"") + std::string(name) + "\": " + json_quoted(value);
  return out + "}";
}

}  // namespace

const std::vector<std::string>& subject_rights() {
  static const std::vector<std::string> rights{"see", "correct", "delete", "restrict", "object", "withdraw"};
  return rights;
}

Result<std::vector<std::int64_t>> PersonalData::entries_about(const std::string& person) {
  std::vector<std::int64_t> numbers;
  for (const auto& entry : TRY(facts_.entries())) {
    if (!person.empty() && entry.person == person && entry.removed == 0) numbers.push_back(entry.number);
  }
  return numbers;
}

Result<std::vector<PersonalAct>> PersonalData::acts() {
  std::vector<PersonalAct> all;
  for (const auto& record : TRY(store_.registry().records("personal_act", ""))) {
    PersonalAct act;
    act.id = record.id;
    const std::string kind = member(record, "act");
    act.kind = kind == "remove" ? ActKind::remove : kind == kWholeFile ? ActKind::whole_file : ActKind::hand_out;
    if (act.kind == ActKind::whole_file) act.file = record.subject, act.digest = member(record, "digest");
    else act.entries = fact_numbers_in(record.subject);
    act.reason = member(record, "reason");
    act.asked_by = record.author;
    act.asked_on = record.created;
    if (const auto done = TRY(store_.registry().record("personal_act_done", record.id))) {
      act.confirmed_by = done->author;
      act.confirmed_on = done->created;
    }
    all.push_back(std::move(act));
  }
  return all;
}

Result<PersonalAct> PersonalData::ask(ActKind kind, std::vector<std::int64_t> entries, const std::string& reason, const std::string& account) {
  if (trim(reason).empty()) return fail(ErrorCode::missing_field, "say why", "reason");
  if (entries.empty()) return fail(ErrorCode::not_found, "no entry is about this person", "entries");
  std::sort(entries.begin(), entries.end());
  for (const auto number : entries) {
    if (TRY(facts_.entry(number)).removed != 0) return fail(ErrorCode::content_removed, "its content was removed", std::to_string(number));
  }
  const std::string id = fresh_id();
  const std::string content = object({{"act", kind == ActKind::remove ? "remove" : "hand_out"}, {"reason", reason}});
  TRY_VOID(keep(store_, clock_, "personal_act", id, fact_numbers(entries), content, account));
  return PersonalAct{id, kind, std::move(entries), reason, account, clock_.now(), "", 0, "", ""};
}

Result<PersonalAct> PersonalData::ask_file(const std::string& file, const std::string& digest, const std::string& reason, const std::string& account) {
  if (trim(reason).empty()) return fail(ErrorCode::missing_field, "say why", "reason");
  const std::string id = fresh_id();
  TRY_VOID(keep(store_, clock_, "personal_act", id, file, object({{"act", kWholeFile}, {"reason", reason}, {"digest", digest}}), account));
  return PersonalAct{id, ActKind::whole_file, {}, reason, account, clock_.now(), "", 0, file, digest};
}

Result<FileLeave> PersonalData::file_leave(const std::string& file, const std::string& digest) {
  for (auto& act : TRY(acts())) {
    if (act.kind != ActKind::whole_file || act.file != file || act.digest != digest) continue;
    if (act.confirmed_by.empty()) return FileLeave{FileLeave::State::waiting, std::move(act), 0};
    const UnixSeconds until = act.confirmed_on + kFileFetchSeconds;
    if (clock_.now() <= until) return FileLeave{FileLeave::State::ready, std::move(act), until};
  }
  return FileLeave{};
}

Result<void> PersonalData::take_file(const std::string& file, const std::string& digest, const std::string& account) {
  for (const auto& act : TRY(acts())) {
    const bool is_it = act.kind == ActKind::whole_file && act.file == file && act.digest == digest && !act.confirmed_by.empty();
    if (!is_it || clock_.now() > act.confirmed_on + kFileFetchSeconds || (account != act.asked_by && account != act.confirmed_by)) continue;
    return store_.registry().append_journal({0, clock_.now(), account, "personal_file", file, "act " + act.id + ", " + digest, ""});
  }
  return fail(ErrorCode::second_account_needed, "a file with names leaves when two accounts agree: ask first, somebody else confirms", file);
}

// The journal is in order whatever the clock does.
Result<bool> PersonalData::is_made_since(const std::string& act, const std::string& account) {
  bool asked = false;
  bool made_since = false;
  TRY_VOID(store_.registry().each_journal_entry([&](const JournalEntry& entry) {
    asked = asked || (entry.action == "personal_act" && entry.detail.starts_with(act + " "));
    const bool made = entry.action == "account.create" || entry.action == "account.activate";
    made_since = made_since || (asked && made && entry.subject == account);
  }));
  return made_since;
}

Result<std::string> PersonalData::confirm(const std::string& id, const std::string& account) {
  const auto record = TRY(store_.registry().record("personal_act", id));
  if (!record) return fail(ErrorCode::not_found, "no such act", id);
  if (record->author == account) return fail(ErrorCode::second_account_needed, "another account than the one that asked must confirm", id);
  if (TRY(is_made_since(id, account))) return fail(ErrorCode::second_account_needed, "an account made or switched on after the request cannot confirm it", id);
  if (member(*record, "act") == kWholeFile) {
    TRY_VOID(keep(store_, clock_, "personal_act_done", id, record->subject, object({{"digest", member(*record, "digest")}}), account));
    return std::string();
  }
  const auto numbers = fact_numbers_in(record->subject);
  const bool removes = member(*record, "act") == "remove";
  std::string out = "{\"entries\": [";
  std::set<std::string> files;
  std::vector<std::int64_t> there;
  for (const auto number : numbers) {
    const RegisterEntry entry = TRY(facts_.entry(number));
    if (entry.removed != 0) continue;
    there.push_back(number);
    if (!entry.evidence_name.empty()) files.insert(entry.cell("evidence"));
    out += std::string(there.size() > 1 ? ",\n" : "\n") + "{\"number\": " + std::to_string(number) + ", \"content\": " + register_entry_to_json(entry) + "}";
  }
  out += "\n]}\n";
  // First the record, which exists once: two who confirm at the same moment do it once.
  TRY_VOID(keep(store_, clock_, "personal_act_done", id, record->subject, object({{"entries", std::to_string(there.size())}}), account));
  if (!removes) {
    TRY_VOID(facts_.note_reading(account, there, "handed out, act " + id));
    return out;
  }
  if (there.empty()) return std::string();
  TRY_VOID(facts_.remove(there, "act " + id, account));
  for (const auto& entry : TRY(facts_.entries())) {
    if (entry.removed == 0) files.erase(entry.cell("evidence"));
  }
  // The same paper may show the points of a scorecard.
  for (const auto& act : TRY(store_.registry().records("scorecard_event", ""))) {
    std::erase_if(files, [&](const std::string& digest) { return act.content.find(digest) != std::string::npos; });
  }
  for (const auto& digest : files) TRY_VOID(evidence_.remove(digest));
  return std::string();
}

Result<std::vector<SubjectRequest>> PersonalData::requests() {
  std::vector<SubjectRequest> all;
  for (const auto& record : TRY(store_.registry().records("subject_request", ""))) {
    SubjectRequest request;
    request.id = record.id;
    request.right = member(record, "right");
    request.reference = member(record, "reference");
    request.received = member(record, "received");
    request.due = member(record, "due");
    request.due_is_sure = member(record, "due_is_sure") == "yes";
    request.author = record.author;
    if (const auto answer = TRY(store_.registry().record("subject_request_answer", record.id))) {
      request.answered = vietnam_date(answer->created);
      request.outcome = member(*answer, "outcome");
      request.answered_by = answer->author;
    }
    all.push_back(std::move(request));
  }
  return all;
}

Result<SubjectRequest> PersonalData::receive(const std::string& right, const std::string& reference, const std::string& received,
                                             const std::string& account) {
  const auto& rights = subject_rights();
  if (std::find(rights.begin(), rights.end(), right) == rights.end()) return fail(ErrorCode::unknown_option, "no such right", "right");
  if (trim(reference).empty()) return fail(ErrorCode::missing_field, "name the paper", "reference");
  if (!is_date(received)) return fail(ErrorCode::wrong_type, "is not a day", "received");
  if (received > vietnam_date(clock_.now())) return fail(ErrorCode::out_of_range, "lies after today", "received");
  SubjectRequest request;
  request.id = fresh_id();
  request.right = right;
  request.reference = reference;
  request.received = received;
  request.due = catalog_.holidays().after_working_days(received, kWorkingDaysToAnswer);
  request.due_is_sure = catalog_.holidays().knows_year(static_cast<int>(integer_from(request.due.substr(0, 4)).value_or(0)));
  request.author = account;
  TRY_VOID(keep(store_, clock_, "subject_request", request.id, "",
                object({{"right", right}, {"reference", reference}, {"received", received}, {"due", request.due}, {"due_is_sure", request.due_is_sure ? "yes" : "no"}}), account));
  return request;
}

Result<void> PersonalData::answer(const std::string& id, const std::string& outcome, const std::string& account) {
  if (!TRY(store_.registry().record("subject_request", id))) return fail(ErrorCode::not_found, "no such request", id);
  if (trim(outcome).empty()) return fail(ErrorCode::missing_field, "say what was answered", "outcome");
  return keep(store_, clock_, "subject_request_answer", id, "", object({{"outcome", outcome}}), account);
}

Result<std::size_t> PersonalData::overdue_requests() {
  const std::string today = vietnam_date(clock_.now());
  std::size_t count = 0;
  for (const auto& request : TRY(requests())) count += request.answered.empty() && request.due < today ? 1 : 0;
  return count;
}

Result<std::vector<RetentionRow>> PersonalData::retention() {
  const std::string today = vietnam_date(clock_.now());
  std::vector<RetentionRow> rows;
  const auto entries = TRY(facts_.entries());
  for (const auto& kind : facts_.kinds()) {
    RetentionRow row{&kind, {}, ""};
    for (const auto& entry : entries) {
      if (entry.person.empty() || entry.removed != 0 || entry.cell("fact") != kind.name) continue;
      const auto period = awards::Period::parse(entry.cell("period"));
      if (!period) continue;
      const auto year = integer_from(period->to.substr(0, 4)).value_or(0) + kind.retention_years;
      const std::string last = std::to_string(year) + period->to.substr(4);
      if (last < today) row.overdue.push_back(entry.number);
      else if (row.next_day.empty() || last < row.next_day) row.next_day = last;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace khaosat
