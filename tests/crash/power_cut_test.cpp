// The machine loses power. Everything the store did to its files is recorded; then, for many
// moments of that record, the files are rebuilt as a disk could have kept them: what was flushed is
// there, what was not may be missing, torn, or there without what came before it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <set>
#include <thread>

#include "server/storage/sqlite/sqlite_answers.h"
#include "tests/support/answers_sample.h"
#include "tests/support/stored_answers.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;
using sqlite::SqliteAnswers;

namespace {

constexpr std::int64_t kClosedNote = -1;

// What survives of a file for certain, and what has happened to it since the last flush.
struct DiskFileState {
  bool exists = false;        // its name is on the disk for certain
  bool removal_open = false;  // removed, but the folder was not flushed
  std::string flushed;
  std::vector<const DiskEvent*> pending;
};
using DiskState = std::map<std::string, DiskFileState>;

void put(std::string& content, std::int64_t offset, std::string_view bytes) {
  const auto end = static_cast<std::size_t>(offset) + bytes.size();
  if (content.size() < end) content.resize(end);
  content.replace(static_cast<std::size_t>(offset), bytes.size(), bytes);
}

void apply(std::string& content, const DiskEvent& event) {
  if (event.kind == DiskEvent::Kind::write) put(content, event.offset, event.bytes);
  if (event.kind == DiskEvent::Kind::truncate)
    content.resize(static_cast<std::size_t>(event.offset));
}

void happen(DiskState& state, const DiskEvent& event) {
  auto& file = state[event.path];
  switch (event.kind) {
    case DiskEvent::Kind::note:
      break;
    case DiskEvent::Kind::write:
    case DiskEvent::Kind::truncate:
      if (file.removal_open) file = {};
      file.pending.push_back(&event);
      break;
    case DiskEvent::Kind::flush:
      for (const auto* pending : file.pending) apply(file.flushed, *pending);
      file.pending.clear();
      // SQLite flushes the folder together with the first flush of a new log or journal, and with
      // it the names that were removed before.
      if (!file.exists && !event.path.ends_with(".db")) {
        std::erase_if(state, [](const auto& other) { return other.second.removal_open; });
      }
      file.exists = true;
      break;
    case DiskEvent::Kind::remove:
      if (event.offset != 0) {
        file = {};
      } else {
        file.removal_open = true;
      }
      break;
  }
}

enum class Loss { nothing, everything, a_tail, at_random, torn };

// Writes the files as they may stand after the cut.
void rebuild(const DiskState& state, Loss loss, std::mt19937& random, const std::string& folder) {
  const auto coin = [&] { return random() % 2 == 0; };
  for (const auto& [name, file] : state) {
    if (name.empty() || name.ends_with("-shm")) continue;
    if (file.removal_open && loss != Loss::everything && (loss == Loss::nothing || coin()))
      continue;
    if (!file.exists &&
        (file.pending.empty() || loss == Loss::everything || (loss != Loss::nothing && coin()))) {
      continue;
    }
    std::string content = file.flushed;
    const std::size_t tail = file.pending.empty() ? 0 : random() % (file.pending.size() + 1);
    for (std::size_t i = 0; i < file.pending.size(); ++i) {
      const DiskEvent& event = *file.pending[i];
      if (loss == Loss::everything || (loss == Loss::a_tail && i >= tail)) break;
      if (loss == Loss::at_random && coin()) continue;
      if (loss == Loss::torn && event.kind == DiskEvent::Kind::write) {
        for (std::size_t at = 0; at < event.bytes.size(); at += 512) {
          if (coin())
            put(content, event.offset + static_cast<std::int64_t>(at),
                std::string_view(event.bytes).substr(at, 512));
        }
        continue;
      }
      apply(content, event);
    }
    std::ofstream out(folder + "/" + name, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
  }
}

struct Run {
  std::vector<DiskEvent> events;
  int people = 0;
};

// A campaign from the first slip to closing, with batches and checkpoints on the way.
Run record_campaign(bool flush_every_commit) {
  test::TemporaryFolder folder(test::quick_parent());
  auto& disk = TestDisk::instance();
  disk.reset();
  disk.record(folder.path());
  Run run;
  run.people = 360;
  {
    sqlite::ConnectionOptions options;
    options.vfs = TestDisk::kName;
    options.flush_every_commit = flush_every_commit;
    sqlite::WriterLimits limits;
    limits.idle_checkpoint_pages = 60;
    limits.forced_checkpoint_pages = 90;
    auto answers = SqliteAnswers::open(folder.file("answers.db"), options, limits);
    REQUIRE(answers);
    REQUIRE((*answers)->add_slips(sample::cell_of("a"), sample::slips(0, run.people)));
    std::atomic<int> next{0};
    std::vector<std::thread> senders;
    for (int sender = 0; sender < 4; ++sender) {
      senders.emplace_back([&] {
        for (int person = next++; person < run.people; person = next++) {
          const auto outcome = (*answers)->accept(sample::arrival(person));
          if (outcome && *outcome == ArrivalOutcome::accepted) disk.note(person);
          if (person % 60 == 59)
            (void)(*answers)->form_batches(sample::campaign(), sample::unseal).has_value();
        }
      });
    }
    for (auto& sender : senders) sender.join();
    const auto report = (*answers)->close(sample::campaign(), sample::unseal);
    REQUIRE(report);
    REQUIRE(report->responses == run.people);
    disk.note(kClosedNote);
  }
  run.events = disk.take_record();
  return run;
}

struct Tally {
  int states = 0;
  int wrong = 0;
  int again = 0;  // states whose recovery was cut as well
  std::string first;
};

void look(const std::string& folder, const std::set<int>& acknowledged, bool closed,
          const std::string& where, Tally& tally) {
  ++tally.states;
  const std::string wrong = what_is_wrong(folder + "/answers.db", acknowledged, closed);
  if (wrong.empty()) return;
  ++tally.wrong;
  if (tally.first.empty()) tally.first = where + ": " + wrong;
}

// Opens the files as a server would, records that too, and cuts the power again in the middle of
// it.
void cut_recovery(const std::string& folder, const std::set<int>& acknowledged, bool closed,
                  std::mt19937& random, const std::string& where, Tally& tally) {
  DiskState state;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    state[entry.path().filename()] = {
        true, false, std::string(std::istreambuf_iterator<char>(in), {}), {}};
  }
  auto& disk = TestDisk::instance();
  disk.reset();
  disk.record(folder);
  {
    sqlite::ConnectionOptions options;
    options.vfs = TestDisk::kName;
    (void)SqliteAnswers::open(folder + "/answers.db", options, {}).has_value();
  }
  const auto events = disk.take_record();
  if (events.empty()) return;
  const std::size_t cut = random() % events.size();
  for (std::size_t i = 0; i < cut; ++i) happen(state, events[i]);
  test::TemporaryFolder second(test::quick_parent());
  rebuild(state, static_cast<Loss>(random() % 5), random, second.path());
  ++tally.again;
  look(second.path(), acknowledged, closed, where + ", again in the recovery", tally);
}

Tally cut_everywhere(const Run& run, int states, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::size_t> cuts;
  for (int i = 0; i < states / 5; ++i) cuts.push_back(random() % (run.events.size() + 1));
  std::sort(cuts.begin(), cuts.end());
  Tally tally;
  DiskState state;
  std::set<int> acknowledged;
  bool closed = false;
  std::size_t at = 0;
  for (const std::size_t cut : cuts) {
    for (; at < cut; ++at) {
      const auto& event = run.events[at];
      if (event.kind == DiskEvent::Kind::note) {
        if (event.offset == kClosedNote) {
          closed = true;
        } else {
          acknowledged.insert(static_cast<int>(event.offset));
        }
      }
      happen(state, event);
    }
    for (const Loss loss :
         {Loss::nothing, Loss::everything, Loss::a_tail, Loss::at_random, Loss::torn}) {
      test::TemporaryFolder folder(test::quick_parent());
      rebuild(state, loss, random, folder.path());
      const std::string where =
          "operation " + std::to_string(cut) + ", loss " + std::to_string(static_cast<int>(loss));
      if (random() % 10 == 0) {
        cut_recovery(folder.path(), acknowledged, closed, random, where, tally);
      } else {
        look(folder.path(), acknowledged, closed, where, tally);
      }
    }
  }
  return tally;
}

int wanted_states() {
  const char* text = std::getenv("KHAOSAT_POWER_CUTS");
  return text == nullptr ? 2000 : std::max(5, std::atoi(text));
}

}  // namespace

TEST_CASE("no acknowledged answer is lost when the power fails, whenever that is") {
  const unsigned seed = std::random_device{}();
  const Run run = record_campaign(true);
  const Tally tally = cut_everywhere(run, wanted_states(), seed);
  std::cout << "power cuts: " << tally.states << " states of " << run.events.size()
            << " operations, " << tally.again
            << " cut again in the recovery, wrong: " << tally.wrong << "\n";
  INFO("seed " << seed << "; " << tally.first);
  CHECK(tally.wrong == 0);
  CHECK(tally.states >= wanted_states() * 9 / 10);
}

TEST_CASE("the power-cut test notices a store that does not flush its commits") {
  const Run run = record_campaign(false);
  const Tally tally = cut_everywhere(run, 200, 1);
  std::cout << "power cuts without flush: " << tally.wrong << " of " << tally.states
            << " states wrong; " << tally.first << "\n";
  CHECK(tally.wrong > 0);
}
