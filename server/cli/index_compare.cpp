// index change, index ranks, index robustness: two years beside each other, and how firm an order is.
#include <algorithm>
#include <filesystem>

#include "analysis/change/change_family.h"
#include "analysis/change/index_change.h"
#include "analysis/disclosure/published_change.h"
#include "analysis/robustness/rank_table.h"
#include "analysis/robustness/robustness.h"
#include "base/json_text.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/cli/index_runs.h"
#include "server/reports/change_report.h"
#include "server/services/analyst/year_pair.h"

namespace khaosat::cli {

namespace {

// A word is a file of answers where one of that name exists, otherwise a campaign.
Result<MadeRun> run_of(const IndexOptions& options, const std::string& named, int year, const Catalog& catalog,
                       const index::IndexModel& model, Faults& faults) {
  IndexOptions one = options;
  one.year = year;
  if (named == "-" || std::filesystem::exists(named)) {
    one.input = named;
  } else {
    one.campaign = named;
  }
  auto runs = TRY(make_runs(one, catalog, model, faults));
  return std::move(runs.back());
}

// Two years by one model, and what may leave of each.
struct Compared {
  MadeRun before;
  MadeRun after;
  change::IndexChange change;
};

Result<Compared> compared(const IndexOptions& options, const Catalog& catalog, const index::IndexModel& model,
                          const std::vector<std::string>& components, Faults& faults) {
  auto before = TRY(run_of(options, options.pair[0], options.year_before, catalog, model, faults));
  auto after = TRY(run_of(options, options.pair[1], options.year_after, catalog, model, faults));
  change::ChangeOptions asked;
  asked.level = options.level;
  asked.components = components;
  asked.other_units = other_units(catalog.units(), before.run, after.run);
  if (before.questionnaire && after.questionnaire) asked.questions = question_changes(*before.questionnaire, *after.questionnaire);
  auto change = TRY(change::compare_years(model, before.run, model, after.run, asked));
  return Compared{std::move(before), std::move(after), std::move(change)};
}

disclosure::PublishedChange publishable(const Compared& one) {
  return disclosure::publish_change(one.change, one.before.published, one.after.published, one.after.published.rules);
}

// The models named, or all that read the questionnaire of both campaigns.
Result<std::vector<std::shared_ptr<const index::IndexModel>>> models_of(const IndexOptions& options, const Catalog& catalog) {
  std::vector<std::shared_ptr<const index::IndexModel>> models;
  const auto add = [&](std::shared_ptr<const index::IndexModel> model) {
    const bool known = std::any_of(models.begin(), models.end(), [&](const auto& one) { return one->identity.id == model->identity.id; });
    if (!known) models.push_back(std::move(model));
  };
  for (const auto& named : options.models) add(TRY(find_model(catalog, named)));
  if (options.all_models) {
    for (auto& model : TRY(models_for_campaign(options, catalog, options.pair[1]))) add(std::move(model));
  }
  if (models.empty()) return fail(ErrorCode::usage, "name --model, or say --all-models");
  return models;
}

// Of the nodes asked for, those that the model has; one that no model has is refused.
std::vector<std::string> components_in(const index::IndexModel& model, const std::vector<std::string>& asked) {
  std::vector<std::string> here;
  for (const auto& id : asked)
    if (std::any_of(model.nodes.begin(), model.nodes.end(), [&](const auto& node) { return node.id == id; })) here.push_back(id);
  return here;
}

std::string joined_changes(const std::vector<disclosure::PublishedChange>& changes, const change::ChangeFamily& family,
                           const std::vector<std::pair<std::string, Error>>& refused, Format format) {
  if (format == Format::text) {
    std::string text = "Xét chung " + std::to_string(family.indices) + " chỉ số, " + std::to_string(family.units) + " đơn vị, " + std::to_string(family.tests) +
                       " phép thử: trong một đơn vị hiệu chỉnh theo Holm, trên tất cả theo Benjamini-Hochberg.\n";
    for (const auto& change : changes) text += "\n" + change_text(change, "vi");
    for (const auto& [model, error] : refused) text += "\n" + model + ": " + error.message + " [" + std::string(name_of(error.code)) + "]\n";
    return text;
  }
  std::string text = "{\"schema\":\"khaosat/index_change_family/1\",\"indices\":" + std::to_string(family.indices) + ",\"units\":" +
                     std::to_string(family.units) + ",\"tests\":" + std::to_string(family.tests) +
                     ",\"within_units\":\"holm\",\"over_everything\":\"benjamini_hochberg\",\"refused\":[";
  for (const auto& [model, error] : refused)
    text += (text.back() == '[' ? "{\"model\":" : ",{\"model\":") + json_quoted(model) + ",\"error\":" + json_quoted(name_of(error.code)) + ",\"message\":" + json_quoted(error.message) + "}";
  text += "],\"changes\":[\n";
  for (std::size_t k = 0; k < changes.size(); ++k) {
    std::string one = disclosure::to_json(changes[k]);
    while (!one.empty() && one.back() == '\n') one.pop_back();
    text += (k == 0 ? "" : ",\n") + one;
  }
  return text + "\n]}\n";
}

Result<std::string> change_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto models = TRY(models_of(options, catalog));
  if (models.size() == 1) {
    const auto published = publishable(TRY(compared(options, catalog, *models.front(), options.components, faults)));
    return options.format == Format::text ? change_text(published, "vi") : disclosure::to_json(published);
  }
  for (const auto& id : options.components) {
    bool known = false;
    for (const auto& model : models) known = known || !components_in(*model, {id}).empty();
    if (!known) return fail(ErrorCode::definition_unknown, "no model has such a node", id);
  }
  std::vector<Compared> all;
  std::vector<std::pair<std::string, Error>> refused;
  for (const auto& model : models) {
    const auto components = components_in(*model, options.components);
    // Where nodes are named, an index without any of them has no part in the family.
    if (!options.components.empty() && components.empty()) continue;
    auto one = compared(options, catalog, *model, components, faults);
    if (!faults.empty()) return fail(as_error(faults));
    if (one) {
      all.push_back(std::move(*one));
    } else {
      refused.emplace_back(model->identity.id, one.error());
    }
  }
  // Nothing of the family can be compared.
  if (all.empty()) return fail(refused.front().second);
  std::vector<change::IndexChange> changes;
  for (auto& one : all) changes.push_back(std::move(one.change));
  const auto family = TRY(change::adjust_as_family(changes));
  std::vector<disclosure::PublishedChange> published;
  for (std::size_t k = 0; k < all.size(); ++k) {
    all[k].change = std::move(changes[k]);
    published.push_back(publishable(all[k]));
  }
  return joined_changes(published, family, refused, options.format);
}

Result<MadeRun> last_run(const IndexOptions& options, const Catalog& catalog, const index::IndexModel& model, Faults& faults) {
  auto runs = TRY(make_runs(options, catalog, model, faults));
  return std::move(runs.back());
}

Result<std::string> ranks_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto model = TRY(find_model(catalog, options.model));
  const auto made = TRY(last_run(options, catalog, *model, faults));
  const auto table = TRY(robustness::rank_table(made.run, made.published, options.node, options.level));
  return options.format == Format::text ? rank_text(table, "vi") : robustness::to_json(table);
}

