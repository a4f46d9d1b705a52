// The words of the command line. CLI11 is a heavy header, so it is included here and nowhere else.
#include <CLI/CLI.hpp>
#include <iostream>

#include "server/cli/commands.h"
#include "server/cli/help_texts.h"
#include "server/config.h"

namespace khaosat::cli {

namespace {

const std::map<std::string, Format> kAllFormats = {{"text", Format::text}, {"json", Format::json}, {"csv", Format::csv}};
const std::map<std::string, Format> kDataFormats = {{"json", Format::json}, {"csv", Format::csv}};

void add_format(CLI::App* command, Format& format, const std::map<std::string, Format>& formats) {
  command->add_option("--format", format, "Form of the result")
      ->transform(CLI::CheckedTransformer(formats, CLI::ignore_case))
      ->option_text(formats.size() == 2 ? "json|csv" : "text|json|csv");
}

void add_defs(CLI::App* command, std::string& defs) {
  command->add_option("--defs", defs, "Folder of definitions (default: survey_defs)")->option_text("DIR");
}

void add_data(CLI::App* command, std::string& data) {
  command->add_option("--data", data, "Folder of databases and keys (default: data)")->option_text("DIR");
}

// One flag per line of config_options().
void add_config(CLI::App* command, ServeOptions& options) {
  command->add_option("--config", options.config_file, "Configuration file (default: DATA/khaosat.json)")
      ->option_text("FILE");
  for (const auto& option : config_options()) {
    const std::string key(option.key);
    command
        ->add_option_function<std::string>(
            flag_of(option), [&options, key](const std::string& value) { options.flags[key] = value; },
            std::string(option.help) + " [" + environment_of(option) + "]")
        ->option_text(std::string(option.value));
  }
}

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
  command->add_option("--output", options.output, "Write here instead of standard output")->option_text("FILE");
  add_format(command, options.format, kDataFormats);
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app{kProgramHelp, "khaosat"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "khaosat " KHAOSAT_VERSION);
  app.footer(kExitCodesHelp);

  ServeOptions serve;
  auto* serve_command = app.add_subcommand("serve", "Run the server");
  serve_command->footer(kServeHelp);
  add_config(serve_command, serve);

  InitOptions init;
  auto* init_command = app.add_subcommand("init", "Make the data folder and a certificate for the office network");
  init_command->footer(kInitHelp);
  add_config(init_command, init.serve);
  init_command->add_option("--host", init.hosts, "Name or address people will type; may be repeated")->option_text("NAME ...");

  DemoOptions demo;
  auto* demo_command = app.add_subcommand("demo", "Fill an empty data folder with made-up data, then serve it");
  demo_command->footer(kDemoHelp);
  add_config(demo_command, demo.serve);
  demo_command->add_flag("--load-only", demo.stop_after_loading, "Stop when the data is in place");

