#include "analysis/awards/compare.h"
#include "analysis/awards/evaluate.h"
#include "analysis/awards/facts_table.h"
#include "base/definition_json.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/cli/help_texts.h"

namespace khaosat::cli {

namespace {

Result<awards::Readings> readings_of(const AwardsOptions& options, const awards::RuleSet& rules, Faults& faults) {
  awards::Readings readings;
  if (!options.readings_file.empty()) {
    readings = awards::read_readings_json(options.readings_file, TRY(read_input(options.readings_file)), faults);
  }
  for (const auto& word : options.readings) {
    const auto pair = awards::split_reading(word);
    if (!pair) return fail(ErrorCode::usage, "--reading needs NAME=VALUE", word);
    readings[pair->first] = {pair->second, "command line", options.date, ""};
  }
  const Faults problems = awards::check_readings(rules, readings);
  faults.insert(faults.end(), problems.begin(), problems.end());
  return readings;
}

Result<std::string> evaluate(const AwardsOptions& given, Faults& faults) {
  AwardsOptions options = given;
  if (options.date.empty()) options.date = std::to_string(options.year) + "-12-31";
  if (!is_date(options.date)) return fail(ErrorCode::usage, "--date needs YYYY-MM-DD", options.date);
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  faults = catalog.faults();
  if (!faults.empty()) return fail(as_error(faults));
  const auto rules = TRY(find_rules(catalog, options.rules));

  awards::FactRows rows;
  for (const auto& file : options.facts) {
    const std::string text = TRY(read_input(file));
    const bool is_json = file.ends_with(".json") || text.find_first_not_of(" \t\r\n") == text.find('{');
    auto more = is_json ? awards::read_fact_rows_json(file, text, faults) : awards::read_fact_rows_csv(file, text, faults);
    rows.file = file;
    rows.subjects.insert(rows.subjects.end(), more.subjects.begin(), more.subjects.end());
    rows.facts.insert(rows.facts.end(), more.facts.begin(), more.facts.end());
    rows.registers.insert(rows.registers.end(), more.registers.begin(), more.registers.end());
  }
  const awards::FactBook book = awards::FactBook::build(std::move(rows), catalog.ladders(), faults);
  const Faults unknown = awards::check_facts(book, {rules.get()}, options.date, options.facts.front());
  faults.insert(faults.end(), unknown.begin(), unknown.end());
  const auto readings = TRY(readings_of(options, *rules, faults));
  awards::EvaluationContext context{options.year, options.date, &catalog.ladders(), {}, "khaosat " KHAOSAT_VERSION};
  if (!options.lineage.empty()) {
    context.lineage = awards::read_lineage_csv(options.lineage, TRY(read_input(options.lineage)), faults);
  }
  if (!faults.empty()) return fail(as_error(faults));

  if (options.compare) {
    const auto comparisons = awards::compare_readings(*rules, book, readings, context);
    return options.format == Format::csv ? awards::to_csv(comparisons) : awards::to_json(comparisons);
  }
  const auto decision = awards::evaluate(*rules, book, readings, context);
  if (options.explain) return awards::explain(decision, options.language);
  return options.format == Format::csv ? awards::to_csv(decision) : awards::to_json(decision);
}

}  // namespace

std::string awards_help() {
  std::string columns;
  for (const auto& column : awards::fact_columns()) columns += (columns.empty() ? "" : ", ") + column;
  return "Facts are a CSV table with these columns (record and subject are required, record = subject, fact\n"
         "or register; docs/award_rules.md explains each):\n  " + columns +
         "\nor JSON {\"subjects\": [{…}], \"facts\": [{…}], \"registers\": [{…}]} with the same names.\n"
         "Verdicts are pass, fail and undetermined; exit code 0 says that the evaluation ran, not how it ended.";
}

int run_awards(const AwardsOptions& options) {
  Faults faults;
  const auto text = evaluate(options, faults);
  return finish(options.output, text, faults);
}

}  // namespace khaosat::cli
