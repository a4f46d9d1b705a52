// THE LIST of subcommands: what each is told and the function that runs it. words_….cpp turn
// words into these structs; every run_… returns the exit code (base/error_codes.h explains them) and
// is a file of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.h"
#include "base/open_file.h"

namespace khaosat::cli {

enum class Format { text, json, csv };

struct ServeOptions {
  std::map<std::string, std::string> flags;  // by key of config_options()
  std::string config_file;
};

struct InitOptions {
  ServeOptions serve;
  std::vector<std::string> hosts;  // names and addresses for the certificate
};

struct DemoOptions {
  ServeOptions serve;
  bool stop_after_loading = false;
};

struct DefsOptions {
  std::string defs;
  Format format = Format::text;
  std::vector<std::string> files;  // questionnaires, each a file or id/version; diff: two; completeness: none means all
};

struct CampaignOptions {
  std::string data;
  std::string defs;
  Format format = Format::text;
  std::string action;  // list, create, slips, open, participation, population, publish, close, draw
  std::string id;
  int version = 0;                        // publish: the number to publish
  std::string reason;                     // publish
  std::vector<std::string> same_meaning;  // publish: questions whose words changed and whose meaning stays
  bool only_look = false;                 // publish: say what would change, change nothing
  bool leave_paper = false;               // close: though keyed paper forms are not settled
  std::string file;   // create: the campaign as JSON; draw: the frame as CSV; population: counts as CSV
  bool withdraw = false;  // population
  std::string seed;   // draw
  std::string title;  // draw
  int per_psu = 0;    // draw
};

struct IndexOptions {
  std::string defs;
  std::string data;
  std::string campaign;
  std::string model;      // id in the definitions, or a file
  std::vector<std::string> models;  // change: likewise, tested as one family
  bool all_models = false;          // change: every model of the campaigns' questionnaire
  std::string input;      // table of units, "-" for standard input
  std::vector<std::string> responses;  // tables of respondents, likewise
  std::vector<std::string> also;       // further closed campaigns, FOLDER=ID
  std::vector<std::string> parameters;  // name=value
  std::string variant;                  // whose reading other parameters are
  int year = 0;
  std::string sample = "none";  // drawn or none
  std::string lonely_psu = "fail";
  std::string calibration = "linear";  // linear, exponential, logit: of weights that follow totals
  std::vector<double> weight_bounds;   // of a weight after by before: lowest, highest
  int minimum_cell = 5;
  bool psu_ids_restart = false;
  std::vector<std::string> earlier;  // what was published before, as JSON
  // change: two campaigns or files of answers, and the years of the files
  std::vector<std::string> pair;
  int year_before = 0;
  int year_after = 0;
  std::vector<std::string> components;
  double level = 0.95;
  std::string node;  // ranks: whose scores; empty: the index
  // robustness
  int draws = 1000;
  int points = 128;
  std::uint64_t seed = 604;
  double spread = 0.25;
  std::vector<std::string> vary_weights;   // nodes
  std::vector<std::string> aggregations;
  std::vector<std::string> leaf_scorings;
  std::vector<std::string> weights;        // what if: node=value
  // coherence
  int sides = 5;
  std::string group;  // column of the table of units
  std::string ties = "lowest";
  Format format = Format::json;
  std::string output;
};

struct EstimateOptions {
  std::string table;                    // of respondents, "-" for standard input
  std::vector<std::string> statements;  // or @FILE: a line each
  std::vector<std::string> columns;     // MEANING=COLUMN
  double level = 0.95;
  std::string interval = "t";
  std::string lonely_psu = "fail";
  bool lonely_in_domain = false;
  std::vector<std::string> collapse;  // STRATUM=STRATUM
  bool psu_ids_restart = false;
  std::string calibration = "linear";
  std::vector<double> weight_bounds;  // of a weight after by before: lowest, highest
  std::vector<double> trim;           // of a weight: lowest, highest
  std::string replicates;             // jk1, jkn, brr, fay, bootstrap, other; empty: linearised
  double rho = 0.5;
  int replicate_count = 500;
  std::uint64_t seed = 604;
  std::optional<double> replicate_scale;
  std::vector<double> replicate_rscales;
  std::string replicate_centre = "mean";
  Format format = Format::json;
  std::string output;
};

struct ExportOptions {
  std::string defs;
  std::string data;
  std::string action;    // index, ask, approve, refuse, list, fetch
  std::string campaign;  // index, ask, list
  std::string model;     // index; empty: the first that fits
  std::string record;    // index: a kept run instead of computing
  std::string format = "csv";
  std::string language = "vi";
  std::string output;    // a file; fetch: a folder
  std::string request;   // approve, refuse, fetch
  std::string purpose;   // ask
  std::string recipient; // ask
  std::vector<std::string> traits;
  std::string reason;    // refuse
  std::string account;
  std::string password_file;  // empty: the first line of standard input
};

struct ScorecardOptions {
  std::string data;
  std::string defs;
  std::string action;  // list, export, ask, confirm, check, import, blank
  std::string id;      // export, ask: of the year; confirm: of the request; blank: of the set of criteria
  std::vector<std::string> files;  // check, import: a workbook, or tables named after its sheets
  std::string format = "xlsx";     // export: xlsx, csv
  std::string output;              // a file; for csv a folder
  std::string reason;              // ask
  std::string account;             // export: with names
  std::string password_file;       // empty: the first line of standard input
};

struct QualityOptions {
  std::string defs;
  std::string data;
  std::string campaign;
  std::string model;      // with a campaign: id in the definitions
  std::string input;      // table of answers, "-" for standard input
  std::string unit = "unit";
  std::string group;
  std::string seconds;
  std::vector<std::string> items;
  std::vector<std::string> reversed;
  std::vector<std::string> contradictions;
  int scale = 0;
  int minimum_cell = 5;
  Format format = Format::text;
  std::string language = "vi";
  std::string output;
};

struct AwardsOptions {
  std::string defs;
  std::string rules;  // id in the definitions, or a file
  std::vector<std::string> facts;
  std::vector<std::string> readings;  // name=value
  std::string readings_file;
  std::string lineage;  // CSV of predecessors
  std::string date;  // of the decision
  int year = 0;
  Format format = Format::json;
  std::string language = "vi";
  bool explain = false;
  bool compare = false;
  std::string output;
};

struct BackupOptions {
  std::string data;
  std::string folder;
  std::string keys;  // where keys go, or come from; empty: not copied
};

struct AuditOptions {
  std::string data;
  std::string file;    // verify: an exported journal, or a data folder
  std::string head;    // verify: a chain value noted down earlier
  std::string output;  // export
};

int run_serve(const ServeOptions& options);
int run_init(const InitOptions& options);
int run_demo(const DemoOptions& options);
int run_defs_check(const DefsOptions& options);
int run_defs_diff(const DefsOptions& options);
int run_defs_completeness(const DefsOptions& options);
int run_campaign(const CampaignOptions& options);
int run_index_compute(const IndexOptions& options);
int run_index_show(const IndexOptions& options);
int run_index_change(const IndexOptions& options);
int run_index_ranks(const IndexOptions& options);
int run_index_robustness(const IndexOptions& options);
int run_index_coherence(const IndexOptions& options);
int run_index_growth(const IndexOptions& options);
int run_index_limits(const IndexOptions& options);
int run_estimate(const EstimateOptions& options);
int run_export(const ExportOptions& options);
int run_scorecard(const ScorecardOptions& options);
int run_quality(const QualityOptions& options);
int run_awards(const AwardsOptions& options);
int run_backup(const BackupOptions& options);
int run_restore(const BackupOptions& options);
int run_audit_verify(const AuditOptions& options);
int run_audit_export(const AuditOptions& options);
int run_version();

// Parses the words of the command line and runs the subcommand.
int run(int argc, char** argv);

// Shared by the subcommands.
int report(const Error& error);  // one line on standard error; the exit code
int report(const Faults& faults);
// A result to its place, or why there is none; the exit code.
int finish(const std::string& output, const Result<std::string>& text, const Faults& faults);
// The first line of that file, or of standard input.
Result<std::string> read_password(const std::string& file);
Result<std::string> read_input(const std::string& path);  // "-": standard input
Result<void> write_output(const std::string& path, const std::string& content);  // empty: standard output
Result<void> write_output(const std::string& path, const OpenFile& content);

}  // namespace khaosat::cli
