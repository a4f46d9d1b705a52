// Words of a campaign from its definitions to what leaves: defs, campaign, export.
#include "server/cli/words.h"

namespace khaosat::cli {

namespace {

void add_defs_words(CLI::App& app, Chosen& chosen) {
  auto* defs_command = app.add_subcommand("defs", "Check and compare definitions");
  defs_command->require_subcommand(1);
  const auto check_options = std::make_shared<DefsOptions>();
  auto& check = *check_options;
  auto* check_command = defs_command->add_subcommand("check", "Report every fault of every definition file");
  add_defs(check_command, check.defs);
  add_format(check_command, check.format, kTextOrJson);
  const auto diff_options = std::make_shared<DefsOptions>();
  auto& diff = *diff_options;
  auto* diff_command =
      defs_command->add_subcommand("diff", "Say what changed between two questionnaires and which series stay comparable");
  add_defs(diff_command, diff.defs);
  add_format(diff_command, diff.format, kTextOrJson);
  diff_command->add_option("questionnaires", diff.files, "The older and the newer one: a file, or id/version")
      ->option_text("OLD NEW")->expected(2)->required();
  const auto completeness_options = std::make_shared<DefsOptions>();
  auto& completeness = *completeness_options;
  auto* completeness_command = defs_command->add_subcommand(
      "completeness", "Say for each language of a questionnaire how much is written and whether a person has read it over");
  completeness_command->footer(kCompletenessHelp);
  add_defs(completeness_command, completeness.defs);
  add_format(completeness_command, completeness.format, kTextOrJson);
  completeness_command->add_option("questionnaires", completeness.files, "A file, or id/version (default: all)")->option_text("NAME ...");

  runs(check_command, chosen, check_options, run_defs_check);
  runs(diff_command, chosen, diff_options, run_defs_diff);
  runs(completeness_command, chosen, completeness_options, run_defs_completeness);
}

void add_export_words(CLI::App& app, Chosen& chosen) {
  const auto exporting_options = std::make_shared<ExportOptions>();
  auto& exporting = *exporting_options;
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
    runs(command, chosen, exporting_options, run_export, name);
    return command;
  };
  auto* export_index = add_export("index", "A published index run as CSV, Excel workbook or JSON", false);
  export_index->add_option("--campaign", exporting.campaign, "Compute from this closed campaign")->option_text("ID");
  export_index->add_option("--model", exporting.model, "Index model; default: the first that fits")->option_text("ID");
  export_index->add_option("--record", exporting.record, "A kept run instead")->option_text("ID");
  export_index->add_option("--format", exporting.format, "Form of the file")->check(CLI::IsMember({"csv", "xlsx", "json"}))->option_text("csv|xlsx|json");
  export_index->add_option("--language", exporting.language, "Language of titles")->check(CLI::IsMember({"vi", "en"}))->option_text("vi|en");
  add_output(export_index, exporting.output);
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
}

}  // namespace

void add_campaign_words(CLI::App& app, Chosen& chosen) {
  add_defs_words(app, chosen);

  auto* campaign_command = app.add_subcommand("campaign", "Run campaigns without a browser (while no server uses the folder)");
  campaign_command->require_subcommand(1);
  campaign_command->footer(kCampaignHelp);
  const auto campaign_options = std::make_shared<CampaignOptions>();
  auto& campaign = *campaign_options;
  const auto add_campaign = [&](const char* name, const char* help, bool needs_id) {
    auto* command = campaign_command->add_subcommand(name, help);
    add_data(command, campaign.data);
    add_defs(command, campaign.defs);
    add_format(command, campaign.format, kAllFormats);
    if (needs_id) command->add_option("id", campaign.id, "The campaign's id")->required();
    runs(command, chosen, campaign_options, run_campaign, name);
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

  add_export_words(app, chosen);
}

}  // namespace khaosat::cli
