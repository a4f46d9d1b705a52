#include "server/application.h"

#include <malloc.h>

#include <filesystem>

#include "base/log.h"
#include "base/repeater.h"
#include "server/catalog/catalog.h"
#include "server/http/server.h"
#include "server/pages/app.h"
#include "server/pages/assets.h"
#include "server/pages/published_pages.h"
#include "server/pages/staff_session.h"
#include "server/routes.h"
#include "server/services/account_service.h"
#include "server/services/campaign_service.h"
#include "server/services/compute_index.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"
#include "server/services/facts/personal_data.h"
#include "server/services/jury/jury_book.h"
#include "server/services/field/field_service.h"
#include "server/services/kiosk/kiosk_desk.h"
#include "server/services/kiosk/kiosk_service.h"
#include "server/services/paper/paper_service.h"
#include "server/services/scorecards/scorecard_book.h"
#include "server/services/space_watch.h"
#include "server/services/exports/microdata_acts.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat {

namespace {

constexpr std::chrono::seconds kBatchPause{20};

Result<WebFiles> web_files(const Config& config) {
  if (config.web.empty()) return embedded_files();
  return files_of_folder(config.web);
}

Result<std::unique_ptr<Store>> store_on_disk(const std::string& folder) {
  std::unique_ptr<Store> store = TRY(SqliteStore::open(folder));
  return store;
}

Result<ListenOn> listener(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  return ListenOn{address.substr(0, colon),
                  static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))), std::nullopt, false};
}

}  // namespace

// In the order of construction: each member uses only those above it.
struct Application::Parts {
  Parts(Catalog its_catalog, std::unique_ptr<Store> its_store, WebFiles its_files, Locales its_locales,
        Templates its_templates, Assets its_assets, KeyFolder its_keys, SpaceWatch its_space,
        EvidenceFolder its_evidence, std::string exports_folder, std::string field_folder)
      : catalog(std::move(its_catalog)),
        store(std::move(its_store)),
        files(std::move(its_files)),
        locales(std::move(its_locales)),
        templates(std::move(its_templates)),
        assets(std::move(its_assets)),
        keys(std::move(its_keys)),
        space(std::move(its_space)),
        evidence(std::move(its_evidence)),
        exports(std::move(exports_folder)),
        field{*store, book, keys, clock, std::move(field_folder)} {}

  SystemClock clock;
  Catalog catalog;
  std::unique_ptr<Store> store;
  WebFiles files;
  Locales locales;
  Templates templates;
  Assets assets;
  KeyFolder keys;
  SpaceWatch space;
  EvidenceFolder evidence;
  std::string exports;
  CampaignBook book{*store};
  SubmitResponse submit{book, keys, clock};
  CampaignService campaigns{*store, catalog, book, submit, keys, clock};
  AccountService accounts{*store, clock};
  ComputeIndex index{*store, catalog, book};
  MicrodataActs microdata{*store, catalog, book, index, clock, exports};
  KioskService kiosks{*store, book, clock};
  KioskDesk desk{clock};
  FieldService field;
  FactRegister facts{*store, catalog, clock};
  PersonalData personal{*store, catalog, facts, evidence, clock};
  JuryBook jury{*store, catalog, facts, clock};
  PaperService paper{*store, book, submit, keys, clock};
  ScorecardBook scorecards{*store, catalog, clock};
  PublishedPages published{Design{locales, templates, assets, &catalog.recordings()}};
  std::string public_address;
  App app{
    .clock = clock,
    .files = files,
    .locales = locales,
    .templates = templates,
    .assets = assets,
    .catalog = catalog,
    .store = *store,
    .book = book,
    .campaigns = campaigns,
    .submit = submit,
    .accounts = accounts,
    .index = index,
    .kiosks = kiosks,
    .desk = desk,
    .field = field,
    .facts = facts,
    .evidence = evidence,
    .personal = personal,
    .jury = jury,
    .microdata = microdata,
    .paper = paper,
    .scorecards = scorecards,
    .published = published,
    .space = &space,
  };
  std::unique_ptr<HttpServer> server;
};

