// The sums of a survey arranged for the engine: the design, and for each unit the cells that are
// its own, by PSU. Internal to analysis/index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/estimate/linearized.h"
#include "analysis/estimate/sample_design.h"
#include "analysis/index/index_input.h"
#include "analysis/index/index_run.h"
#include "analysis/index/person_influences.h"
#include "analysis/sums/survey_sums.h"

namespace khaosat::index {

// One item over the cells of a unit or group.
struct LeafSums {
  std::vector<estimate::ItemSums> by_psu;  // ascending, only PSUs with answers
  std::uint64_t n = 0;
  sums::AbsenceCounts absent;
  bool all_alike = false;
  double lowest = 0;  // of the answers, where n > 0
  double highest = 0;
};

// The cells [first, last) of a survey: those of one unit. Empty: it has none.
struct CellRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

class SurveyFrame {
 public:
  // Fills the design part of `run` (design, psus, lonely policy). The sums must outlive the frame.
  static Result<SurveyFrame> create(const sums::SurveySums& sums, const SurveyDesign& asked, IndexRun& run,
                                    std::shared_ptr<const PersonSample> persons = nullptr);

  // Without a probability sample there is none.
  const std::optional<estimate::SampleDesign>& design() const { return design_; }
  CellRange cells_of(const std::string& unit) const;
  // PSUs of a unit or of all members of a group, ascending.
  std::vector<std::uint32_t> psus_of(const std::vector<CellRange>& ranges) const;
  std::uint64_t respondents(const CellRange& range) const;

  // Influences of the mean of an item over units, where the design asks for respondents one by one.
  bool by_person() const { return persons_ && design_; }
  std::vector<estimate::PsuInfluence> person_influence(std::size_t item, const std::vector<std::string>& units, double mean) const;

  // The sums of one unit, item by item. One object, one thread.
  class UnitReader {
   public:
    explicit UnitReader(const SurveyFrame& frame);
    // The cells of one unit; the item sums of before are gone.
    Result<void> read(const CellRange& range);
    // Of a group: cells of members that share a PSU are added up before they are rounded.
    Result<void> read_group(const std::vector<CellRange>& members);
    const LeafSums& leaf(std::size_t item);
    // Of the cells read last, which were one unit's.
    Digest digest() const;

   private:
    const SurveyFrame& frame_;
    std::unique_ptr<sums::SurveySums::Reader> reader_;
    CellRange range_;
    sums::CellBlock block_;
    std::vector<std::uint32_t> order_;  // of the cells by PSU; empty: as they are
    bool group_ = false;
    std::vector<LeafSums> leaves_;  // of a group
    LeafSums leaf_;
  };

 private:
  Result<void> take_persons(std::shared_ptr<const PersonSample> persons, IndexRun& run);

  const sums::SurveySums* sums_ = nullptr;
  std::optional<estimate::SampleDesign> design_;
  std::vector<std::size_t> ends_;     // where the cells of each unit end
  std::vector<std::uint32_t> psu_;    // of a cell, dense
  std::vector<double> factor_;        // cell weight
  std::shared_ptr<const PersonSample> persons_;
  PersonPlaces person_places_;  // while the frame is made
  std::shared_ptr<const PersonInfluences> influences_;
};

}  // namespace khaosat::index
