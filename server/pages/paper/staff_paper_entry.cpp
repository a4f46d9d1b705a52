#include "server/pages/paper/staff_paper_entry.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "base/text.h"
#include "server/pages/answer_words.h"
#include "server/pages/paper/paper_form.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/services/paper/paper_serial.h"
#include "server/services/paper/paper_service.h"
#include "server/survey/paper/paper_keys.h"

namespace khaosat {

namespace {

constexpr const char* kSlip = "_slip";
constexpr const char* kConsent = "_consent";

using KeyFaults = std::map<std::string, std::string>;  // field → sentence

const char* name_of_outcome(PaperOutcome outcome) {
  switch (outcome) {
    case PaperOutcome::waits_for_second: return "stored";
    // The second clerk does not learn how the first one keyed.
    case PaperOutcome::waits_for_third: return "stored";
    case PaperOutcome::sent: return "stored";
    case PaperOutcome::slip_refused: return "slip_refused";
    case PaperOutcome::waits_to_be_sent: return "stored";
  }
  return "stored";
}

// One form on the desk: its paper and what was keyed so far.
struct EntryDesk {
  const App& app;
  const Request& request;
  CampaignEntryPtr entry;
  PaperBatch batch;
  int form = 0;
  AnsweringContext context;
  PaperPlan plan;

  const Campaign& campaign() const { return entry->campaign; }
  const Questionnaire& questionnaire() const { return *entry->questionnaire; }
  std::string serial() const { return paper_serial(campaign().id, form); }
  bool with_slip() const { return campaign().admission == Admission::slips; }
  std::size_t pages() const { return batch.page_starts.size(); }
  std::pair<std::size_t, std::size_t> items_of(std::size_t page) const {
    const std::size_t end = page + 1 < pages() ? batch.page_starts[page + 1] : plan.items.size();
    return {batch.page_starts[page], std::min(end, plan.items.size())};
  }
  // A rater's question stands once for each unit; each of its items has one field.
  std::vector<PaperField> fields_of(const PaperItem& item) const {
    auto fields = paper_fields(questionnaire().questions[item.question], context.rated_units);
    if (!item.unit.empty()) std::erase_if(fields, [&](const PaperField& field) { return field.unit != item.unit; });
    return fields;
  }
};

std::string entry_address(const Campaign& campaign) { return "/staff/campaigns/" + campaign.id + "/paper/entry"; }

EntryDesk desk_of(const App& app, const Request& request, const CampaignEntryPtr& newest, PaperBatch batch, int form) {
  const auto entry = as_of_paper(newest, batch.number);
  const PaperSetting setting{app.design(), *entry->questionnaire, &entry->campaign, batch.language, paper_context(entry->campaign)};
  auto plan = paper_plan(*entry->questionnaire, batch.language, setting.context, paper_head(setting));
  return {app, request, entry, std::move(batch), form, setting.context, std::move(plan)};
}

std::string fault_sentence(const App& app, const Request& request, const Error& error) {
  return app.locales.sentence(request.language, error) + " " + say(app, request, "staff.paper.star_hint");
}

// Consent and slip, on the first page.
void check_front(const EntryDesk& desk, const StaffForm& form, KeyFaults& faults) {
  const std::string consent = form.text(kConsent);
  if (consent != "1") faults[kConsent] = say(desk.app, desk.request, consent == "0" ? "staff.paper.no_consent" : "staff.paper.consent_key");
  if (desk.with_slip() && form.text(kSlip).empty()) faults[kSlip] = say(desk.app, desk.request, "start.slip_missing");
}

KeyFaults faults_of_page(const EntryDesk& desk, const StaffForm& form, std::size_t page) {
  KeyFaults faults;
  if (page == 0) check_front(desk, form, faults);
  const FieldList keyed(form.fields.fields());
  const auto [begin, end] = desk.items_of(page);
  for (std::size_t i = begin; i < end; ++i) {
    const PaperItem& item = desk.plan.items[i];
    // A rater's other units may stand on pages to come: only this page's are looked at.
    FieldList here;
    const auto fields = desk.fields_of(item);
    for (const auto& field : fields) {
      for (const auto value : keyed.all(field.name)) here.add(field.name, std::string(value));
    }
    const auto answer = read_keys(desk.questionnaire().questions[item.question], desk.context.rated_units, here);
    if (answer || fields.empty()) continue;
    const bool named = std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.name == answer.error().where; });
    faults[named ? answer.error().where : fields.front().name] = fault_sentence(desk.app, desk.request, answer.error());
  }
  return faults;
}

