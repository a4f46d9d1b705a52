// Memory runs out inside SQLite at the n-th request: the store may refuse, but must not acknowledge
// what it did not commit, nor damage the file.
#include <sqlite3.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <set>

#include "server/storage/sqlite/sqlite_answers.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;
using sqlite::SqliteAnswers;

namespace {

std::atomic<long> countdown{0};  // the request that fails; 0 and below: none
std::atomic<bool> for_good{false};
std::atomic<bool> armed{false};
std::atomic<int> failures{0};

bool must_fail() {
  if (!armed) return false;
  const long left = --countdown;
  if (left == 0 || (for_good && left < 0)) {
    ++failures;
    return true;
  }
  return false;
}

sqlite3_mem_methods real_memory;

void* failing_malloc(int size) { return must_fail() ? nullptr : real_memory.xMalloc(size); }
void* failing_realloc(void* old, int size) {
  return must_fail() ? nullptr : real_memory.xRealloc(old, size);
}

// Before SQLite starts: afterwards it accepts no other memory.
void install() {
  static const bool done = [] {
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real_memory) != SQLITE_OK) return false;
    sqlite3_mem_methods methods = real_memory;
    methods.xMalloc = failing_malloc;
    methods.xRealloc = failing_realloc;
    // Without small buffers of their own, connections ask for every piece of memory.
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) == SQLITE_OK &&
           sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) == SQLITE_OK;
  }();
  REQUIRE(done);
}

}  // namespace

TEST_CASE("no acknowledgement without commit when memory runs out at the n-th request") {
  install();
  const bool from_the_start = GENERATE(true, false);
  const bool persistent = GENERATE(false, true);
  constexpr int kLast = 2000;
  // Every single one where answers arrive; in the other runs a sample after the first hundreds.
  const bool every_one = !from_the_start && !persistent;
  int runs = 0;
  int refused = 0;
  failures = 0;
  for (int n = 1; n <= kLast; n += every_one || n < 400 ? 1 : 7) {
    test::TemporaryFolder folder(test::quick_parent());
    std::set<int> acknowledged;
    bool closed = false;
    countdown = n;
    for_good = persistent;
    armed = from_the_start;
    {
      auto answers = SqliteAnswers::open(folder.file("answers.db"), {}, {});
      if (answers) {
        (void)(*answers)->add_slips(sample::cell_of("a"), sample::slips(0, 12)).has_value();
        armed = true;
        for (int person = 0; person < 12; ++person) {
          const auto outcome = (*answers)->accept(sample::arrival(person));
          if (outcome && *outcome == ArrivalOutcome::accepted) acknowledged.insert(person);
          if (!outcome) ++refused;
          if (person == 8)
            (void)(*answers)->form_batches(sample::campaign(4), sample::unseal).has_value();
        }
        closed = (*answers)->close(sample::campaign(4), sample::unseal).has_value();
      }
    }
    armed = false;
    ++runs;
    const std::string wrong = what_is_wrong(folder.file("answers.db"), acknowledged, closed);
    if (!wrong.empty()) FAIL("request " << n << (persistent ? " and after: " : ": ") << wrong);
  }
  std::cout << "memory: " << runs << " runs, " << failures << " requests failed, " << refused
            << " answers refused" << std::endl;
  CHECK(failures >= runs / 2);
  // 2,000 requests from the start do not reach the first submission.
  if (!from_the_start) CHECK(refused > 0);
}
