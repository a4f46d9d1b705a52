// Words of the command line into options. CLI11 is a heavy header: only command_line.cpp and words_*.cpp include this.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "server/cli/commands.h"
#include "server/cli/help_texts.h"

namespace khaosat::cli {

// What runs once the words are read and everything about reading them is gone.
using Chosen = std::function<int()>;

inline const std::map<std::string, Format> kAllFormats = {{"text", Format::text}, {"json", Format::json}, {"csv", Format::csv}};
inline const std::map<std::string, Format> kDataFormats = {{"json", Format::json}, {"csv", Format::csv}};
inline const std::map<std::string, Format> kTextOrJson = {{"text", Format::text}, {"json", Format::json}};
inline const std::map<std::string, Format> kJsonOnly = {{"json", Format::json}};

void add_format(CLI::App* command, Format& format, const std::map<std::string, Format>& formats);
void add_defs(CLI::App* command, std::string& defs);
void add_data(CLI::App* command, std::string& data);
void add_output(CLI::App* command, std::string& output);

// `command`, once chosen, runs on these options. They live as long as what may still be chosen.
template <typename Options>
void runs(CLI::App* command, Chosen& chosen, const std::shared_ptr<Options>& options, int (*run)(const Options&)) {
  command->callback([&chosen, options, run] { chosen = [options, run] { return run(*options); }; });
}

// The same for one of several subcommands that share their options and are told apart by `action`.
template <typename Options>
void runs(CLI::App* command, Chosen& chosen, const std::shared_ptr<Options>& options, int (*run)(const Options&), const char* action) {
  command->callback([&chosen, options, run, action] {
    options->action = action;
    chosen = [options, run] { return run(*options); };
  });
}

// Families of subcommands, each in words_<family>.cpp.
void add_server_words(CLI::App& app, Chosen& chosen);    // serve, init, demo, backup, restore, audit, version
void add_campaign_words(CLI::App& app, Chosen& chosen);  // defs, campaign, export
void add_index_words(CLI::App& app, Chosen& chosen);     // index
void add_table_words(CLI::App& app, Chosen& chosen);     // estimate, quality
void add_award_words(CLI::App& app, Chosen& chosen);     // scorecard, awards

}  // namespace khaosat::cli
