// Column files of 10 and 100 million respondents on the disk: 40 questions, 200 respondents a village,
// 50 villages a commune; and what a further batch costs beside sums that are kept.
//
//   columns_scale FOLDER MILLIONS …     prints one JSON object; each file is made, read and removed
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "analysis/columns/answer_sums.h"
#include "analysis/columns/column_writer.h"
#include "analysis/columns/unit_means.h"

using namespace khaosat;
using namespace khaosat::columns;

namespace {

constexpr std::size_t kItems = 40;

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "columns_scale: %s\n", why.c_str());
  std::exit(1);
}
template <typename T>
T require(Result<T> result) {
  if (!result) stop(result.error().message);
  return std::move(*result);
}
void require(const Result<void>& result) {
  if (!result) stop(result.error().message);
}

template <typename Work>
double wall_ms(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

std::string name(const char* kind, std::size_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%07zu", kind, number);
  return text;
}

// SplitMix64 (Steele, Lea & Flood 2014): four answers a number.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

 private:
  std::uint64_t state_;
};

std::uint8_t answer_of(std::uint64_t chance, std::uint64_t level) {
  const std::uint64_t percent = (chance & 0xff) * 100 >> 8U;
  if (percent < 6) return code_of(percent < 3 ? sums::Absence::blank : sums::Absence::dont_know);
  return static_cast<std::uint8_t>((level + ((chance >> 8U) & 0xff) % 3) % 5);
}

ColumnLayout layout() {
  ColumnLayout layout;
  for (std::size_t k = 0; k < kItems; ++k)
    layout.columns.push_back({name("q", k), false, {{{"1"}, 0}, {{"2"}, 0}, {{"3"}, 0}, {{"4"}, 0}, {{"5"}, 0}}});
  return layout;
}

std::vector<ScoredColumn> items() {
  std::vector<ScoredColumn> items;
  for (std::size_t k = 0; k < kItems; ++k) {
    ScoredColumn item{name("q", k), k, {}, {}};
    for (int a = 1; a <= 5; ++a) item.answers.emplace_back(sums::Answer::scored(a));
    for (std::size_t a = 0; a < sums::kAbsenceKinds; ++a)
      item.absences.push_back(sums::Answer::absent(static_cast<sums::Absence>(a)));
    items.push_back(std::move(item));
  }
  return items;
}

// `villages` of `people` each, `to_commune` in a commune; only every `step`-th of them.
void write(const ByteSink& sink, std::size_t villages, std::size_t people, std::size_t to_commune, std::size_t step, std::uint64_t seed) {
  auto writer = require(ColumnWriter::create(layout(), sink));
  Chance chance(seed);
  std::vector<std::uint8_t> codes(people * kItems);
  for (std::size_t village = 0; village < villages; village += step) {
    const double weight = 1 + static_cast<double>(chance.next() % 64) / 16;
    const std::uint64_t level = chance.next() % 3;
    for (std::size_t at = 0; at < codes.size(); at += 4) {
      std::uint64_t four = chance.next();
      for (std::size_t k = 0; k < 4; ++k, four >>= 16U) codes[at + k] = answer_of(four & 0xffff, level);
    }
    require(writer.add({name("c", village / to_commune), name("c", village / to_commune), name("v", village)}, weight, codes));
  }
  require(writer.finish());
}

// The bytes of a file where the system maps them.
class Mapped final : public ByteSource {
 public:
  explicit Mapped(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY);
    struct stat about {};
    if (file < 0 || ::fstat(file, &about) != 0) stop("cannot open " + path);
    size_ = static_cast<std::size_t>(about.st_size);
    void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    if (at == MAP_FAILED) stop("cannot map " + path);
    bytes_ = static_cast<const std::uint8_t*>(at);
    (void)::madvise(at, size_, MADV_SEQUENTIAL);
  }
  ~Mapped() override { ::munmap(const_cast<std::uint8_t*>(bytes_), size_); }
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, std::span<std::uint8_t> into) const override {
    std::copy_n(bytes_ + offset, into.size(), into.begin());
    return {};
  }
  std::optional<Bytes> in_memory() const override { return Bytes{bytes_, size_}; }

 private:
  const std::uint8_t* bytes_ = nullptr;
  std::size_t size_ = 0;
};

