// Words of everything that computes or compares an index: index.
#include "server/cli/words.h"

namespace khaosat::cli {

void add_index_words(CLI::App& app, Chosen& chosen) {
  auto* index_command = app.add_subcommand("index", "Compute indices");
  index_command->require_subcommand(1);
  const auto index_options = std::make_shared<IndexOptions>();
  auto& index = *index_options;
  const auto add_index = [&](const char* name, const char* help, int (*run)(const IndexOptions&), bool from_one_source,
                             const std::map<std::string, Format>& formats) {
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
    add_output(command, index.output);
    add_format(command, index.format, formats);
    runs(command, chosen, index_options, run);
    return command;
  };
  add_index("compute", "Compute an index from a closed campaign or from a file", run_index_compute, true, kDataFormats);
  auto* change_command = add_index("change", "Test the change of an index between two years", run_index_change, false, kTextOrJson);
  change_command->add_option("pair", index.pair, "The earlier and the later year: closed campaigns, or tables (then with their years)")
      ->option_text("BEFORE AFTER")->expected(2)->required();
  change_command->add_option("--year-before", index.year_before, "The year of a table BEFORE")->option_text("YEAR");
  change_command->add_option("--year-after", index.year_after, "The year of a table AFTER")->option_text("YEAR");
  change_command->add_option("--component", index.components, "Nodes tested together within a unit (default: the children of the index); may be repeated")
      ->option_text("NODE")->allow_extra_args(false);
  auto* ranks_command = add_index("ranks", "Say which ranks each unit may have, and which units cannot be told apart", run_index_ranks, true, kTextOrJson);
  ranks_command->add_option("--node", index.node, "Rank by this node instead of the index")->option_text("NODE");
  for (auto* command : {change_command, ranks_command})
    command->add_option("--level", index.level, "Level of intervals and tests")->check(CLI::Range(0.5, 0.999));
  auto* robustness_command = add_index("robustness", "Say how far the order of units rests on choices of method", run_index_robustness, true, kTextOrJson);
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

  auto* coherence_command = add_index("coherence", "Describe indicators, correlations with parents and siblings, strong and weak sides of units", run_index_coherence, true, kJsonOnly);
  coherence_command->add_option("--sides", index.sides, "Strong and weak sides of each unit")->check(CLI::Range(1, 50));
  coherence_command->add_option("--group", index.group, "Column of the table of units: ranks inside its groups as well")->option_text("COLUMN");
  coherence_command->add_option("--ties", index.ties, "Rank that equal values share: lowest (the best), mean, highest, dense")
      ->check(CLI::IsMember({"lowest", "mean", "highest", "dense"}));
  add_index("growth", "Growth and trend over the years of a table, where they can be compared", run_index_growth, true, kJsonOnly);
  add_index("limits", "Smallest and largest values over the years of a table, as anchors to store in a model", run_index_limits, true, kJsonOnly);
  auto* show_command = index_command->add_subcommand("show", "List a model's tree, its columns, questions and parameters");
  add_defs(show_command, index.defs);
  show_command->add_option("model", index.model, "Id of an index model, or a file")->required();
  runs(show_command, chosen, index_options, run_index_show);
}

}  // namespace khaosat::cli