View field_view(const EntryDesk& desk, const StaffForm& form, const PaperItem& item, const PaperField& field, const KeyFaults& faults) {
  const Question& question = desk.questionnaire().questions[item.question];
  const std::string& language = desk.batch.language;
  View view;
  view.set("field", field.name).set("typed", form.text(field.name)).set("digits", field.digits).set("number", item.number);
  std::string label = question.text.in(language);
  if (field.other) label = say(desk.app, desk.request, "form.other_words", {{"option", question.other_option()->text.in(language)}});
  if (!field.unit.empty()) label = unit_title(desk.campaign(), field.unit);
  view.set("label", label).set("is_words", field.other || question.type->answer_kind() == AnswerKind::text);
  view.set("is_short", field.digits > 0);
  std::string codes;
  const auto add = [&](const std::string& key, const std::string& words) { codes += (codes.empty() ? "" : " · ") + key + " " + words; };
  if (!field.other) {
    if (question.type->answer_kind() != AnswerKind::ranking) {
      for (std::size_t i = 0; i < question.options.size(); ++i) {
        add(option_key(question, static_cast<OptionPosition>(i)), question.options[i].text.in(language));
      }
    }
    for (const Absence absence : question.absences) add(absence_key(question, absence), absence_words(desk.app.locales, language, absence));
  }
  view.set("codes", codes);
  const auto wrong = faults.find(field.name);
  view.set("wrong", wrong == faults.end() ? "" : wrong->second).set("is_wrong", wrong != faults.end());
  return view;
}

// What other pages hold travels along in hidden fields; the server keeps nothing until the end.
void carry(View& view, const StaffForm& form, const std::vector<std::string>& shown) {
  for (const auto& [name, value] : form.fields.fields()) {
    const bool own = name == "csrf" || name == "_do" || name == "serial" || name == "page";
    if (own || value.empty() || std::find(shown.begin(), shown.end(), name) != shown.end()) continue;
    view.add("hidden_fields", View().set("field", name).set("content", value));
  }
}

HttpResponse key_page(const EntryDesk& desk, const StaffForm& form, std::size_t page, const KeyFaults& faults) {
  const App& app = desk.app;
  View view = campaign_view(app, desk.request, desk.campaign(), say(app, desk.request, "staff.paper.entry_title", {{"serial", desk.serial()}}));
  view.set("act", entry_address(desk.campaign())).set("serial", desk.serial()).set("page", static_cast<int>(page));
  view.set("page_shown", static_cast<int>(page) + 1).set("page_count", static_cast<int>(desk.pages()));
  view.set("is_last", page + 1 == desk.pages()).set("may_go_back", page > 0);
  view.set("script", app.assets.address("js/paper_entry.js"));
  std::vector<std::string> shown;
  const auto front = [&](const char* name, const std::string& label, const std::string& codes, int digits) {
    const auto wrong = faults.find(name);
    View field;
    field.set("field", name).set("typed", form.text(name)).set("label", label).set("codes", codes).set("digits", digits);
    field.set("number", false).set("is_words", false).set("is_short", digits > 0);
    field.set("wrong", wrong == faults.end() ? "" : wrong->second).set("is_wrong", wrong != faults.end());
    view.add("keys", std::move(field));
    shown.emplace_back(name);
  };
  if (page == 0) {
    if (desk.with_slip()) front(kSlip, say(app, desk.request, "start.slip"), say(app, desk.request, "staff.paper.slip_hint"), 0);
    front(kConsent, say(app, desk.request, "start.consent"), say(app, desk.request, "staff.paper.consent_codes"), 1);
  }
  const auto [begin, end] = desk.items_of(page);
  for (std::size_t i = begin; i < end; ++i) {
    for (const auto& field : desk.fields_of(desk.plan.items[i])) {
      view.add("keys", field_view(desk, form, desk.plan.items[i], field, faults));
      shown.push_back(field.name);
    }
  }
  carry(view, form, shown);
  view.set("failed", !faults.empty()).set("no_consent", faults.contains(kConsent) && form.text(kConsent) == "0");
  for (const auto& [field, sentence] : faults) view.add("errors", View().set("href", "#k-" + field).set("sentence", sentence));
  return staff_page(app, desk.request, "paper_keys", view, faults.empty() ? 200 : 422);
}

