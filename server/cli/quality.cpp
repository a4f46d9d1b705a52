// khaosat quality: how the forms of a closed campaign, or of a table, were filled in.
#include "analysis/quality/answer_table.h"
#include "server/cli/commands.h"
#include "server/cli/index_runs.h"
#include "server/config.h"
#include "server/reports/quality_report.h"
#include "server/services/analyst/campaign_quality.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

Result<std::string> of_table(const QualityOptions& options, Faults& faults) {
  quality::AnswerTableOptions table;
  table.place = options.unit;
  table.group = options.group;
  table.seconds = options.seconds;
  table.items = options.items;
  table.reversed = options.reversed;
  table.scale = options.scale;
  table.contradictions = options.contradictions;
  const auto text = TRY(read_input(options.input));
  const auto sheet = quality::read_answer_table(options.input, text, table, faults);
  if (!faults.empty()) return fail(as_error(faults));
  const auto report = TRY(quality::assess(sheet));
  auto rules = disclosure::rules_for_citizens();
  rules.minimum = static_cast<std::uint64_t>(options.minimum_cell);
  const auto published = disclosure::publish_quality(sheet, report, rules);
  if (options.format == Format::json) return disclosure::to_json(published);
  return quality_text(published, [](const std::string& id) { return id; }, nullptr, nullptr, options.language);
}

Result<std::string> of_campaign(const QualityOptions& options, Faults& faults) {
  if (options.model.empty()) return fail(ErrorCode::usage, "--campaign needs --model");
  IndexOptions definitions;
  definitions.defs = options.defs;
  const Catalog catalog = TRY(load_catalog(definitions, faults));
  const auto store = TRY(SqliteStore::open_read_only(options.data.empty() ? Config{}.data : options.data));
  CampaignBook book(*store);
  ComputeIndex index(*store, catalog, book);
  const auto entry = TRY(book.find(options.campaign));
  const auto found = TRY(campaign_quality(store->registry(), index, catalog, *entry, options.model));
  if (options.format == Format::json) return disclosure::to_json(found.quality);
  const auto name = [&](const std::string& id) {
    const Unit* unit = catalog.units().find(id);
    return unit ? unit->name.in(options.language) : id;
  };
  return quality_text(found.quality, name, &found.with_all, found.without_flagged ? &*found.without_flagged : nullptr, options.language);
}

}  // namespace

int run_quality(const QualityOptions& options) {
  Faults faults;
  if (options.campaign.empty() == options.input.empty()) return report(Error{ErrorCode::usage, "name either --campaign or a table", "", {}});
  const auto text = options.campaign.empty() ? of_table(options, faults) : of_campaign(options, faults);
  return finish(options.output, text, faults);
}

}  // namespace khaosat::cli
