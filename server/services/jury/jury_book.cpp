#include "server/services/jury/jury_book.h"

#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "base/definition_json.h"
#include "base/text.h"
#include "server/services/jury/jury_json.h"

namespace khaosat {

namespace {

constexpr int kCodeWorkingDays = 60;  // that a reading code opens the record after the time to reply
constexpr std::size_t kReplyLetters = 4000;
constexpr std::size_t kLineLetters = 500;  // of a number, a name, a ground for the terms
constexpr std::size_t kCodeLetters = 16;  // 80 bits

std::string fresh_id() { return to_hex(random_bytes(10)); }
std::string hash_of(const std::string& content) { return to_hex(view_of(sha256(content))); }
std::string id_of_code(const std::string& code) { return hash_of("khaosat reading code\n" + code).substr(0, 40); }

Result<void> fits_a_line(const std::string& text, const char* field) {
  if (letter_count(text) > kLineLetters) return fail(ErrorCode::too_long, "at most 500 letters", field);
  return {};
}

std::string in_groups(const std::string& code) {
  std::string shown;
  for (std::size_t i = 0; i < code.size(); ++i) shown += (i > 0 && i % 4 == 0 ? "-" : "") + code.substr(i, 1);
  return shown;
}

}  // namespace

const awards::CandidateDecision* OpenedCase::candidate(std::string_view award, std::string_view subject) const {
  for (const auto& one : decision().candidates) {
    if (one.award == award && one.subject == subject) return &one;
  }
  return nullptr;
}

std::vector<const awards::CandidateDecision*> OpenedCase::to_vote_on() const {
  std::vector<const awards::CandidateDecision*> all;
  for (const auto& award : rules().awards) {
    if (award.is_check) continue;
    for (const auto& one : decision().candidates) {
      if (one.award == award.id) all.push_back(&one);
    }
  }
  return all;
}

std::vector<PersonHeard> OpenedCase::hearings(const std::string& today) const {
  std::vector<std::string> persons;
  for (const auto& subject : rebuilt->facts.subjects()) {
    if (subject.kind == awards::SubjectKind::person) persons.push_back(subject.key);
  }
  return people_to_hear(decision(), persons, jury, today);
}

Result<void> JuryBook::keep(const char* kind, const std::string& id, const std::string& subject, const std::string& content,
                            const std::string& author) {
  const std::string hash = hash_of(content);
  TRY_VOID(store_.registry().add_record({kind, id, subject, content, hash, clock_.now(), author}));
  return store_.registry().append_journal({0, clock_.now(), author, kind, subject, id + " " + hash, ""});
}

Result<void> JuryBook::write_fact(FactCells cells, const std::string& author, std::int64_t* number) {
  const Written written = TRY(facts_.add("fact", std::move(cells), author));
  if (!written.faults.empty()) return fail(written.faults.front().code, written.faults.front().message, written.faults.front().place);
  if (number != nullptr) *number = written.first;
  return {};
}

Result<JuryCase> JuryBook::case_from(const Record& record) {
  JuryCase one = TRY(read_case(record));
  auto& registry = store_.registry();
  const auto each = [&](const char* kind, auto&& take) -> Result<void> {
    std::vector<SerialRecord> found;
    for (const auto& row : TRY(registry.records(kind, one.id))) found.push_back(TRY(read_serial(row)));
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.serial < b.serial; });
    for (const auto& row : found) TRY_VOID(take(row.record));
    return {};
  };
  TRY_VOID(each("jury_notice", [&](const Record& row) -> Result<void> {
    one.notices.push_back(TRY(read_notice(row)));
    return {};
  }));
  TRY_VOID(each("jury_reply", [&](const Record& row) -> Result<void> {
    one.replies.push_back(TRY(read_reply(row)));
    return {};
  }));
  TRY_VOID(each("jury_conflict", [&](const Record& row) -> Result<void> {
    one.conflicts.push_back(TRY(read_conflict(row)));
    return {};
  }));
  TRY_VOID(each("jury_vote", [&](const Record& row) -> Result<void> {
    for (auto& vote : TRY(read_votes(row))) {
      std::erase_if(one.votes, [&](const auto& old) { return old.account == vote.account && old.award == vote.award && old.subject == vote.subject; });
      one.votes.push_back(std::move(vote));
    }
    return {};
  }));
  std::erase_if(one.votes, [&](const auto& vote) { return one.in_conflict(vote.account, vote.subject); });
  if (const auto closing = TRY(registry.record("jury_close", one.id))) {
    one.closed = vietnam_date(closing->created);
    one.closed_by = closing->author;
  }
  if (const auto ruling = TRY(registry.record("award_decision", one.id))) one.ruling = TRY(read_ruling(*ruling));
  return one;
}

