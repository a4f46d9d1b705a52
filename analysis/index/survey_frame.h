// The sums of a survey arranged for the engine: the design, and for each unit the cells that are
// its own, by PSU. Internal to analysis/index.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/estimate/linearized.h"
#include "analysis/estimate/sample_design.h"
#include "analysis/index/index_input.h"
#include "analysis/index/index_run.h"

namespace khaosat::index {

// One unit's part of one PSU; several cells for a group whose members share a PSU.
struct UnitPsu {
  std::uint32_t psu = 0;  // dense
  double factor = 1;      // cell weight
  std::vector<const sums::CellSums*> cells;
};

struct LeafSums {
  std::vector<estimate::ItemSums> by_psu;  // ascending, only PSUs with answers
  std::uint64_t n = 0;
  sums::AbsenceCounts absent;
  bool all_alike = false;
};

class SurveyFrame {
 public:
  // Fills the design part of `run` (design, psus, lonely policy). The input must outlive the frame.
  static Result<SurveyFrame> create(const IndexInput& input, IndexRun& run);

  // Without a probability sample there is none.
  const std::optional<estimate::SampleDesign>& design() const { return design_; }
  // Cells of a unit or of all members of a group, ascending by PSU.
  std::vector<UnitPsu> cells_of(const std::vector<std::string>& units) const;
  LeafSums leaf(const std::vector<UnitPsu>& cells, std::size_t item) const;

 private:
  std::optional<estimate::SampleDesign> design_;
  struct Cell {
    std::uint32_t psu;
    double factor;
    const sums::CellSums* sums;
  };
  std::map<std::string, std::vector<Cell>> cells_;  // by unit
};

}  // namespace khaosat::index
