// From words to the subcommand that runs.
#include <iostream>

#include "server/cli/words.h"

namespace khaosat::cli {

void add_format(CLI::App* command, Format& format, const std::map<std::string, Format>& formats) {
  std::string names;
  for (const char* name : {"text", "json", "csv"})
    if (formats.count(name) > 0) names += (names.empty() ? "" : "|") + std::string(name);
  command->add_option("--format", format, "Form of the result")->transform(CLI::CheckedTransformer(formats, CLI::ignore_case))->option_text(names);
}

void add_defs(CLI::App* command, std::string& defs) {
  command->add_option("--defs", defs, "Folder of definitions (default: survey_defs)")->option_text("DIR");
}

void add_data(CLI::App* command, std::string& data) {
  command->add_option("--data", data, "Folder of databases and keys (default: data)")->option_text("DIR");
}

void add_output(CLI::App* command, std::string& output) {
  command->add_option("--output", output, "Write here instead of standard output")->option_text("FILE");
}

int run(int argc, char** argv) {
  Chosen chosen;
  {
    // Gone before a server runs for months: the words of all subcommands take more memory than its campaigns.
    CLI::App app{kProgramHelp, "khaosat"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "khaosat " KHAOSAT_VERSION);
    app.footer(kExitCodesHelp);
    for (const auto add_words : {add_server_words, add_campaign_words, add_index_words, add_table_words, add_award_words}) add_words(app, chosen);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app.exit(error);
      app.exit(error, std::cout, std::cerr);
      return exit_code_of(ErrorCode::usage);
    }
  }
  return chosen ? chosen() : exit_code_of(ErrorCode::usage);
}

}  // namespace khaosat::cli