Result<std::vector<JuryCase>> JuryBook::cases() {
  std::vector<JuryCase> all;
  for (const auto& record : TRY(store_.registry().records("jury_case", ""))) all.push_back(TRY(case_from(record)));
  return all;
}

Result<JuryCase> JuryBook::find(const std::string& id) {
  const auto record = TRY(store_.registry().record("jury_case", id));
  if (!record) return fail(ErrorCode::not_found, "no such case", id);
  return case_from(*record);
}

Result<OpenedCase> JuryBook::open_case(const std::string& id) {
  OpenedCase opened;
  opened.jury = TRY(find(id));
  auto record = TRY(store_.registry().record("decision", id));
  if (!record) return fail(ErrorCode::not_found, "no such decision", id);
  opened.record = std::move(*record);
  opened.rebuilt = std::make_unique<RebuiltDecision>(TRY(rebuild_decision(facts_, catalog_, store_, opened.record)));
  return opened;
}

Result<void> JuryBook::begin(const std::string& decision_id, JuryTerms terms, const std::string& author) {
  const std::lock_guard lock(mutex_);
  const auto record = TRY(store_.registry().record("decision", decision_id));
  if (!record) return fail(ErrorCode::not_found, "no such decision", decision_id);
  const auto origin = TRY(origin_of(store_, decision_id));
  if (!origin || origin->unit.empty()) {
    return fail(ErrorCode::jury_wrong_state, "its facts came with the form; record them in the register, evaluate and keep again", decision_id);
  }
  if (terms.members.empty()) return fail(ErrorCode::missing_field, "somebody must vote", "members");
  if (terms.reply_days < 1 || terms.reply_days > 60) return fail(ErrorCode::out_of_range, "1 to 60 working days", "reply_days");
  if (terms.needed_percent < 1 || terms.needed_percent > 100) return fail(ErrorCode::out_of_range, "1 to 100", "needed_percent");
  if (terms.base != "members" && terms.base != "cast") return fail(ErrorCode::unknown_option, "members or cast", "base");
  const JuryTerms usual;
  const bool departs = terms.reply_days != usual.reply_days || terms.needed_percent != usual.needed_percent || terms.base != usual.base;
  if (departs && terms.source.empty()) return fail(ErrorCode::missing_field, "say on what ground the terms are others", "source");
  TRY_VOID(fits_a_line(terms.source, "source"));
  std::sort(terms.members.begin(), terms.members.end());
  terms.members.erase(std::unique(terms.members.begin(), terms.members.end()), terms.members.end());
  for (const auto& member : terms.members) {
    const auto account = TRY(store_.registry().account(member));
    const bool fits = account && account->active && account->role != Role::clerk && account->role != Role::analyst;
    if (!fits) return fail(ErrorCode::unknown_option, "no account that could sit in a jury", "members");
  }
  return keep("jury_case", decision_id, origin->rule_set, case_to_json(*origin, terms), author);
}