  auto* defs_command = app.add_subcommand("defs", "Check and compare definitions");
  defs_command->require_subcommand(1);
  DefsOptions check;
  auto* check_command = defs_command->add_subcommand("check", "Report every fault of every definition file");
  add_defs(check_command, check.defs);
  add_format(check_command, check.format, {{"text", Format::text}, {"json", Format::json}});
  DefsOptions diff;
  auto* diff_command =
      defs_command->add_subcommand("diff", "Say what changed between two questionnaires and which series stay comparable");
  add_defs(diff_command, diff.defs);
  add_format(diff_command, diff.format, {{"text", Format::text}, {"json", Format::json}});
  diff_command->add_option("questionnaires", diff.files, "The older and the newer one: a file, or id/version")
      ->option_text("OLD NEW")->expected(2)->required();
  DefsOptions completeness;
  auto* completeness_command = defs_command->add_subcommand(
      "completeness", "Say for each language of a questionnaire how much is written and whether a person has read it over");
  completeness_command->footer(kCompletenessHelp);
  add_defs(completeness_command, completeness.defs);
  add_format(completeness_command, completeness.format, {{"text", Format::text}, {"json", Format::json}});
  completeness_command->add_option("questionnaires", completeness.files, "A file, or id/version (default: all)")->option_text("NAME ...");
  auto* campaign_command = app.add_subcommand("campaign", "Run campaigns without a browser (while no server uses the folder)");
  campaign_command->require_subcommand(1);
  campaign_command->footer(kCampaignHelp);
  CampaignOptions campaign;
  const auto add_campaign = [&](const char* name, const char* help, bool needs_id) {
    auto* command = campaign_command->add_subcommand(name, help);
    add_data(command, campaign.data);
    add_defs(command, campaign.defs);
    add_format(command, campaign.format, kAllFormats);
    if (needs_id) command->add_option("id", campaign.id, "The campaign's id")->required();
    command->callback([&campaign, name] { campaign.action = name; });
    return command;
  };
  add_campaign("list", "List all campaigns", false);
  add_campaign("create", "Create a campaign from a JSON file", false)
      ->add_option("file", campaign.file, "The campaign; docs/formats.md describes it")->required();
  add_campaign("slips", "Make the slips and print their codes, this once", true);
  add_campaign("open", "Open: from now on everything is frozen but the state and, within limits, the questionnaire's version", true);
  add_campaign("participation", "How many answered, rounded down to 5", true);
  auto* population_command = add_campaign("population", "Hand in how many people there are by category, before closing; without a table: print what was handed in, or one to fill in", true);
  population_command->footer(kPopulationHelp);
  population_command->add_option("counts", campaign.file, "CSV: unit or psu, a column for each question, people; - is standard input");
  population_command->add_flag("--withdraw", campaign.withdraw, "Take back what was handed in");
  auto* publish_command = add_campaign("publish", "Ask a newer version of the questionnaire from now on; who began finishes with the old one", true);
  publish_command->add_option("version", campaign.version, "Its number, as in survey_defs")->required();
  publish_command->add_option("--reason", campaign.reason, "Why; goes into the journal");
  publish_command->add_option("--same-meaning", campaign.same_meaning, "Questions whose words changed and whose meaning stays; ~front for title and consent")->option_text("ID ...");
  publish_command->add_flag("--only-look", campaign.only_look, "Say what would change and what is refused, and change nothing");
  auto* close_command = add_campaign("close", "Close for good; results can be computed afterwards", true);
  close_command->add_flag("--leave-paper", campaign.leave_paper, "Close though keyed paper forms are not settled: they are lost");
  auto* draw_command = add_campaign("draw", "Draw people from a frame so that anybody can draw again", false);
  draw_command->footer(kDrawHelp);
  draw_command->add_option("frame", campaign.file, "CSV with columns psu, person")->required();
  draw_command->add_option("--seed", campaign.seed, "Public text that nobody could choose")->required();
  draw_command->add_option("--title", campaign.title, "Title of the campaign")->required();
  draw_command->add_option("--per-psu", campaign.per_psu, "Persons to draw in each primary sampling unit")->required();

