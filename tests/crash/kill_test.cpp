// The program is killed (SIGKILL) again and again while many send. What was acknowledged must be
// there after each restart, once.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;

namespace {

constexpr int kSenders = 8;
constexpr int kSlips = 4000;

// The victim: sends from `first` on without end, writes the number of every acknowledged person to
// the file, forms batches in between. The first thousands have slips.
[[noreturn]] void submit_until_killed(const std::string& folder,
                                      const std::string& acknowledgements, int first) {
  auto store = SqliteStore::open(folder);
  if (!store) ::_exit(2);
  auto opened = (*store)->answers("test000001");
  if (!opened) ::_exit(3);
  auto answers = *opened;
  (void)answers->add_slips(sample::cell_of("a"), sample::slips(0, kSlips)).has_value();
  const int file = ::open(acknowledgements.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  std::atomic<int> next{first};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < kSenders; ++sender) {
    senders.emplace_back([&] {
      for (;;) {
        const int person = next++;
        const auto outcome = answers->accept(sample::arrival(person, "a", person < kSlips));
        if (!outcome || *outcome != ArrivalOutcome::accepted) continue;
        if (::write(file, &person, sizeof person) != sizeof person) ::_exit(4);
      }
    });
  }
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(7));
    (void)answers->form_batches(sample::campaign(), sample::unseal).has_value();
  }
}

std::set<int> read_numbers(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::set<int> numbers;
  int number = 0;
  while (in.read(reinterpret_cast<char*>(&number), sizeof number)) numbers.insert(number);
  return numbers;
}

// At most ten seconds.
void wait_for_growth(const std::string& path, std::size_t numbers) {
  for (int wait = 0; wait < 2000 && read_numbers(path).size() <= numbers; ++wait) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

int wanted_kills() {
  const char* text = std::getenv("KHAOSAT_KILLS");
  return text == nullptr ? 50 : std::max(1, std::atoi(text));
}

}  // namespace

TEST_CASE("answers acknowledged before a kill are there after the restart, once") {
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  INFO("seed " << seed);
  test::TemporaryFolder folder(test::quick_parent());
  const std::string data = folder.file("data");
  std::size_t before = 0;
  const int kills = wanted_kills();
  for (int kill = 0; kill < kills; ++kill) {
    const auto known = read_numbers(folder.file("acknowledged"));
    // Numbers of a killed run that were not acknowledged are left out, as their senders gave up.
    const int first = known.empty() ? 0 : *known.rbegin() + 2 * kSenders;
    const pid_t victim = ::fork();
    REQUIRE(victim >= 0);
    if (victim == 0) submit_until_killed(data, folder.file("acknowledged"), first);
    // Every second time only once it is at work, however slow the machine; the others may hit the
    // start.
    if (kill % 2 == 0) wait_for_growth(folder.file("acknowledged"), before);
    std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 131));
    ::kill(victim, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(victim, &status, 0) == victim);
    REQUIRE(WIFSIGNALED(status));
    const auto acknowledged = read_numbers(folder.file("acknowledged"));
    if (kill % 2 == 0) REQUIRE(acknowledged.size() > before);
    before = acknowledged.size();
    const std::string wrong = what_is_wrong(data + "/answers/test000001.db", acknowledged);
    if (!wrong.empty()) FAIL("after kill " << kill << ": " << wrong);
  }

  auto store = SqliteStore::open(data);
  REQUIRE(store);
  auto answers = *(*store)->answers("test000001");
  const auto report = answers->close(sample::campaign(), sample::unseal);
  REQUIRE(report);
  const auto acknowledged = read_numbers(folder.file("acknowledged"));
  std::cout << "kills: " << kills << ", acknowledged " << acknowledged.size()
            << ", stored without acknowledgement "
            << report->responses - static_cast<int>(acknowledged.size()) << "\n";
  store->reset();
  answers.reset();
  CHECK(what_is_wrong(data + "/answers/test000001.db", acknowledged, true) == "");
}
