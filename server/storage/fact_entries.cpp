#include "server/storage/fact_entries.h"

#include <set>

#include "base/bytes.h"
#include "base/csv.h"

namespace khaosat {

namespace {
constexpr std::string_view kPrefix = "facts/";
constexpr const char* kRemoved = "facts.remove";
}  // namespace

std::string fact_numbers(const std::vector<std::int64_t>& numbers) {
  std::string text(kPrefix);
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i;
    while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1) ++end;
    if (i > 0) text += ",";
    text += std::to_string(numbers[i]);
    if (end > i) text += "-" + std::to_string(numbers[end]);
    i = end + 1;
  }
  return text;
}

std::vector<std::int64_t> fact_numbers_in(const std::string& subject) {
  std::vector<std::int64_t> numbers;
  if (!subject.starts_with(kPrefix)) return numbers;
  std::size_t at = kPrefix.size();
  while (at < subject.size()) {
    const std::size_t end = std::min(subject.find(',', at), subject.size());
    const std::string part = subject.substr(at, end - at);
    const std::size_t dash = part.find('-');
    const auto from = integer_from(part.substr(0, dash));
    const auto to = dash == std::string::npos ? from : integer_from(part.substr(dash + 1));
    // A range is only as long as the register can be: a damaged journal must not fill the memory.
    if (!from || !to || *from < 1 || *to < *from || *to - *from > 10'000'000) return {};
    for (std::int64_t number = *from; number <= *to; ++number) numbers.push_back(number);
    at = end + 1;
  }
  return numbers;
}

std::string fact_digest(const std::vector<std::string>& hashes) {
  std::string all;
  for (const auto& hash : hashes) all += hash + "\n";
  return to_hex(view_of(sha256(all)));
}

void complete_fact_journal(JournalEntry& journal, std::int64_t first, const std::vector<FactEntry>& entries) {
  std::vector<std::int64_t> numbers;
  std::vector<std::string> hashes;
  for (const auto& entry : entries) {
    numbers.push_back(first + static_cast<std::int64_t>(numbers.size()));
    hashes.push_back(entry.hash);
  }
  journal.subject = fact_numbers(numbers);
  journal.detail += (journal.detail.empty() ? "" : " ") + fact_digest(hashes);
}

Result<std::int64_t> verify_facts(Registry& registry) {
  std::vector<std::string> hashes;
  std::set<std::int64_t> removed;
  std::string trouble;
  const auto complain = [&](std::int64_t number, const char* what) {
    if (trouble.empty()) trouble = "entry " + std::to_string(number) + " of the register of facts " + what;
  };
  TRY_VOID(registry.each_fact_entry(0, [&](const FactEntry& entry) {
    hashes.push_back(entry.hash);
    if (entry.number != static_cast<std::int64_t>(hashes.size())) complain(entry.number, "follows a gap");
    if (entry.removed != 0) {
      removed.insert(entry.number);
    } else if (to_hex(view_of(sha256(entry.content))) != entry.hash) {
      complain(entry.number, "does not have the content it was written with");
    }
  }));
  std::size_t told = 0;
  TRY_VOID(registry.each_journal_entry([&](const JournalEntry& entry) {
    const auto numbers = fact_numbers_in(entry.subject);
    if (entry.action == kRemoved) {
      for (const auto number : numbers) {
        if (removed.erase(number) == 0) complain(number, "has a content that the journal says was removed");
      }
      return;
    }
    if (entry.action != "facts.add" && entry.action != "facts.correct" && entry.action != "facts.import" &&
        entry.action != "facts.declare") {
      return;
    }
    std::vector<std::string> these;
    for (const auto number : numbers) {
      if (number != static_cast<std::int64_t>(told) + 1 || told >= hashes.size()) {
        complain(number, "is in the journal but not in its place in the register");
        return;
      }
      these.push_back(hashes[told++]);
    }
    if (!these.empty() && !entry.detail.ends_with(fact_digest(these))) {
      complain(numbers.front(), "differs from what the journal says was written");
    }
  }));
  if (trouble.empty() && told < hashes.size()) complain(static_cast<std::int64_t>(told) + 1, "is not in the journal");
  if (trouble.empty() && !removed.empty()) complain(*removed.begin(), "lost its content without an entry in the journal");
  if (!trouble.empty()) return fail(ErrorCode::storage_failed, trouble + "; compare with a backup");
  return static_cast<std::int64_t>(hashes.size());
}

}  // namespace khaosat
