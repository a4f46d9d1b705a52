#include "server/services/field/field_sheet.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace khaosat {

namespace {

constexpr std::array<std::string_view, 5> kNames = {"done", "refused", "not_reached", "gone", "replaced"};

int total_of(const FieldCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), 0, [](int sum, const auto& count) { return sum + count.second; });
}

int answers_of(const FieldSheet& sheet) {
  return static_cast<int>(std::count_if(sheet.people.begin(), sheet.people.end(), [](const FieldPerson& person) {
    return person.has(FieldOutcome::done) && person.attempts.size() > person.inherited;
  }));
}

Result<void> check_attempts(const FieldPerson& person) {
  if (person.attempts.size() > kMostAttempts) return fail(ErrorCode::out_of_range, "too many attempts", person.person);
  int visits = 0;
  for (std::size_t i = 0; i < person.attempts.size(); ++i) {
    const FieldOutcome outcome = person.attempts[i];
    if (outcome == FieldOutcome::not_reached) {
      ++visits;
      continue;
    }
    if (i + 1 < person.attempts.size()) return fail(ErrorCode::assignment_settled, "nobody comes again after that", person.person);
    if (outcome == FieldOutcome::replaced && visits < kAttemptsBeforeReplacing) {
      return fail(ErrorCode::out_of_range, "replaced before enough visits", person.person);
    }
  }
  return {};
}

Result<void> check_counts(const FieldCounts& counts, const std::vector<std::string>& known) {
  for (const auto& [name, count] : counts) {
    if (std::find(known.begin(), known.end(), name) == known.end()) return fail(ErrorCode::unknown_option, "not in the list", name);
    if (count < 0 || count > 100000) return fail(ErrorCode::out_of_range, "not a count", name);
  }
  return {};
}

void raise(FieldCounts& counts, const FieldCounts& sent) {
  for (const auto& [name, count] : sent) {
    int& kept = counts[name];
    kept = std::max(kept, count);
  }
}

Result<void> check(const FieldSheet& sheet) {
  for (const auto& person : sheet.people) {
    TRY_VOID(check_attempts(person));
    if (!person.attempts.empty() && !is_due(sheet, person)) {
      return fail(ErrorCode::assignment_not_yours, "the next in rank is somebody else", person.person);
    }
  }
  const int answers = answers_of(sheet);
  if (total_of(sheet.languages) > answers || total_of(sheet.helpers) > answers) {
    return fail(ErrorCode::out_of_range, "more talks than answers");
  }
  return {};
}

}  // namespace

const std::vector<std::string> kFieldLanguages = {"vi", "tay", "nung", "dao", "mong", "khmer", "cham", "raglay", "xtieng", "other"};
const std::vector<std::string> kFieldHelpers = {"none", "family", "interpreter", "villager", "official"};

std::string_view name_of(FieldOutcome outcome) { return kNames[static_cast<std::size_t>(outcome)]; }

std::optional<FieldOutcome> field_outcome_named(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<FieldOutcome>(found - kNames.begin());
}

bool is_due(const FieldSheet& sheet, const FieldPerson& person) {
  if (person.drawn) return true;
  // Everyone before in rank counts: reserves are opened one by one.
  int drawn = 0;
  int lost = 0;
  for (const auto& other : sheet.people) {
    if (other.psu != person.psu) continue;
    if (other.drawn) ++drawn;
    if (other.rank < person.rank && other.is_closed() && !other.has(FieldOutcome::done)) ++lost;
  }
  return person.rank <= drawn + lost;
}

Result<void> take_over(FieldSheet& sheet, const FieldReport& report) {
  TRY_VOID(check_counts(report.languages, kFieldLanguages));
  TRY_VOID(check_counts(report.helpers, kFieldHelpers));
  FieldSheet next = sheet;
  std::size_t known = 0;
  for (auto& person : next.people) {
    const auto sent = report.attempts.find(person.person);
    if (sent == report.attempts.end()) continue;
    ++known;
    const auto shorter = std::min(sent->second.size(), person.attempts.size());
    if (!std::equal(sent->second.begin(), sent->second.begin() + static_cast<std::ptrdiff_t>(shorter), person.attempts.begin())) {
      return fail(ErrorCode::assignment_settled, "something else was said before", person.person);
    }
    if (sent->second.size() > person.attempts.size()) person.attempts = sent->second;
  }
  if (known != report.attempts.size()) return fail(ErrorCode::assignment_not_yours, "somebody who is not on this sheet");
  raise(next.languages, report.languages);
  raise(next.helpers, report.helpers);
  TRY_VOID(check(next));
  sheet = std::move(next);
  return {};
}

Result<void> add_attempt(FieldSheet& sheet, std::string_view person_id, FieldOutcome outcome, std::string_view language,
                         std::string_view helper) {
  FieldSheet next = sheet;
  const auto person = std::find_if(next.people.begin(), next.people.end(), [&](const FieldPerson& one) { return one.person == person_id; });
  if (person == next.people.end()) return fail(ErrorCode::assignment_not_yours, "somebody who is not on this sheet", std::string(person_id));
  person->attempts.push_back(outcome);
  if (outcome == FieldOutcome::done) {
    if (language.empty() || helper.empty()) return fail(ErrorCode::missing_field, "language and helper", language.empty() ? "language" : "helper");
    ++next.languages[std::string(language)];
    ++next.helpers[std::string(helper)];
    TRY_VOID(check_counts(next.languages, kFieldLanguages));
    TRY_VOID(check_counts(next.helpers, kFieldHelpers));
  }
  TRY_VOID(check(next));
  sheet = std::move(next);
  return {};
}

FieldTally tally_of(const FieldSheet& sheet) {
  FieldTally tally;
  for (const auto& person : sheet.people) {
    if (person.drawn) ++tally.drawn;
    if (!is_due(sheet, person)) continue;
    if (!person.drawn) ++tally.reserves;
    if (!person.is_closed()) ++tally.open;
    for (std::size_t i = person.inherited; i < person.attempts.size(); ++i) {
      ++tally.attempts;
      switch (person.attempts[i]) {
        case FieldOutcome::done: ++tally.done; break;
        case FieldOutcome::refused: ++tally.refused; break;
        case FieldOutcome::not_reached: ++tally.not_reached; break;
        case FieldOutcome::gone: ++tally.gone; break;
        case FieldOutcome::replaced: ++tally.replaced; break;
      }
    }
  }
  tally.languages = sheet.languages;
  tally.helpers = sheet.helpers;
  return tally;
}

}  // namespace khaosat