void row(const std::string& what, double measured, const char* unit) {
  static bool first = true;
  std::printf("%s\n {\"what\": \"%s\", \"measured\": %.4g, \"unit\": \"%s\"}", first ? "" : ",", what.c_str(), measured, unit);
  first = false;
}

void measure_file(const std::string& path, std::size_t millions) {
  constexpr std::size_t kPeople = 200;
  const std::size_t people = millions * 1000000;
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) stop("cannot make " + path);
  const double making = wall_ms([&] {
    write([&](std::string_view bytes) -> Result<void> {
      if (std::fwrite(bytes.data(), 1, bytes.size(), file) != bytes.size()) stop("the disk is full");
      return {};
    }, people / kPeople, kPeople, 50, 1, millions);
  });
  if (std::fclose(file) != 0) stop("the disk is full");
  const std::string of = std::to_string(millions) + " million: ";
  {
    const auto source = std::make_shared<Mapped>(path);
    std::optional<ColumnFile> columns;
    std::optional<CellDesign> design;
    row(of + "making the file, for one respondent", making * 1e6 / static_cast<double>(people), "ns");
    row(of + "bytes of the file for one respondent", static_cast<double>(source->size()) / static_cast<double>(people), "bytes");
    row(of + "opening it and its design, once", wall_ms([&] {
          columns = require(ColumnFile::open(source));
          design = require(design_of(*columns));
        }), "ms");
    const auto scored = items();
    std::optional<UnitMeans> first;
    for (const unsigned threads : {1U, 2U}) {
      std::vector<double> times;
      for (int round = 0; round < 3; ++round) {
        times.push_back(wall_ms([&] {
          UnitMeans means = require(means_by_unit(*columns, scored, *design, {best_instructions(), threads}));
          if (first && (first->mean != means.mean || first->variance != means.variance)) stop("other bits");
          first = std::move(means);
        }));
      }
      const double best = *std::min_element(times.begin(), times.end());
      row(of + "means and linearised errors of every commune and item, " + std::to_string(threads) + " threads", best, "ms");
      row(of + "the same for one respondent", best * 1e6 / static_cast<double>(people), "ns");
    }
    volatile std::uint64_t kept = 0;
    row(of + "a plain read of the mapped file", wall_ms([&] {
          const auto* words = reinterpret_cast<const std::uint64_t*>(source->in_memory()->data());
          std::uint64_t all = 0;
          for (std::size_t k = 0; k < source->size() / 8; ++k) all += words[k];
          kept = all;
        }), "ms");
  }
  (void)std::remove(path.c_str());
}

// A batch of 1,000 in 50 villages beside the sums of `people` in villages of 20.
void measure_batch(std::size_t people) {
  const auto file_of = [](std::size_t villages, std::size_t step, std::uint64_t seed) {
    std::string bytes;
    write([&](std::string_view more) -> Result<void> {
      bytes.append(more);
      return {};
    }, villages, 20, std::max<std::size_t>(1, villages / 200), step, seed);
    return require(ColumnFile::open(std::make_shared<MemoryBytes>(std::move(bytes))));
  };
  const auto scored = items();
  const std::size_t villages = people / 20;
  sums::SumsTable table = require(sums_of(file_of(villages, 1, 1), scored));
  double best = 1e300;
  for (int round = 0; round < 9; ++round) {
    const ColumnFile batch = file_of(villages, villages / 50, 2 + static_cast<std::uint64_t>(round));
    best = std::min(best, wall_ms([&] { require(table.merge(require(sums_of(batch, scored)))); }));
  }
  row("a further batch of 1000 added to the sums of " + std::to_string(people), best, "ms");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: columns_scale FOLDER MILLIONS …\n", stderr);
    return 2;
  }
  std::printf("{\"rows\": [");
  for (const std::size_t people : {100000U, 1000000U}) measure_batch(people);
  for (int k = 2; k < argc; ++k) measure_file(std::string(argv[1]) + "/scale.columns", std::strtoul(argv[k], nullptr, 10));
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("\n], \"most_memory_kb\": %ld}\n", used.ru_maxrss);
  return 0;
}
