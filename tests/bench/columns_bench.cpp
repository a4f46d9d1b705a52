// Scanning a column file: 1 million respondents, 40 questions, 200 communes, villages of 20 as clusters.
//
//   columns_bench [RESPONDENTS [FILE]]     prints one JSON object; FILE also writes the answers as CSV
//
// Every way of counting must give the same sums. A plain read of the same bytes stands beside them.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <random>

#include "analysis/columns/answer_sums.h"
#include "analysis/columns/column_writer.h"
#include "analysis/columns/count_codes.h"
#include "analysis/columns/unit_means.h"
#include "analysis/estimate/estimate.h"

using namespace khaosat;
using namespace khaosat::columns;

namespace {

constexpr std::size_t kItems = 40;
constexpr std::size_t kCommunes = 200;
constexpr std::size_t kVillage = 20;
constexpr int kRounds = 5;

template <typename T>
T require(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::exit(1);
  }
  return std::move(*result);
}

// Processor time of this process: others at work on the machine do not count.
template <typename Work>
double best_cpu_ms(Work work, int rounds = kRounds) {
  double best = 1e300;
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
  };
  for (int round = 0; round < rounds; ++round) {
    const double start = now();
    work();
    best = std::min(best, now() - start);
  }
  return best;
}

template <typename Work>
double best_ms(Work work, int rounds = kRounds) {
  double best = 1e300;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

std::string name(const char* kind, std::size_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "%s%06zu", kind, number);
  return text;
}

std::string generate(std::size_t respondents, std::FILE* csv) {
  std::mt19937_64 random(1);
  ColumnLayout layout;
  for (std::size_t k = 0; k < kItems; ++k)
    layout.columns.push_back({name("q", k), false, {{{"1"}, 0}, {{"2"}, 0}, {{"3"}, 0}, {{"4"}, 0}, {{"5"}, 0}}});
  std::string bytes;
  auto writer = require(ColumnWriter::create(layout, [&](std::string_view more) -> Result<void> {
    bytes.append(more);
    return {};
  }));
  const std::size_t villages = respondents / kVillage;
  std::vector<std::uint8_t> codes(kVillage * kItems);
  for (std::size_t village = 0; village < villages; ++village) {
    const std::size_t commune = village * kCommunes / villages;
    const double weight = 1 + static_cast<double>(random() % 64) / 16;
    const std::uint64_t level = random() % 3;
    for (std::uint8_t& code : codes) {
      const std::uint64_t chance = random();
      // 6 in 100 say nothing, or that they do not know.
      code = chance % 100 < 6 ? (chance % 2 == 0 ? code_of(sums::Absence::blank) : code_of(sums::Absence::dont_know))
                              : static_cast<std::uint8_t>((level + (chance >> 32U) % 3) % 5);
    }
    if (csv != nullptr) {
      for (std::size_t row = 0; row < kVillage; ++row) {
        std::fprintf(csv, "%zu,%zu,%.17g", commune, village, weight);
        for (std::size_t k = 0; k < kItems; ++k) {
          const std::uint8_t code = codes[row * kItems + k];
          if (code < kFirstAbsenceCode) std::fprintf(csv, ",%d", code + 1);
          else std::fputs(",", csv);
        }
        std::fputc('\n', csv);
      }
    }
    if (!writer.add({name("c", commune), name("c", commune), name("v", village)}, weight, codes)) std::exit(1);
  }
  if (!writer.finish()) std::exit(1);
  return bytes;
}

