#include <algorithm>
#include <filesystem>
#include <iostream>

#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/config.h"
#include "server/services/account_service.h"
#include "server/services/facts/personal_data.h"
#include "server/services/scorecards/scorecard_book.h"
#include "server/services/scorecards/scorecard_files.h"
#include "server/storage/memory_store.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace khaosat::cli {

namespace {

constexpr char kActor[] = "command line";

Result<std::vector<scorecards::Sheet>> read_files(const ScorecardOptions& options, Faults& faults) {
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& path : options.files) files.emplace_back(path, TRY(read_input(path)));
  auto sheets = sheets_of_files(files, faults);
  if (sheets && !faults.empty()) return fail(as_error(faults));
  return sheets;
}

// Without an account: the points alone, which name nobody.
Result<void> write_year(const scorecards::Ledger& ledger, const ScorecardOptions& options) {
  const bool is_whole = !options.account.empty();
  if (options.format == "xlsx") {
    const auto book = is_whole ? TRY(year_workbook(ledger, "vi")) : TRY(points_workbook(ledger, "vi"));
    return write_output(options.output, *book);
  }
  std::error_code trouble;
  std::filesystem::create_directories(options.output, trouble);
  if (trouble) return fail(ErrorCode::file_unwritable, trouble.message(), options.output);
  std::vector<scorecards::Sheet> sheets;
  if (is_whole) sheets = scorecards::to_sheets(ledger);
  sheets.push_back(scorecards::points_sheet(ledger, "vi", is_whole ? scorecards::WithHeads::yes : scorecards::WithHeads::no));
  for (const auto& sheet : sheets) TRY_VOID(write_output(options.output + "/" + sheet.name + ".csv", scorecards::to_csv(sheet)));
  return {};
}

// A file with names: two people, two passwords.
Result<std::string> act_for_account(const ScorecardOptions& options, Store& store, const Catalog& catalog, ScorecardBook& book) {
  const SystemClock clock;
  AccountService accounts(store, clock);
  const std::string password = TRY(read_password(options.password_file));
  const std::string session = TRY(accounts.sign_in(options.account, password));
  TRY_VOID(accounts.sign_out(session));
  const Role role = TRY(store.registry().account(options.account))->role;
  const EvidenceFolder evidence = TRY(EvidenceFolder::open((options.data.empty() ? Config{}.data : options.data) + "/evidence"));
  FactRegister facts(store, catalog, clock);
  PersonalData personal(store, catalog, facts, evidence, clock);
  if (role != Role::administrator && (role != Role::officer || options.action == "confirm")) {
    return fail(ErrorCode::not_allowed, "officers and administrators ask, administrators confirm", options.account);
  }
  if (options.action == "confirm") {
    const auto acts = TRY(personal.acts());
    const auto is_it = [&](const PersonalAct& one) { return one.id == options.id && one.kind == ActKind::whole_file; };
    if (std::none_of(acts.begin(), acts.end(), is_it)) return fail(ErrorCode::not_found, "no request for a file", options.id);
    TRY(personal.confirm(options.id, options.account));
    return std::string();
  }
  const auto ledger = TRY(book.ledger(options.id));
  const std::string file = "scorecard/" + options.id;
  if (options.action == "ask") return TRY(personal.ask_file(file, ledger.digest(), options.reason, options.account)).id + "\n";
  TRY_VOID(personal.take_file(file, ledger.digest(), options.account));
  TRY_VOID(write_year(ledger, options));
  return ledger.digest() + "\n";
}

Result<std::string> act(const ScorecardOptions& options, Faults& faults) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  faults = catalog.faults();
  if (!faults.empty()) return fail(as_error(faults));
  const SystemClock clock;
  if (options.action == "blank") {
    const auto set = catalog.scorecard(options.id);
    if (!set) return fail(ErrorCode::definition_unknown, "no such set of criteria", options.id);
    const auto book = TRY(blank_workbook(*set));
    TRY_VOID(write_output(options.output, *book));
    return std::string();
  }
  if (options.action == "check") {
    // Against the definitions alone.
    MemoryStore store;
    ScorecardBook book(store, catalog, clock);
    const auto sheets = TRY(read_files(options, faults));
    const auto ledger = book.check(sheets, faults);
    if (!ledger) return fail(as_error(faults));
    return std::to_string(ledger->plan().year) + "  " + ledger->plan().unit + "  " + ledger->set().identity.label() + "  " +
           std::to_string(ledger->events().size()) + " acts  " + (ledger->is_closed() ? "closed" : "open") + "  " + ledger->digest() + "\n";
  }
  const auto store = TRY(SqliteStore::open(options.data.empty() ? Config{}.data : options.data));
  ScorecardBook book(*store, catalog, clock);
  if (options.action == "list") {
    std::string text;
    for (const auto& year : TRY(book.years())) {
      text += year.id + "  " + std::to_string(year.year) + "  " + year.unit + "  " + year.unit_name + "  " + year.set.label() + "\n";
    }
    return text;
  }
  if (options.action == "import") {
    const auto sheets = TRY(read_files(options, faults));
    return TRY(book.import(sheets, kActor, faults)) + "\n";
  }
  if (options.account.empty()) {
    const auto ledger = TRY(book.ledger(options.id));
    TRY_VOID(write_year(ledger, options));
    TRY_VOID(store->registry().append_journal({0, clock.now(), kActor, "scorecard.export", options.id, ledger.digest(), "points/" + options.format}));
    return ledger.digest() + "\n";
  }
  return act_for_account(options, *store, catalog, book);
}

}  // namespace

int run_scorecard(const ScorecardOptions& options) {
  Faults faults;
  const auto done = act(options, faults);
  if (!done) return faults.empty() ? report(done.error()) : report(faults);
  std::cout << *done << std::flush;
  return 0;
}

}  // namespace khaosat::cli