Result<HttpResponse> serial_page(const App& app, const Request& request, const CampaignEntry& entry, const std::string& typed, const std::string& sentence) {
  const Campaign& campaign = entry.campaign;
  View view = campaign_view(app, request, campaign, say(app, request, "staff.paper.serial_title"));
  view.set("act", entry_address(campaign)).set("typed", typed).set("script", app.assets.address("js/paper_entry.js"));
  view.set("is_open", campaign.state == CampaignState::open);
  const std::string done(request.query.one("done").value_or(""));
  const std::string as(request.query.one("as").value_or(""));
  if (const auto number = read_paper_serial(campaign.id, done); number && (as == "stored" || as == "slip_refused" || as == "spoiled")) {
    view.set("done", say(app, request, "staff.paper.done_" + as, {{"serial", paper_serial(campaign.id, *number)}}));
  }
  const std::string& me = signed_in(request)->account;
  int out = 0;
  for (const auto& form : TRY(app.paper.forms(campaign.id))) {
    if (form.state == PaperState::handed_out) ++out;
    if (form.state == PaperState::first_keyed && form.clerks.front() != me) {
      view.add("second", View().set("serial", paper_serial(campaign.id, form.number)));
    }
  }
  view.set("out", out);
  if (!sentence.empty()) {
    view.set("failed", true);
    view.add("errors", View().set("href", "#serial").set("sentence", sentence));
  }
  return staff_page(app, request, "paper_serial", view, sentence.empty() ? 200 : 422);
}

Result<KeyedForm> keyed_form(const EntryDesk& desk, const StaffForm& form) {
  KeyedForm keyed{form.text(kSlip), Answers(desk.questionnaire().questions.size())};
  // A scanner types the slip's whole address; the code follows the mark.
  if (const auto mark = keyed.slip_code.rfind('#'); mark != std::string::npos) keyed.slip_code.erase(0, mark + 1);
  const FieldList fields(form.fields.fields());
  for (std::size_t i = 0; i < desk.questionnaire().questions.size(); ++i) {
    const Question& question = desk.questionnaire().questions[i];
    if (!is_on_paper(question, desk.context)) continue;
    keyed.answers[i] = TRY(read_keys(question, desk.context.rated_units, fields));
  }
  return keyed;
}

Result<HttpResponse> finish(const EntryDesk& desk, const StaffForm& form) {
  // The last page was checked; an earlier one may have been changed by hand.
  for (std::size_t page = 0; page < desk.pages(); ++page) {
    const KeyFaults faults = faults_of_page(desk, form, page);
    if (!faults.empty()) return key_page(desk, form, page, faults);
  }
  const auto outcome = desk.app.paper.enter(desk.campaign().id, desk.form, TRY(keyed_form(desk, form)), signed_in(desk.request)->account);
  if (!outcome && outcome.error().code == ErrorCode::slip_refused) {
    return key_page(desk, form, 0, {{kSlip, desk.app.locales.sentence(desk.request.language, outcome.error())}});
  }
  if (!outcome) return fail(outcome.error());
  return HttpResponse::redirect(entry_address(desk.campaign()) + "?done=" + desk.serial() + "&as=" + name_of_outcome(*outcome));
}

// --- a third person decides ----------------------------------------------------------------------

struct CaseDesk {
  EntryDesk desk;
  PaperCase both;
};

Result<CaseDesk> case_of(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const int form = std::atoi(request.params.at(1).c_str());
  auto both = TRY(app.paper.open_case(entry->campaign.id, form, signed_in(request)->account));
  return CaseDesk{desk_of(app, request, entry, TRY(app.paper.batch_of(entry->campaign.id, form)), form), std::move(both)};
}

HttpResponse case_page(const CaseDesk& desk, const StaffForm* typed, const KeyFaults& faults) {
  const App& app = desk.desk.app;
  const Request& request = desk.desk.request;
  View view = campaign_view(app, request, desk.desk.campaign(), say(app, request, "staff.paper.case_title", {{"serial", desk.desk.serial()}}));
  view.set("act", request.path).set("serial", desk.desk.serial());
  const auto shown = [&](const std::string& keys) { return keys.empty() ? say(app, request, "staff.paper.nothing") : keys; };
  for (const auto& difference : desk.both.different) {
    View row;
    row.set("label", say(app, request, "start.slip")).set("codes", "").set("number", false).set("page_shown", 1);
    for (std::size_t i = 0; i < desk.desk.plan.items.size(); ++i) {
      for (const auto& field : desk.desk.fields_of(desk.desk.plan.items[i])) {
        if (field.name == difference.field) {
          row = field_view(desk.desk, {}, desk.desk.plan.items[i], field, {});
          const auto after = std::upper_bound(desk.desk.batch.page_starts.begin() + 1, desk.desk.batch.page_starts.end(), i);
          row.set("page_shown", static_cast<int>(after - desk.desk.batch.page_starts.begin()));
        }
      }
    }
    const std::string take = typed ? typed->text("take." + difference.field) : "";
    row.set("field", difference.field).set("first", shown(difference.first)).set("second", shown(difference.second));
    row.set("take_first", take == "first").set("take_second", take == "second").set("take_other", take == "other");
    row.set("typed", typed ? typed->text("other." + difference.field) : "");
    const auto wrong = faults.find(difference.field);
    row.set("is_wrong", wrong != faults.end()).set("wrong", wrong == faults.end() ? "" : wrong->second);
    view.add("rows", std::move(row));
  }
  view.set("failed", !faults.empty());
  for (const auto& [field, sentence] : faults) view.add("errors", View().set("href", "#t-" + field).set("sentence", sentence));
  return staff_page(app, request, "paper_case", view, faults.empty() ? 200 : 422);
}

}  // namespace

