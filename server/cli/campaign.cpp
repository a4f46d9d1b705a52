#include <iostream>

#include "base/csv.h"
#include "base/json_text.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/config.h"
#include "server/services/campaign_service.h"
#include "server/services/draw_sample.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/survey/campaign_json.h"

namespace khaosat::cli {

namespace {

constexpr char kActor[] = "command line";

// A table of texts in the three forms every action prints.
class Table {
 public:
  explicit Table(std::vector<std::string> header) : header_(std::move(header)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

  std::string printed(Format format) const {
    if (format == Format::csv) {
      CsvWriter writer(header_);
      for (const auto& row : rows_) {
        for (const auto& cell : row) writer.text(cell);
        writer.end_row();
      }
      return writer.str();
    }
    std::string text = format == Format::json ? "[" : "";
    for (const auto& row : rows_) {
      if (format == Format::json) text += text == "[" ? "\n" : ",\n";
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (format == Format::json) {
          text += (i == 0 ? "{" : ",") + json_quoted(header_[i]) + ":" + json_quoted(row[i]);
        } else {
          text += (i == 0 ? "" : "  ") + row[i];
        }
      }
      text += format == Format::json ? "}" : "\n";
    }
    return text + (format == Format::json ? "\n]\n" : "");
  }

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

std::string state_name(CampaignState state) {
  switch (state) {
    case CampaignState::draft: return "draft";
    case CampaignState::open: return "open";
    case CampaignState::closed: return "closed";
  }
  return "";
}

Result<std::string> draw(const CampaignOptions& options, Faults& faults) {
  const auto frame = read_frame_csv(options.file, TRY(read_input(options.file)));
  faults = frame.faults;
  if (!faults.empty()) return fail(as_error(faults));
  const auto drawn = TRY(draw_sample(options.title, frame.people, options.seed, options.per_psu));
  std::cerr << "root " << drawn.root << "\n";
  Table table({"psu", "person", "rank", "drawn"});
  for (const auto& person : drawn.people) {
    table.add({person.psu, person.person, std::to_string(person.rank), person.drawn ? "1" : "0"});
  }
  return table.printed(options.format);
}

Result<std::string> act(const CampaignOptions& options, Faults& faults) {
  if (options.action == "draw") return draw(options, faults);
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  faults = catalog.faults();
  if (!faults.empty()) return fail(as_error(faults));
  const std::string data = options.data.empty() ? Config{}.data : options.data;
  const auto store = TRY(SqliteStore::open(data));
  const auto keys = TRY(KeyFolder::open(data + "/keys"));
  const SystemClock clock;
  CampaignBook book(*store);
  SubmitResponse submit(book, keys, clock);
  CampaignService campaigns(*store, catalog, book, submit, keys, clock);

  if (options.action == "list") {
    Table table({"id", "state", "opens_on", "closes_on", "questionnaire", "title"});
    for (const auto& campaign : TRY(book.all())) {
      table.add({campaign.id, state_name(campaign.state), campaign.opens_on, campaign.closes_on,
                 campaign.questionnaire.label(), campaign.title.in("vi")});
    }
    return table.printed(options.format);
  }
  if (options.action == "create") {
    const Campaign draft = read_campaign_draft(options.file, TRY(read_input(options.file)), faults);
    if (!faults.empty()) return fail(as_error(faults));
    const auto campaign = TRY(campaigns.create(draft, kActor, &faults));
    return campaign.id + "\n";
  }
  if (options.action == "slips") {
    Table table({"psu", "code"});
    for (const auto& slip : TRY(campaigns.make_slips(options.id, kActor))) table.add({slip.psu, slip.code});
    return table.printed(options.format);
  }
  if (options.action == "open") {
    TRY_VOID(campaigns.open(options.id, kActor));
    return std::string("open\n");
  }
  if (options.action == "participation") {
    Table table({"unit", "psu", "title", "slips", "arrived_at_least"});
    for (const auto& row : TRY(campaigns.participation(options.id))) {
      table.add({row.unit, row.psu, row.title, std::to_string(row.slips), std::to_string(row.arrived)});
    }
    return table.printed(options.format);
  }
  const auto closing = TRY(campaigns.close(options.id, kActor));
  Table table({"responses", "withheld", "merged_cells"});
  table.add({std::to_string(closing.responses), std::to_string(closing.withheld), std::to_string(closing.merges.size())});
  return table.printed(options.format);
}

}  // namespace

int run_campaign(const CampaignOptions& options) {
  Faults faults;
  const auto text = act(options, faults);
  if (!faults.empty()) return report(faults);
  if (!text) return report(text.error());
  const auto written = write_output("", *text);
  return written ? 0 : report(written.error());
}

}  // namespace khaosat::cli
