#include "server/cli/index_runs.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "analysis/disclosure/disclosure.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/index_merge.h"
#include "analysis/index/index_table.h"
#include "base/csv.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/cli/definitions.h"
#include "server/config.h"
#include "server/services/compute_index.h"
#include "server/survey/unit_lineage.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

const char* const kProgram = "khaosat " KHAOSAT_VERSION;

// `own`: the same answers by the model's own parameters; null: `run` has these.
disclosure::PublishedRun publish(const index::IndexRun& run, const index::IndexRun* own, const disclosure::DisclosureRules& rules,
                                 const std::vector<disclosure::EarlierPublication>& earlier) {
  if (own == nullptr) return disclosure::publish(run, rules, earlier);
  return disclosure::publish_what_if(run, *own, disclosure::publish(*own, rules, earlier), rules);
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

  struct OfYear {
    index::IndexRun run;
    std::optional<index::IndexRun> own;  // by the model's own parameters, where others were asked for
  };

  // One run per year of the tables; all faults in `faults`.
  Result<std::vector<OfYear>> compute(Faults& faults) {
    index::TableOptions table;
    if (options_.year > 0) table.year = options_.year;
    table.drawn = options_.sample == "drawn";
    table.psu_ids_restart_in_each_stratum = options_.psu_ids_restart;
    table.lonely_policy = lonely_policy(options_.lonely_psu);
    if (options_.calibration == "exponential") table.calibration.function = estimate::CalibrationFunction::exponential;
    if (options_.calibration == "logit") table.calibration.function = estimate::CalibrationFunction::logit;
    if (options_.weight_bounds.size() == 2) {
      table.calibration.lower = options_.weight_bounds[0];
      table.calibration.upper = options_.weight_bounds[1];
    }
    std::string units = options_.input;
    std::vector<std::string> responses = options_.responses;
    // A model of answers alone needs no table of units, so the one file is the answers.
    if (responses.empty() && !units.empty() && has_survey_leaves(model_) && !has_other_leaves(model_)) responses.push_back(std::exchange(units, ""));

    std::map<int, index::IndexInput> inputs;
    if (!units.empty()) {
      index::read_unit_table(model_, units, TRY(read_input(units)), table, inputs, faults);
    }
    for (const auto& file : responses) TRY_VOID(read_responses(file, table, inputs, faults));
    if (!faults.empty()) return fail(as_error(faults));
    index::link_earlier_years(model_, inputs);

    std::vector<OfYear> runs;
    const auto parameters = TRY(numbers_by_name(options_.parameters, "--parameter"));
    for (const auto& [year, input] : inputs) {
      if (options_.year > 0 && year != options_.year) continue;
      runs.push_back({TRY(index::compute(model_, input, {parameters, options_.variant, kProgram})), std::nullopt});
      if (disclosure::is_what_if(runs.back().run)) runs.back().own = TRY(index::compute(model_, input, {{}, "", kProgram}));
    }
    if (runs.empty()) return fail(ErrorCode::no_valid_answers, "the input has no row of the year asked for");
    for (const OfYear& one : runs)
      if (one.run.units.empty()) return fail(ErrorCode::no_valid_answers, "the table has no row below its header", units.empty() ? responses.front() : units);
    return runs;
  }

 private:
  Result<void> read_responses(const std::string& file, const index::TableOptions& table,
                              std::map<int, index::IndexInput>& inputs, Faults& faults) {
    if (options_.year == 0) return fail(ErrorCode::usage, "a table of respondents needs --year");
    const auto questionnaire = catalog_.questionnaire(model_.questionnaire, model_.questionnaire_version);
    std::optional<index::QuestionnaireFacts> facts;
    if (questionnaire) facts = questionnaire_facts(*questionnaire);
    // A model of the catalogue was checked with it; a file of somebody's own was not.
    if (facts) index::cross_check(model_, *facts, options_.model, faults);
    index::IndexInput input;
    input.year = options_.year;
    if (questionnaire) input.questionnaire = questionnaire->identity;
    index::read_survey_table(model_, facts ? &*facts : nullptr, file, TRY(read_input(file)), table, input, faults);
    if (!faults.empty()) return {};
    index::IndexInput& all = inputs[options_.year];
    all.year = options_.year;
    return index::add_input(all, std::move(input));
  }

  const IndexOptions& options_;
  const Catalog& catalog_;
  const index::IndexModel& model_;
};

// A campaign is computed by the models of the definitions, as they were when a result was kept: a copy with other
// weights would tell more of what is hidden with each run, and nobody would know beside what to look at it.
Result<void> check_model(Store& store, const Catalog& catalog, const index::IndexModel& model) {
  const auto known = catalog.index_model(model.identity.id);
  if (!known || known->identity.hash != model.identity.hash)
    return fail(ErrorCode::usage, "a campaign is computed by a model of the definitions; for other weights the model needs a parameter", model.identity.label());
  const auto pinned = TRY(store.registry().pinned("index_model", model.identity.id, model.identity.version));
  if (pinned && pinned->identity.hash != model.identity.hash)
    return fail(ErrorCode::definition_changed, "a result was kept by this version of the model with other content; give the changed model a new version", model.identity.label());
  return {};
}

