#include "tests/support/stored_answers.h"

#include <filesystem>
#include <map>

#include "server/storage/sqlite/sqlite_answers.h"
#include "tests/support/answers_sample.h"

namespace khaosat {

namespace {

using sqlite::Access;
using sqlite::Connection;

Result<int> count(Connection& c, const char* sql) {
  auto row = TRY(c.prepare(sql));
  TRY(row.step());
  return row.number(0);
}

Result<int> withheld(Connection& c) {
  return count(c, "SELECT coalesce(max(value), 0) FROM state WHERE name = 'withheld'");
}

Result<std::string> check_rows(const std::string& path, bool closed) {
  auto c = TRY(Connection::open(path, Access::read));
  auto integrity = TRY(c->prepare("PRAGMA integrity_check"));
  TRY(integrity.step());
  if (integrity.text(0) != "ok") return "damaged: " + integrity.text(0);
  const int arrived = TRY(count(*c, "SELECT coalesce(sum(arrived), 0) FROM cell WHERE merged = 0"));
  const int inbox = TRY(count(*c, "SELECT count(*) FROM inbox"));
  const int responses = TRY(count(*c, "SELECT count(*) FROM response"));
  const int submissions = TRY(count(*c, "SELECT count(*) FROM submission"));
  const int spent = TRY(count(*c, "SELECT count(*) FROM slip WHERE spent = 1"));
  if (arrived != inbox + responses + TRY(withheld(*c))) {
    return "counted " + std::to_string(arrived) + ", but " + std::to_string(inbox) + " wait and " +
           std::to_string(responses) + " are stored";
  }
  if (!closed && (submissions != arrived || spent > arrived))
    return std::string("submissions do not add up");
  if (closed && inbox + submissions + spent != 0) return std::string("closed, but not emptied");
  return std::string();
}

// -1: none.
Result<int> first_missing(const std::string& path, const std::set<int>& acknowledged) {
  auto c = TRY(Connection::open(path, Access::read));
  auto row = TRY(c->prepare("SELECT content FROM submission WHERE digest = ?1"));
  for (const int person : acknowledged) {
    row.reset();
    if (!TRY(row.bind(sample::digest("submission", person)).step()) ||
        row.digest(0) != sample::digest("content", person)) {
      return person;
    }
  }
  return -1;
}

}  // namespace

std::string what_is_wrong(const std::string& path, const std::set<int>& acknowledged,
                          bool closed_acknowledged) {
  if (!std::filesystem::exists(path)) {
    return acknowledged.empty() ? "" : "the file is gone";
  }
  auto opened = sqlite::SqliteAnswers::open(path, {}, {});
  if (!opened) return "cannot be opened: " + opened.error().message;
  auto& answers = **opened;
  const bool closed = *answers.is_closed();
  if (closed_acknowledged && !closed) return "closing was confirmed and is lost";
  const auto rows = check_rows(path, closed);
  if (!rows) return rows.error().message;
  if (!rows->empty()) return *rows;
  if (closed) {
    std::map<std::string, int> words;
    const auto read = answers.each_response([&](const Response& r) { ++words[r.packed]; });
    if (!read) return read.error().message;
    for (const auto& [text, times] : words) {
      if (times != 1) return text + " is stored " + std::to_string(times) + " times";
    }
    auto c = Connection::open(path, Access::read);
    if (!c) return c.error().message;
    // Too few to be opened: all are dropped, as the rule says.
    if (words.empty() && withheld(**c).value_or(0) >= static_cast<int>(acknowledged.size()))
      return "";
    for (const int person : acknowledged) {
      if (!words.contains("person-" + std::to_string(person) + ".")) {
        return "lost person " + std::to_string(person);
      }
    }
    return "";
  }
  const auto missing = first_missing(path, acknowledged);
  if (!missing) return missing.error().message;
  if (*missing >= 0) return "lost person " + std::to_string(*missing);
  // And as the sender would see it, for a few.
  int asked = 0;
  for (const int person : acknowledged) {
    if (++asked > 5) break;
    const auto outcome = answers.accept(sample::arrival(person));
    if (!outcome) return outcome.error().message;
    if (*outcome != ArrivalOutcome::repeated)
      return "not recognised: person " + std::to_string(person);
  }
  return "";
}

}  // namespace khaosat
