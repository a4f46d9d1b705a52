// A whole table at once; and the declaration that a register is complete.
#include "analysis/awards/facts_table.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/facts/facts_pages.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"
#include "server/services/facts/fact_workbook.h"

namespace khaosat {

namespace {

constexpr std::size_t kMostFaultsShown = 60;

Result<HttpResponse> import_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong, const Written* taken) {
  View view = staff_view(app, request, say(app, request, "staff.fact_import.title"), "/staff/facts");
  StaffFields fields(app, request, "fact_import", typed, std::move(wrong));
  fields.input("table_file", "file").area("table", 14);
  fields.put(view, "fields");
  std::string columns;
  for (const auto& column : awards::fact_columns()) columns += (columns.empty() ? "" : ", ") + column;
  view.set("columns", columns);
  for (const auto& kind : app.facts.kinds()) {
    std::string details;
    for (const auto& detail : kind.details) details += (details.empty() ? "" : ", ") + detail;
    view.add("kinds", View().set("kind_name", kind.name).set("kind_title", kind.title.in(request.language)).set("kind_type", std::string(awards::name_of(kind.type))).set("kind_details", details));
  }
  view.set("was_taken", taken != nullptr);
  if (taken != nullptr) {
    view.set("taken_words", say(app, request, "staff.fact_import.taken", {{"count", std::to_string(taken->count)}, {"known", std::to_string(taken->known)}}));
  }
  return staff_page(app, request, "facts_import", view, fields.has_wrong() ? 422 : 200);
}

Result<HttpResponse> completion_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.fact_complete.title"), "/staff/facts");
  const auto subjects = TRY(app.facts.subjects());
  const auto entries = TRY(app.facts.entries());
  std::vector<FieldChoice> kinds;
  for (const auto& kind : app.facts.kinds()) {
    if (kind.is_register) kinds.push_back({kind.name, kind.title.in(request.language), ""});
  }
  std::vector<FieldChoice> about;
  for (const auto& unit : unit_choices(app, subjects, entries)) {
    about.push_back(unit);
    for (const auto& subject : subjects) {
      if (subject.kind == awards::SubjectKind::collective && lies_in(subjects, subject, unit.value)) about.push_back({subject.key, subject_label(subjects, subject), ""});
    }
  }
  StaffFields fields(app, request, "fact_complete", typed, std::move(wrong));
  fields.select("fact", kinds).select("subject", about).input("period").narrow().input("date", "date").narrow().input("vouched_by").input("evidence");
  fields.checks("sure", {{"yes", say(app, request, "staff.fact_complete.sure_yes"), ""}});
  fields.put(view, "fields");
  return staff_page(app, request, "facts_complete", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_fact_import(const App& app, const Request& request) { return import_page(app, request, typed_from({}), {}, nullptr); }

Result<HttpResponse> import_facts(const App& app, const Request& request, const StaffForm& form) {
  std::string text = form.file_or_text("table_file", "table");
  std::vector<FieldWrong> wrong;
  std::optional<FactSheet> workbook;
  Faults unread;
  if (is_workbook(text)) {
    auto found = fact_sheet_of(text, unread);
    if (!found) {
      const bool no_table = found.error().code == ErrorCode::missing_field;
      const std::string sentence = no_table ? say(app, request, "staff.fault.facts_no_sheet") : say(app, request, "staff.scorecard_file.unreadable", {{"why", found.error().message}});
      return import_page(app, request, typed_from({}), {{"table_file", sentence}}, nullptr);
    }
    workbook = std::move(*found);
    text = workbook->csv;
  }
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    wrong.push_back({"table", say(app, request, "staff.fault.facts_missing")});
    return import_page(app, request, form.fields, std::move(wrong), nullptr);
  }
  Written written;
  if (unread.empty()) written = TRY(app.facts.import_csv(text, signed_in(request)->account));
  for (Fault& fault : written.faults) {
    if (workbook) fault.place = workbook->place_in_workbook(fault.place);
  }
  written.faults.insert(written.faults.begin(), unread.begin(), unread.end());
  for (const auto& fault : written.faults) {
    if (wrong.size() == kMostFaultsShown) {
      wrong.push_back({"table", say(app, request, "staff.fact_import.more_faults", {{"count", std::to_string(written.faults.size() - kMostFaultsShown)}})});
      break;
    }
    // The sheet is said first; row and column as for any table.
    Fault told = fault;
    std::string sheet;
    if (const auto row = fault.place.find(", row "); fault.place.starts_with("sheet ")) {
      sheet = say(app, request, "staff.fact_import.sheet", {{"sheet", fault.place.substr(6, row == std::string::npos ? row : row - 6)}}) + " ";
      told.place = row == std::string::npos ? std::string() : fault.place.substr(row + 2);
    }
    wrong.push_back({"table", sheet + sentence_of(app, request, told, "facts")});
  }
  if (!wrong.empty()) {
    // A file chosen is not sent back by a browser: its text comes back in the field, to be mended there.
    FormData typed = form.fields;
    if (form.text("table").empty()) typed = FormData({{"table", text}});
    return import_page(app, request, typed, std::move(wrong), nullptr);
  }
  return import_page(app, request, typed_from({}), {}, &written);
}

Result<HttpResponse> show_completion(const App& app, const Request& request) {
  const auto kind = request.query.one("kind");
  const auto unit = request.query.one("unit");
  const auto year = request.query.one("year");
  const std::string today = vietnam_date(app.clock.now());
  return completion_page(app, request,
                         typed_from({{"fact", kind ? std::string(*kind) : ""}, {"subject", unit ? std::string(*unit) : ""}, {"period", year ? std::string(*year) : today.substr(0, 4)},
                                     {"date", today}, {"vouched_by", signed_in(request)->display_name}}),
                         {});
}

Result<HttpResponse> declare_complete(const App& app, const Request& request, const StaffForm& form) {
  if (form.text("sure") != "yes") return completion_page(app, request, form.fields, {{"sure", say(app, request, "staff.fact_complete.sure_missing")}});
  FactCells cells;
  for (const char* cell : {"fact", "subject", "period", "date", "vouched_by", "evidence"}) cells[cell] = form.text(cell);
  const Written written = TRY(app.facts.add("register", cells, signed_in(request)->account));
  if (!written.faults.empty()) return completion_page(app, request, form.fields, wrong_fields(app, request, written.faults));
  return HttpResponse::redirect("/staff/facts/entry/" + std::to_string(written.first));
}

Result<HttpResponse> download_evidence(const App& app, const Request& request) {
  const std::string digest = request.params.at(0);
  // Only what an entry still names: a file whose entry lost its content is nobody's.
  std::vector<std::int64_t> people;
  bool named = false;
  for (const auto& entry : TRY(app.facts.entries())) {
    if (entry.cell("evidence") != digest) continue;
    named = true;
    if (!entry.person.empty()) people.push_back(entry.number);
  }
  if (!named) return fail(ErrorCode::not_found, "no entry names this file");
  auto kept = TRY(app.evidence.open_kept(digest));
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, people, "evidence"));
  // Never shown in the browser, whatever it is: the router adds nosniff, this makes it a download.
  return HttpResponse::download(std::move(kept.file), evidence_media_type(kept.extension), digest.substr(0, 12) + "." + kept.extension,
                                "\"" + digest.substr(0, 32) + "\"");
}

}  // namespace khaosat
