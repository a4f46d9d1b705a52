#include <iostream>

#include "base/csv.h"
#include "base/json_text.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/config.h"
#include "server/services/campaign_service.h"
#include "server/services/draw_sample.h"
#include "server/services/paper/paper_service.h"
#include "server/services/population/campaign_population.h"
#include "server/storage/sqlite/sqlite_store.h"
#include "server/survey/campaign_json.h"
#include "server/survey/questionnaire_diff.h"

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

// What changes in words, then whether it may be; published unless it is only looked at.
Result<std::string> publish_version(const CampaignOptions& options, CampaignService& campaigns, CampaignBook& book,
                                    const Catalog& catalog, Faults& faults) {
  const VersionRequest request{options.version, options.reason, {options.same_meaning.begin(), options.same_meaning.end()}};
  const auto check = TRY(campaigns.check_version(options.id, request));
  const auto entry = TRY(book.find(options.id));
  const auto next = catalog.questionnaire(entry->campaign.questionnaire.id, options.version);
  std::cerr << report_text(diff(*entry->questionnaire, *next));
  if (!options.only_look) {
    const auto published = campaigns.publish_version(options.id, request, kActor, &faults);
    if (!published) return fail(published.error());
  }
  Table table({"point", "refused", "question", "sentence"});
  for (const auto& finding : check.findings) {
    table.add({std::string(name_of(finding.point)), is_refusal(finding.point) ? "1" : "0", finding.question, in_words(finding)});
  }
  return table.printed(options.format);
}

Result<std::string> population(const CampaignOptions& options, CampaignService& campaigns, CampaignBook& book, Store& store,
                               const Catalog& catalog, Faults& faults) {
  const auto entry = TRY(book.find(options.id));
  if (options.withdraw) {
    TRY_VOID(campaigns.set_population(options.id, {}, kActor));
    return std::string("withdrawn\n");
  }
  if (options.file.empty()) {
    const auto kept = TRY(population_of(store.registry(), options.id));
    return kept ? population_csv(*kept) : population_template(entry->campaign, entry->whole());
  }
  const auto counts = read_population(TRY(read_input(options.file)), entry->campaign, entry->whole(), catalog.units(), faults);
  if (!faults.empty()) return fail(as_error(faults));
  TRY_VOID(campaigns.set_population(options.id, counts, kActor));
  Table table({"margin", "classes"});
  for (const auto& margin : counts.margins) table.add({margin.name(), std::to_string(margin.counts.size())});
  return table.printed(options.format);
}

// What people keyed is sent first. What still waits would be lost with the campaign's key, so that is refused
// unless somebody says so; sheets that never came back are only named.
Result<void> settle_paper(const CampaignOptions& options, Store& store, PaperService& paper) {
  TRY(paper.send_waiting());
  const PaperOpen open = TRY(paper_open(store, options.id));
  const std::string keyed = std::to_string(open.keyed);
  if (open.keyed > 0 && !options.leave_paper) {
    return fail(ErrorCode::campaign_wrong_state,
                keyed + " paper forms were keyed and are not settled: a second entry, a decision or their sending is missing, and "
                "closing would lose them. Settle them on the campaign's paper page, or say --leave-paper", options.id);
  }
  if (open.keyed > 0) std::cerr << "warning: " << keyed << " keyed paper forms are not counted\n";
  if (open.out > 0) std::cerr << "warning: " << open.out << " paper forms are still handed out and count as missing\n";
  return {};
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
  if (options.action == "population") return population(options, campaigns, book, *store, catalog, faults);
  if (options.action == "publish") return publish_version(options, campaigns, book, catalog, faults);
  PaperService paper(*store, book, submit, keys, clock);
  TRY_VOID(settle_paper(options, *store, paper));
  const auto closing = TRY(campaigns.close(options.id, kActor));
  Table table({"responses", "withheld", "merged_cells"});
  table.add({std::to_string(closing.responses), std::to_string(closing.withheld), std::to_string(closing.merges.size())});
  return table.printed(options.format);
}

}  // namespace

int run_campaign(const CampaignOptions& options) {
  Faults faults;
  const auto text = act(options, faults);
  return finish("", text, faults);
}

}  // namespace khaosat::cli
