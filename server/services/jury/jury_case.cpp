#include "server/services/jury/jury_case.h"

#include <algorithm>

namespace khaosat {

namespace {

using awards::Verdict;

void collect_failing(const awards::Reason& reason, std::vector<const awards::Reason*>& into) {
  if (reason.verdict != Verdict::fail) return;
  const auto before = into.size();
  // Below a "not" the words that count are those that hold; the node itself says what is wrong.
  if (reason.predicate != "not") {
    for (const auto& child : reason.children) collect_failing(child, into);
  }
  if (into.size() == before) into.push_back(&reason);
}

const awards::Condition* none_rewarded(const awards::Condition& condition) {
  if (condition.predicate == "none_recorded" && condition.fact == "award_received") return &condition;
  for (const auto& child : condition.children) {
    if (const auto* found = none_rewarded(child)) return found;
  }
  return nullptr;
}

std::string value_of(const awards::Parameter& parameter, const awards::Decision& decision) {
  if (parameter.reading.empty()) return parameter.literal;
  for (const auto& use : decision.readings) {
    if (use.name == parameter.reading) return use.value;
  }
  return "";
}

}  // namespace

std::string_view name_of(Voice voice) { return voice == Voice::yes ? "yes" : voice == Voice::no ? "no" : "abstain"; }

std::optional<Voice> voice_named(std::string_view name) {
  for (const Voice voice : {Voice::yes, Voice::no, Voice::abstain}) {
    if (name == name_of(voice)) return voice;
  }
  return std::nullopt;
}

bool JuryCase::is_member(const std::string& account) const {
  return std::find(terms.members.begin(), terms.members.end(), account) != terms.members.end();
}

bool JuryCase::in_conflict(const std::string& account, const std::string& subject) const {
  return std::any_of(conflicts.begin(), conflicts.end(), [&](const auto& one) { return one.account == account && one.subject == subject; });
}

const JuryNotice* JuryCase::notice_to(const std::string& person) const {
  const JuryNotice* found = nullptr;
  for (const auto& notice : notices) {
    if (notice.person == person) found = &notice;
  }
  return found;
}

std::vector<const awards::Reason*> failing_leaves(const awards::Reason& root) {
  std::vector<const awards::Reason*> leaves;
  collect_failing(root, leaves);
  return leaves;
}

std::vector<PersonHeard> people_to_hear(const awards::Decision& decision, const std::vector<std::string>& persons, const JuryCase& the_case,
                                        const std::string& today) {
  std::vector<PersonHeard> all;
  const auto person = [&](const std::string& key, const std::string& name) -> PersonHeard& {
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.person == key; });
    if (found != all.end()) return *found;
    all.push_back({key, name, {}, nullptr, {}, HearingState::not_told});
    return all.back();
  };
  for (const auto& candidate : decision.candidates) {
    if (!candidate.hearing.needed) continue;
    auto& one = person(candidate.subject, candidate.name);
    for (const auto* leaf : failing_leaves(candidate.reason)) one.words.push_back({&candidate, leaf, nullptr});
  }
  for (const auto& duty : decision.duties) {
    const bool negative = duty.points_lost.value_or(0) > 0 || duty.state == awards::DutyState::late || duty.state == awards::DutyState::overdue;
    if (!negative) continue;
    for (const auto& [key, name] : duty.responsible) {
      if (std::find(persons.begin(), persons.end(), key) == persons.end()) continue;
      person(key, name).words.push_back({nullptr, nullptr, &duty});
    }
  }
  for (auto& one : all) {
    one.notice = the_case.notice_to(one.person);
    if (one.notice == nullptr) continue;
    for (const auto& reply : the_case.replies) {
      const bool theirs = std::any_of(the_case.notices.begin(), the_case.notices.end(),
                                      [&](const auto& notice) { return notice.id == reply.notice && notice.person == one.person; });
      if (theirs) one.replies.push_back(&reply);
    }
    one.state = !one.replies.empty() ? HearingState::replied : today <= one.notice->due ? HearingState::running : HearingState::time_over;
  }
  return all;
}

Tally tally(const JuryCase& the_case, const std::string& award, const std::string& subject) {
  Tally sum;
  for (const auto& vote : the_case.votes) {
    if (vote.award != award || vote.subject != subject) continue;
    ++(vote.voice == Voice::yes ? sum.yes : vote.voice == Voice::no ? sum.no : sum.abstain);
  }
  for (const auto& member : the_case.terms.members) sum.in_conflict += the_case.in_conflict(member, subject) ? 1 : 0;
  const int may_vote = static_cast<int>(the_case.terms.members.size()) - sum.in_conflict;
  const int cast = sum.yes + sum.no + sum.abstain;
  sum.silent = may_vote - cast;
  sum.base = the_case.terms.base == "cast" ? cast : may_vote;
  sum.needed = std::max(1, (the_case.terms.needed_percent * sum.base + 99) / 100);
  sum.carried = sum.yes >= sum.needed;
  return sum;
}

Rewarded rewarded_by(const awards::Award& award, const awards::Decision& decision) {
  Rewarded rewarded{"reform_result", decision.year};
  const auto* condition = none_rewarded(award.eligible);
  if (condition == nullptr) return rewarded;
  const auto achievement = condition->parameters.find("achievement");
  if (achievement != condition->parameters.end()) {
    if (const auto value = value_of(achievement->second, decision); !value.empty()) rewarded.achievement = value;
  }
  const auto year = condition->parameters.find("year");
  if (year == condition->parameters.end()) return rewarded;
  if (value_of(year->second, decision) == "lagged") --rewarded.year;
  return rewarded;
}

}  // namespace khaosat