Result<HttpResponse> show_paper_entry(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  return serial_page(app, request, *entry, "", "");
}

Result<HttpResponse> take_paper_entry(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  const std::string typed = form.text("serial");
  const auto number = read_paper_serial(campaign.id, typed);
  if (!number) return serial_page(app, request, *entry, typed, app.locales.sentence(request.language, {ErrorCode::serial_wrong, "", "", {}}));
  const auto turn = app.paper.turn(campaign.id, *number, signed_in(request)->account);
  if (!turn) {
    const ErrorCode code = turn.error().code;
    const bool about_serial = code == ErrorCode::serial_wrong || code == ErrorCode::form_accounted || code == ErrorCode::same_clerk;
    if (!about_serial) return fail(turn.error());
    return serial_page(app, request, *entry, typed, app.locales.sentence(request.language, turn.error()));
  }
  const EntryDesk desk = desk_of(app, request, entry, TRY(app.paper.batch_of(campaign.id, *number)), *number);
  const std::string act = form.text("_do");
  if (act == "open") return key_page(desk, form, 0, {});
  if (act == "spoiled") {
    // Somebody keyed it with consent: one person alone does not throw that away.
    if (*turn == PaperTurn::second) return serial_page(app, request, *entry, typed, say(app, request, "staff.paper.ask_officer"));
    TRY_VOID(app.paper.account_for(campaign.id, {*number}, PaperState::spoiled, signed_in(request)->account));
    return HttpResponse::redirect(entry_address(campaign) + "?done=" + desk.serial() + "&as=spoiled");
  }
  const int wanted = std::atoi(form.text("page").substr(0, 4).c_str());
  const std::size_t page = std::min(static_cast<std::size_t>(std::max(wanted, 0)), desk.pages() - 1);
  if (act == "back") return key_page(desk, form, page == 0 ? 0 : page - 1, {});
  const KeyFaults faults = faults_of_page(desk, form, page);
  if (!faults.empty()) return key_page(desk, form, page, faults);
  if (page + 1 < desk.pages()) return key_page(desk, form, page + 1, {});
  return finish(desk, form);
}

Result<HttpResponse> show_paper_case(const App& app, const Request& request) {
  return case_page(TRY(case_of(app, request)), nullptr, {});
}

Result<HttpResponse> settle_paper_case(const App& app, const Request& request, const StaffForm& form) {
  const CaseDesk desk = TRY(case_of(app, request));
  const Questionnaire& questionnaire = desk.desk.questionnaire();
  // What both keyed alike stands; the rest as decided.
  std::map<std::string, std::string> keys;
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    for (auto& [name, value] : to_keys(questionnaire.questions[i], desk.desk.context.rated_units, desk.both.first.answers[i])) keys[name] = value;
  }
  keys[kSlip] = desk.both.first.slip_code;
  KeyFaults faults;
  for (const auto& difference : desk.both.different) {
    const std::string take = form.text("take." + difference.field);
    if (take == "first") keys[difference.field] = difference.first;
    else if (take == "second") keys[difference.field] = difference.second;
    else if (take == "other") keys[difference.field] = form.text("other." + difference.field);
    else faults[difference.field] = say(app, request, "staff.paper.decide");
  }
  KeyedForm settled{keys[kSlip], Answers(questionnaire.questions.size())};
  FieldList fields;
  for (const auto& [name, value] : keys) fields.add(name, value);
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    if (!is_on_paper(question, desk.desk.context)) continue;
    auto answer = read_keys(question, desk.desk.context.rated_units, fields);
    if (answer) {
      settled.answers[i] = std::move(*answer);
    } else {
      // At the field that was decided, even if the two of a question only together do not fit.
      std::string where = answer.error().where;
      for (const auto& difference : desk.both.different) {
        if (difference.field.starts_with(question.id)) where = difference.field;
      }
      faults[where] = fault_sentence(app, request, answer.error());
    }
  }
  if (!faults.empty()) return case_page(desk, &form, faults);
  const auto outcome = app.paper.adjudicate(desk.desk.campaign().id, desk.desk.form, std::move(settled), signed_in(request)->account);
  if (!outcome && outcome.error().code == ErrorCode::slip_refused) {
    return case_page(desk, &form, {{kSlip, app.locales.sentence(request.language, outcome.error())}});
  }
  if (!outcome) return fail(outcome.error());
  return HttpResponse::redirect("/staff/campaigns/" + desk.desk.campaign().id + "/paper");
}

}  // namespace khaosat
