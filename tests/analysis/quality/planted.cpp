#include "tests/analysis/quality/planted.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "base/csv.h"
#include "tests/support/index_files.h"

namespace khaosat::quality {

namespace {

// std::normal_distribution differs between libraries; sums of uniforms do not.
class Luck {
 public:
  explicit Luck(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }
  double normal() {
    double sum = -6;
    for (int at = 0; at < 12; ++at) sum += uniform();
    return sum;
  }
  int below(int count) { return static_cast<int>(uniform() * count); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace

PlantedFile planted_file(const PlantedPlan& plan) {
  Luck luck(plan.seed);
  PlantedFile file;
  std::vector<double> difficulty;
  for (int item = 0; item < plan.items; ++item) {
    difficulty.push_back(plan.item_spread * luck.normal());
    const bool down = plan.reversed && item % 5 == 4;
    file.sheet.items.push_back({"q" + std::to_string(item), static_cast<std::uint8_t>(plan.options), down ? Direction::down : Direction::up, true});
  }
  const auto option = [&](double feeling) {
    return std::clamp(static_cast<int>(std::floor((feeling + 1.6) / 3.2 * plan.options)), 0, plan.options - 1);
  };
  for (int place = 0; place < plan.places; ++place) {
    file.sheet.places.push_back("place " + std::to_string(place));
    const double level = place >= plan.places - plan.excellent ? 1.5 : plan.place_spread * luck.normal();
    std::vector<int> original;
    double of_group = 0;
    for (int who = 0; who < plan.people; ++who) {
      const auto group = static_cast<std::uint32_t>((place * plan.people + who) / plan.group_size);
      while (file.sheet.groups.size() <= group) file.sheet.groups.push_back("group " + std::to_string(file.sheet.groups.size() + 100000));
      if (plan.group_spread > 0 && who % plan.group_size == 0) of_group = plan.group_spread * luck.normal();
      const double person = plan.level + level + of_group + plan.person_spread * luck.normal();
      std::vector<int> answers;  // keyed: larger is better
      for (int item = 0; item < plan.items; ++item) answers.push_back(option(difficulty[static_cast<std::size_t>(item)] + person + plan.noise * luck.normal()));
      Planted truth = Planted::honest;
      bool ticks_one = false;
      if (place == 0 && who < plan.copies) {
        truth = Planted::copied;
        if (original.empty()) original = answers;
        for (int item = 0; item < plan.items; ++item)
          answers[static_cast<std::size_t>(item)] = luck.uniform() < plan.changed ? luck.below(plan.options) : original[static_cast<std::size_t>(item)];
      } else if (place == 1 && who < plan.coached) {
        truth = Planted::coached;
        for (int& answer : answers) {
          answer = plan.options - 1;
          if (luck.uniform() >= plan.scripted) answer -= luck.uniform() < 0.2 && plan.options > 2 ? 2 : 1;
        }
      } else {
        ticks_one = luck.uniform() < plan.straight;
      }
      const int ticked = option(person + 0.4);
      file.sheet.place.push_back(static_cast<std::uint32_t>(place));
      file.sheet.group.push_back(group);
      for (std::size_t item = 0; item < answers.size(); ++item) {
        int code = ticks_one ? ticked : answers[item];
        if (!ticks_one && file.sheet.items[item].direction == Direction::down) code = plan.options - 1 - code;
        file.sheet.codes.push_back(luck.uniform() < plan.missing ? kNoAnswer : static_cast<std::uint8_t>(code));
      }
      file.truth.push_back(ticks_one ? Planted::straight : truth);
    }
  }
  return file;
}

PlantedFile reference_file() {
  const std::string text = test::read_file("tests/fixtures/statistics/data/quality.csv");
  AnswerTableOptions options;
  options.items = {"q*"};
  options.reversed = {"q05", "q10", "q15", "q20", "q25", "q30"};
  Faults faults;
  PlantedFile file;
  file.sheet = read_answer_table("quality.csv", text, options, faults);
  CsvReader reader("quality.csv", text, faults);
  std::vector<std::string> cells;
  while (reader.next(cells)) {
    const std::string& label = cells[*reader.column("label")];
    file.truth.push_back(label == "copied_within_interviewer"   ? Planted::copied
                         : label == "coached_high_low_variance" ? Planted::coached
                         : label == "straightliner"             ? Planted::straight
                         : label == "ok"                        ? Planted::honest
                                                                : Planted::other);
  }
  return file;
}

double Surfaced::precision() const {
  const int all = copied + coached + straight + honest;
  return all == 0 ? 1 : static_cast<double>(copied + coached) / all;
}
double Surfaced::recall() const {
  const int all = copied_of + coached_of;
  return all == 0 ? 1 : static_cast<double>(copied + coached) / all;
}

Surfaced surfaced(const PlantedFile& file, const QualityReport& report) {
  Surfaced result;
  for (std::size_t who = 0; who < file.truth.size(); ++who) {
    const bool found = has(report.flags[who], Flag::near_copy) || has(report.flags[who], Flag::ceiling);
    const auto add = [&](int& hits, int& all) {
      ++all;
      hits += found;
    };
    switch (file.truth[who]) {
      case Planted::copied: add(result.copied, result.copied_of); break;
      case Planted::coached: add(result.coached, result.coached_of); break;
      case Planted::straight: add(result.straight, result.straight_of); break;
      case Planted::honest: add(result.honest, result.honest_of); break;
      case Planted::other: break;
    }
  }
  return result;
}

}  // namespace khaosat::quality
