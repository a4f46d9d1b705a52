#include <filesystem>
#include <fstream>
#include <iostream>

#include "analysis/disclosure/published_run_json.h"
#include "base/json_text.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/config.h"
#include "server/exports/result_files.h"
#include "server/html/locale.h"
#include "server/services/account_service.h"
#include "server/services/exports/microdata_acts.h"
#include "server/services/published_index.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

Result<Catalog> catalog_of(const ExportOptions& options, Faults& faults) {
  Catalog catalog = Catalog::load(defs_folder(options.defs));
  faults = catalog.faults();
  if (!faults.empty()) return fail(as_error(faults));
  return catalog;
}

Result<std::shared_ptr<const OpenFile>> index_file(const ExportOptions& options, const Catalog& catalog, const std::string& data) {
  if (options.campaign.empty() == options.record.empty()) return fail(ErrorCode::usage, "name either --campaign or --record");
  const auto store = TRY(SqliteStore::open_read_only(data));
  disclosure::PublishedRun run;
  if (!options.record.empty()) {
    const auto record = TRY(store->registry().record("index_run", options.record));
    if (!record) return fail(ErrorCode::not_found, "no such record", options.record);
    run = TRY(disclosure::read_published_run(record->content));
  } else {
    CampaignBook book(*store);
    ComputeIndex index(*store, catalog, book);
    const auto entry = TRY(book.find(options.campaign));
    run = TRY(published_index(index, entry->campaign, options.model));
  }
  const auto locales = TRY(Locales::load(embedded_files()));
  const auto say = [&](std::string_view key) { return locales.text(options.language, key); };
  const auto format = exports::result_format_named(options.format);
  if (!format) return fail(ErrorCode::usage, "unknown format", options.format);
  return exports::result_file(run, *format, options.language, say);
}

Result<void> copy_files(MicrodataActs& acts, const ExportOptions& options) {
  const auto act = TRY(acts.find(options.request));
  std::error_code trouble;
  std::filesystem::create_directories(options.output, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, "cannot make the folder: " + trouble.message(), options.output);
  for (const auto& file : act.report.files) {
    const auto content = TRY(acts.fetch(act.id, file.name, options.account));
    const std::string path = options.output + "/" + file.name;
    if (std::filesystem::exists(path)) return fail(ErrorCode::already_exists, "will not write over a file", path);
    std::ofstream stream(path, std::ios::binary);
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, trouble);
    TRY_VOID(content.file->each_piece([&](std::string_view piece) { stream.write(piece.data(), static_cast<std::streamsize>(piece.size())); }));
    stream.flush();
    if (!stream) return fail(ErrorCode::file_unwritable, "cannot write the file", path);
  }
  return {};
}

std::string line_of(const MicrodataAct& act) {
  return act.id + "\t" + std::string(name_of(act.state)) + "\t" + vietnam_date(act.asked) + "\t" + act.asked_by + "\t" +
         act.decided_by + "\t" + act.purpose + "\t" + act.recipient + "\n";
}

Result<std::string> act_on_microdata(const ExportOptions& options, const Catalog& catalog, const std::string& data) {
  const auto store = TRY(options.action == "list" ? SqliteStore::open_read_only(data) : SqliteStore::open(data));
  const SystemClock clock;
  CampaignBook book(*store);
  ComputeIndex index(*store, catalog, book);
  MicrodataActs acts(*store, catalog, book, index, clock, data + "/exports");
  std::string text;
  if (options.action == "list") {
    for (const auto& act : TRY(acts.of_campaign(options.campaign))) text += line_of(act);
    return text;
  }
  // Whoever types a name must know its password: two people, two passwords.
  AccountService accounts(*store, clock);
  const std::string password = TRY(read_password(options.password_file));
  const std::string session = TRY(accounts.sign_in(options.account, password));
  TRY_VOID(accounts.sign_out(session));
  if (options.action == "ask") {
    const auto act = TRY(acts.ask(options.campaign, options.purpose, options.recipient, options.traits, options.account));
    return act.id + "\n";
  }
  if (options.action == "fetch") {
    TRY_VOID(copy_files(acts, options));
    return std::string();
  }
  return line_of(options.action == "approve" ? TRY(acts.approve(options.request, options.account))
                                             : TRY(acts.refuse(options.request, options.reason, options.account)));
}

}  // namespace

int run_export(const ExportOptions& options) {
  Faults faults;
  const auto catalog = catalog_of(options, faults);
  if (!faults.empty()) return report(faults);
  if (!catalog) return report(catalog.error());
  const std::string data = options.data.empty() ? Config{}.data : options.data;
  const auto done = [&]() -> Result<void> {
    if (options.action != "index") return write_output("", TRY(act_on_microdata(options, *catalog, data)));
    const auto file = TRY(index_file(options, *catalog, data));
    return write_output(options.output, *file);
  }();
  return done ? 0 : report(done.error());
}

}  // namespace khaosat::cli
