// Which traits of a person (sex, age band, occupation …) a microdata file may show, so that nobody who
// knows them together with the place finds fewer than `minimum` records. Pure; one object, one thread.
//
// Traits are taken one after another. Each splits the groups formed so far by its values; within a group
// every value of fewer than `minimum` records is withheld, and if those withheld are fewer than `minimum`
// themselves, the next smallest value goes with them. "Withheld" is then a value like any other, so that
// every group of equal shown values has `minimum` records or more, by construction. Numbers are first
// tried as they are, then in wider and wider bands. A trait that would be withheld for more than
// `most_withheld` of all records is left out of the file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace khaosat::disclosure {

struct TraitKind {
  // Band widths to try in this order, 0: as it is. A number becomes the lower end of its band.
  std::vector<double> widths = {0};
};

struct TraitOutcome {
  bool kept = false;
  double width = 0;              // of the bands; 0: as it is
  std::uint64_t withheld = 0;    // records whose value is not shown
};

class TraitGuard {
 public:
  // `minimum` >= 2; `most_withheld` is a share of all records.
  explicit TraitGuard(std::uint64_t minimum, double most_withheld = 0.25);

  // For each trait: begin(), count() once for every record, decide(). `values` are the record's values of
  // all traits so far, the new one last. `place` is what is known anyway: the cluster.
  void begin(TraitKind kind);
  void count(std::uint64_t place, std::span<const double> values);
  TraitOutcome decide();

  // Values at or below this stand for kinds of no answer and are never put into bands.
  static constexpr double kNoAnswer = -1e15;

  // What may be shown of a record: its value or the lower end of its band; nothing: withheld, or of a
  // trait left out. In the order of traits.
  void show(std::uint64_t place, std::span<const double> values, std::span<std::optional<double>> shown) const;
  // A number that is the same for records that look the same in the file, and different otherwise.
  std::uint64_t group_of(std::uint64_t place, std::span<const double> values) const;

  const std::vector<TraitOutcome>& outcomes() const { return outcomes_; }

 private:
  using Group = std::uint64_t;
  struct Counting {
    TraitKind kind;
    std::vector<std::map<Group, std::map<double, std::uint64_t>>> counts;  // by width
    std::uint64_t records = 0;
  };
  struct Decided {
    double width = 0;
    bool kept = false;
    // Values shown, and the group each leads to; a value not here is withheld.
    std::map<Group, std::map<double, Group>> shown;
    std::map<Group, Group> withheld;
  };
  Group place_group(std::uint64_t place);
  std::optional<Group> known_place(std::uint64_t place) const;
  Group walk(Group group, std::span<const double> values, std::span<std::optional<double>> shown) const;

  std::uint64_t minimum_;
  double most_withheld_;
  Group next_group_ = 0;
  std::map<std::uint64_t, Group> places_;
  std::vector<Decided> decided_;
  std::vector<TraitOutcome> outcomes_;
  Counting counting_;
};

}  // namespace khaosat::disclosure
