// Mergeable sums per (unit, stratum, PSU) and item: all that index values, their errors and their
// missing shares depend on. Built once from answers; after that the cost of an index does not grow
// with respondents, and tables of several batches, stores or machines merge to the same bits as one
// table of everything.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "analysis/sums/fixed_sum.h"
#include "base/result.h"

namespace khaosat::sums {

// Why somebody has no score on an item. Kept apart everywhere, never in a denominator.
enum class Absence : std::uint8_t { not_asked, blank, no_experience, dont_know, declined };
inline constexpr std::size_t kAbsenceKinds = 5;
// "not_asked", …, as in answer files ("~dont_know").
std::string_view name_of(Absence absence);

// How many gave no score, by kind.
struct AbsenceCounts {
  std::array<std::uint64_t, kAbsenceKinds> count{};

  std::uint64_t operator[](Absence kind) const { return count[static_cast<std::size_t>(kind)]; }
  void add(Absence kind) { ++count[static_cast<std::size_t>(kind)]; }
  void add(const AbsenceCounts& other) {
    for (std::size_t k = 0; k < kAbsenceKinds; ++k) count[k] += other.count[k];
  }
  std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (const std::uint64_t n : count) sum += n;
    return sum;
  }
  bool operator==(const AbsenceCounts&) const = default;
};

// One respondent on one item: a score or a kind of absence.
class Answer {
 public:
  static Answer scored(double score) { return {score, Absence::not_asked, true}; }
  static Answer absent(Absence kind) { return {0, kind, false}; }
  bool has_score() const { return has_score_; }
  double score() const { return score_; }
  Absence absence() const { return absence_; }

 private:
  Answer(double score, Absence absence, bool has_score)
      : score_(score), absence_(absence), has_score_(has_score) {}
  double score_;
  Absence absence_;
  bool has_score_;
};

struct ItemCell {
  std::uint64_t n_answered = 0;
  FixedSum weight;          // over those who answered
  FixedSum weighted_score;  // of weight times score
  // Smallest and largest score, meaningless while n_answered is 0: equal ones mean that everybody
  // said the same, which disclosure control must know.
  double lowest = 0;
  double highest = 0;
  AbsenceCounts absent;

  bool operator==(const ItemCell&) const = default;
};

struct CellKey {
  std::string unit;
  std::string stratum;
  std::string psu;

  auto operator<=>(const CellKey&) const = default;
};

struct CellSums {
  std::uint64_t respondents = 0;
  FixedSum weight;  // of all respondents, whether they answered or not
  std::vector<ItemCell> items;

  bool operator==(const CellSums&) const = default;
};

// Not thread safe; give each thread its own table and merge.
class SumsTable {
 public:
  // Keys of items, distinct, in the order answers are given.
  explicit SumsTable(std::vector<std::string> items);

  const std::vector<std::string>& items() const { return items_; }
  // Ascending by unit, stratum, PSU.
  const std::map<CellKey, CellSums>& cells() const { return cells_; }
  std::uint64_t respondents() const;

  // Makes the cell known even if nobody in it answers: a sampled PSU counts in the design.
  void touch(const CellKey& cell);
  // One respondent, `answers` in the order of items(). Refuses weight_invalid (missing, infinite,
  // negative) and out_of_range (a score or product of magnitude 2^40 or more); nothing is added then.
  Result<void> add(const CellKey& cell, double weight, std::span<const Answer> answers);
  // Adds sums made elsewhere of one cell; quick when cells come in ascending order. Refuses
  // not_comparable when they are not over items().
  Result<void> add_sums(const CellKey& cell, CellSums sums);
  // Refuses not_comparable when the items differ in number, name or order.
  Result<void> merge(const SumsTable& other);

  // Hexadecimal SHA-256 of everything in it: equal tables, equal hashes.
  std::string hash() const;

  bool operator==(const SumsTable&) const = default;

 private:
  CellSums& cell_at(const CellKey& key);
  std::vector<std::string> items_;
  std::map<CellKey, CellSums> cells_;
};

}  // namespace khaosat::sums
