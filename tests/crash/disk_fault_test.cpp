// The disk fails: every operation of a short campaign in turn, each in every way, once and for
// good. Each run is a process of its own, because a failed flush must end it.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>

#include "base/error_codes.h"
#include "server/storage/sqlite/sqlite_answers.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;
using sqlite::SqliteAnswers;

namespace {

constexpr int kPeople = 24;
constexpr int kAfterwards = 100;  // sends when the disk is well again
constexpr int kClosed = -1;

struct Fault {
  DiskFault kind = DiskFault::none;
  int at = 0;
  bool persistent = false;
};

void acknowledge(int file, int number) {
  if (::write(file, &number, sizeof number) != sizeof number) ::_exit(99);
}

// A short campaign on a failing disk; true if the store could be opened.
bool campaign_on_bad_disk(const std::string& path, int out, const Fault& fault) {
  auto& disk = TestDisk::instance();
  disk.reset();
  disk.fail(fault.kind, fault.at, fault.persistent);
  sqlite::ConnectionOptions options;
  options.vfs = TestDisk::kName;
  sqlite::WriterLimits limits;
  limits.idle_checkpoint_pages = 20;
  auto opened = SqliteAnswers::open(path, options, limits);
  if (!opened) return false;
  auto& answers = **opened;
  const auto campaign = sample::campaign(3);
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (answers.add_slips(sample::cell_of("a"), sample::slips(0, kAfterwards + 1))) break;
  }
  for (int person = 0; person < kPeople; ++person) {
    const auto outcome = answers.accept(sample::arrival(person));
    if (outcome && *outcome == ArrivalOutcome::accepted) acknowledge(out, person);
    if (person % 8 == 7) (void)answers.form_batches(campaign, sample::unseal).has_value();
  }
  // The disk recovers; the store must go on without a restart.
  disk.heal();
  (void)answers.add_slips(sample::cell_of("a"), sample::slips(0, kAfterwards + 1)).has_value();
  const auto outcome = answers.accept(sample::arrival(kAfterwards));
  if (outcome && *outcome == ArrivalOutcome::accepted) acknowledge(out, kAfterwards);
  disk.fail(fault.kind, fault.at, fault.persistent);
  if (answers.close(campaign, sample::unseal)) acknowledge(out, kClosed);
  return true;
}

struct Outcome {
  int exit_code = 0;
  std::set<int> acknowledged;
  bool closed = false;
};

Outcome run(const test::TemporaryFolder& folder, const Fault& fault) {
  const std::string list = folder.file("acknowledged");
  const pid_t child = ::fork();
  if (child == 0) {
    // What the store says about the trouble is not wanted here.
    ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
    const int out = ::open(list.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    const bool opened = campaign_on_bad_disk(folder.file("answers.db"), out, fault);
    ::_exit(opened ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  Outcome outcome;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  std::ifstream in(list, std::ios::binary);
  int number = 0;
  while (in.read(reinterpret_cast<char*>(&number), sizeof number)) {
    if (number == kClosed) {
      outcome.closed = true;
    } else {
      outcome.acknowledged.insert(number);
    }
  }
  return outcome;
}

// How many operations of the kind the campaign has on a good disk.
int operations(DiskFault kind) {
  test::TemporaryFolder folder(test::quick_parent());
  const int out = ::open(folder.file("acknowledged").c_str(), O_WRONLY | O_CREAT, 0600);
  REQUIRE(campaign_on_bad_disk(folder.file("answers.db"), out, {kind, 1 << 30, false}));
  ::close(out);
  // The count was started anew for closing; the larger part is what lies before.
  test::TemporaryFolder again(test::quick_parent());
  auto& disk = TestDisk::instance();
  disk.reset();
  sqlite::ConnectionOptions options;
  options.vfs = TestDisk::kName;
  {
    auto answers = SqliteAnswers::open(again.file("answers.db"), options, {});
    REQUIRE(answers);
    REQUIRE((*answers)->add_slips(sample::cell_of("a"), sample::slips(0, kPeople)));
    for (int person = 0; person < kPeople; ++person)
      REQUIRE((*answers)->accept(sample::arrival(person)));
  }
  return disk.operations(kind);
}

const char* name_of_fault(DiskFault kind) {
  switch (kind) {
    case DiskFault::io_error:
      return "I/O error";
    case DiskFault::full:
      return "disk full";
    case DiskFault::short_write:
      return "short write";
    case DiskFault::flush_error:
      return "flush error";
    case DiskFault::none:
      break;
  }
  return "none";
}

}  // namespace

TEST_CASE("whatever operation fails: nothing acknowledged is lost, and the file is sound") {
  const auto kind = GENERATE(DiskFault::io_error, DiskFault::full, DiskFault::short_write,
                             DiskFault::flush_error);
  const bool persistent = GENERATE(false, true);
  const int last = operations(kind) + 5;
  int runs = 0;
  int ended = 0;
  int unopened = 0;
  int recovered = 0;
  for (int at = 1; at <= last; ++at) {
    const Fault fault{kind, at, persistent};
    test::TemporaryFolder folder(test::quick_parent());
    const Outcome outcome = run(folder, fault);
    ++runs;
    INFO(name_of_fault(kind) << " at operation " << at << (persistent ? " and after" : " once"));
    if (kind == DiskFault::flush_error) {
      // The process ends, with the exit code for storage trouble; or it never reached that flush.
      REQUIRE(
          (outcome.exit_code == exit_code_of(ErrorCode::storage_failed) || outcome.exit_code == 0));
    } else {
      REQUIRE(outcome.exit_code <= 1);
    }
    if (outcome.exit_code == exit_code_of(ErrorCode::storage_failed)) ++ended;
    if (outcome.exit_code == 1) ++unopened;
    if (outcome.acknowledged.contains(kAfterwards)) ++recovered;
    const std::string wrong =
        what_is_wrong(folder.file("answers.db"), outcome.acknowledged, outcome.closed);
    if (!wrong.empty()) FAIL(wrong);
    if (outcome.exit_code == 0) {
      // It was open, the disk recovered, and so did the store.
      REQUIRE(outcome.acknowledged.contains(kAfterwards));
    }
  }
  std::cout << name_of_fault(kind) << (persistent ? ", persistent: " : ", once: ") << runs
            << " runs, " << recovered << " went on without restart, " << ended
            << " ended the process, " << unopened << " could not be opened" << std::endl;
  if (kind == DiskFault::flush_error) {
    CHECK(ended > runs / 2);
  } else {
    CHECK(recovered > runs / 2);
  }
}

TEST_CASE("a full disk is named as such, and so is the way out") {
  test::TemporaryFolder folder(test::quick_parent());
  auto& disk = TestDisk::instance();
  disk.reset();
  sqlite::ConnectionOptions options;
  options.vfs = TestDisk::kName;
  auto answers = SqliteAnswers::open(folder.file("answers.db"), options, {});
  REQUIRE(answers);
  disk.fail(DiskFault::full, 1, true);
  const auto refused = (*answers)->accept(sample::arrival(1, "a", false));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::storage_full);
  CHECK(http_status_of(refused.error().code) == 503);
  CHECK(refused.error().message.find("free some space") != std::string::npos);
  disk.heal();
  CHECK(*(*answers)->accept(sample::arrival(1, "a", false)) == ArrivalOutcome::accepted);
}
