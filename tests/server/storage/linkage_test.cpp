// Somebody who can read every byte of the data folder, at any time, tries to find out which answer
// is whose. They know the order in which people came, every slip code and every submission id with
// their digests, and keep copies from different days. What they must not do better than is guessing
// within a batch: one in k.
//
// The same attack on a naive table (random keys, no rowid, no time, but written as answers come)
// links nearly everybody, which shows that the attack is one.
#include <sqlite3.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>

#include "server/storage/sqlite/sqlite_answers.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/answers_sample.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;
using namespace khaosat::sample;
using sqlite::Access;
using sqlite::Connection;

namespace {

constexpr std::size_t kPage = 2048;

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "person-12." stands in an answer; the attacker sees words, only the test knows whose they are.
struct Found {
  int person = 0;
  std::size_t at = 0;  // in the file
};

std::vector<Found> readable_answers(const std::string& bytes) {
  std::vector<Found> found;
  for (std::size_t at = bytes.find("person-"); at != std::string::npos;
       at = bytes.find("person-", at + 1)) {
    found.push_back({std::atoi(bytes.c_str() + at + 7), at});
  }
  return found;
}

// In a page of a table cells are laid from the end towards the front in the order they were
// written.
std::vector<int> in_order_of_writing(std::vector<Found> answers) {
  std::sort(answers.begin(), answers.end(), [](const Found& a, const Found& b) {
    return std::make_pair(a.at / kPage, b.at) < std::make_pair(b.at / kPage, a.at);
  });
  std::vector<int> persons;
  for (const auto& answer : answers) persons.push_back(answer.person);
  return persons;
}

std::vector<int> in_order_of_place(std::vector<Found> answers) {
  std::vector<int> persons;
  for (const auto& answer : answers) persons.push_back(answer.person);
  return persons;
}

// People who came, in the order they came, against answers in the order an attack suggests.
int matches(const std::vector<int>& came, const std::vector<int>& suggested) {
  int hits = 0;
  for (std::size_t i = 0; i < std::min(came.size(), suggested.size()); ++i) {
    hits += came[i] == suggested[i] ? 1 : 0;
  }
  return hits;
}

std::set<std::string> inbox_keys(const std::string& path) {
  std::set<std::string> keys;
  auto c = Connection::open(path, Access::read);
  REQUIRE(c);
  auto row = (*c)->prepare("SELECT key FROM inbox");
  REQUIRE(row);
  while (*row->step()) keys.insert(row->text(0));
  return keys;
}

std::vector<std::pair<std::string, int>> response_rows(const std::string& path) {
  std::vector<std::pair<std::string, int>> rows;  // words, batch
  auto c = Connection::open(path, Access::read);
  REQUIRE(c);
  auto row = (*c)->prepare("SELECT packed, batch FROM response ORDER BY key");
  REQUIRE(row);
  while (*row->step()) rows.emplace_back(row->text(0), row->number(1));
  return rows;
}

int person_of(const std::string& words) { return std::atoi(words.c_str() + 7); }

// 5 sigma above one in k, for `people` guesses. Guesses within a batch are matches of a random
// permutation: mean and variance are one for each batch. The store's keys are drawn anew in each run; with
// 3 sigma one of the counts would be above it by chance in about one run of two hundred.
double ceiling(int people, int k) {
  const double batches = static_cast<double>(people) / k;
  return batches + 5 * std::sqrt(batches) + 1;
}

}  // namespace