Result<std::string> JuryBook::make_code(const std::string& id, const JuryNotice& notice, const std::string& author) {
  const std::string code = to_base32(random_bytes(kCodeLetters), kCodeLetters);
  const auto before = TRY(store_.registry().records("jury_code", notice.id)).size();
  const std::string last_day = catalog_.holidays().after_working_days(notice.due, kCodeWorkingDays);
  TRY_VOID(keep("jury_code", id_of_code(code), notice.id, code_to_json(id, last_day, before + 1), author));
  return in_groups(code);
}

Result<GivenNotice> JuryBook::give_notice(const std::string& id, const std::string& person, const std::string& number, const std::string& author) {
  const std::lock_guard lock(mutex_);
  TRY_VOID(fits_a_line(number, "number"));
  const OpenedCase opened = TRY(open_case(id));
  if (opened.jury.ruling) return fail(ErrorCode::jury_wrong_state, "the case is decided", id);
  const std::string today = vietnam_date(clock_.now());
  const auto heard = opened.hearings(today);
  const auto found = std::find_if(heard.begin(), heard.end(), [&](const auto& one) { return one.person == person; });
  if (found == heard.end()) return fail(ErrorCode::not_found, "nothing negative is said about this person", person);
  if (found->notice != nullptr) return fail(ErrorCode::already_exists, "told before", person);
  GivenNotice given;
  JuryNotice& notice = given.notice;
  notice.id = fresh_id();
  notice.person = person;
  notice.number = number;
  notice.day = today;
  notice.due = catalog_.holidays().after_working_days(today, opened.jury.terms.reply_days);
  notice.due_is_sure = catalog_.holidays().knows_year(std::stoi(notice.due.substr(0, 4)));
  notice.author = author;
  TRY_VOID(write_fact({{"subject", person}, {"fact", "notice_to_person"}, {"period", std::to_string(opened.jury.year)}, {"source", "declared"},
                       {"number", number}, {"date", today}, {"vouched_by", author}, {"note", "case " + id}}, author));
  TRY_VOID(keep("jury_notice", notice.id, id, notice_to_json(notice, opened.jury.notices.size() + 1), author));
  given.code = TRY(make_code(id, notice, author));
  return given;
}

Result<std::string> JuryBook::new_code(const std::string& id, const std::string& notice, const std::string& author) {
  const std::lock_guard lock(mutex_);
  const JuryCase one = TRY(find(id));
  for (const auto& known : one.notices) {
    if (known.id == notice) return make_code(id, known, author);
  }
  return fail(ErrorCode::not_found, "no such notice", notice);
}

Result<OwnRecord> JuryBook::read_code(std::string_view typed) {
  const auto wrong = [] { return fail(ErrorCode::not_found, "this code opens nothing"); };
  const auto code = normalise_base32(typed);
  if (!code || code->size() != kCodeLetters) return wrong();
  const auto record = TRY(store_.registry().record("jury_code", id_of_code(*code)));
  if (!record) return wrong();
  const CodeContent content = TRY(read_code_record(*record));
  if (vietnam_date(clock_.now()) > content.last_day) return wrong();
  for (const auto& other : TRY(store_.registry().records("jury_code", record->subject))) {
    if (TRY(read_code_record(other)).serial > content.serial) return wrong();
  }
  const JuryCase one = TRY(find(content.case_id));
  for (const auto& notice : one.notices) {
    if (notice.id == record->subject) return OwnRecord{one.id, notice};
  }
  return wrong();
}

