// khaosat estimate: any statistic of a table of respondents, with its error.
#include <cmath>

#include "analysis/index/json_writer.h"
#include "analysis/index/respondent_table.h"
#include "base/csv.h"
#include "base/text.h"
#include "server/cli/commands.h"
#include "server/cli/help_texts.h"

namespace khaosat::cli {

namespace {

using estimate::EstimateFlag;
using estimate::Finding;
using estimate::Statement;

// Below this a figure must not be shown to others (analysis/disclosure); here it is only said.
constexpr std::uint64_t kSmallCell = 5;

template <typename Enum>
std::optional<Enum> named(const std::string& word, int last) {
  for (int k = 0; k <= last; ++k)
    if (word == name_of(static_cast<Enum>(k))) return static_cast<Enum>(k);
  return std::nullopt;
}

std::vector<std::string> notes_of(const Finding& finding) {
  std::vector<std::string> notes;
  if (!finding.estimate) return notes;
  const std::pair<EstimateFlag, const char*> flags[] = {{EstimateFlag::lonely_psu, "lonely_psu"},
                                                        {EstimateFlag::no_degrees_of_freedom, "no_degrees_of_freedom"},
                                                        {EstimateFlag::zero_variance, "zero_variance"},
                                                        {EstimateFlag::complete_population, "complete_population"}};
  for (const auto& [flag, name] : flags)
    if (has(finding.estimate->flags, flag)) notes.emplace_back(name);
  if (finding.estimate->n < kSmallCell) notes.emplace_back("small_cell");
  return notes;
}

std::optional<double> degrees_of(const Finding& finding) {
  // Values without an error have none; infinity (the normal distribution) is no number of a file.
  if (!finding.estimate || !finding.estimate->standard_error || std::isinf(finding.estimate->degrees_of_freedom)) return std::nullopt;
  return finding.estimate->degrees_of_freedom;
}

void put_domain(index::JsonWriter& json, const char* key, const estimate::DomainTerms& terms) {
  json.key(key).open('{');
  for (const auto& term : terms) json.key(term.column).text(term.value);
  json.close('}');
}

void put_finding(index::JsonWriter& json, const Finding& finding) {
  json.open('{');
  json.key("statistic").text(finding.statistic);
  json.key("of").text(finding.subject);
  put_domain(json, "in", finding.domain);
  if (!finding.minus.empty()) put_domain(json, "minus", finding.minus);
  if (finding.refused) {
    json.key("state").text(name_of(finding.refused->code));
    json.key("reason").text(finding.refused->message);
    json.close('}');
    return;
  }
  const estimate::Estimate& estimate = *finding.estimate;
  json.key("state").text("value");
  json.key("estimate").number(estimate.value);
  json.key("se").optional(estimate.standard_error);
  json.key("cv").optional(finding.coefficient_of_variation);
  json.key("df").optional(degrees_of(finding));
  json.key("lower").optional(estimate.lower);
  json.key("upper").optional(estimate.upper);
  json.key("n").integer(estimate.n);
  json.key("n_missing").integer(estimate.n_missing);
  json.key("deff").optional(finding.design_effect);
  json.key("deff_replace").optional(finding.design_effect_replace);
  json.key("kish_n").optional(finding.kish_n);
  for (const auto& detail : finding.details) json.key(detail.name).optional(detail.value);
  json.key("notes").open('[');
  for (const auto& note : notes_of(finding)) json.text(note);
  json.close(']');
  json.close('}');
}

std::string as_json(const EstimateOptions& options, const estimate::Respondents& respondents, const std::vector<Finding>& findings) {
  const auto& design = respondents.design;
  index::JsonWriter json;
  json.open('{');
  json.key("table").text(options.table);
  json.key("protected").boolean(false);  // everything is here, also what may not be shown to others
  json.key("design").open('{');
  json.key("respondents").integer(design.rows());
  json.key("sum_of_weights").number(design.sum_of_weights());
  json.key("strata").integer(design.stratum_count());
  json.key("psus").integer(design.psu_count());
  json.key("stages").integer(design.two_stage() ? 2 : 1);
  json.key("calibrated").boolean(!design.residual_rules().empty());
  json.key("lonely_psu").text(estimate::name_of(design.lonely_policy()));
  json.key("lonely_strata").texts(design.lonely_strata());
  if (respondents.replicates) json.key("replicates").integer(respondents.replicates->replicates.size());
  json.close('}');
  json.key("level").number(options.level);
  json.key("interval").text(options.interval);
  json.key("estimates").open('[');
  for (const auto& finding : findings) {
    json.line();
    put_finding(json, finding);
  }
  json.close(']');
  json.close('}');
  return json.take() + "\n";
}

std::string as_csv(const std::vector<Finding>& findings) {
  CsvWriter csv({"statistic", "of", "in", "minus", "state", "estimate", "se", "cv", "df", "lower", "upper", "n", "n_missing", "deff",
                 "deff_replace", "kish_n", "notes"});
  const auto optional = [&](const std::optional<double>& value) { value ? csv.number(*value) : csv.empty(); };
  for (const auto& finding : findings) {
    const auto begin = [&](const std::string& detail, std::string_view state) {
      csv.text(finding.statistic + (detail.empty() ? "" : "." + detail)).text(finding.subject);
      csv.text(text_of(finding.domain)).text(text_of(finding.minus)).text(state);
    };
    if (finding.refused) {
      begin("", name_of(finding.refused->code));
      for (int k = 0; k < 12; ++k) csv.empty();
      csv.end_row();
      continue;
    }
    const estimate::Estimate& estimate = *finding.estimate;
    begin("", "value");
    csv.number(estimate.value);
    optional(estimate.standard_error);
    optional(finding.coefficient_of_variation);
    optional(degrees_of(finding));
    optional(estimate.lower);
    optional(estimate.upper);
    csv.integer(static_cast<std::int64_t>(estimate.n)).integer(static_cast<std::int64_t>(estimate.n_missing));
    optional(finding.design_effect);
    optional(finding.design_effect_replace);
    optional(finding.kish_n);
    std::string notes;
    for (const auto& note : notes_of(finding)) notes += (notes.empty() ? "" : " ") + note;
    csv.text(notes);
    csv.end_row();
    for (const auto& detail : finding.details) {
      begin(detail.name, detail.value ? "value" : "absent");
      optional(detail.value);
      for (int k = 0; k < 11; ++k) csv.empty();
      csv.end_row();
    }
  }
  return csv.str();
}

Result<std::vector<Statement>> statements_of(const EstimateOptions& options) {
  std::vector<Statement> statements;
  for (const auto& word : options.statements) {
    if (!word.starts_with("@")) {
      statements.push_back(TRY(estimate::parse_statement(word)));
      continue;
    }
    const std::string text = TRY(read_input(word.substr(1)));
    for (const auto& line : split(text, '\n')) {
      const auto said = trim(line);
      if (said.empty() || said.front() == '#') continue;
      statements.push_back(TRY(estimate::parse_statement(said)));
    }
  }
  if (statements.empty()) return fail(ErrorCode::usage, "say what to estimate, for instance --spec \"mean income\"", "--spec");
  return statements;
}

Result<std::vector<std::pair<std::string, std::string>>> pairs_of(const std::vector<std::string>& words, const char* needed) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& word : words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return fail(ErrorCode::usage, needed, word);
    pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return pairs;
}

Result<index::RespondentTableOptions> table_options(const EstimateOptions& options) {
  index::RespondentTableOptions table;
  table.psu_ids_restart_in_each_stratum = options.psu_ids_restart;
  table.lonely_policy = named<estimate::LonelyPsuPolicy>(options.lonely_psu, static_cast<int>(estimate::LonelyPsuPolicy::average))
                            .value_or(estimate::LonelyPsuPolicy::fail);
  table.lonely_in_domain = options.lonely_in_domain;
  table.columns = TRY(pairs_of(options.columns, "--column needs MEANING=COLUMN, such as weight=pw"));
  table.collapse = TRY(pairs_of(options.collapse, "--collapse needs STRATUM=STRATUM"));
  if (!table.collapse.empty()) table.lonely_policy = estimate::LonelyPsuPolicy::collapse;
  table.calibration.function = named<estimate::CalibrationFunction>(options.calibration, static_cast<int>(estimate::CalibrationFunction::logit))
                                   .value_or(estimate::CalibrationFunction::linear);
  if (options.weight_bounds.size() == 2) {
    table.calibration.lower = options.weight_bounds[0];
    table.calibration.upper = options.weight_bounds[1];
  }
  if (options.trim.size() == 2) table.trim.emplace(options.trim[0], options.trim[1]);
  if (options.replicates.empty()) return table;
  index::ReplicateRequest request;
  request.type = named<estimate::ReplicateType>(options.replicates, static_cast<int>(estimate::ReplicateType::other)).value_or(request.type);
  request.rho = options.rho;
  request.count = static_cast<std::size_t>(options.replicate_count);
  request.seed = options.seed;
  request.scale = options.replicate_scale;
  request.rscales = options.replicate_rscales;
  if (options.replicate_centre == "full") request.centre = estimate::ReplicateCentre::full_sample;
  table.replicates = request;
  return table;
}

Result<std::string> estimated(const EstimateOptions& options, Faults& faults) {
  const auto statements = TRY(statements_of(options));
  const auto table = TRY(table_options(options));
  const auto text = TRY(read_input(options.table));
  const auto respondents = TRY(index::read_respondents(options.table, text, statements, table, faults));
  std::vector<Finding> findings;
  for (const auto& statement : statements) {
    auto found = estimate::evaluate(respondents, statement, {options.level, options.interval == "z"});
    if (!found) {
      Error error = found.error();
      error.where = "\"" + statement.text + "\"" + (error.where.empty() ? "" : ", " + error.where);
      return fail(error);
    }
    for (auto& finding : *found) findings.push_back(std::move(finding));
  }
  return options.format == Format::csv ? as_csv(findings) : as_json(options, respondents, findings);
}

}  // namespace

std::string estimate_help() {
  return std::string(kEstimateHelp) + "\n" + std::string(estimate::statement_help()) + "\n" + index::respondent_table_help();
}

int run_estimate(const EstimateOptions& options) {
  Faults faults;
  const auto text = estimated(options, faults);
  return finish(options.output, text, faults);
}

}  // namespace khaosat::cli
