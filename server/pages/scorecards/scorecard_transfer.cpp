// A whole year as a file, out and in: what a file holds is checked and shown before anything is kept.
#include <algorithm>

#include "analysis/scorecards/points.h"
#include "server/catalog/catalog.h"
#include "server/exports/result_files.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/personal_data.h"
#include "server/services/scorecards/scorecard_files.h"

namespace khaosat {

namespace {

using scorecards::Sheet;

constexpr std::size_t kMostFaultsShown = 100;

void put_faults(View& view, const App& app, const Request& request, const Faults& faults) {
  for (std::size_t i = 0; i < std::min(faults.size(), kMostFaultsShown); ++i) {
    const SheetPlace place = sheet_place(faults[i].place);
    Fault told = faults[i];
    told.place = "column " + place.column;
    std::string sentence = sentence_of_sheet(app, request, told, false);
    // Sheet, row and column have columns of their own.
    if (!place.column.empty()) sentence = sentence.substr(sentence.find(": ") + 2);
    view.add("faults", View().set("fault_sheet", named(app, request, place.sheet)).set("fault_row", place.row)
                           .set("fault_column", named(app, request, place.column)).set("fault_sentence", sentence));
  }
  view.set("any_fault", !faults.empty()).set("fault_count", static_cast<int>(faults.size()));
  view.set("more_faults", faults.size() > kMostFaultsShown);
}

Result<HttpResponse> import_page(const App& app, const Request& request, std::vector<FieldWrong> wrong, const Faults& faults, int status) {
  View view = staff_view(app, request, say(app, request, "staff.scorecard_file.import_title"), "/staff/scorecards");
  StaffFields fields(app, request, "scorecard_file", typed_from({}), std::move(wrong));
  fields.put(view, "unused");
  put_faults(view, app, request, faults);
  for (const auto& set : app.catalog.scorecards()) {
    if (app.catalog.scorecard(set->identity.id) != set) continue;
    view.add("sets", View().set("set_title", set->title.in(request.language)).set("set_href", "/staff/scorecards/blank/" + set->identity.id));
  }
  return staff_page(app, request, "scorecards_import", view, status);
}

Result<HttpResponse> preview_page(const App& app, const Request& request, const scorecards::Ledger& ledger, const std::vector<Sheet>& sheets) {
  View view = staff_view(app, request, say(app, request, "staff.scorecard_file.preview_title"), "/staff/scorecards");
  const auto totals = scorecards::totals(ledger);
  view.set("year_title", title_of(app, request, ledger.plan())).set("set_title", ledger.set().title.in(request.language)).set("set_label", ledger.set().identity.label());
  view.set("bodies", static_cast<int>(ledger.plan().bodies.size())).set("persons", static_cast<int>(ledger.plan().persons.size()));
  view.set("assignments", static_cast<int>(ledger.plan().assignments.size())).set("acts", static_cast<int>(ledger.events().size()));
  view.set("total", points_words(totals.total)).set("total_maximum", points_words(totals.maximum));
  view.set("is_closed", ledger.is_closed()).set("digest", ledger.digest());
  for (const auto& sheet : sheets) view.add("sheets", View().set("sheet", sheet.name).set("content", scorecards::to_csv(sheet)));
  return staff_page(app, request, "scorecards_preview", view);
}

}  // namespace

Result<HttpResponse> show_scorecard_import(const App& app, const Request& request) { return import_page(app, request, {}, {}, 200); }

Result<HttpResponse> import_scorecard(const App& app, const Request& request, const StaffForm& form) {
  Faults faults;
  std::vector<Sheet> sheets;
  const bool keeps = form.text("do") == "import";
  if (keeps) {
    // As the page that showed them sends them back.
    for (const auto& shape : scorecards::sheet_shapes()) {
      const auto content = form.fields.one("sheet_" + shape.name);
      if (content) sheets.push_back(scorecards::read_sheet_csv(shape.name, *content, faults));
    }
  } else {
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& file : form.files) {
      if (file.field == "workbook" && !file.bytes.empty()) files.emplace_back(file.file_name, file.bytes);
    }
    if (files.empty()) return import_page(app, request, {{"workbook", say(app, request, "staff.scorecard_file.missing")}}, {}, 422);
    auto read = sheets_of_files(files, faults);
    if (!read && http_status_of(read.error().code) >= 500) return fail(read.error());
    if (!read) return import_page(app, request, {{"workbook", say(app, request, "staff.scorecard_file.unreadable", {{"why", read.error().message}})}}, {}, 422);
    sheets = std::move(*read);
  }
  const auto ledger = faults.empty() ? app.scorecards.check(sheets, faults) : std::nullopt;
  if (!faults.empty() || !ledger) return import_page(app, request, {{"workbook", say(app, request, "staff.scorecard_file.faulty")}}, faults, 422);
  if (!keeps) {
    const bool too_long = std::any_of(sheets.begin(), sheets.end(), [](const Sheet& sheet) { return scorecards::to_csv(sheet).size() > kLongestTable; });
    if (too_long) return import_page(app, request, {{"workbook", say(app, request, "staff.scorecard_file.too_long")}}, {}, 422);
    return preview_page(app, request, *ledger, sheets);
  }
  const auto kept = app.scorecards.import(sheets, signed_in(request)->account, faults);
  if (kept) return HttpResponse::redirect("/staff/scorecards/" + *kept);
  if (kept.error().code == ErrorCode::already_exists) {
    return import_page(app, request, {{"workbook", say(app, request, "staff.fault.scorecard.already_exists")}}, {}, 409);
  }
  return fail(kept.error());
}

