#include "server/storage/sqlite/backup.h"

#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <thread>

#include "server/storage/sqlite/connection.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"

using namespace khaosat;
using namespace khaosat::sample;
namespace files = std::filesystem;

namespace {

constexpr UnixSeconds kNow = 1795336200;

std::string contents(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

std::unique_ptr<SqliteStore> filled_store(const std::string& folder) {
  auto store = SqliteStore::open(folder);
  REQUIRE(store);
  REQUIRE((*store)->registry().put_campaign(campaign()));
  REQUIRE((*store)->registry().append_journal({0, 5, "an", "campaign.open", "test000001", "", ""}));
  auto open_answers = *(*store)->answers("test000001");
  for (int i = 0; i < 45; ++i) REQUIRE(open_answers->accept(arrival(i, "a", false)));
  REQUIRE(open_answers->form_batches(campaign(), unseal)->batches == 3);
  auto closed_answers = *(*store)->answers("lastyear");
  for (int i = 0; i < 12; ++i) REQUIRE(closed_answers->accept(arrival(i, "a", false)));
  REQUIRE(closed_answers->close(campaign(), unseal));
  return std::move(*store);
}

std::set<std::string> names_in(const std::string& folder) {
  std::set<std::string> names;
  for (const auto& entry : files::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) names.insert(files::relative(entry.path(), folder).string());
  }
  return names;
}

}  // namespace

TEST_CASE("a backup holds every database and no more, and comes back as it was") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = filled_store(folder.file("data"));
  const auto manifest = back_up(*store, folder.file("backup"), kNow);
  REQUIRE(manifest);
  CHECK(names_in(folder.file("backup")) == std::set<std::string>{"manifest.json", "registry.db",
                                                                 "answers/test000001.db",
                                                                 "answers/lastyear.db"});
  REQUIRE(verify_backup(folder.file("backup")));
  // Looking at it left nothing behind either.
  CHECK(names_in(folder.file("backup")).size() == 4);
  CHECK(manifest->made == "2026-11-22T08:30:00Z");
  store.reset();

  REQUIRE(restore_backup(folder.file("backup"), folder.file("elsewhere")));
  auto restored = SqliteStore::open(folder.file("elsewhere"));
  REQUIRE(restored);
  CHECK((*restored)->registry().campaign("test000001")->has_value());
  auto open_answers = *(*restored)->answers("test000001");
  CHECK(*open_answers->accept(arrival(7, "a", false)) == ArrivalOutcome::repeated);
  CHECK(open_answers->close(campaign(), unseal)->responses == 45);
  auto closed_answers = *(*restored)->answers("lastyear");
  int seen = 0;
  REQUIRE(closed_answers->each_response([&](const Response&) { ++seen; }));
  CHECK(seen == 12);
  struct stat status {};
  REQUIRE(::stat(folder.file("elsewhere/registry.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777u) == 0600);
}

TEST_CASE("a backup under load misses nothing that was acknowledged before it began") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = SqliteStore::open(folder.file("data"));
  REQUIRE(store);
  auto answers = *(*store)->answers("test000001");
  std::atomic<int> next{0};
  std::atomic<bool> stop{false};
  std::mutex mutex;
  std::set<int> acknowledged;
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 4; ++sender) {
    senders.emplace_back([&] {
      while (!stop) {
        const int person = next++;
        const auto outcome = answers->accept(arrival(person, "a", false));
        if (!outcome || *outcome != ArrivalOutcome::accepted) continue;
        const std::lock_guard lock(mutex);
        acknowledged.insert(person);
      }
    });
  }
  senders.emplace_back([&] {
    while (!stop) (void)answers->form_batches(campaign(), unseal).has_value();
  });
  for (int round = 0; round < 5; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    std::set<int> before;
    {
      const std::lock_guard lock(mutex);
      before = acknowledged;
    }
    const std::string target = folder.file("backup" + std::to_string(round));
    const auto manifest = back_up(**store, target, kNow);
    if (!manifest) FAIL(manifest.error().message);
    REQUIRE(restore_backup(target, folder.file("restored" + std::to_string(round))));
    CHECK(what_is_wrong(folder.file("restored" + std::to_string(round)) + "/answers/test000001.db",
                        before) == "");
  }
  stop = true;
  for (auto& sender : senders) sender.join();
  CHECK(acknowledged.size() > 100);
}