  auto* index_command = app.add_subcommand("index", "Compute indices");
  index_command->require_subcommand(1);
  IndexOptions index;
  const auto add_index = [&](const char* name, const char* help, bool from_one_source, const std::map<std::string, Format>& formats) {
    auto* command = index_command->add_subcommand(name, help);
    command->footer(index_help());
    add_defs(command, index.defs);
    add_data(command, index.data);
    if (from_one_source) {
      command->add_option("--model", index.model, "Id of an index model, or a file")->required()->option_text("ID|FILE");
    } else {
      command->add_option("--model", index.models, "Id of an index model, or a file; several are tested as one family")->option_text("ID|FILE")->allow_extra_args(false);
      command->add_flag("--all-models", index.all_models, "All models that read the campaigns' questionnaire, as one family");
    }
    if (from_one_source) {
      command->add_option("--campaign", index.campaign, "Take the answers of this closed campaign")->option_text("ID");
      command->add_option("--input,input", index.input, "Table of units instead of a campaign (or of respondents, if the model knows only answers); - is standard input")->option_text("FILE");
      command->add_option("--responses", index.responses, "Table of respondents; several are added up to the same bits as one of all")
          ->option_text("FILE")->allow_extra_args(false);
      command->add_option("--also", index.also, "With --campaign: a closed campaign of another data folder whose sums are added; may be repeated")
          ->option_text("FOLDER=ID")->allow_extra_args(false);
      command->add_option("--year", index.year, "Only this year; the year of --responses")->option_text("YEAR");
    }
    command->add_option("--parameter", index.parameters, "Set a parameter of the model; what is hidden by the model's own stays hidden")->option_text("NAME=VALUE ...");
    command->add_option("--variant", index.variant, "With --parameter: whose reading this is; printed with the result")->option_text("TEXT");
    command->add_option("--sample", index.sample, "How the respondents of a file were chosen: drawn from a frame, or none (default; no intervals)")
        ->check(CLI::IsMember({"drawn", "none"}));
    command->add_option("--lonely-psu", index.lonely_psu, "A stratum with one primary sampling unit: fail, remove, average, adjust, certainty")
        ->check(CLI::IsMember({"fail", "remove", "average", "adjust", "certainty"}));
    command->add_option("--calibration", index.calibration, "How weights follow total_… columns of a table: linear, exponential, logit")
        ->check(CLI::IsMember({"linear", "exponential", "logit"}));
    command->add_option("--weight-bounds", index.weight_bounds, "How far such a weight may move: the lowest and highest share of the weight before")
        ->option_text("LOW HIGH")->expected(2);
    command->add_option("--minimum-cell", index.minimum_cell, "Respondents below which nothing is shown (at least 5)")
        ->check(CLI::Range(5, 1000));
    command->add_option("--earlier", index.earlier, "Results published before of the same people, as JSON: what subtraction would tell stays hidden; may be repeated")
        ->option_text("FILE")->allow_extra_args(false);
    command->add_flag("--psu-ids-restart", index.psu_ids_restart, "The same psu id in two strata names two different ones");
    command->add_option("--output", index.output, "Write here instead of standard output")->option_text("FILE");
    add_format(command, index.format, formats);
    return command;
  };
  const std::map<std::string, Format> text_or_json = {{"text", Format::text}, {"json", Format::json}};
  auto* compute_command = add_index("compute", "Compute an index from a closed campaign or from a file", true, kDataFormats);
  auto* change_command = add_index("change", "Test the change of an index between two years", false, text_or_json);
  change_command->add_option("pair", index.pair, "The earlier and the later year: closed campaigns, or tables (then with their years)")
      ->option_text("BEFORE AFTER")->expected(2)->required();
  change_command->add_option("--year-before", index.year_before, "The year of a table BEFORE")->option_text("YEAR");
  change_command->add_option("--year-after", index.year_after, "The year of a table AFTER")->option_text("YEAR");
  change_command->add_option("--component", index.components, "Nodes tested together within a unit (default: the children of the index); may be repeated")
      ->option_text("NODE")->allow_extra_args(false);
  auto* ranks_command = add_index("ranks", "Say which ranks each unit may have, and which units cannot be told apart", true, text_or_json);
  ranks_command->add_option("--node", index.node, "Rank by this node instead of the index")->option_text("NODE");
  for (auto* command : {change_command, ranks_command})
    command->add_option("--level", index.level, "Level of intervals and tests")->check(CLI::Range(0.5, 0.999));
  auto* robustness_command = add_index("robustness", "Say how far the order of units rests on choices of method", true, text_or_json);
  robustness_command->add_option("--draws", index.draws, "Simulated choices of method")->check(CLI::Range(10, 100000));
  robustness_command->add_option("--points", index.points, "Points of the sensitivity analysis")->check(CLI::Range(8, 100000));
  robustness_command->add_option("--seed", index.seed, "The same seed gives the same numbers");
  robustness_command->add_option("--vary-weights", index.vary_weights, "Nodes whose children's weights are varied (default: all means)")
      ->option_text("NODE ...");
  robustness_command->add_option("--spread", index.spread, "By how much a weight may be off, 0.25 = a quarter")->check(CLI::Range(0.01, 1.0));
  robustness_command->add_option("--aggregation", index.aggregations, "Ways to combine to choose among: model, geometric_mean …")
      ->option_text("NAME ...");
  robustness_command->add_option("--leaf-scoring", index.leaf_scorings, "Ways to score leaves: model, observed_min_max, z_score, percentile_rank")
      ->option_text("NAME ...");
  robustness_command->add_option("--weight", index.weights, "What if this node had this weight")->option_text("NODE=VALUE ...");

