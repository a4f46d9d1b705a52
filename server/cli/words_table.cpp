// Words of what looks at a table of people: estimate, quality.
#include "server/cli/words.h"

namespace khaosat::cli {

namespace {

void add_estimate(CLI::App* command, EstimateOptions& options) {
  command->footer(estimate_help());
  command->add_option("table", options.table, "Table of respondents; - is standard input")->required()->option_text("TABLE");
  command->add_option("--spec", options.statements, "What to estimate, in words (below), or @FILE with a statement a line; may be repeated")
      ->option_text("STATEMENT")->allow_extra_args(false)->required();
  command->add_option("--column", options.columns, "Where a column with a meaning (below) has another name: weight=pw; may be repeated")
      ->option_text("MEANING=COLUMN")->allow_extra_args(false);
  command->add_option("--level", options.level, "Level of intervals")->check(CLI::Range(0.5, 0.9999))->capture_default_str();
  command->add_option("--interval", options.interval, "t with the degrees of freedom of the group (default), or z")->check(CLI::IsMember({"t", "z"}));
  command->add_option("--lonely-psu", options.lonely_psu, "A stratum with one primary sampling unit: fail (no error; default), remove, average, adjust, certainty")
      ->check(CLI::IsMember({"fail", "remove", "average", "adjust", "certainty"}));
  command->add_flag("--lonely-in-domain", options.lonely_in_domain, "average and adjust also where only the group has one");
  command->add_option("--collapse", options.collapse, "Join this stratum, should it be lonely, to that one; may be repeated")
      ->option_text("STRATUM=STRATUM")->allow_extra_args(false);
  command->add_flag("--psu-ids-restart", options.psu_ids_restart, "The same psu id in two strata names two different ones");
  command->add_option("--calibration", options.calibration, "How weights follow total_… columns: linear (default), exponential, logit")
      ->check(CLI::IsMember({"linear", "exponential", "logit"}));
  command->add_option("--weight-bounds", options.weight_bounds, "How far such a weight may move: the lowest and highest share of the weight before")
      ->option_text("LOW HIGH")->expected(2);
  command->add_option("--trim", options.trim, "Cut weights outside and share the rest among the others")->option_text("LOW HIGH")->expected(2);
  command->add_option("--replicates", options.replicates, "Errors from replicate weights instead: jk1, jkn, brr, fay, bootstrap, other; from replicate_… columns, else made here")
      ->check(CLI::IsMember({"jk1", "jkn", "brr", "fay", "bootstrap", "other"}));
  command->add_option("--rho", options.rho, "Of fay")->check(CLI::Range(0.0, 0.99))->capture_default_str();
  command->add_option("--replicate-count", options.replicate_count, "Of a bootstrap made here")->check(CLI::Range(2, 10000))->capture_default_str();
  command->add_option("--seed", options.seed, "Of a bootstrap made here")->capture_default_str();
  command->add_option("--replicate-scale", options.replicate_scale, "Of replicate_… columns, if not what the type says");
  command->add_option("--replicate-rscales", options.replicate_rscales, "Likewise, one for each column or one for all")->option_text("NUMBER ...");
  command->add_option("--replicate-centre", options.replicate_centre, "Measure replicates from their mean (default) or from the full sample")
      ->check(CLI::IsMember({"mean", "full"}));
  add_output(command, options.output);
  add_format(command, options.format, kDataFormats);
}

}  // namespace

void add_table_words(CLI::App& app, Chosen& chosen) {
  const auto estimating = std::make_shared<EstimateOptions>();
  auto* estimate_command = app.add_subcommand("estimate", "Estimate means, shares, quantiles and more from a table of respondents, with their errors");
  add_estimate(estimate_command, *estimating);
  runs(estimate_command, chosen, estimating, run_estimate);

  const auto quality_options = std::make_shared<QualityOptions>();
  auto& quality = *quality_options;
  auto* quality_command = app.add_subcommand("quality", "Flag forms that look copied, coached or careless; counts by unit, never who");
  add_defs(quality_command, quality.defs);
  add_data(quality_command, quality.data);
  quality_command->add_option("--campaign", quality.campaign, "Look at this closed campaign; scores with and without flagged forms")->option_text("ID");
  quality_command->add_option("--model", quality.model, "With --campaign: the index model that is scored")->option_text("ID");
  quality_command->add_option("--input,input", quality.input, "Table of answers instead, a row per person; - is standard input")->option_text("FILE");
  quality_command->add_option("--unit", quality.unit, "Column of the office or commune")->option_text("COLUMN");
  quality_command->add_option("--group", quality.group, "Column of interviewers or villages (default: psu or interviewer, if there)")->option_text("COLUMN");
  quality_command->add_option("--seconds", quality.seconds, "Column of how long it took (default: duration_s or seconds, if there)")->option_text("COLUMN");
  quality_command->add_option("--items", quality.items, "Columns of answers, \"q*\" for all that begin so (default: columns of whole numbers)")->option_text("COLUMN ...");
  quality_command->add_option("--reversed", quality.reversed, "Items whose smallest number is the best answer")->option_text("COLUMN ...");
  quality_command->add_option("--contradiction", quality.contradictions, "Two answers that cannot both be meant: \"q05=1&q06=5\"; may be repeated")
      ->option_text("PAIR")->allow_extra_args(false);
  quality_command->add_option("--scale", quality.scale, "Answers run from 1 to this (default: what the table holds)")->check(CLI::Range(2, 199));
  quality_command->add_option("--minimum-cell", quality.minimum_cell, "Respondents below which nothing is shown (at least 5)")->check(CLI::Range(5, 1000));
  quality_command->add_option("--language", quality.language, "Language of the sentences")->check(CLI::IsMember({"vi", "en"}));
  add_output(quality_command, quality.output);
  add_format(quality_command, quality.format, kTextOrJson);
  runs(quality_command, chosen, quality_options, run_quality);
}

}  // namespace khaosat::cli