TEST_CASE("raw pages, logs and backups link nobody to an answer better than one in k") {
  constexpr int kPeople = 600;
  const int k = GENERATE(10, 20);
  INFO("k = " << k);
  auto& disk = TestDisk::instance();
  disk.reset();
  test::TemporaryFolder folder(test::quick_parent());
  SqliteOptions options;
  options.vfs = TestDisk::kName;
  options.answers_page_size = kPage;
  auto store = SqliteStore::open(folder.file("data"), options);
  REQUIRE(store);
  const std::string path = folder.file("data/answers/test000001.db");
  auto answers = *(*store)->answers("test000001");
  REQUIRE(answers->add_slips(cell_of("a"), slips(0, kPeople)));

  // The order of arrival is not the order of the numbers.
  std::vector<int> came(kPeople);
  for (int i = 0; i < kPeople; ++i) came[static_cast<std::size_t>(i)] = i;
  const unsigned seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937 random(seed);
  std::shuffle(came.begin(), came.end(), random);

  int by_inbox_rank = 0;  // inbox rows that left, in the order they came, against new rows by key
  int by_writing = 0;     // the same against the layout of the pages
  int newcomers = 0;      // between two copies: who came against what is new
  int leaks = 0;          // words readable where only sealed bytes may be
  std::map<std::string, int> person_of_key;  // the attacker saw every arrival
  std::set<std::string> seen = {};
  std::set<int> readable_before;
  std::vector<int> since_copy;
  const Campaign campaign = sample::campaign(k);
  for (int i = 0; i < kPeople; ++i) {
    const int person = came[static_cast<std::size_t>(i)];
    REQUIRE(*answers->accept(arrival(person)) == ArrivalOutcome::accepted);
    since_copy.push_back(person);
    for (const auto& key : inbox_keys(path)) {
      if (seen.insert(key).second) person_of_key[key] = person;
    }
    // Before a batch nothing is readable that was not readable before, in any file.
    if (i % 37 == 0) {
      for (const char* suffix : {"", "-wal", "-shm"}) {
        for (const auto& one : readable_answers(contents(path + suffix))) {
          leaks += readable_before.contains(one.person) ? 0 : 1;
        }
      }
    }
    if (i % 10 != 9) continue;
    const auto before = inbox_keys(path);
    const auto report = answers->form_batches(campaign, unseal);
    REQUIRE(report);
    if (report->batches == 0) continue;
    // The log is empty now.
    CHECK(std::filesystem::file_size(path + "-wal") == 0);
    const auto after = inbox_keys(path);
    std::vector<int> left;
    for (const int candidate : came) {
      for (const auto& key : before) {
        if (!after.contains(key) && person_of_key[key] == candidate) left.push_back(candidate);
      }
    }
    REQUIRE(static_cast<int>(left.size()) == report->responses);
    std::vector<int> fresh_by_key;
    for (const auto& [words, batch] : response_rows(path)) {
      if (readable_before.contains(person_of(words))) continue;
      fresh_by_key.push_back(person_of(words));
    }
    std::vector<int> fresh_by_writing;
    for (const int one : in_order_of_writing(readable_answers(contents(path)))) {
      if (!readable_before.contains(one)) fresh_by_writing.push_back(one);
    }
    REQUIRE(fresh_by_key.size() == left.size());
    by_inbox_rank += matches(left, fresh_by_key);
    by_writing += matches(left, fresh_by_writing);
    newcomers += matches(since_copy, fresh_by_key);
    since_copy.clear();
    for (const int one : fresh_by_key) readable_before.insert(one);
  }
  CHECK(leaks == 0);
  const std::string early_copy = folder.file("early.db");
  REQUIRE(answers->copy_to(early_copy));
  const auto early = response_rows(early_copy);

  REQUIRE(answers->close(campaign, unseal));
  const std::string late_copy = folder.file("late.db");
  REQUIRE(answers->copy_to(late_copy));

  // Nothing stands beside the closed file, and no temporary file was ever made.
  CHECK_FALSE(std::filesystem::exists(path + "-wal"));
  CHECK_FALSE(std::filesystem::exists(path + "-journal"));
  CHECK(disk.temporary_files() == 0);

  // Two copies: those in the second only are the people who were waiting at the first, and nothing
  // more.
  std::set<std::string> early_words;
  for (const auto& [words, batch] : early) early_words.insert(words);
  std::vector<int> late_people;
  for (const auto& [words, batch] : response_rows(late_copy)) {
    if (!early_words.contains(words)) late_people.push_back(person_of(words));
  }
  CHECK(static_cast<int>(late_people.size()) >= k);
  std::vector<int> waited;
  for (const int candidate : came) {
    if (!readable_before.contains(candidate)) waited.push_back(candidate);
  }
  REQUIRE(waited.size() == late_people.size());
  by_inbox_rank += matches(waited, late_people);

  // The closed file: everybody at once, by layout, by place, by batch and key.
  const std::string closed = contents(path);
  const int by_layout = matches(came, in_order_of_writing(readable_answers(closed)));
  const int by_place = matches(came, in_order_of_place(readable_answers(closed)));
  auto rows = response_rows(path);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<int> by_batch_order;
  for (const auto& [words, batch] : rows) by_batch_order.push_back(person_of(words));
  const int by_batch = matches(came, by_batch_order);
  // Everybody once; digests of slips and submissions are gone from every page.
  CHECK(readable_answers(closed).size() == kPeople);
  int digests = 0;
  for (int person = 0; person < kPeople; ++person) {
    for (const char* kind : {"slip", "submission", "content"}) {
      digests += closed.find(view_of(digest(kind, person))) == std::string::npos ? 0 : 1;
    }
  }
  CHECK(digests == 0);

  std::cout << "linkage of " << kPeople << " with k = " << k << ": inbox rank " << by_inbox_rank
            << ", writing " << by_writing << ", two copies " << newcomers
            << "; closed file: layout " << by_layout << ", place " << by_place << ", batch "
            << by_batch << "; one in k is " << kPeople / k << std::endl;
  CHECK(by_inbox_rank <= ceiling(kPeople, k));
  CHECK(by_writing <= ceiling(kPeople, k));
  CHECK(newcomers <= ceiling(kPeople, k));
  // Over the whole file a guess hits one in all, not one in k; 1/k is already generous.
  CHECK(by_layout <= ceiling(kPeople, k));
  CHECK(by_place <= ceiling(kPeople, k));
  CHECK(by_batch <= ceiling(kPeople, k));
}