  const std::map<std::string, Format> json_only = {{"json", Format::json}};
  auto* coherence_command = add_index("coherence", "Describe indicators, correlations with parents and siblings, strong and weak sides of units", true, json_only);
  coherence_command->add_option("--sides", index.sides, "Strong and weak sides of each unit")->check(CLI::Range(1, 50));
  coherence_command->add_option("--group", index.group, "Column of the table of units: ranks inside its groups as well")->option_text("COLUMN");
  coherence_command->add_option("--ties", index.ties, "Rank that equal values share: lowest (the best), mean, highest, dense")
      ->check(CLI::IsMember({"lowest", "mean", "highest", "dense"}));
  auto* growth_command = add_index("growth", "Growth and trend over the years of a table, where they can be compared", true, json_only);

  auto* limits_command = add_index("limits", "Smallest and largest values over the years of a table, as anchors to store in a model", true, json_only);

  EstimateOptions estimating;
  auto* estimate_command = app.add_subcommand("estimate", "Estimate means, shares, quantiles and more from a table of respondents, with their errors");
  add_estimate(estimate_command, estimating);

  ExportOptions exporting;
  auto* export_command = app.add_subcommand("export", "Write published results, or microdata that two people let go");
  export_command->require_subcommand(1);
  export_command->footer(kExportHelp);
  const auto add_export = [&](const char* name, const char* help, bool signs_in) {
    auto* command = export_command->add_subcommand(name, help);
    add_data(command, exporting.data);
    add_defs(command, exporting.defs);
    if (signs_in) {
      command->add_option("--account", exporting.account, "Account of the person who does this")->required()->option_text("NAME");
      command->add_option("--password-file", exporting.password_file, "File whose first line is the password (default: standard input)")->option_text("FILE");
    }
    command->callback([&exporting, name] { exporting.action = name; });
    return command;
  };
  auto* export_index = add_export("index", "A published index run as CSV, Excel workbook or JSON", false);
  export_index->add_option("--campaign", exporting.campaign, "Compute from this closed campaign")->option_text("ID");
  export_index->add_option("--model", exporting.model, "Index model; default: the first that fits")->option_text("ID");
  export_index->add_option("--record", exporting.record, "A kept run instead")->option_text("ID");
  export_index->add_option("--format", exporting.format, "Form of the file")->check(CLI::IsMember({"csv", "xlsx", "json"}))->option_text("csv|xlsx|json");
  export_index->add_option("--language", exporting.language, "Language of titles")->check(CLI::IsMember({"vi", "en"}))->option_text("vi|en");
  export_index->add_option("--output", exporting.output, "Write here instead of standard output")->option_text("FILE");
  auto* export_ask = add_export("ask", "Ask that microdata of a closed campaign may leave", true);
  export_ask->add_option("--campaign", exporting.campaign, "The closed campaign")->required()->option_text("ID");
  export_ask->add_option("--purpose", exporting.purpose, "What for")->required()->option_text("TEXT");
  export_ask->add_option("--recipient", exporting.recipient, "Who gets them")->required()->option_text("TEXT");
  export_ask->add_option("--trait", exporting.traits, "Question about the person that is needed; may be repeated, the most important first")->option_text("ID ...");
  for (const char* name : {"approve", "refuse", "fetch"}) {
    const std::string which = name;
    auto* command = add_export(name,
                               which == "approve"  ? "Approve what somebody else has asked; makes the files"
                               : which == "refuse" ? "Refuse what somebody else has asked"
                                                   : "Copy the files of an approved request into a folder",
                               true);
    command->add_option("request", exporting.request, "Id of the request")->required();
    if (which == "refuse") command->add_option("--reason", exporting.reason, "Why")->required()->option_text("TEXT");
    if (which == "fetch") command->add_option("--output", exporting.output, "An empty or new folder")->required()->option_text("DIR");
  }
  add_export("list", "Requests for microdata of a campaign", false)->add_option("--campaign", exporting.campaign, "The campaign")->required()->option_text("ID");

