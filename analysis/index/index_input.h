// What an index is computed from. Plain data; made from stored answers by services, or from tables
// by index_table.h.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analysis/estimate/sample_design.h"
#include "analysis/index/person_sample.h"
#include "analysis/index/run_calibration.h"
#include "analysis/sums/sums_table.h"
#include "analysis/sums/survey_sums.h"
#include "base/ids.h"

namespace khaosat::index {

// A cell of a table: a number, kept back by its publisher, or not there.
struct Datum {
  enum class State { number, withheld, absent };
  State state = State::absent;
  double number = 0;

  static Datum of(double value) { return {State::number, value}; }
  static Datum withheld() { return {State::withheld, 0}; }
};

struct UnitInput {
  std::string id;
  std::string name;
  // Published, assessed and administrative values by column name. A column not listed is absent.
  std::map<std::string, Datum> columns;
  std::map<std::string, std::string> groups;  // for imputation within groups
  // Columns of earlier years, for models that carry values forward.
  std::map<int, std::map<std::string, Datum>> earlier = {};
};

// Results for several units together: a province over its communes. Survey answers only.
struct UnitGroup {
  std::string id;
  std::string name;
  std::vector<std::string> members;
};

struct SurveyDesign {
  // False: whoever came answered. Values are computed, no error or interval is stated.
  bool drawn = false;
  // Primary sampling units in the frame, by stratum. Empty: no finite population correction.
  std::map<std::string, double> psus_in_population;
  // Weight of every respondent of a cell, by (stratum, PSU), times the weight given with the answer.
  // Empty: all 1.
  std::map<std::pair<std::string, std::string>, double> cell_weights;
  bool psu_ids_restart_in_each_stratum = false;
  estimate::LonelyPsuPolicy lonely_policy = estimate::LonelyPsuPolicy::fail;
  std::map<std::string, std::string> collapse_into;  // lonely stratum -> stratum, for `collapse`
};

// A question that some versions of the questionnaire did not ask.
struct UnaskedQuestion {
  std::string question;
  std::vector<int> versions;      // those without it
  std::uint64_t respondents = 0;  // who answered these versions, rounded down to 5
};

struct IndexInput {
  int year = 0;
  std::vector<UnitInput> units;  // in the order of reports, ids distinct
  std::vector<UnitGroup> groups;
  // Items as survey_items() names them, in any order; absent for models without survey leaves.
  // Units of the sums that are not in `units` are added after them.
  std::optional<sums::SumsTable> survey;
  // The same without a table, made while they are read; `survey` is left alone then.
  std::shared_ptr<const sums::SurveySums> scanned;
  // Respondents one by one, whose sums `survey` is, where the design asks for it (a drawn sample with a second stage or
  // calibrated weights); null otherwise.
  std::shared_ptr<const PersonSample> persons;
  SurveyDesign design;
  // Known counts of the population, as the run is to tell of them: followed by `persons`, or why they are not.
  std::optional<RunCalibration> calibration;
  std::optional<DefinitionIdentity> questionnaire;  // its newest version
  // Earlier versions that respondents answered, oldest first.
  std::vector<DefinitionIdentity> earlier_versions;
  std::vector<UnaskedQuestion> unasked;
};

// Hexadecimal SHA-256: equal inputs, equal hashes. `survey_digest`: sums::digest_of() the survey; empty
// without one.
std::string hash_of(const IndexInput& input, const std::string& survey_digest);

}  // namespace khaosat::index
