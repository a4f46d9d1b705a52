#include "server/pages/staff_index.h"

#include <algorithm>
#include <iterator>

#include "analysis/disclosure/published_run_json.h"
#include "base/csv.h"
#include "server/exports/output_file.h"
#include "server/exports/result_files.h"
#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/design.h"
#include "server/pages/population/population_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_index_view.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_book.h"
#include "server/services/compute_index.h"
#include "server/services/facts/run_facts.h"
#include "server/services/keep_records.h"
#include "server/services/published_index.h"

namespace khaosat {

namespace {

std::string wanted(const Request& request, std::string_view name) {
  const auto value = request.query.one(name);
  return value ? std::string(*value) : std::string();
}

View frame(const App& app, const Request& request, const CampaignEntry& entry, const disclosure::PublishedRun& run,
           const std::string& title) {
  View view = campaign_view(app, request, entry.campaign, title);
  view.set("model", run.model.id).set("index_href", "/staff/campaigns/" + entry.campaign.id + "/index");
  view.set("no_sample", run.design == "none").set("office", entry.campaign.office);
  view.set("dates", shown_date(entry.campaign.opens_on) + " – " + shown_date(entry.campaign.closes_on));
  view.set("model_title", run.title.in(request.language)).set("is_example", run.example);
  return view;
}

View format_view(const std::string& href, std::string_view format) {
  return View().set("format_href", href).set("format", std::string(format));
}

Result<void> put_kept(View& view, const App& app, const Campaign& campaign) {
  for (const auto& record : TRY(app.store.registry().records("index_run", campaign.id))) {
    View row;
    row.set("kept_href", "/staff/campaigns/" + campaign.id + "/index/kept/" + record.id);
    for (const char* format : {"csv", "xlsx", "json"}) {
      row.add("formats", format_view("/staff/campaigns/" + campaign.id + "/index/kept/" + record.id + "/" + format, format));
    }
    row.set("facts_act", "/staff/campaigns/" + campaign.id + "/index/kept/" + record.id + "/facts");
    row.set("kept_on", shown_date(vietnam_date(record.created))).set("kept_by", record.author).set("kept_hash", record.hash);
    view.add("kept", std::move(row));
    view.set("any_kept", true);
  }
  return {};
}

Result<HttpResponse> file_of(const App& app, const Request& request, const disclosure::PublishedRun& run, std::string_view kind,
                             const std::string& name) {
  const auto format = exports::result_format_named(kind);
  if (!format) return fail(ErrorCode::not_found, "no such format", std::string(kind));
  const auto say_word = [&](std::string_view key) { return say(app, request, key); };
  auto file = TRY(exports::result_file(run, *format, request.language, say_word));
  return HttpResponse::download(std::move(file), std::string(media_type_of(*format)), name + "." + std::string(name_of(*format)));
}

// What came of giving a run's scores to the register: numbers in the address, a sentence on the page.
constexpr const char* kGivenCounts[] = {"added", "corrected", "withdrawn", "known", "withheld"};

void put_given(View& view, const App& app, const Request& request) {
  if (wanted(request, "added").empty()) return;
  Words words;
  for (const char* name : kGivenCounts) {
    const auto count = integer_from(wanted(request, name));
    if (!count || *count < 0) return;
    words.push_back({name, std::to_string(*count)});
  }
  view.set("facts_given", true).set("facts_sentence", say(app, request, "staff.run_facts.given", words));
}

Result<HttpResponse> index_page(const App& app, const Request& request, const std::string& wanted_model, const std::vector<std::string>& wrong) {
  const auto entry = TRY(campaign_of(app, request));
  const RankedIndex ranked = TRY(ranked_index(app.index, entry->campaign, wanted_model));
  const disclosure::PublishedRun& run = ranked.run;
  View view = frame(app, request, *entry, run, say(app, request, "staff.results.title"));
  put_tabs(view, app, request, entry->campaign, run.model.id, "index");
  for (const auto& model : app.index.models_for(entry->campaign)) {
    View item;
    item.set("model_href", "/staff/campaigns/" + entry->campaign.id + "/index?model=" + model->identity.id);
    item.set("name", model->title.in(request.language)).set("current_model", model->identity.id == run.model.id);
    view.add("models", std::move(item));
  }
  put_overall(view, app, request, run, ranked.ranks);
  put_calibration(view, app, request, run, entry->whole());
  put_matrix(view, app, request, run);
  put_origin(view, app, request, run);
  TRY_VOID(put_kept(view, app, entry->campaign));
  const Role role = signed_in(request)->role;
  view.set("may_give", role == Role::administrator || role == Role::officer);
  put_given(view, app, request);
  view.set("failed", !wrong.empty());
  for (const auto& sentence : wrong) view.add("errors", View().set("href", "#kept").set("sentence", sentence));
  return staff_page(app, request, "index", view, wrong.empty() ? 200 : 422);
}

}  // namespace

Result<HttpResponse> show_index(const App& app, const Request& request) { return index_page(app, request, wanted(request, "model"), {}); }

Result<HttpResponse> show_index_of_unit(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const auto run = TRY(published_index(app.index, entry->campaign, wanted(request, "model")));
  const auto* unit = run.find_unit(wanted(request, "unit"));
  if (!unit) return fail(ErrorCode::not_found, "the run has no such unit");
  View view = frame(app, request, *entry, run, unit->name);
  put_tabs(view, app, request, entry->campaign, run.model.id, "unit");
  put_unit(view, app, request, run, *unit, entry->whole());
  put_origin(view, app, request, run);
  return staff_page(app, request, "index_unit", view);
}

Result<HttpResponse> download_index(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const auto run = TRY(published_index(app.index, entry->campaign, wanted(request, "model")));
  return file_of(app, request, run, request.params.at(1), run.model.id + "-" + entry->campaign.id);
}

Result<HttpResponse> keep_index(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const auto run = TRY(published_index(app.index, entry->campaign, form.text("model")));
  KeepRecords keep(app.store, app.catalog, app.clock);
  TRY(keep.index_run(run, entry->campaign.id, signed_in(request)->account));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/index?model=" + run.model.id + "#kept");
}

Result<HttpResponse> give_kept_index(const App& app, const Request& request, const StaffForm&) {
  const auto entry = TRY(campaign_of(app, request));
  const std::string& id = request.params.at(1);
  const auto record = TRY(app.store.registry().record("index_run", id));
  if (!record || record->subject != entry->campaign.id) return fail(ErrorCode::not_found, "no such record");
  const std::string model = TRY(disclosure::read_published_run(record->content)).model.id;
  const auto given = give_index_run(app.facts, app.store, entry->campaign.id, id, signed_in(request)->account);
  if (!given && given.error().code == ErrorCode::fact_superseded) return index_page(app, request, model, {say(app, request, "staff.run_facts.newer")});
  if (!given && given.error().code == ErrorCode::already_exists) return index_page(app, request, model, {say(app, request, "staff.run_facts.elsewhere")});
  if (!given) return fail(given.error());
  std::vector<std::string> wrong;
  for (const auto& fault : given->faults) {
    Fault told = fault;
    told.place.clear();  // rows nobody sees
    const std::string sentence = fault.code == ErrorCode::unit_not_valid ? say(app, request, "staff.run_facts.unit_not_valid") : sentence_of(app, request, told, "facts");
    if (std::find(wrong.begin(), wrong.end(), sentence) == wrong.end()) wrong.push_back(sentence);
  }
  if (!wrong.empty()) return index_page(app, request, model, wrong);
  FormData counts({{"model", model}});
  const std::size_t values[] = {given->added, given->corrected, given->withdrawn, given->known, given->withheld};
  for (std::size_t i = 0; i < std::size(values); ++i) counts.add(kGivenCounts[i], std::to_string(values[i]));
  return HttpResponse::redirect("/staff/campaigns/" + entry->campaign.id + "/index?" + to_urlencoded(counts) + "#kept");
}

Result<HttpResponse> download_kept_index(const App& app, const Request& request) {
  const auto record = TRY(app.store.registry().record("index_run", request.params.at(1)));
  // A record of another campaign is none of this one.
  if (!record || record->subject != request.params.at(0)) return fail(ErrorCode::not_found, "no such record");
  const std::string name = "index_run-" + record->id;
  const std::string kind = request.params.size() > 2 ? request.params.at(2) : "json";
  // The bytes whose hash was kept, not the same figures written again.
  if (kind == "json") return HttpResponse::download(TRY(exports::unnamed_file(record->content)), "application/json", name + ".json");
  return file_of(app, request, TRY(disclosure::read_published_run(record->content)), kind, name);
}

}  // namespace khaosat