Result<std::string> robustness_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto model = TRY(find_model(catalog, options.model));
  const auto made = TRY(last_run(options, catalog, *model, faults));
  robustness::RobustnessRequest request;
  request.draws = static_cast<std::size_t>(options.draws);
  request.points = static_cast<std::size_t>(options.points);
  request.seed = options.seed;
  const auto weights = TRY(numbers_by_name(options.weights, "--weight"));
  request.what_if.insert(weights.begin(), weights.end());
  for (const auto& node : options.vary_weights)
    request.factors.push_back({"weights:" + node, robustness::FactorKind::weights, node, options.spread, {}});
  if (!options.aggregations.empty())
    request.factors.push_back({"aggregation", robustness::FactorKind::aggregation, "", 0, options.aggregations});
  if (!options.leaf_scorings.empty())
    request.factors.push_back({"leaf_scoring", robustness::FactorKind::leaf_scoring, "", 0, options.leaf_scorings});
  const auto result = TRY(robustness::robustness(*model, made.run, made.published, request));
  return options.format == Format::text ? robustness_text(result, "vi") : robustness::to_json(result);
}

}  // namespace

int run_index_change(const IndexOptions& options) {
  Faults faults;
  const auto text = change_of(options, faults);
  return finish(options.output, text, faults);
}

int run_index_ranks(const IndexOptions& options) {
  Faults faults;
  const auto text = ranks_of(options, faults);
  return finish(options.output, text, faults);
}

int run_index_robustness(const IndexOptions& options) {
  Faults faults;
  const auto text = robustness_of(options, faults);
  return finish(options.output, text, faults);
}

}  // namespace khaosat::cli