void row(const char* what, double measured, const char* unit, const char* sign, double bound) {
  static bool first = true;
  std::printf("%s\n {\"what\": \"%s\", \"measured\": %.4g, \"unit\": \"%s\"", first ? "" : ",", what, measured, unit);
  first = false;
  if (sign != nullptr)
    std::printf(", \"target\": \"%s %g\", \"met\": %s", sign, bound, measured <= bound ? "true" : "false");
  std::printf("}");
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t respondents = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000000;
  std::FILE* csv = argc > 2 ? std::fopen(argv[2], "w") : nullptr;
  auto source = std::make_shared<MemoryBytes>(generate(respondents, csv));
  if (csv != nullptr) std::fclose(csv);
  const ColumnFile file = require(ColumnFile::open(source));
  const Bytes bytes = *source->in_memory();

  std::vector<ScoredColumn> items;
  for (std::size_t k = 0; k < kItems; ++k) {
    ScoredColumn item{name("q", k), k, {}, {}};
    for (int a = 1; a <= 5; ++a) item.answers.emplace_back(sums::Answer::scored(a));
    for (std::size_t a = 0; a < sums::kAbsenceKinds; ++a)
      item.absences.push_back(sums::Answer::absent(static_cast<sums::Absence>(a)));
    items.push_back(std::move(item));
  }
  volatile std::uint64_t kept = 0;
  const double plain = best_cpu_ms([&] {
    const auto* words = reinterpret_cast<const std::uint64_t*>(bytes.data());
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < bytes.size() / 8; ++k) sum += words[k];
    kept = kept + sum;
  }, 40);
  std::printf("{\"respondents\": %zu, \"bytes\": %zu", respondents, bytes.size());

  std::vector<double> counting;
  const CountPlan plan(kItems, file.slots());
  std::vector<std::uint8_t> counts(plan.counts());
  for (const Instructions instructions : available_instructions()) {
    const CountCodes count = count_codes(instructions);
    const double ms = best_cpu_ms([&] {
      (void)file.each_piece(0, file.cells().size(), [&](const Piece& piece) -> Result<void> {
        count(plan, piece.codes, piece.rows, counts.data());
        kept = kept + counts[0];
        return {};
      }).has_value();
    }, 15);
    counting.push_back(ms);
  }
  // The table of everything needs 110 bytes for a cell and item: not beyond a few million.
  const bool table_too = respondents <= 2000000;
  std::vector<double> sums_ms;
  std::vector<double> means;
  std::vector<double> errors;
  double estimated = 0;
  if (table_too) {
  const sums::SumsTable table = require(sums_of(file, items, {Instructions::portable, 1}));
  for (const Instructions instructions : available_instructions())
    for (const unsigned threads : {1U, 2U})
      if (!(require(sums_of(file, items, {instructions, threads})) == table)) std::exit(2);
  for (const unsigned threads : {1U, 2U})
    sums_ms.push_back(
        best_ms([&] { kept = kept + require(sums_of(file, items, {best_instructions(), threads})).cells().size(); }, 3));

  // The estimator of the index engine over these sums.
  estimated = best_ms([&] {
    means.clear();
    errors.clear();
    estimate::PsuTableInput psus;
    std::uint32_t stratum = 0;
    std::string last;
    std::vector<std::pair<const sums::CellKey*, const sums::CellSums*>> cells;
    for (const auto& [key, cell] : table.cells()) {
      if (!cells.empty() && key.stratum != last) ++stratum;
      last = key.stratum;
      psus.stratum.push_back(stratum);
      psus.psu.push_back(static_cast<std::uint32_t>(cells.size()));
      psus.weight.push_back(cell.weight.value());
      cells.emplace_back(&key, &cell);
    }
    const auto design = require(estimate::SampleDesign::create_from_psus(psus));
    for (std::size_t unit = 0; unit < design.stratum_count(); ++unit) {
      for (std::size_t k = 0; k < kItems; ++k) {
        std::vector<estimate::ItemSums> sums;
        for (std::uint32_t psu = design.first_psu(unit); psu < design.first_psu(unit + 1); ++psu) {
          const sums::ItemCell& item = cells[psu].second->items[k];
          sums.push_back({psu, item.n_answered, item.weight.value(), item.weighted_score.value()});
        }
        const auto mean = require(estimate::mean_from_sums(sums));
        means.push_back(mean.value);
        errors.push_back(std::sqrt(require(estimate::variance(design, mean))));
      }
    }
  }, 3);
  }
  // The short way, which keeps no sums. It must come to the same bits.
  CellDesign design = require(columns::design_of(file));
  std::vector<double> lean;
  for (const Instructions instructions : available_instructions()) {
    for (const unsigned threads : {1U, 2U}) {
      UnitMeans found;
      const auto work = [&] { found = require(means_by_unit(file, items, design, {instructions, threads})); };
      const double ms = threads == 1 ? best_cpu_ms(work, 40) : best_ms(work, 15);
      lean.push_back(ms);
      if (!table_too && means.empty()) {
        means = found.mean;
        for (const double variance : found.variance) errors.push_back(std::sqrt(variance));
      }
      for (std::size_t k = 0; k < means.size(); ++k)
        if (found.mean[k] != means[k] || std::sqrt(found.variance[k]) != errors[k]) std::exit(3);
    }
  }
  const double opening = best_ms([&] {
    const ColumnFile again = require(ColumnFile::open(source));
    kept = kept + require(columns::design_of(again)).psu.size();
  }, 3);
  // For comparing with other programs: the first items, summed over communes.
  std::printf(", \"check\": [");
  for (std::size_t k = 0; k < 4; ++k) {
    double mean = 0;
    double error = 0;
    for (std::size_t at = k; at < means.size(); at += kItems) {
      mean += means[at];
      error += errors[at];
    }
    std::printf("%s[%.17g, %.17g]", k == 0 ? "" : ", ", mean, error);
  }
  std::printf("], \"rows\": [");
  row("plain read of the column file", plain, "ms", nullptr, 0);
  for (std::size_t k = 0; k < counting.size(); ++k) {
    const std::string kind(name_of(available_instructions()[k]));
    row(("counting every answer, no means yet, over a plain read, " + kind).c_str(), counting[k] / plain, "times",
        nullptr, 0);
  }
  for (std::size_t k = 0; k < lean.size(); ++k) {
    const Instructions instructions = available_instructions()[k / 2];
    const std::string kind = std::string(name_of(instructions)) + (k % 2 == 0 ? ", 1 thread" : ", 2 threads");
    row(("column file to means and linearised errors, " + kind).c_str(), lean[k], "ms", nullptr, 0);
    const bool aim = k % 2 == 0 && instructions != Instructions::portable;
    row(("column file to means and linearised errors over a plain read, " + kind).c_str(), lean[k] / plain, "times",
        aim ? "<=" : nullptr, instructions == Instructions::avx512 ? 3 : 8);
  }
  row("the same for one respondent", lean[lean.size() - 2] * 1e6 / static_cast<double>(respondents), "ns", nullptr, 0);
  row("opening the file and its design (once)", opening, "ms", nullptr, 0);
  if (table_too) {
    row("column file to the table of sums that is kept, 1 thread", sums_ms[0], "ms", nullptr, 0);
    row("column file to the table of sums that is kept, 2 threads", sums_ms[1], "ms", nullptr, 0);
    row("table of sums to means and errors, one by one", estimated, "ms", nullptr, 0);
  }
  std::printf("\n]}\n");
  return 0;
}
