// Made-up files with copies and coached people planted in them, of any size and scale.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/quality/answer_sheet.h"
#include "analysis/quality/answer_table.h"
#include "analysis/quality/quality.h"

namespace khaosat::quality {

enum class Planted { honest, copied, coached, straight, other };

struct PlantedFile {
  AnswerSheet sheet;
  std::vector<Planted> truth;
};

struct PlantedPlan {
  std::uint64_t seed = 1;
  int places = 6;
  int people = 40;  // in each
  int group_size = 10;
  int items = 30;
  int options = 5;
  bool reversed = true;        // every fifth item asked the other way round
  double person_spread = 0.6;  // of a person's level
  double place_spread = 0.3;
  double group_spread = 0;     // villages of one place that differ
  double level = 0;            // of everybody; 0.75: most are content
  double item_spread = 0.5;
  double noise = 0.9;
  double missing = 0.03;
  int excellent = 0;      // last places where nearly everybody is content, honestly
  int copies = 10;        // in the first place; 0: none
  double changed = 0.06;  // share of answers changed in a copy
  int coached = 20;       // in the second place; 0: none
  double scripted = 0.8;  // share of best answers of the coached
  double straight = 0;    // share of honest people who tick one option throughout
};

PlantedFile planted_file(const PlantedPlan& plan);
// tests/fixtures/statistics/data/quality.csv, sorted by what its labels say.
PlantedFile reference_file();

struct Surfaced {
  int copied = 0;
  int copied_of = 0;
  int coached = 0;
  int coached_of = 0;
  int straight = 0;
  int straight_of = 0;
  int honest = 0;
  int honest_of = 0;

  double precision() const;
  double recall() const;  // of copied and coached together
};
// Counts near_copy and ceiling only: what the other flags find is no copying and no coaching.
Surfaced surfaced(const PlantedFile& file, const QualityReport& report);

}  // namespace khaosat::quality