Application::Application(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Application::~Application() = default;

Result<std::unique_ptr<Application>> Application::create(const Config& config, const OpenStore& open_store) {
  Catalog catalog = Catalog::load(config.defs);
  if (!catalog.faults().empty()) return fail(as_error(catalog.faults()));
  std::unique_ptr<Store> store = open_store ? TRY(open_store(config.data)) : TRY(store_on_disk(config.data));
  auto keys = TRY(KeyFolder::open(config.data + "/keys"));
  auto evidence = TRY(EvidenceFolder::open(config.data + "/evidence"));
  auto files = TRY(web_files(config));
  auto locales = TRY(Locales::load(files));
  auto templates = TRY(Templates::load(files, locales));
  auto assets = TRY(Assets::create(files));
  // Templates and sentences have been read; only modules are asked for again.
  std::erase_if(files, [](const auto& file) { return !file.first.starts_with("js/"); });
  auto parts = std::make_unique<Parts>(std::move(catalog), std::move(store), std::move(files), std::move(locales),
                                       std::move(templates), std::move(assets), std::move(keys),
                                        SpaceWatch(config.data, static_cast<std::uint64_t>(config.low_space) * 1'000'000),
                                        std::move(evidence), config.data + "/exports", config.data + "/field");
  parts->public_address = config.public_address;
  GateConfig gate;
  gate.workers = static_cast<std::size_t>(config.workers);
  gate.max_connections = static_cast<std::size_t>(config.max_connections);
  if (!config.listen.empty()) gate.listen.push_back(TRY(listener(config.listen)));
  if (!config.listen_tls.empty()) {
    auto tls = TRY(listener(config.listen_tls));
    tls.tls = TlsFiles{config.certificate.empty() ? config.data + "/tls/certificate.pem" : config.certificate,
                       config.private_key.empty() ? config.data + "/tls/private_key.pem" : config.private_key};
    gate.listen.push_back(std::move(tls));
  }
  if (!config.listen_proxy.empty()) {
    auto proxy = TRY(listener(config.listen_proxy));
    proxy.behind_proxy = true;
    gate.listen.push_back(std::move(proxy));
  }
  Parts* raw = parts.get();
  RouterConfig router;
  router.routes = routes(raw->app, [raw] { return ServerCounters{raw->server->counters(), raw->server->router().counts()}; });
  router.guard = staff_guard(raw->app);
  router.error_page = error_pages(raw->app);
  parts->server = TRY(HttpServer::create(std::move(gate), std::move(router)));
  // First pages are ready before the first citizen asks.
  for (const auto& campaign : TRY(parts->book.all())) {
    if (campaign.state != CampaignState::open) continue;
    if (const auto entry = parts->book.find(campaign.id)) parts->published.publish(*entry);
  }
  parts->space.check();
  malloc_trim(0);  // what reading and compressing took is not needed again
  return std::unique_ptr<Application>(new Application(std::move(parts)));
}

std::vector<std::string> Application::addresses() const {
  std::vector<std::string> list;
  for (std::size_t i = 0; i < parts_->server->listener_count(); ++i) list.push_back(parts_->server->address(i));
  return list;
}

Result<std::optional<std::string>> Application::setup_link() {
  const auto token = TRY(parts_->accounts.make_setup_token());
  if (!token) return std::optional<std::string>();
  return std::optional<std::string>((parts_->public_address.empty() ? addresses().front() : parts_->public_address) + "/setup?token=" + *token);
}

void Application::run() {
  const Repeater batches(kBatchPause, [this] {
    parts_->space.check();
    const auto sent = parts_->paper.send_waiting();
    if (!sent) log(LogLevel::error, "paper_not_sent", {{"error", sent.error().message}});
    const auto formed = parts_->campaigns.form_batches();
    if (!formed) log(LogLevel::error, "batches_failed", {{"error", formed.error().message}});
    const auto finished = parts_->field.finish_closed();
    if (!finished) log(LogLevel::error, "field_not_finished", {{"error", finished.error().message}});
    const auto removed = parts_->microdata.remove_lapsed();
    if (!removed) log(LogLevel::error, "exports_not_removed", {{"error", removed.error().message}});
  });
  parts_->server->run();
}

void Application::stop() noexcept { parts_->server->stop(); }

}  // namespace khaosat