Result<void> JuryBook::reply(const std::string& id, const std::string& notice_id, const std::string& text, std::string day, const std::string& author) {
  const std::lock_guard lock(mutex_);
  const JuryCase one = TRY(find(id));
  const auto notice = std::find_if(one.notices.begin(), one.notices.end(), [&](const auto& known) { return known.id == notice_id; });
  if (notice == one.notices.end()) return fail(ErrorCode::not_found, "no such notice", notice_id);
  if (one.ruling) return fail(ErrorCode::jury_wrong_state, "the case is decided", id);
  const std::string today = vietnam_date(clock_.now());
  if (day.empty()) day = today;
  if (!is_date(day)) return fail(ErrorCode::wrong_type, "is not a day", "day");
  if (day > today || day < notice->day) return fail(ErrorCode::out_of_range, "not before the notice, not after today", "day");
  const auto clean = clean_text(text);
  if (!clean || trim(*clean).empty()) return fail(ErrorCode::missing_field, "the reply is empty", "text");
  if (letter_count(*clean) > kReplyLetters) return fail(ErrorCode::too_long, "at most 4000 letters", "text");
  JuryReply reply{fresh_id(), notice_id, day, 0, author.empty(), author};
  // The words go to the register, where they can be removed when the law asks for it.
  TRY_VOID(write_fact({{"subject", notice->person}, {"fact", "reply_of_person"}, {"period", std::to_string(one.year)}, {"source", "declared"},
                       {"date", day}, {"vouched_by", author.empty() ? "người có liên quan" : author}, {"note", std::string(trim(*clean))}},
                      author.empty() ? "(person)" : author, &reply.entry));
  return keep("jury_reply", reply.id, id, reply_to_json(reply, one.replies.size() + 1), author.empty() ? "(person)" : author);
}

Result<void> JuryBook::may_sit(const OpenedCase& opened) const {
  const std::string& id = opened.jury.id;
  if (opened.jury.ruling || !opened.jury.closed.empty()) return fail(ErrorCode::jury_wrong_state, "voting is over", id);
  if (!opened.rebuilt->same) return fail(ErrorCode::jury_wrong_state, "the decision does not come out of its entries any more", id);
  const auto heard = opened.hearings(vietnam_date(clock_.now()));
  for (const auto& one : heard) {
    if (one.state == HearingState::not_told) return fail(ErrorCode::jury_wrong_state, "a person with a negative word was not told yet", one.person);
  }
  for (const auto& one : heard) {
    if (one.state == HearingState::running) {
      Error error{ErrorCode::reply_time_running, "the time to reply runs until " + one.notice->due, one.person, {}};
      error.details.emplace_back("due", one.notice->due);
      return fail(std::move(error));
    }
  }
  return {};
}

Result<void> JuryBook::declare_conflict(const std::string& id, const std::string& subject, const std::string& reason, const std::string& account) {
  const std::lock_guard lock(mutex_);
  const OpenedCase opened = TRY(open_case(id));
  if (!opened.jury.is_member(account)) return fail(ErrorCode::not_allowed, "only members of this jury declare an interest", id);
  if (!opened.jury.closed.empty()) return fail(ErrorCode::jury_wrong_state, "voting is over", id);
  const auto candidates = opened.to_vote_on();
  const bool known = std::any_of(candidates.begin(), candidates.end(), [&](const auto* one) { return one->subject == subject; });
  if (!known) return fail(ErrorCode::not_found, "nobody votes on this subject", "subject");
  if (trim(reason).empty()) return fail(ErrorCode::missing_field, "say which interest", "reason");
  TRY_VOID(fits_a_line(reason, "reason"));
  if (opened.jury.in_conflict(account, subject)) return fail(ErrorCode::already_exists, "declared before", "subject");
  return keep("jury_conflict", fresh_id(), id, conflict_to_json({account, subject, std::string(trim(reason))}, opened.jury.conflicts.size() + 1), account);
}

