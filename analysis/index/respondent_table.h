// A table of respondents as a sample whose statistics can be asked one by one, without an index model: the same
// design columns as a survey table, and any columns of answers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/estimate/evaluate.h"
#include "analysis/index/index_table.h"

namespace khaosat::index {

// What the columns are, in plain words.
std::string respondent_table_help();

struct ReplicateRequest {
  estimate::ReplicateType type = estimate::ReplicateType::jkn;
  double rho = 0.5;                       // fay
  std::size_t count = 500;                // bootstrap made here
  std::uint64_t seed = 604;               // likewise
  std::optional<double> scale;            // of replicate_… columns; absent: what the type says
  std::vector<double> rscales;            // likewise, one per column or one for all
  estimate::ReplicateCentre centre = estimate::ReplicateCentre::mean_of_replicates;
};

struct RespondentTableOptions {
  std::vector<std::pair<std::string, std::string>> columns;  // a name with a meaning, the column of the file that stands for it
  bool psu_ids_restart_in_each_stratum = false;
  estimate::LonelyPsuPolicy lonely_policy = estimate::LonelyPsuPolicy::fail;
  bool lonely_in_domain = false;
  std::vector<std::pair<std::string, std::string>> collapse;  // stratum, the one that takes it in
  estimate::CalibrationOptions calibration;
  std::optional<std::pair<double, double>> trim;              // of weights, after calibration
  std::optional<ReplicateRequest> replicates;
};

// Reads the columns the statements name; without psu every respondent is a PSU. Faults of cells with row and column:
// missing_field (a column that is not there), wrong_type (a text, NaN or infinity where a number is needed), those of
// the design columns. Refuses besides what SampleDesign, calibration and replicates refuse. With faults, refuses too.
Result<estimate::Respondents> read_respondents(const std::string& file, std::string_view text,
                                               const std::vector<estimate::Statement>& statements,
                                               const RespondentTableOptions& options, Faults& faults);

}  // namespace khaosat::index
