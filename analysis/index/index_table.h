// From tables (CSV, or JSON rows) to the input of an index: the offline way in, used by the command
// line and tests. All faults with row and column; a file with faults gives no input.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "analysis/index/index_input.h"
#include "analysis/index/index_model.h"
#include "base/fault.h"

namespace khaosat::index {

// What the columns are, in plain words; printed by the command line with --help.
std::string_view table_help();

struct TableOptions {
  // Of a table without a column "year", and of every survey table. Absent: the column decides.
  std::optional<int> year;
  // Survey tables: people were drawn, so that errors may be stated.
  bool drawn = false;
  bool psu_ids_restart_in_each_stratum = false;
  estimate::LonelyPsuPolicy lonely_policy = estimate::LonelyPsuPolicy::fail;
  estimate::CalibrationOptions calibration;  // of weights that follow totals
};

// Wide table: one row per unit and year. Adds to `inputs` one entry per year found.
void read_unit_table(const IndexModel& model, const std::string& file, std::string_view text,
                     const TableOptions& options, std::map<int, IndexInput>& inputs, Faults& faults);

// Gives the units of each year the columns of the years before, if the model carries values forward. Call
// once all tables are read.
void link_earlier_years(const IndexModel& model, std::map<int, IndexInput>& inputs);

// Survey table: one row per respondent, all of one year (options.year, required). `questionnaire`
// may be null when it is not at hand; then unknown options cannot be told from unlucky ones.
void read_survey_table(const IndexModel& model, const QuestionnaireFacts* questionnaire,
                       const std::string& file, std::string_view text, const TableOptions& options,
                       IndexInput& input, Faults& faults);

}  // namespace khaosat::index