Result<void> JuryBook::vote(const std::string& id, const std::vector<JuryVote>& votes, const std::string& account) {
  const std::lock_guard lock(mutex_);
  const OpenedCase opened = TRY(open_case(id));
  if (!opened.jury.is_member(account)) return fail(ErrorCode::not_allowed, "only members of this jury vote", id);
  TRY_VOID(may_sit(opened));
  if (votes.empty()) return fail(ErrorCode::missing_field, "no vote was given", "votes");
  const auto candidates = opened.to_vote_on();
  for (const auto& vote : votes) {
    const auto* candidate = opened.candidate(vote.award, vote.subject);
    if (std::find(candidates.begin(), candidates.end(), candidate) == candidates.end()) return fail(ErrorCode::not_found, "nobody votes on this", vote.subject);
    if (opened.jury.in_conflict(account, vote.subject)) return fail(ErrorCode::jury_conflict, "an interest was declared", vote.subject);
  }
  const auto serial = TRY(store_.registry().records("jury_vote", id)).size() + 1;
  return keep("jury_vote", fresh_id(), id, votes_to_json(votes, serial, to_hex(random_bytes(16))), account);
}

Result<void> JuryBook::close(const std::string& id, const std::string& author) {
  const std::lock_guard lock(mutex_);
  const OpenedCase opened = TRY(open_case(id));
  TRY_VOID(may_sit(opened));
  if (!opened.to_vote_on().empty() && opened.jury.votes.empty()) return fail(ErrorCode::jury_wrong_state, "nobody has voted", id);
  return keep("jury_close", id, opened.jury.rule_set, "{}", author);
}

bool JuryBook::is_proposed(const OpenedCase& opened, const awards::CandidateDecision& candidate) {
  if (candidate.verdict != awards::Verdict::pass) return false;
  const auto among = [&](const std::vector<std::string>& keys) { return std::find(keys.begin(), keys.end(), candidate.subject) != keys.end(); };
  for (const auto& selection : opened.decision().selections) {
    if (selection.award != candidate.award || selection.kind != candidate.kind) continue;
    // Where the rules leave the choice to the jury, its vote is the proposal.
    if (selection.jury_must_choose && !among(selection.proposed) && among(selection.eligible)) {
      return tally(opened.jury, candidate.award, candidate.subject).carried;
    }
    return among(selection.proposed);
  }
  return true;
}

Result<void> JuryBook::check_seats(const OpenedCase& opened, const JuryRuling& ruling) {
  const auto all = TRY(cases());
  for (const auto& selection : opened.decision().selections) {
    if (!selection.seats) continue;
    std::set<std::string> taken;
    const auto count = [&](const std::vector<JuryResult>& results) {
      for (const auto& result : results) {
        const auto* candidate = opened.candidate(result.award, result.subject);
        if (result.awarded && result.award == selection.award && candidate != nullptr && candidate->kind == selection.kind) taken.insert(result.subject);
      }
    };
    count(ruling.results);
    // Evaluated twice, the same award of the same unit and year still has these seats only.
    for (const auto& other : all) {
      const bool same = other.id != opened.jury.id && other.rule_set == opened.jury.rule_set && other.unit == opened.jury.unit && other.year == opened.jury.year;
      if (same && other.ruling) count(other.ruling->results);
    }
    if (static_cast<int>(taken.size()) <= *selection.seats) continue;
    Error error{ErrorCode::quota_exceeded, std::to_string(taken.size()) + " are rewarded, there are " + std::to_string(*selection.seats) + " seats", selection.award, {}};
    error.details = {{"given", std::to_string(taken.size())}, {"seats", std::to_string(*selection.seats)}};
    return fail(std::move(error));
  }
  return {};
}

Result<void> JuryBook::check_twice(const OpenedCase& opened, const JuryResult& result, const awards::FactBook& known) {
  const auto twice = [&](const std::string& by) { return fail(ErrorCode::rewarded_twice, "rewarded before for " + result.achievement + ": " + by, result.subject); };
  for (const auto* fact : known.facts_of(result.subject, "award_received")) {
    const auto achievement = fact->details.find("achievement");
    const bool same = achievement != fact->details.end() && achievement->second == result.achievement;
    if (same && fact->period.overlaps(awards::Period::of_year(result.counted_year))) return twice(fact->publisher + " " + fact->number);
  }
  // A ruling whose entry in the register was removed since still stands.
  for (const auto& other : TRY(cases())) {
    if (other.id == opened.jury.id || !other.ruling) continue;
    for (const auto& earlier : other.ruling->results) {
      const bool same = earlier.awarded && earlier.subject == result.subject && earlier.achievement == result.achievement && earlier.counted_year == result.counted_year;
      if (same) return twice(other.ruling->number);
    }
  }
  return {};
}