  auto* show_command = index_command->add_subcommand("show", "List a model's tree, its columns, questions and parameters");
  add_defs(show_command, index.defs);
  show_command->add_option("model", index.model, "Id of an index model, or a file")->required();

  auto* scorecard_command = app.add_subcommand("scorecard", "Take a year's scorecard out and in (while no server uses the folder)");
  scorecard_command->require_subcommand(1);
  ScorecardOptions scorecard;
  const auto add_scorecard = [&](const char* name, const char* help, bool needs_data) {
    auto* command = scorecard_command->add_subcommand(name, help);
    if (needs_data) add_data(command, scorecard.data);
    add_defs(command, scorecard.defs);
    command->callback([&scorecard, name] { scorecard.action = name; });
    return command;
  };
  add_scorecard("list", "Years with their ids", true);
  const auto add_person = [&](CLI::App* command, bool is_required) {
    auto* option = command->add_option("--account", scorecard.account, is_required ? "Account of the person who does this" : "With names and every act: one of the two accounts that agreed (default: the points, without names)");
    option->option_text("NAME")->required(is_required);
    command->add_option("--password-file", scorecard.password_file, "File whose first line is the password (default: standard input)")->option_text("FILE");
  };
  auto* scorecard_ask = add_scorecard("ask", "Ask that a year's whole file, with names, may leave", true);
  scorecard_ask->add_option("id", scorecard.id, "The year's id")->required();
  scorecard_ask->add_option("--reason", scorecard.reason, "What for, and who gets it")->required()->option_text("TEXT");
  add_person(scorecard_ask, true);
  auto* scorecard_confirm = add_scorecard("confirm", "Agree, as another administrator, to what somebody asked", true);
  scorecard_confirm->add_option("id", scorecard.id, "The request's id")->required();
  add_person(scorecard_confirm, true);
  auto* scorecard_export = add_scorecard("export", "Write a year's points, or with --account the whole year, as a workbook or as tables", true);
  add_person(scorecard_export, false);
  scorecard_export->add_option("id", scorecard.id, "The year's id")->required();
  scorecard_export->add_option("--format", scorecard.format, "xlsx, or csv: one table per sheet")->check(CLI::IsMember({"xlsx", "csv"}))->capture_default_str();
  scorecard_export->add_option("--output", scorecard.output, "The workbook, or the folder of the tables")->required()->option_text("PATH");
  auto* scorecard_blank = add_scorecard("blank", "Write an empty workbook of a set of criteria, to be filled in", false);
  scorecard_blank->add_option("set", scorecard.id, "Id of the set of criteria")->required();
  scorecard_blank->add_option("--output", scorecard.output, "The workbook")->required()->option_text("FILE");
  for (auto* command : {add_scorecard("check", "Report every fault of a year's files: sheet, row, column", false),
                        add_scorecard("import", "Keep a year from its files, all of it or nothing", true)}) {
    command->add_option("files", scorecard.files, "A workbook (.xlsx), or tables named after its sheets (year.csv, bodies.csv, …)")->required();
  }

  QualityOptions quality;
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
  quality_command->add_option("--output", quality.output, "Write here instead of standard output")->option_text("FILE");
  add_format(quality_command, quality.format, text_or_json);