Result<HttpResponse> download_blank_scorecard(const App& app, const Request& request) {
  const auto set = app.catalog.scorecard(request.params.at(0));
  if (!set) return fail(ErrorCode::not_found, "no such scorecard", request.params.at(0));
  return HttpResponse::download(TRY(blank_workbook(*set)), std::string(exports::media_type_of(exports::ResultFormat::xlsx)), "bang-diem-trong.xlsx");
}

Result<HttpResponse> download_scorecard(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const std::string name = "bang-diem-" + std::to_string(sight.ledger.plan().year) + "-" + sight.year.id;
  const std::string& wanted = request.params.at(1);
  HttpResponse response;
  TRY_VOID(app.personal.take_file("scorecard/" + sight.year.id, sight.ledger.digest(), sight.account));
  if (wanted == "xlsx") {
    response = HttpResponse::download(TRY(year_workbook(sight.ledger, request.language)), std::string(exports::media_type_of(exports::ResultFormat::xlsx)), name + ".xlsx");
  } else {
    auto sheets = scorecards::to_sheets(sight.ledger);
    sheets.push_back(scorecards::points_sheet(sight.ledger, request.language));
    const std::string sheet_name = wanted.substr(wanted.find('/') + 1);
    const auto sheet = std::find_if(sheets.begin(), sheets.end(), [&](const Sheet& one) { return one.name == sheet_name; });
    if (sheet == sheets.end()) return fail(ErrorCode::not_found, "a year has no sheet of this name", sheet_name);
    response = HttpResponse::bytes(scorecards::to_csv(*sheet), std::string(exports::media_type_of(exports::ResultFormat::csv)), sheet_name + ".csv");
  }
  return response;
}

Result<HttpResponse> download_points(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const bool is_book = request.params.at(1) == "xlsx";
  const std::string name = "diem-" + std::to_string(sight.ledger.plan().year) + "-" + sight.year.id + (is_book ? ".xlsx" : ".csv");
  const std::string type(exports::media_type_of(is_book ? exports::ResultFormat::xlsx : exports::ResultFormat::csv));
  HttpResponse response;
  if (is_book) {
    response = HttpResponse::download(TRY(points_workbook(sight.ledger, request.language)), type, name);
  } else {
    response = HttpResponse::bytes(scorecards::to_csv(scorecards::points_sheet(sight.ledger, request.language, scorecards::WithHeads::no)), type, name);
  }
  TRY_VOID(app.store.registry().append_journal({0, app.clock.now(), sight.account, "scorecard.export", sight.year.id, sight.ledger.digest(), "points"}));
  return response;
}

Result<HttpResponse> ask_scorecard_file(const App& app, const Request& request, const StaffForm& form) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  TRY(app.personal.ask_file("scorecard/" + sight.year.id, sight.ledger.digest(), form.text("leave_reason"), sight.account));
  return HttpResponse::redirect(href_of(sight) + "#file");
}

}  // namespace khaosat
