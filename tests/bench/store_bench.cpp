// How fast answers reach the disk: many clients, group commit against one transaction for each
// request in the same round, page sizes, this disk and one whose flush takes 2 ms longer.
//
//   store_bench [rounds] [seconds per cell] [folder]     one JSON object on standard output
//
// Closed loop: each client sends its next answer when the last is acknowledged. Cells of a round
// are interleaved; ratios are medians over rounds of ratios within a round.
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "server/storage/sqlite/sqlite_store.h"
#include "tests/support/answers_sample.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_disk.h"

using namespace khaosat;

namespace {

using Seconds = std::chrono::duration<double>;

struct Setting {
  std::string name;
  std::size_t group = 256;
  int page_size = 2048;
  int clients = 64;
  int extra_flush = 0;       // microseconds
  std::size_t sealed = 512;  // bytes of an answer
};

struct Measured {
  double per_second = 0;
  double p50 = 0;  // ms
  double p99 = 0;
  double cpu = 0;    // ms of processor time for an answer
  double bytes = 0;  // of the file for an answer
  int refused = 0;
};

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

double quantile(std::vector<double>& values, double share) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

Measured measure(const Setting& cell, double seconds, const std::string& parent) {
  auto& disk = TestDisk::instance();
  disk.reset();
  test::TemporaryFolder folder(parent);
  SqliteOptions options;
  options.group = cell.group;
  options.answers_page_size = cell.page_size;
  options.vfs = TestDisk::kName;
  auto store = SqliteStore::open(folder.file("data"), options);
  if (!store) {
    std::fprintf(stderr, "%s\n", store.error().message.c_str());
    std::exit(1);
  }
  auto answers = *(*store)->answers("bench");
  // As many slips as a large commune prints, so that the tables have their usual depth.
  constexpr int kSlips = 60000;
  if (!answers->add_slips(sample::cell_of("a"), sample::slips(0, kSlips))) std::exit(1);
  disk.slow_flush(cell.extra_flush);
  std::atomic<int> next{0};
  std::atomic<int> refused{0};
  std::vector<std::vector<double>> waits(static_cast<std::size_t>(cell.clients));
  const double cpu_before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  const auto end =
      start + std::chrono::duration_cast<std::chrono::steady_clock::duration>(Seconds(seconds));
  std::vector<std::thread> clients;
  for (auto& own : waits) {
    clients.emplace_back([&] {
      for (;;) {
        const int person = next++;
        if (person >= kSlips) return;
        auto arrival = sample::arrival(person);
        arrival.sealed.assign(cell.sealed, static_cast<char>(person));
        const auto sent = std::chrono::steady_clock::now();
        if (sent >= end) return;
        const auto outcome = answers->accept(std::move(arrival));
        if (!outcome || *outcome != ArrivalOutcome::accepted) {
          ++refused;
          continue;
        }
        own.push_back(Seconds(std::chrono::steady_clock::now() - sent).count() * 1000);
      }
    });
  }
  for (auto& client : clients) client.join();
  const double took = Seconds(std::chrono::steady_clock::now() - start).count();
  std::vector<double> all;
  for (const auto& own : waits) all.insert(all.end(), own.begin(), own.end());
  Measured result;
  const auto stored = static_cast<double>(std::max<std::size_t>(all.size(), 1));
  result.per_second = static_cast<double>(all.size()) / took;
  result.cpu = (cpu_seconds() - cpu_before) * 1000 / stored;
  result.p50 = quantile(all, 0.5);
  result.p99 = quantile(all, 0.99);
  result.refused = refused;
  disk.slow_flush(0);
  store->reset();
  answers.reset();
  const auto size = std::filesystem::file_size(folder.file("data/answers/bench.db"));
  result.bytes = static_cast<double>(size) / stored;
  return result;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n == 0 ? 0 : n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

// Long enough to matter: closing and reading a campaign of this many answers.
void print_closing(const std::string& parent) {
  constexpr int kPeople = 20000;
  TestDisk::instance().reset();
  test::TemporaryFolder folder(parent);
  auto store = SqliteStore::open(folder.file("data"));
  if (!store) std::exit(1);
  auto answers = *(*store)->answers("bench");
  std::atomic<int> next{0};
  std::vector<std::thread> clients;
  for (int client = 0; client < 64; ++client) {
    clients.emplace_back([&] {
      for (int person = next++; person < kPeople; person = next++) {
        if (!answers->accept(sample::arrival(person, "a", false))) std::exit(1);
      }
    });
  }
  for (auto& client : clients) client.join();
  const auto timed = [](auto work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return Seconds(std::chrono::steady_clock::now() - start).count() * 1000;
  };
  const double batches =
      timed([&] { (void)answers->form_batches(sample::campaign(), sample::unseal).has_value(); });
  const double copy = timed([&] { (void)answers->copy_to(folder.file("copy.db")).has_value(); });
  const double closing =
      timed([&] { (void)answers->close(sample::campaign(), sample::unseal).has_value(); });
  int seen = 0;
  const double reading =
      timed([&] { (void)answers->each_response([&](const Response&) { ++seen; }).has_value(); });
  const auto size = std::filesystem::file_size(folder.file("data/answers/bench.db"));
  std::printf(
      "  \"closing\": {\"answers\": %d, \"batches_ms\": %.0f, \"copy_ms\": %.0f, \"close_ms\": "
      "%.0f, "
      "\"read_ms\": %.1f, \"bytes_each\": %.0f}\n",
      seen, batches, copy, closing, reading, static_cast<double>(size) / std::max(seen, 1));
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 3;
  const double seconds = argc > 2 ? std::atof(argv[2]) : 1.5;
  const std::string parent = argc > 3 ? argv[3] : std::filesystem::temp_directory_path().string();
  // 1308 bytes: an answer to the citizens' questionnaire, sealed.
  const std::vector<Setting> cells = {
      {"one by one", 1, 2048, 64, 0, 1308},
      {"group", 256, 2048, 64, 0, 1308},
      {"group, 1 client", 256, 2048, 1, 0, 1308},
      {"group, 256 clients", 256, 2048, 256, 0, 1308},
      {"one by one, +2 ms", 1, 2048, 64, 2000, 1308},
      {"group, +2 ms", 256, 2048, 64, 2000, 1308},
      {"group, 4 KiB pages", 256, 4096, 64, 0, 1308},
      {"group, 8 KiB pages", 256, 8192, 64, 0, 1308},
      {"group, 512 B answers", 256, 2048, 64, 0, 512},
      {"group, 512 B answers, 4 KiB pages", 256, 4096, 64, 0, 512},
      {"group, 5 KB answers", 256, 2048, 64, 0, 5148},
      {"group, 5 KB answers, 4 KiB pages", 256, 4096, 64, 0, 5148},
  };
  const std::vector<std::pair<std::string, std::string>> ratios = {
      {"group", "one by one"},
      {"group, +2 ms", "one by one, +2 ms"},
      {"group, 4 KiB pages", "group"},
      {"group, 8 KiB pages", "group"},
      {"group, 512 B answers, 4 KiB pages", "group, 512 B answers"},
      {"group, 5 KB answers, 4 KiB pages", "group, 5 KB answers"},
      {"group", "group, 5 KB answers"},
  };
  std::map<std::string, std::vector<Measured>> measured;
  for (int round = 0; round < rounds; ++round) {
    for (const auto& cell : cells) measured[cell.name].push_back(measure(cell, seconds, parent));
  }
  const auto over_rounds = [&](const std::string& name, double Measured::*field) {
    std::vector<double> values;
    for (const auto& one : measured[name]) values.push_back(one.*field);
    return median(values);
  };
  std::printf("{\n  \"rounds\": %d,\n  \"cells\": [\n", rounds);
  for (const auto& cell : cells) {
    std::printf(
        "    {\"name\": \"%s\", \"per_second\": %.0f, \"p50_ms\": %.2f, \"p99_ms\": %.2f, "
        "\"cpu_ms\": %.3f, "
        "\"bytes_each\": %.0f}%s\n",
        cell.name.c_str(), over_rounds(cell.name, &Measured::per_second),
        over_rounds(cell.name, &Measured::p50), over_rounds(cell.name, &Measured::p99),
        over_rounds(cell.name, &Measured::cpu), over_rounds(cell.name, &Measured::bytes),
        &cell == &cells.back() ? "" : ",");
  }
  std::printf("  ],\n  \"ratios\": {\n");
  for (const auto& ratio : ratios) {
    const auto& [one, other] = ratio;
    std::vector<double> values;
    for (int round = 0; round < rounds; ++round) {
      const auto at = static_cast<std::size_t>(round);
      values.push_back(measured[one][at].per_second /
                       std::max(measured[other][at].per_second, 1e-9));
    }
    std::printf("    \"%s / %s\": %.2f%s\n", one.c_str(), other.c_str(), median(values),
                &ratio == &ratios.back() ? "" : ",");
  }
  std::printf("  },\n");
  print_closing(parent);
  std::printf("}\n");
  return 0;
}
