// index coherence, index growth, index limits: does the structure fit the data, how nodes moved over the years, and
// between which values an author may anchor them.
#include "analysis/coherence/coherence.h"
#include "analysis/coherence/growth.h"
#include "analysis/coherence/limits.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/table_rows.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/cli/index_runs.h"

namespace khaosat::cli {

namespace {

// The group of each unit, from a column of the table of units; of the year asked for where it has years.
Result<std::map<std::string, std::string>> groups_of(const IndexOptions& options, int year, Faults& faults) {
  std::map<std::string, std::string> groups;
  if (options.group.empty()) return groups;
  if (options.input.empty() || options.input == "-")
    return fail(ErrorCode::usage, "--group needs a table of units in a file: --input FILE");
  const std::string text = TRY(read_input(options.input));
  const auto rows = index::open_table(options.input, text, faults);
  const auto group = rows->good() ? rows->column(options.group) : std::nullopt;
  if (!group) return fail(ErrorCode::missing_field, "the table has no column \"" + options.group + "\"", options.input);
  const auto unit = index::unit_column(*rows);
  const auto year_at = rows->column("year");
  std::vector<std::string> cells;
  while (rows->next(cells))
    if (unit && (!year_at || cells[*year_at] == std::to_string(year))) groups[cells[*unit]] = cells[*group];
  return groups;
}

Result<std::string> coherence_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto model = TRY(find_model(catalog, options.model));
  const auto runs = TRY(make_runs(options, catalog, *model, faults));
  const MadeRun& made = runs.back();
  coherence::CoherenceRequest request;
  request.sides = static_cast<std::size_t>(options.sides);
  request.ties = index::find_tie_rule(options.ties).value_or(index::TieRule::lowest);
  request.groups = TRY(groups_of(options, made.run.year, faults));
  return coherence::to_json(TRY(coherence::coherence(*model, made.run, made.published, request)));
}

std::vector<coherence::YearRun> years_of(const std::vector<MadeRun>& runs, const UnitRegister& units) {
  std::vector<coherence::YearRun> years;
  for (const MadeRun& made : runs) {
    std::set<std::string> others;
    if (!years.empty()) others = other_units(units, *years.back().run, made.run);
    years.push_back({&made.run, &made.published, std::move(others)});
  }
  return years;
}

Result<std::string> growth_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto model = TRY(find_model(catalog, options.model));
  const auto runs = TRY(make_runs(options, catalog, *model, faults));
  return coherence::to_json(TRY(coherence::growth(*model, years_of(runs, catalog.units()))));
}

Result<std::string> limits_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto model = TRY(find_model(catalog, options.model));
  const auto runs = TRY(make_runs(options, catalog, *model, faults));
  return coherence::to_json(TRY(coherence::limits(years_of(runs, catalog.units()))));
}

}  // namespace

int run_index_coherence(const IndexOptions& options) {
  Faults faults;
  const auto text = coherence_of(options, faults);
  return finish(options.output, text, faults);
}

int run_index_limits(const IndexOptions& options) {
  Faults faults;
  const auto text = limits_of(options, faults);
  return finish(options.output, text, faults);
}

int run_index_growth(const IndexOptions& options) {
  Faults faults;
  const auto text = growth_of(options, faults);
  return finish(options.output, text, faults);
}

}  // namespace khaosat::cli