TEST_CASE("a backup that was changed is not restored") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = filled_store(folder.file("data"));
  const std::string backup = folder.file("backup");
  REQUIRE(back_up(*store, backup, kNow));
  const std::string manifest = contents(backup + "/manifest.json");
  const std::string answers = contents(backup + "/answers/test000001.db");

  struct Damage {
    std::string what;
    std::function<void()> cause;
  };
  const auto replace_in_manifest = [&](const std::string& from, const std::string& to) {
    auto text = manifest;
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    overwrite(backup + "/manifest.json", text.replace(at, from.size(), to));
  };
  auto flipped = answers;
  flipped[answers.size() / 2] = static_cast<char>(flipped[answers.size() / 2] ^ 1);
  const std::vector<Damage> damages = {
      {"one bit", [&] { overwrite(backup + "/answers/test000001.db", flipped); }},
      {"cut short",
       [&] {
         overwrite(backup + "/answers/test000001.db", answers.substr(0, answers.size() - 4096));
       }},
      {"missing file", [&] { files::remove(backup + "/answers/test000001.db"); }},
      {"missing manifest", [&] { files::remove(backup + "/manifest.json"); }},
      {"other count", [&] { replace_in_manifest("\"response\": 30", "\"response\": 31"); }},
      {"way out", [&] { replace_in_manifest("answers/lastyear.db", "answers/../../x.db"); }},
      {"no JSON", [&] { overwrite(backup + "/manifest.json", "{"); }},
  };
  for (const auto& damage : damages) {
    INFO(damage.what);
    damage.cause();
    const auto restored = restore_backup(backup, folder.file("elsewhere"));
    REQUIRE_FALSE(restored);
    CHECK(restored.error().code == ErrorCode::backup_damaged);
    CHECK_FALSE(files::exists(folder.file("elsewhere")));
    overwrite(backup + "/manifest.json", manifest);
    overwrite(backup + "/answers/test000001.db", answers);
  }
  CHECK(verify_backup(backup));
}

TEST_CASE("rows taken out of a copy are noticed although the file is sound") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = filled_store(folder.file("data"));
  // An attacker with the live file open: one waiting answer disappears.
  store.reset();
  {
    auto c =
        sqlite::Connection::open(folder.file("data/answers/test000001.db"), sqlite::Access::write);
    REQUIRE((*c)->execute("DELETE FROM inbox WHERE key = (SELECT key FROM inbox LIMIT 1)"));
  }
  auto again = SqliteStore::open(folder.file("data"));
  const auto manifest = back_up(**again, folder.file("backup"), kNow);
  REQUIRE_FALSE(manifest);
  CHECK(manifest.error().code == ErrorCode::backup_damaged);
  CHECK(manifest.error().message.find("45 answers arrived, but 44 are there") != std::string::npos);
  CHECK_FALSE(files::exists(folder.file("backup")));
}

TEST_CASE("neither a backup nor a restore touches a folder with something in it") {
  test::TemporaryFolder folder(test::quick_parent());
  auto store = filled_store(folder.file("data"));
  REQUIRE(back_up(*store, folder.file("backup"), kNow));
  CHECK(back_up(*store, folder.file("backup"), kNow).error().code == ErrorCode::already_exists);
  const auto restored = restore_backup(folder.file("backup"), folder.file("data"));
  REQUIRE_FALSE(restored);
  CHECK(restored.error().code == ErrorCode::already_exists);
  // An empty one is welcome.
  files::create_directory(folder.file("empty"));
  CHECK(restore_backup(folder.file("backup"), folder.file("empty")));
}

TEST_CASE("a running server's folder can be backed up by another program") {
  test::TemporaryFolder folder(test::quick_parent());
  auto server = filled_store(folder.file("data"));
  auto other = SqliteStore::open_read_only(folder.file("data"));
  REQUIRE(other);
  const auto manifest = back_up(**other, folder.file("backup"), kNow);
  if (!manifest) FAIL(manifest.error().message);
  CHECK(manifest->files.size() == 3);
}

TEST_CASE("keys are copied apart, never into a backup") {
  test::TemporaryFolder folder(test::quick_parent());
  files::create_directory(folder.file("keys"));
  overwrite(folder.file("keys/a.key"), std::string(32, 'k'));
  overwrite(folder.file("keys/b.key"), std::string(32, 'l'));
  CHECK(*copy_keys(folder.file("keys"), folder.file("safe")) == 2);
  CHECK(contents(folder.file("safe/b.key")) == std::string(32, 'l'));
  struct stat status {};
  REQUIRE(::stat(folder.file("safe/a.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777u) == 0600);

  auto store = filled_store(folder.file("data"));
  REQUIRE(back_up(*store, folder.file("backup"), kNow));
  for (const std::string place : {"backup", "backup/keys", "backup/answers/deep"}) {
    const auto refused = copy_keys(folder.file("keys"), folder.file(place));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::not_allowed);
  }
}
