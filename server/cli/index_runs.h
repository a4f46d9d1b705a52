// Index runs for the command line: of a closed campaign, or of tables.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"
#include "base/fault.h"
#include "server/catalog/catalog.h"
#include "server/cli/commands.h"

namespace khaosat::cli {

// "NAME=NUMBER" words. Refuses usage.
Result<std::vector<std::pair<std::string, double>>> numbers_by_name(const std::vector<std::string>& words, const char* option);

// One run with what of it may leave.
struct MadeRun {
  index::IndexRun run;
  disclosure::PublishedRun published;
  std::shared_ptr<const Questionnaire> questionnaire;  // null for tables
};

// Of options.campaign, or one per year of options.input and options.responses. Faults of files go to
// `faults`; the result then fails.
Result<std::vector<MadeRun>> make_runs(const IndexOptions& options, const Catalog& catalog, const index::IndexModel& model,
                                       Faults& faults);

// Models of the catalogue that read the campaign's questionnaire, by id. usage: `named` is a file.
Result<std::vector<std::shared_ptr<const index::IndexModel>>> models_for_campaign(const IndexOptions& options, const Catalog& catalog,
                                                                                  const std::string& named);

// Ids of units in both years whose code is another unit's in the later one (server/survey/unit_lineage.h).
std::set<std::string> other_units(const UnitRegister& units, const index::IndexRun& before, const index::IndexRun& after);

// The catalogue of the options; its faults go to `faults`.
Result<Catalog> load_catalog(const IndexOptions& options, Faults& faults);

}  // namespace khaosat::cli
