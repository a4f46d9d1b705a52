// index change, index ranks, index robustness: two years beside each other, and how firm an order is.
#include <algorithm>
#include <filesystem>

#include "analysis/change/index_change.h"
#include "analysis/disclosure/published_change.h"
#include "analysis/robustness/rank_table.h"
#include "analysis/robustness/robustness.h"
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

Result<std::string> change_of(const IndexOptions& options, Faults& faults) {
  const Catalog catalog = TRY(load_catalog(options, faults));
  const auto model = TRY(find_model(catalog, options.model));
  const auto before = TRY(run_of(options, options.pair[0], options.year_before, catalog, *model, faults));
  const auto after = TRY(run_of(options, options.pair[1], options.year_after, catalog, *model, faults));
  change::ChangeOptions asked;
  asked.level = options.level;
  asked.components = options.components;
  if (before.questionnaire && after.questionnaire) asked.questions = question_changes(*before.questionnaire, *after.questionnaire);
  const auto change = TRY(change::compare_years(*model, before.run, *model, after.run, asked));
  const auto published = disclosure::publish_change(change, before.published, after.published, after.published.rules);
  return options.format == Format::text ? change_text(published, "vi") : disclosure::to_json(published);
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

int finish(const IndexOptions& options, const Result<std::string>& text, const Faults& faults) {
  if (!faults.empty()) return report(faults);
  if (!text) return report(text.error());
  const auto written = write_output(options.output, *text);
  return written ? 0 : report(written.error());
}

}  // namespace

int run_index_change(const IndexOptions& options) {
  Faults faults;
  const auto text = change_of(options, faults);
  return finish(options, text, faults);
}

int run_index_ranks(const IndexOptions& options) {
  Faults faults;
  const auto text = ranks_of(options, faults);
  return finish(options, text, faults);
}

int run_index_robustness(const IndexOptions& options) {
  Faults faults;
  const auto text = robustness_of(options, faults);
  return finish(options, text, faults);
}

}  // namespace khaosat::cli