TEST_CASE("the same attack links nearly everybody in a naive table") {
  // 30 people fill less than a page, as in a village.
  constexpr int kPeople = 30;
  int linked = 0;
  for (int village = 0; village < 10; ++village) {
    test::TemporaryFolder folder(test::quick_parent());
    const std::string path = folder.file("naive.db");
    auto c = Connection::open(path, Access::write);
    REQUIRE(c);
    REQUIRE(
        (*c)->execute("CREATE TABLE response (key BLOB PRIMARY KEY, packed BLOB) WITHOUT ROWID"));
    std::vector<int> came;
    for (int person = 0; person < kPeople; ++person) {
      came.push_back(person);
      const std::string key = random_bytes(16);
      const std::string words = "person-" + std::to_string(person) + ".";
      REQUIRE((*c)->run("INSERT INTO response (key, packed) VALUES (?1, ?2)", sqlite::Blob{key},
                        sqlite::Blob{words}));
    }
    linked += matches(came, in_order_of_writing(readable_answers(contents(path))));
  }
  std::cout << "linkage in a naive table: " << linked << " of " << kPeople * 10 << std::endl;
  CHECK(linked >= kPeople * 10 * 95 / 100);
}

TEST_CASE("without batches the attack on this very store links nearly everybody") {
  constexpr int kPeople = 60;
  test::TemporaryFolder folder(test::quick_parent());
  const std::string path = folder.file("answers.db");
  auto answers = sqlite::SqliteAnswers::open(path, {}, {});
  REQUIRE(answers);
  // k = 1: each answer leaves the inbox alone. Whoever compares two copies knows it.
  int linked = 0;
  std::map<std::string, int> person_of_key;
  std::set<int> readable;
  for (int person = 0; person < kPeople; ++person) {
    REQUIRE((*answers)->accept(arrival(person, "a", false)));
    for (const auto& key : inbox_keys(path)) person_of_key.emplace(key, person);
    const auto before = inbox_keys(path);
    REQUIRE((*answers)->form_batches(campaign(1), unseal));
    const auto after = inbox_keys(path);
    std::vector<int> left;
    for (const auto& key : before) {
      if (!after.contains(key)) left.push_back(person_of_key[key]);
    }
    std::vector<int> fresh;
    for (const auto& [words, batch] : response_rows(path)) {
      if (readable.insert(person_of(words)).second) fresh.push_back(person_of(words));
    }
    linked += matches(left, fresh);
  }
  std::cout << "linkage without batches: " << linked << " of " << kPeople << std::endl;
  CHECK(linked >= kPeople - 2);
}

TEST_CASE("spending slips changes flags in place and moves nothing") {
  test::TemporaryFolder folder(test::quick_parent());
  const std::string path = folder.file("answers.db");
  constexpr int kSlips = 400;
  // Where each slip's digest stands in the file, by digest.
  const auto places = [&] {
    const std::string bytes = contents(path);
    std::vector<std::size_t> list;
    for (int i = 0; i < kSlips; ++i) {
      const auto at = bytes.find(view_of(digest("slip", i)));
      REQUIRE(at != std::string::npos);
      list.push_back(at);
    }
    return list;
  };
  std::vector<std::size_t> before;
  for (const bool spend : {false, true}) {
    auto answers = sqlite::SqliteAnswers::open(path, {}, {});
    REQUIRE(answers);
    if (!spend) {
      // Several piles, as they are printed: later ones fall between the earlier.
      for (int pile = 0; pile < 4; ++pile) {
        REQUIRE((*answers)->add_slips(cell_of(std::string(1, static_cast<char>('a' + pile))),
                                      slips(pile * 100, 100)));
      }
      answers->reset();
      before = places();
      continue;
    }
    for (int i = 0; i < kSlips; i += 2)
      REQUIRE(*(*answers)->accept(arrival((i * 7) % kSlips)) == ArrivalOutcome::accepted);
    answers->reset();
    CHECK(places() == before);
  }
}