  auto* awards_command = app.add_subcommand("awards", "Evaluate award rules");
  awards_command->require_subcommand(1);
  AwardsOptions awards;
  const auto add_awards = [&](const char* name, const char* help) {
    auto* command = awards_command->add_subcommand(name, help);
    command->footer(awards_help());
    add_defs(command, awards.defs);
    command->add_option("--rules", awards.rules, "Id of a rule set, or a file")->required()->option_text("ID|FILE");
    command->add_option("--facts", awards.facts, "CSV or JSON files of facts; - is standard input")->required()->option_text("FILE ...");
    command->add_option("--year", awards.year, "Year of the award")->required()->option_text("YEAR");
    command->add_option("--date", awards.date, "Day of the decision, YYYY-MM-DD (default: end of the year)")->option_text("DATE");
    command->add_option("--reading", awards.readings, "Choose a reading of an open point")->option_text("NAME=VALUE ...");
    command->add_option("--readings", awards.readings_file, "JSON file of readings, with who chose them")->option_text("FILE");
    command->add_option("--lineage", awards.lineage, "CSV of predecessors: old_code, new_code, changed_on …")->option_text("FILE");
    command->add_option("--language", awards.language, "Language of the sentences")->check(CLI::IsMember({"vi", "en"}));
    command->add_option("--output", awards.output, "Write here instead of standard output")->option_text("FILE");
    add_format(command, awards.format, kDataFormats);
    return command;
  };
  add_awards("evaluate", "Who may be proposed under which clause, what fails, what is not known")
      ->add_flag("--explain", awards.explain, "Print the reasoning as a tree");
  auto* compare_command = add_awards("compare", "How the verdicts move under the other readings");
  compare_command->callback([&awards] { awards.compare = true; });

  AuditOptions audit;
  auto* audit_command = app.add_subcommand("audit", "The journal of who did what");
  audit_command->require_subcommand(1);
  auto* verify_command = audit_command->add_subcommand("verify", "Check the chain, the register of facts and its evidence");
  verify_command->footer(kAuditHelp);
  add_data(verify_command, audit.data);
  verify_command->add_option("file", audit.file, "An exported journal, or another data folder; \"-\" for standard input");
  verify_command->add_option("--head", audit.head, "Chain value noted down earlier; it must be in the journal")->option_text("HEX");
  auto* audit_export_command = audit_command->add_subcommand("export", "Write the journal, a line of JSON per entry");
  add_data(audit_export_command, audit.data);
  audit_export_command->add_option("--output", audit.output, "File to write (default: standard output)")->option_text("FILE");

  BackupOptions backup;
  auto* backup_command = app.add_subcommand("backup", "Copy all databases, also while the server runs");
  backup_command->footer(kBackupHelp);
  add_data(backup_command, backup.data);
  backup_command->add_option("folder", backup.folder, "New folder for the copy")->required();
  backup_command->add_option("--keys", backup.keys, "Copy the keys into this other folder")->option_text("DIR");
  BackupOptions restore;
  auto* restore_command = app.add_subcommand("restore", "Check a copy and put it into an empty data folder");
  restore_command->footer(kBackupHelp);
  add_data(restore_command, restore.data);
  restore_command->add_option("folder", restore.folder, "Folder of the copy")->required();
  restore_command->add_option("--keys", restore.keys, "Take the keys from this folder")->option_text("DIR");

  auto* version_command = app.add_subcommand("version", "Version, definitions format, database schema");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    app.exit(error, std::cout, std::cerr);
    return exit_code_of(ErrorCode::usage);
  }
  if (*serve_command) return run_serve(serve);
  if (*init_command) return run_init(init);
  if (*demo_command) return run_demo(demo);
  if (*check_command) return run_defs_check(check);
  if (*diff_command) return run_defs_diff(diff);
  if (*completeness_command) return run_defs_completeness(completeness);
  if (*campaign_command) return run_campaign(campaign);
  if (*export_command) return run_export(exporting);
  if (*show_command) return run_index_show(index);
  if (*compute_command) return run_index_compute(index);
  if (*change_command) return run_index_change(index);
  if (*ranks_command) return run_index_ranks(index);
  if (*robustness_command) return run_index_robustness(index);
  if (*coherence_command) return run_index_coherence(index);
  if (*growth_command) return run_index_growth(index);
  if (*limits_command) return run_index_limits(index);
  if (*estimate_command) return run_estimate(estimating);
  if (*scorecard_command) return run_scorecard(scorecard);
  if (*quality_command) return run_quality(quality);
  if (*awards_command) return run_awards(awards);
  if (*verify_command) return run_audit_verify(audit);
  if (*audit_export_command) return run_audit_export(audit);
  if (*backup_command) return run_backup(backup);
  if (*restore_command) return run_restore(restore);
  if (*version_command) return run_version();
  return exit_code_of(ErrorCode::usage);
}

}  // namespace khaosat::cli
