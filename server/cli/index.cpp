#include <map>

#include "analysis/disclosure/disclosure.h"
#include "analysis/disclosure/published_run_json.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_table.h"
#include "base/csv.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/cli/help_texts.h"
#include "server/config.h"
#include "server/services/compute_index.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

Result<std::vector<std::pair<std::string, double>>> parameters_of(const std::vector<std::string>& words) {
  std::vector<std::pair<std::string, double>> parameters;
  for (const auto& word : words) {
    const std::size_t equals = word.find('=');
    const auto value = equals == std::string::npos ? std::nullopt : number_from(word.substr(equals + 1));
    if (!value) return fail(ErrorCode::usage, "--parameter needs NAME=NUMBER", word);
    parameters.emplace_back(word.substr(0, equals), *value);
  }
  return parameters;
}

estimate::LonelyPsuPolicy lonely_policy(const std::string& name) {
  if (name == "remove") return estimate::LonelyPsuPolicy::remove;
  if (name == "average") return estimate::LonelyPsuPolicy::average;
  if (name == "adjust") return estimate::LonelyPsuPolicy::adjust;
  if (name == "certainty") return estimate::LonelyPsuPolicy::certainty;
  return estimate::LonelyPsuPolicy::fail;
}

bool has_survey_leaves(const index::IndexModel& model) { return !model.questionnaire.empty(); }

bool has_other_leaves(const index::IndexModel& model) {
  for (const auto& node : model.nodes) {
    if (node.leaf && node.leaf->source != index::LeafSource::survey) return true;
  }
  return false;
}

class OfflineIndex {
 public:
  OfflineIndex(const IndexOptions& options, const Catalog& catalog, const index::IndexModel& model)
      : options_(options), catalog_(catalog), model_(model) {}

  // One run per year of the tables; all faults in `faults`.
  Result<std::vector<index::IndexRun>> compute(Faults& faults) {
    index::TableOptions table;
    if (options_.year > 0) table.year = options_.year;
    table.drawn = options_.sample == "drawn";
    table.psu_ids_restart_in_each_stratum = options_.psu_ids_restart;
    table.lonely_policy = lonely_policy(options_.lonely_psu);
    std::string units = options_.input;
    std::string responses = options_.responses;
    // A model of answers alone needs no table of units, so the one file is the answers.
    if (responses.empty() && has_survey_leaves(model_) && !has_other_leaves(model_)) std::swap(units, responses);

    std::map<int, index::IndexInput> inputs;
    if (!units.empty()) {
      index::read_unit_table(model_, units, TRY(read_input(units)), table, inputs, faults);
    }
    if (!responses.empty()) TRY_VOID(read_responses(responses, table, inputs, faults));
    if (!faults.empty()) return fail(as_error(faults));

    std::vector<index::IndexRun> runs;
    const auto parameters = TRY(parameters_of(options_.parameters));
    for (const auto& [year, input] : inputs) {
      if (options_.year > 0 && year != options_.year) continue;
      runs.push_back(TRY(index::compute(model_, input, {parameters, options_.variant, "khaosat " KHAOSAT_VERSION})));
    }
    if (runs.empty()) return fail(ErrorCode::no_valid_answers, "the input has no row of the year asked for");
    return runs;
  }

 private:
  Result<void> read_responses(const std::string& file, const index::TableOptions& table,
                              std::map<int, index::IndexInput>& inputs, Faults& faults) {
    if (options_.year == 0) return fail(ErrorCode::usage, "a table of respondents needs --year");
    const auto questionnaire = catalog_.questionnaire(model_.questionnaire, model_.questionnaire_version);
    std::optional<index::QuestionnaireFacts> facts;
    if (questionnaire) facts = questionnaire_facts(*questionnaire);
    index::IndexInput& input = inputs[options_.year];
    input.year = options_.year;
    if (questionnaire) input.questionnaire = questionnaire->identity;
    index::read_survey_table(model_, facts ? &*facts : nullptr, file, TRY(read_input(file)), table, input, faults);
    return {};
  }

  const IndexOptions& options_;
  const Catalog& catalog_;
  const index::IndexModel& model_;
};

