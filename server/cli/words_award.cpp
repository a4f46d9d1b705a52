// Words of what leads to an award: scorecard, awards.
#include "server/cli/words.h"

namespace khaosat::cli {

void add_award_words(CLI::App& app, Chosen& chosen) {
  auto* scorecard_command = app.add_subcommand("scorecard", "Take a year's scorecard out and in (while no server uses the folder)");
  scorecard_command->require_subcommand(1);
  const auto scorecard_options = std::make_shared<ScorecardOptions>();
  auto& scorecard = *scorecard_options;
  const auto add_scorecard = [&](const char* name, const char* help, bool needs_data) {
    auto* command = scorecard_command->add_subcommand(name, help);
    if (needs_data) add_data(command, scorecard.data);
    add_defs(command, scorecard.defs);
    runs(command, chosen, scorecard_options, run_scorecard, name);
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

  auto* awards_command = app.add_subcommand("awards", "Evaluate award rules");
  awards_command->require_subcommand(1);
  const auto awards_options = std::make_shared<AwardsOptions>();
  auto& awards = *awards_options;
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
    add_output(command, awards.output);
    add_format(command, awards.format, kDataFormats);
    runs(command, chosen, awards_options, run_awards);
    return command;
  };
  add_awards("evaluate", "Who may be proposed under which clause, what fails, what is not known")
      ->add_flag("--explain", awards.explain, "Print the reasoning as a tree");
  add_awards("compare", "How the verdicts move under the other readings")->callback([&chosen, awards_options] {
    awards_options->compare = true;
    chosen = [awards_options] { return run_awards(*awards_options); };
  });
}

}  // namespace khaosat::cli