// One by one: nobody left out; nobody beyond the seats; nobody twice; every departure from the proposal, or
// from the jury's vote, with its grounds.
Result<void> JuryBook::decide(const std::string& id, JuryRuling ruling, const std::string& author) {
  const std::lock_guard lock(mutex_);
  const OpenedCase opened = TRY(open_case(id));
  if (opened.jury.closed.empty() || opened.jury.ruling) return fail(ErrorCode::jury_wrong_state, "decided after voting, and once", id);
  const std::string today = vietnam_date(clock_.now());
  if (!is_date(ruling.day) || ruling.day > today || ruling.day < opened.jury.closed) return fail(ErrorCode::out_of_range, "between the vote and today", "day");
  if (trim(ruling.decided_by).empty()) return fail(ErrorCode::missing_field, "a person decides", "decided_by");
  if (trim(ruling.number).empty()) return fail(ErrorCode::missing_field, "the decision has a number", "number");
  TRY_VOID(fits_a_line(ruling.decided_by, "decided_by"));
  TRY_VOID(fits_a_line(ruling.number, "number"));
  const auto known = TRY(facts_.read({opened.jury.unit, today, 0, nullptr}));
  std::vector<JuryResult> results;
  for (const auto* candidate : opened.to_vote_on()) {
    const auto said = std::find_if(ruling.results.begin(), ruling.results.end(),
                                   [&](const auto& one) { return one.award == candidate->award && one.subject == candidate->subject; });
    if (said == ruling.results.end()) return fail(ErrorCode::missing_field, "nothing is decided about this candidate", candidate->subject);
    JuryResult result = *said;
    result.grounds = std::string(trim(result.grounds));
    if (letter_count(result.grounds) > kReplyLetters) return fail(ErrorCode::too_long, "at most 4000 letters", candidate->subject);
    const auto award = std::find_if(opened.rules().awards.begin(), opened.rules().awards.end(), [&](const auto& one) { return one.id == candidate->award; });
    const Rewarded rewarded = rewarded_by(*award, opened.decision());
    result.achievement = rewarded.achievement;
    result.counted_year = rewarded.year;
    if (result.awarded) TRY_VOID(check_twice(opened, result, known.book));
    const bool departs = result.awarded != is_proposed(opened, *candidate) || result.awarded != tally(opened.jury, candidate->award, candidate->subject).carried;
    if (departs && result.grounds.empty()) return fail(ErrorCode::grounds_missing, "the decision departs from the proposal or from the vote", candidate->award + "/" + candidate->subject);
    results.push_back(std::move(result));
  }
  if (results.size() != ruling.results.size()) return fail(ErrorCode::not_found, "something is decided about nobody's candidate", "results");
  ruling.results = std::move(results);
  TRY_VOID(check_seats(opened, ruling));
  TRY_VOID(keep("award_decision", id, opened.jury.rule_set, ruling_to_json(ruling), author));
  for (const auto& result : ruling.results) {
    if (!result.awarded) continue;
    TRY_VOID(write_fact({{"subject", result.subject}, {"fact", "award_received"}, {"period", std::to_string(result.counted_year)}, {"source", "declared"},
                         {"achievement", result.achievement}, {"publisher", ruling.decided_by}, {"number", ruling.number}, {"date", ruling.day},
                         {"vouched_by", author}}, author));
  }
  return {};
}

}  // namespace khaosat