Result<std::vector<index::IndexRun>> runs_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  if (!catalog.faults().empty()) {
    faults = catalog.faults();
    return fail(as_error(faults));
  }
  const auto model = TRY(find_model(catalog, options.model));
  if (options.campaign.empty()) {
    if (options.input.empty() && options.responses.empty()) {
      return fail(ErrorCode::usage, "name --campaign, --input or --responses");
    }
    return OfflineIndex(options, catalog, *model).compute(faults);
  }
  const auto store = TRY(SqliteStore::open_read_only(options.data.empty() ? Config{}.data : options.data));
  CampaignBook book(*store);
  ComputeIndex service(*store, catalog, book);
  const auto parameters = TRY(parameters_of(options.parameters));
  std::vector<index::IndexRun> runs;
  runs.push_back(TRY(service.compute({options.campaign, options.model, parameters, options.variant})));
  return runs;
}

// Several years as one document or one table.
std::string printed(const std::vector<index::IndexRun>& runs, const IndexOptions& options) {
  disclosure::DisclosureRules rules = disclosure::rules_for_citizens();
  rules.minimum = static_cast<std::uint64_t>(options.minimum_cell);
  std::string text;
  for (const auto& run : runs) {
    const auto published = disclosure::publish(run, rules);
    std::string part = options.format == Format::csv ? disclosure::to_csv(published) : disclosure::to_json(published);
    if (options.format == Format::csv && !text.empty()) part.erase(0, part.find('\n') + 1);
    if (options.format == Format::json && runs.size() > 1) {
      while (!part.empty() && part.back() == '\n') part.pop_back();
      text += text.empty() ? "[\n" : ",\n";
    }
    text += part;
  }
  if (options.format == Format::json && runs.size() > 1) text += "\n]\n";
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

std::string years_of(const index::Years& years) {
  if (years.from == 0 && years.to == 9999) return "";
  return " [" + std::to_string(years.from) + "-" + (years.to == 9999 ? "" : std::to_string(years.to)) + "]";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " or ") + word;
  return text;
}

// Where a leaf's value comes from, in the words of the tables.
std::string origin_of(const index::Leaf& leaf) {
  switch (leaf.source) {
    case index::LeafSource::survey: return "question " + leaf.survey.question;
    case index::LeafSource::published: return "published, column " + joined(leaf.columns);
    case index::LeafSource::assessed: return "points, column " + joined(leaf.columns);
    case index::LeafSource::administrative:
      return "column " + leaf.numerator + (leaf.denominator.empty() ? "" : " / column " + leaf.denominator);
  }
  return "";
}

std::string described(const index::IndexModel& model) {
  std::string text = model.identity.label() + "  " + model.title.in("vi") + "\nsha256 " + model.identity.hash + "\n";
  if (!model.questionnaire.empty()) text += "questionnaire " + model.questionnaire + "\n";
  for (const auto& parameter : model.parameters) {
    text += "parameter " + parameter.id + " = " + std::to_string(parameter.value) + "  " + parameter.title.in("vi") + "\n";
  }
  std::map<std::string, int> depth;
  for (const auto& node : model.nodes) {
    const int level = node.parent.empty() ? 0 : depth[node.parent] + 1;
    depth[node.id] = level;
    text += std::string(static_cast<std::size_t>(2 * level), ' ') + node.id + (node.code.empty() ? "" : " (" + node.code + ")") +
            years_of(node.years) + "  " + (node.leaf ? origin_of(*node.leaf) : node.aggregate) + "\n";
  }
  return text;
}

}  // namespace

std::string index_help() {
  return std::string(index::table_help()) +
         "\n\nResults pass the same protection as on the pages: figures of too few respondents are hidden.";
}

int run_index_compute(const IndexOptions& options) {
  Faults faults;
  const auto runs = runs_of(options, faults);
  if (!faults.empty()) return report(faults);
  if (!runs) return report(runs.error());
  const auto written = write_output(options.output, printed(*runs, options));
  return written ? 0 : report(written.error());
}

int run_index_show(const IndexOptions& options) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  const auto model = find_model(catalog, options.model);
  if (!model) return report(model.error());
  const auto written = write_output("", described(**model));
  return written ? 0 : report(written.error());
}

}  // namespace khaosat::cli