// Sums of several offices, each in a data folder of its own: only sums are taken from any of them.
Result<MadeRun> run_of_stores(const IndexOptions& options, const Catalog& catalog, const index::IndexModel& model, ComputeIndex& first,
                              const IndexRequest& request, const CampaignEntry& entry) {
  index::IndexInput input = TRY(first.input_for(request));
  disclosure::DisclosureRules rules = disclosure_rules(entry.campaign);
  // Nobody counts twice, whatever a folder is called and wherever a copy of it lies.
  std::set<std::string> campaigns{request.campaign_id};
  for (const auto& word : options.also) {
    const std::size_t equals = word.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == word.size()) return fail(ErrorCode::usage, "--also needs FOLDER=ID", word);
    const std::string folder = word.substr(0, equals);
    if (!std::filesystem::is_directory(folder)) return fail(ErrorCode::not_found, "there is no such folder", folder);
    IndexRequest other = request;
    other.campaign_id = word.substr(equals + 1);
    if (!campaigns.insert(other.campaign_id).second)
      return fail(ErrorCode::already_exists, "this campaign's answers are counted already; name every campaign once", word);
    const auto store = TRY(SqliteStore::open_read_only(folder));
    CampaignBook book(*store);
    ComputeIndex service(*store, catalog, book);
    const auto more = TRY(book.find(other.campaign_id));
    if (more->campaign.questionnaire != entry.campaign.questionnaire)
      return fail(ErrorCode::not_comparable, "asked by " + more->campaign.questionnaire.label() + ", the first by " + entry.campaign.questionnaire.label(), word);
    const auto other_rules = disclosure_rules(more->campaign);
    rules.minimum = std::max(rules.minimum, other_rules.minimum);
    auto added = TRY(service.input_for(other));
    TRY_VOID(index::add_input(input, std::move(added)));
  }
  auto run = TRY(index::compute(model, input, {request.parameters, request.variant, kProgram}));
  std::vector<disclosure::EarlierPublication> earlier;
  for (const auto& file : options.earlier) {
    const auto content = TRY(read_input(file));
    earlier.push_back(TRY(disclosure::read_earlier_publication(content)));
  }
  std::optional<index::IndexRun> own;
  if (disclosure::is_what_if(run)) own = TRY(index::compute(model, input, {{}, "", kProgram}));
  auto published = publish(run, own ? &*own : nullptr, rules, earlier);
  return MadeRun{std::move(run), std::move(published), entry.form->whole()};
}

}  // namespace

Result<std::vector<std::pair<std::string, double>>> numbers_by_name(const std::vector<std::string>& words, const char* option) {
  std::vector<std::pair<std::string, double>> parameters;
  for (const auto& word : words) {
    const std::size_t equals = word.find('=');
    const auto value = equals == std::string::npos ? std::nullopt : number_from(word.substr(equals + 1));
    if (!value) return fail(ErrorCode::usage, std::string(option) + " needs NAME=NUMBER", word);
    parameters.emplace_back(word.substr(0, equals), *value);
  }
  return parameters;
}

std::set<std::string> other_units(const UnitRegister& units, const index::IndexRun& before, const index::IndexRun& after) {
  std::set<std::string> others;
  for (const auto& unit : after.units)
    if (before.find_unit(unit.id) != nullptr && names_another_unit(units, unit.id, before.year, after.year)) others.insert(unit.id);
  return others;
}

Result<Catalog> load_catalog(const IndexOptions& options, Faults& faults) {
  Catalog catalog = Catalog::load(defs_folder(options.defs));
  if (!catalog.faults().empty()) {
    faults = catalog.faults();
    return fail(as_error(faults));
  }
  return catalog;
}

Result<std::vector<std::shared_ptr<const index::IndexModel>>> models_for_campaign(const IndexOptions& options, const Catalog& catalog,
                                                                                  const std::string& named) {
  if (named == "-" || std::filesystem::exists(named)) return fail(ErrorCode::usage, "--all-models needs campaigns; for tables name each --model", named);
  const auto store = TRY(SqliteStore::open_read_only(options.data.empty() ? Config{}.data : options.data));
  CampaignBook book(*store);
  ComputeIndex service(*store, catalog, book);
  return service.models_for(TRY(book.find(named))->campaign);
}

Result<std::vector<MadeRun>> make_runs(const IndexOptions& options, const Catalog& catalog, const index::IndexModel& model,
                                       Faults& faults) {
  std::vector<MadeRun> made;
  if (options.campaign.empty()) {
    if (!options.also.empty()) return fail(ErrorCode::usage, "--also adds to a --campaign; tables are added by further --responses");
    if (options.input.empty() && options.responses.empty()) {
      return fail(ErrorCode::usage, "name --campaign, --input or --responses");
    }
    disclosure::DisclosureRules rules = disclosure::rules_for_citizens();
    rules.minimum = static_cast<std::uint64_t>(options.minimum_cell);
    std::vector<disclosure::EarlierPublication> earlier;
    for (const auto& file : options.earlier) {
      const auto content = TRY(read_input(file));
      earlier.push_back(TRY(disclosure::read_earlier_publication(content)));
    }
    auto runs = TRY(OfflineIndex(options, catalog, model).compute(faults));
    for (auto& [run, own] : runs) {
      auto published = publish(run, own ? &*own : nullptr, rules, earlier);
      made.push_back({std::move(run), std::move(published), nullptr});
    }
    return made;
  }
  const auto store = TRY(SqliteStore::open_read_only(options.data.empty() ? Config{}.data : options.data));
  CampaignBook book(*store);
  ComputeIndex service(*store, catalog, book);
  const auto parameters = TRY(numbers_by_name(options.parameters, "--parameter"));
  const auto entry = TRY(book.find(options.campaign));
  TRY_VOID(check_model(*store, catalog, model));
  const IndexRequest request{options.campaign, model.identity.id, parameters, options.variant};
  if (!options.also.empty()) {
    made.push_back(TRY(run_of_stores(options, catalog, model, service, request, *entry)));
    return made;
  }
  auto run = TRY(service.compute(request));
  auto published = TRY(service.publish(run, entry->campaign));
  made.push_back({std::move(run), std::move(published), entry->form->whole()});
  return made;
}

}  // namespace khaosat::cli
