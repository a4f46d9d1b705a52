// One item of a year: how it stands, what this account may do with it today, everything that happened.
#include <algorithm>

#include "base/json_text.h"
#include "server/pages/design.h"
#include "server/pages/scorecards/scorecard_pages.h"
#include "server/pages/scorecards/scorecard_words.h"
#include "server/pages/staff_page.h"
#include "server/services/campaign_book.h"
#include "server/services/facts/evidence_folder.h"

namespace khaosat {

namespace {

using scorecards::Act;
using scorecards::Event;
using scorecards::Item;
using scorecards::Judgement;
using scorecards::Ledger;
using scorecards::PointSource;

struct Refused {
  Act act = Act::score_self;
  std::vector<FieldWrong> wrong;
  int status = 200;
};

// Several forms stand on one page, so each act's fields bear its name.
std::string field_of(Act act, const char* field) { return std::string(scorecards::name_of(act)) + "_" + field; }

bool gives_points(Act act) { return act == Act::score_self || act == Act::appraise_first || act == Act::appraise_second; }
bool takes_evidence(Act act) { return act == Act::score_self || act == Act::add_evidence || act == Act::explain; }

const Item* leaf_of(const Ledger& ledger, const std::string& id) {
  const Item* item = ledger.set().find(id);
  return item == nullptr || !item->is_leaf() ? nullptr : item;
}

void add_fields(StaffFields& fields, const App& app, const Request& request, const Item& item, Act act, const std::vector<FieldChoice>& runs) {
  const auto word = [&](const char* key) { return say(app, request, std::string("staff.scorecard_act.") + key); };
  if (act == Act::take_survey) {
    const std::string field = field_of(act, "run");
    fields.radios(field, runs).words(word("run"), word("run_hint"));
  }
  if (gives_points(act) && item.source == PointSource::ratio) {
    fields.input(field_of(act, "numerator")).narrow().words(item.ratio->numerator.in(request.language), "");
    fields.input(field_of(act, "denominator")).narrow().words(item.ratio->denominator.in(request.language), word("counts_hint"));
  } else if (gives_points(act)) {
    fields.input(field_of(act, "points")).narrow();
    fields.words(word("points"), say(app, request, "staff.scorecard_act.points_hint", {{"maximum", points_words(item.maximum)}}));
  }
  if (takes_evidence(act)) {
    fields.input(field_of(act, "evidence")).words(word("evidence"), word("evidence_hint"));
    fields.input(field_of(act, "file"), "file").words(word("file"), word("file_hint"));
  }
  const char* note = act == Act::demand_explanation ? "demand" : act == Act::explain ? "explanation" : act == Act::score_self || act == Act::add_evidence ? "note" : "reason";
  fields.area(field_of(act, "note"), 3).words(word(note), act == Act::score_self || act == Act::add_evidence ? word("note_hint") : "");
}

void put_evidence(View& view, const ScorecardSight& sight, const std::vector<scorecards::Evidence>& all) {
  view.set("evidence", View::List());
  for (const auto& one : all) {
    View row;
    row.set("reference", one.reference).set("has_file", !one.digest.empty()).set("evidence_href", href_of(sight) + "/evidence/" + one.digest);
    view.add("evidence", std::move(row));
  }
  view.set("any_evidence", !all.empty());
}

void put_judgement(View& view, const App& app, const Request& request, const ScorecardSight& sight, const std::map<std::string, std::string>& names,
                   const char* step, const Judgement& given) {
  View row;
  row.set("step", say(app, request, std::string("staff.scorecard.step_") + step)).set("is_given", given.points.has_value());
  row.set("step_points", points_words(given.points)).set("step_note", given.note);
  set_or_no(row, "step_counts", given.numerator ? points_words(given.numerator) + "/" + points_words(given.denominator) : std::string());
  row.set("step_who", given.points ? actor_words(sight.ledger, names, given.account, given.day) : std::string());
  row.set("step_day", given.points ? shown_date(given.day) : std::string());
  view.add("steps", std::move(row));
}

void put_history(View& view, const App& app, const Request& request, const ScorecardSight& sight, const std::map<std::string, std::string>& names,
                 const Item& item) {
  bool any = false;
  for (const auto& event : sight.ledger.events()) {
    if (event.item != item.id) continue;
    any = true;
    View row;
    row.set("event_time", shown_time(event.time)).set("event_act", act_words(app, request, event.act)).set("event_note", event.note);
    row.set("event_who", actor_words(sight.ledger, names, event.account, vietnam_date(event.time)));
    std::string points = event.points ? points_words(event.points) : std::string();
    if (event.numerator) points += " (" + points_words(event.numerator) + "/" + points_words(event.denominator) + ")";
    set_or_no(row.set("event_points", points), "event_run", event.run);
    row.set("event_value", event.value ? say(app, request, "staff.scorecard.index_value", {{"value", points_words(event.value)}}) : std::string());
    put_evidence(row, sight, event.evidence);
    view.add("events", std::move(row));
  }
  view.set("any_event", any);
}

// Why a step that the item waits for is not offered today.
std::string why_not_now(const App& app, const Request& request, const ScorecardSight& sight, const Item& item) {
  if (sight.ledger.is_closed()) return app.locales.sentence(request.language, {ErrorCode::scorecard_closed, "", "", {}});
  std::string sentence;
  for (const Act act : {Act::score_self, Act::appraise_first, Act::explain, Act::appraise_second, Act::add_evidence}) {
    Event event;
    event.act = act;
    event.item = item.id;
    event.account = sight.account;
    event.manages = sight.manages;
    event.time = sight.now;
    const auto may = sight.ledger.may(event);
    if (may) continue;
    const ErrorCode code = may.error().code;
    if (code == ErrorCode::scorecard_own_work) return app.locales.sentence(request.language, may.error());
    if (sentence.empty() && (code == ErrorCode::scorecard_too_early || code == ErrorCode::scorecard_too_late)) sentence = app.locales.sentence(request.language, may.error());
  }
  return sentence;
}

Result<HttpResponse> item_page(const App& app, const Request& request, const ScorecardSight& sight, const Item& item, const FormData& typed, const Refused* refused) {
  const Ledger& ledger = sight.ledger;
  const auto& now = ledger.standing(item.id);
  View view = scorecard_view(app, request, sight, item.code + " " + item.title.in(request.language));
  const auto names = TRY(account_names(app));
  std::string path;
  for (auto at = item.parent; at; at = ledger.set().items[*at].parent) {
    path = ledger.set().items[*at].code + " " + ledger.set().items[*at].title.in(request.language) + (path.empty() ? "" : " › ") + path;
  }
  set_or_no(view, "path", path).set("maximum", points_words(item.maximum));
  set_or_no(view, "item_note", item.note.in(request.language));
  view.set("state", state_words(app, request, now.state)).set("settled", is_settled(now.state)).set("final", points_words(now.final_points));
  view.set("source", say(app, request, "staff.scorecard.source_" + std::string(item.is_adjustment() ? scorecards::name_of(item.kind)
                         : item.source == PointSource::ratio ? "ratio" : item.source == PointSource::survey ? "survey" : "assessed"),
                         {{"cap", points_words(item.kind == scorecards::ItemKind::bonus ? ledger.set().bonus_cap : ledger.set().penalty_cap)}}));
  const std::string holders = holders_words(app, request, ledger, item);
  view.set("holders", holders.empty() ? say(app, request, "staff.scorecard.nobody") : holders);
  for (const auto& one : item.evidence) view.add("wanted_evidence", View().set("wanted", one.in(request.language)));
  view.set("wants_evidence", !item.evidence.empty());
  if (item.source == PointSource::survey) {
    set_or_no(view.set("is_survey", true), "run", now.run);
    const auto record = now.run.empty() ? std::optional<Record>() : TRY(app.store.registry().record("index_run", now.run));
    // The figures may be looked up where the run was kept.
    if (record) view.set("run_href", "/staff/campaigns/" + record->subject + "/index/kept/" + record->id);
    view.set("run_known", record.has_value());
  } else {
    put_judgement(view, app, request, sight, names, "self", now.self);
    put_judgement(view, app, request, sight, names, "first", now.first);
    put_judgement(view, app, request, sight, names, "second", now.second);
  }
  set_or_no(view, "demand", now.demand);
  set_or_no(view, "explanation", now.explanation);
  put_evidence(view, sight, now.evidence);
  put_history(view, app, request, sight, names, item);

  const auto acts = ledger.acts_for(item, sight.account, sight.manages, sight.now);
  for (const Act act : acts) {
    std::vector<FieldChoice> runs;
    if (act == Act::take_survey) {
      for (const auto& run : TRY(app.scorecards.survey_runs(sight.year.id, item.id))) {
        const auto entry = app.book.find(run.campaign);
        runs.push_back({run.run, points_words(run.value) + " – " + (entry ? (*entry)->campaign.title.in(request.language) : run.campaign),
                        say(app, request, "staff.scorecard_act.run_kept", {{"day", shown_time(run.kept)}, {"who", run.kept_by}})});
      }
      view.set("no_run", runs.empty());
      if (runs.empty()) continue;
    }
    View form;
    StaffFields fields(app, request, "scorecard_act", typed, refused != nullptr && refused->act == act ? refused->wrong : std::vector<FieldWrong>());
    add_fields(fields, app, request, item, act, runs);
    fields.put_fields(form, "fields");
    form.set("act_name", std::string(scorecards::name_of(act))).set("act_title", act_words(app, request, act));
    form.set("act_lead", say(app, request, "staff.scorecard.act_" + std::string(scorecards::name_of(act)) + "_hint"));
    view.add("forms", std::move(form));
  }
  set_or_no(view.set("any_form", !acts.empty()), "why_not", acts.empty() ? why_not_now(app, request, sight, item) : std::string());
  if (refused != nullptr) {
    StaffFields(app, request, "scorecard_act", typed, refused->wrong).put(view, "unused");
    // The form of a step that cannot be taken is gone; what was typed into it is not.
    if (std::find(acts.begin(), acts.end(), refused->act) == acts.end()) {
      for (const char* field : {"points", "numerator", "denominator", "evidence", "note"}) {
        const auto value = typed.one(field_of(refused->act, field));
        if (value && !value->empty()) view.add("lost_words", View().set("lost_word", std::string(*value)));
      }
      view.set("any_lost_word", true);
    }
  }
  const auto done = request.query.one("done");
  const auto done_act = done ? scorecards::act_named(*done) : std::nullopt;
  set_or_no(view, "done", done_act ? say(app, request, "staff.scorecard.done", {{"act", act_words(app, request, *done_act)}}) : std::string());
  view.set("act", href_of(sight) + "/items/" + item.id);
  TRY_VOID(note_reading(app, sight, item.id));
  return staff_page(app, request, "scorecards_item", view, refused == nullptr ? 200 : refused->status);
}

// The field a refusal is about; empty: the whole form.
std::string field_for(ErrorCode code, const Item& item, Act act) {
  switch (code) {
    case ErrorCode::points_above_maximum:
    case ErrorCode::out_of_range: return field_of(act, item.source == PointSource::ratio ? "denominator" : "points");
    case ErrorCode::missing_field: return !gives_points(act) ? field_of(act, "evidence") : field_of(act, item.source == PointSource::ratio ? "numerator" : "points");
    case ErrorCode::scorecard_reason_missing: return field_of(act, "note");
    case ErrorCode::scorecard_evidence_missing: return field_of(act, "evidence");
    default: return "";
  }
}

// Numbers and documents as typed; what cannot be read is said in `wrong`.
Event typed_event(const App& app, const Request& request, const StaffForm& form, const Item& item, Act act, std::vector<FieldWrong>& wrong) {
  Event event;
  event.act = act;
  event.item = item.id;
  event.note = form.text(field_of(act, "note"));
  const auto number = [&](const char* field, std::optional<double>& value) {
    const std::string text = form.text(field_of(act, field));
    if (text.empty()) return;
    value = typed_number(text);
    if (!value) wrong.push_back({field_of(act, field), say(app, request, "staff.fault.scorecard.points.wrong_type")});
  };
  if (gives_points(act) && item.source == PointSource::ratio) {
    number("numerator", event.numerator);
    number("denominator", event.denominator);
  } else if (gives_points(act)) {
    number("points", event.points);
  }
  std::string reference = form.text(field_of(act, "evidence"));
  if (!takes_evidence(act)) return event;
  for (const auto& file : form.files) {
    // A file that nobody named goes by its own.
    if (file.field == field_of(act, "file") && !file.bytes.empty() && reference.empty()) reference = file.file_name;
  }
  if (!reference.empty()) event.evidence.push_back({reference, ""});
  return event;
}

std::string sentence_for(const App& app, const Request& request, const Item& item, const Error& error) {
  const std::string key = "staff.fault.scorecard_act." + std::string(name_of(error.code));
  if (app.locales.has_key("vi", key)) return say(app, request, key, {{"maximum", points_words(item.maximum)}});
  return app.locales.sentence(request.language, error);
}

}  // namespace

Result<HttpResponse> show_scorecard_item(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const Item* item = leaf_of(sight.ledger, request.params.at(1));
  if (item == nullptr) return fail(ErrorCode::not_found, "no points are given to it", request.params.at(1));
  const auto& self = sight.ledger.standing(item->id).self;
  // Whoever scores anew changes what stands there.
  std::vector<std::pair<std::string, std::string>> typed;
  const auto set = [&](const char* field, const std::optional<double>& value) {
    if (value) typed.emplace_back(field_of(Act::score_self, field), points_words(value));
  };
  set("points", self.points);
  set("numerator", self.numerator);
  set("denominator", self.denominator);
  return item_page(app, request, sight, *item, typed_from(std::move(typed)), nullptr);
}

Result<HttpResponse> act_on_scorecard_item(const App& app, const Request& request, const StaffForm& form) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const Item* item = leaf_of(sight.ledger, request.params.at(1));
  if (item == nullptr) return fail(ErrorCode::not_found, "no points are given to it", request.params.at(1));
  const auto act = scorecards::act_named(form.text("act"));
  if (!act || *act == Act::close || *act == Act::change_plan) return fail(ErrorCode::bad_request, "no act of an item", form.text("act"));
  Refused refused{*act, {}, 422};
  Event event = typed_event(app, request, form, *item, *act, refused.wrong);
  Result<void> done;
  if (refused.wrong.empty() && *act == Act::take_survey) {
    done = app.scorecards.take_survey(sight.year.id, item->id, form.text(field_of(*act, "run")), event.note, sight.account, sight.manages);
  } else if (refused.wrong.empty()) {
    event.time = sight.now;
    event.account = sight.account;
    event.manages = sight.manages;
    // Only a file that will be named is kept.
    done = sight.ledger.may(event);
    for (const auto& file : form.files) {
      if (!done || event.evidence.empty() || file.field != field_of(*act, "file") || file.bytes.empty()) continue;
      const auto kept = app.evidence.put(file.bytes);
      if (kept) {
        event.evidence.front().digest = kept->digest;
      } else if (kept.error().code == ErrorCode::evidence_refused) {
        refused.wrong.push_back({file.field, app.locales.sentence(request.language, kept.error())});
      } else {
        return fail(kept.error());
      }
    }
    if (done && refused.wrong.empty()) done = app.scorecards.act(sight.year.id, std::move(event), sight.account, sight.manages);
  }
  if (done && refused.wrong.empty()) {
    return HttpResponse::redirect(href_of(sight) + "/items/" + item->id + "?done=" + std::string(scorecards::name_of(*act)));
  }
  if (!done) {
    refused.status = http_status_of(done.error().code);
    if (refused.status >= 500) return fail(done.error());
    const bool no_run = *act == Act::take_survey && done.error().code == ErrorCode::not_found;
    if (no_run) refused.status = 422;
    refused.wrong.push_back({no_run ? field_of(*act, "run") : field_for(done.error().code, *item, *act),
                             no_run ? say(app, request, "staff.fault.choice") : sentence_for(app, request, *item, done.error())});
    // What another colleague did meanwhile shows on the page.
    const bool chose_file = std::any_of(form.files.begin(), form.files.end(), [](const UploadedFile& file) { return !file.bytes.empty(); });
    if (chose_file) refused.wrong.push_back({field_of(*act, "file"), say(app, request, "staff.scorecard_act.file_again")});
  }
  const ScorecardSight fresh = TRY(scorecard_of(app, request));
  return item_page(app, request, fresh, *leaf_of(fresh.ledger, item->id), form.fields, &refused);
}

Result<HttpResponse> download_scorecard_evidence(const App& app, const Request& request) {
  const ScorecardSight sight = TRY(scorecard_of(app, request));
  const std::string& digest = request.params.at(1);
  const auto names_it = [&](const Event& event) {
    return std::any_of(event.evidence.begin(), event.evidence.end(), [&](const scorecards::Evidence& one) { return one.digest == digest; });
  };
  const auto& events = sight.ledger.events();
  if (std::none_of(events.begin(), events.end(), names_it)) return fail(ErrorCode::not_found, "no act names this file", digest);
  auto kept = TRY(app.evidence.open_kept(digest));
  TRY_VOID(app.store.registry().append_journal({0, app.clock.now(), sight.account, "scorecard.evidence", sight.year.id, digest, ""}));
  // Never shown in the browser, whatever it is: the router adds nosniff, this makes it a download.
  return HttpResponse::download(std::move(kept.file), evidence_media_type(kept.extension), digest.substr(0, 12) + "." + kept.extension,
                                "\"" + digest.substr(0, 32) + "\"");
}

}  // namespace khaosat
