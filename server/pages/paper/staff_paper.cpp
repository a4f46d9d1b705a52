#include "server/pages/paper/staff_paper.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "server/catalog/catalog.h"
#include "server/pages/answering.h"
#include "server/pages/paper/paper_form.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/services/paper/paper_serial.h"
#include "server/services/paper/paper_service.h"
#include "server/survey/completeness.h"

namespace khaosat {

namespace {

bool runs(const Request& request) {
  const Role role = signed_in(request)->role;
  return role == Role::administrator || role == Role::officer;
}

std::string place_of(const App& app, const Campaign& campaign, const std::string& psu_id, const std::string& language) {
  const auto* psu = campaign.psu(psu_id);
  const Stratum* stratum = psu ? campaign.stratum(psu->stratum) : nullptr;
  const std::string unit = stratum ? unit_name(app, stratum->unit, language) : "";
  if (!psu) return psu_id;
  return psu->title == unit ? unit : psu->title + ", " + unit;
}

std::string page_address(const Campaign& campaign) { return "/staff/campaigns/" + campaign.id + "/paper"; }

bool is_among(const std::vector<std::string>& languages, std::string_view language) {
  return std::find(languages.begin(), languages.end(), language) != languages.end();
}

std::string language_name(const App& app, const std::string& language) { return app.locales.text(language, "site.language_name"); }

// "3,4 %" or "–" when nothing was compared.
std::string rate(int wrong, int compared) {
  if (compared == 0) return "–";
  const int tenths = (wrong * 1000 + compared / 2) / compared;
  return std::to_string(tenths / 10) + "," + std::to_string(tenths % 10) + " %";
}

void put_batches(View& view, const App& app, const Request& request, const Campaign& campaign, const std::vector<PaperTotals>& table) {
  std::array<int, 8> sum{};
  int all = 0;
  int open = 0;
  const auto put_states = [](View& row, const std::array<int, 8>& states) {
    for (std::size_t i = 0; i < states.size(); ++i) row.set("n_" + std::string(name_of(static_cast<PaperState>(i))), states[i]);
    row.set("n_waiting", states[1] + states[3]);
  };
  for (const auto& row : table) {
    View item;
    item.set("batch", row.batch.number).set("place", place_of(app, campaign, row.batch.psu, request.language));
    item.set("range", paper_serial(campaign.id, row.batch.first_form) + " … " + paper_serial(campaign.id, row.batch.first_form + row.batch.forms - 1));
    item.set("forms", row.batch.forms).set("n_open", row.open()).set("batch_href", page_address(campaign) + "/batches/" + std::to_string(row.batch.number));
    put_states(item, row.by_state);
    view.add("batches", std::move(item));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += row.by_state[i];
    all += row.batch.forms;
    open += row.open();
  }
  View total;
  total.set("forms", all).set("n_open", open);
  put_states(total, sum);
  view.set("total", std::move(total)).set("any_batch", !table.empty()).set("all_accounted", open == 0 && all > 0);
}

void put_clerks(View& view, const App& app, const std::vector<ClerkTally>& tallies) {
  for (const auto& tally : tallies) {
    const auto account = app.store.registry().account(tally.clerk);
    View row;
    row.set("clerk", account && *account ? (*account)->display_name : tally.clerk);
    row.set("forms", tally.forms).set("fields", tally.fields).set("compared", tally.compared).set("wrong", tally.wrong);
    row.set("rate", rate(tally.wrong, tally.compared));
    view.add("clerks", std::move(row));
  }
  view.set("any_clerk", !tallies.empty());
}

// Forms that wait for a person, as serial numbers.
void put_waiting(View& view, const Campaign& campaign, const std::vector<PaperForm>& forms) {
  for (const auto& form : forms) {
    const std::string serial = paper_serial(campaign.id, form.number);
    if (form.state == PaperState::disagreed) {
      view.add("cases", View().set("serial", serial).set("case_href", page_address(campaign) + "/cases/" + std::to_string(form.number)));
    }
    if (form.state == PaperState::settled) view.add("unsent", View().set("serial", serial));
    if (form.state == PaperState::missing) view.add("lost", View().set("serial", serial));
    if (form.state == PaperState::handed_out) view.add("still_out", View().set("serial", serial));
  }
}

Result<HttpResponse> paper_page(const App& app, const Request& request, const CampaignEntry& entry, const std::string& wrong_field,
                                const std::string& sentence, const StaffForm* typed = nullptr) {
  const Campaign& campaign = entry.campaign;
  View view = campaign_view(app, request, campaign, say(app, request, "staff.paper.title"));
  const auto forms = TRY(app.paper.forms(campaign.id));
  put_batches(view, app, request, campaign, TRY(app.paper.totals(campaign.id)));
  put_clerks(view, app, TRY(app.paper.tallies(campaign.id)));
  put_waiting(view, campaign, forms);
  const bool open = campaign.state == CampaignState::open;
  const bool any_keyed = std::any_of(forms.begin(), forms.end(), [](const PaperForm& form) {
    return form.state == PaperState::entered || (form.state >= PaperState::first_keyed && form.state <= PaperState::settled);
  });
  view.set("can_hand_out", campaign.state != CampaignState::closed).set("can_enter", open).set("can_set_share", !any_keyed && campaign.state != CampaignState::closed);
  view.set("share", TRY(app.paper.second_share(campaign.id)));
  view.set("typed_forms", typed ? typed->text("forms") : "20").set("typed_serials", typed ? typed->text("serials") : "");
  for (const auto& psu : campaign.psus) {
    view.add("places", View().set("psu", psu.id).set("place", place_of(app, campaign, psu.id, request.language)).set("chosen", typed && typed->text("psu") == psu.id));
  }
  for (const auto& language : offered_languages(*entry.questionnaire)) {
    if (app.locales.has(language)) view.add("languages", View().set("code", language).set("language_name", language_name(app, language)));
  }
  if (!sentence.empty()) {
    view.set("failed", true);
    view.add("errors", View().set("href", "#" + wrong_field).set("sentence", sentence));
  }
  return staff_page(app, request, "paper", view, sentence.empty() ? 200 : 422);
}

HttpResponse print_page(const std::string& html) {
  HttpResponse response = HttpResponse::html(html, 200);
  return response;
}

Result<PaperBatch> batch_of(const App& app, const Request& request, const Campaign& campaign) {
  const int number = std::atoi(request.params.at(1).c_str());
  for (const auto& row : TRY(app.paper.totals(campaign.id))) {
    if (row.batch.number == number) return row.batch;
  }
  return fail(ErrorCode::not_found, "no such batch of forms", request.params.at(1));
}

}  // namespace

Result<HttpResponse> show_paper_overview(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.paper.title"), "/staff/paper");
  view.set("runs", runs(request));
  for (const auto& campaign : TRY(app.book.all())) {
    if (campaign.state == CampaignState::closed) continue;
    View row;
    row.set("campaign_title", campaign.title.in(request.language)).set("href", page_address(campaign) + (runs(request) ? "" : "/entry"));
    row.set("is_demo", campaign.demo);
    view.add("campaigns", std::move(row));
  }
  if (runs(request)) {
    for (const auto& questionnaire : app.catalog.questionnaires()) {
      View row;
      row.set("name", questionnaire->title.in(request.language)).set("label", questionnaire->identity.label());
      for (const auto& language : languages_report(*questionnaire).languages) {
        View print;
        print.set("language_name", app.locales.has(language.language) ? language_name(app, language.language) : language.language);
        print.set("is_reviewed", language.is_reviewed);
        print.set("written", app.locales.text(request.language, "staff.paper.written",
            {{"written", std::to_string(language.texts - static_cast<int>(language.missing.size()))}, {"texts", std::to_string(language.texts)}}));
        print.set("print_href", "/staff/paper/" + questionnaire->identity.id + "/" + std::to_string(questionnaire->identity.version) + "?lang=" + language.language);
        row.add("prints", std::move(print));
      }
      view.add("questionnaires", std::move(row));
    }
  }
  return staff_page(app, request, "paper_overview", view);
}

Result<HttpResponse> print_specimen(const App& app, const Request& request) {
  const auto questionnaire = app.catalog.questionnaire(request.params.at(0), std::atoi(request.params.at(1).c_str()));
  if (!questionnaire) return fail(ErrorCode::definition_unknown, "no such questionnaire", request.params.at(0));
  const std::string wanted(request.query.one("lang").value_or("vi"));
  AnsweringContext context;
  for (const auto& question : questionnaire->questions) {
    if (!question.topic.empty()) context.stated_topics.push_back(question.topic);
  }
  if (questionnaire->audience == Audience::rater) {
    for (int i = 0; i < 3; ++i) context.rated_units.push_back(say(app, request, "paper.unit_blank") + std::string(static_cast<std::size_t>(i), ' '));
  }
  const PaperSetting setting{app.design(), *questionnaire, nullptr, is_among(questionnaire->languages, wanted) ? wanted : "vi", context};
  const auto plan = paper_plan(*questionnaire, setting.language, setting.context, paper_head(setting));
  return print_page(TRY(paper_document(setting, plan, plan.page_starts, {{"", ""}}, "", "/staff/paper", say(app, request, "staff.paper.title"))));
}

Result<HttpResponse> show_paper(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  return paper_page(app, request, *entry, "", "");
}

Result<HttpResponse> hand_out_paper(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const std::string language = form.text("language");
  PaperBatch batch;
  batch.psu = form.text("psu");
  batch.forms = std::atoi(form.text("forms").substr(0, 6).c_str());
  // Forms to hand out only in what a person has read over.
  batch.language = is_among(offered_languages(*entry->questionnaire), language) ? language : language_for(*entry, "vi");
  const PaperSetting setting{app.design(), *entry->questionnaire, &entry->campaign, batch.language, paper_context(entry->campaign)};
  batch.page_starts = paper_plan(*entry->questionnaire, batch.language, setting.context, paper_head(setting)).page_starts;
  const auto added = app.paper.hand_out(entry->campaign.id, batch, signed_in(request)->account);
  if (!added) {
    const ErrorCode code = added.error().code;
    if (code != ErrorCode::too_many_forms && code != ErrorCode::out_of_range && code != ErrorCode::unit_not_valid) return fail(added.error());
    return paper_page(app, request, *entry, code == ErrorCode::unit_not_valid ? "psu" : "forms", app.locales.sentence(request.language, added.error()), &form);
  }
  return HttpResponse::redirect(page_address(entry->campaign) + "#batches");
}

Result<HttpResponse> print_batch(const App& app, const Request& request) {
  const auto newest = TRY(campaign_of(app, request));
  const auto batch = TRY(batch_of(app, request, newest->campaign));
  const auto entry = as_of_paper(newest, batch.number);
  const Campaign& campaign = entry->campaign;
  const PaperSetting setting{app.design(), *entry->questionnaire, &campaign, batch.language, paper_context(campaign)};
  const auto plan = paper_plan(*entry->questionnaire, batch.language, setting.context, paper_head(setting));
  const auto* psu = campaign.psu(batch.psu);
  std::vector<PrintedForm> forms;
  for (int i = 0; i < batch.forms; ++i) {
    const std::string serial = paper_serial(campaign.id, batch.first_form + i);
    forms.push_back({serial, paper_qr_text(campaign.id, campaign.questionnaire.label(), psu ? psu->stratum : "", batch.psu, serial)});
  }
  return print_page(TRY(paper_document(setting, plan, batch.page_starts, forms, place_of(app, campaign, batch.psu, batch.language),
                                       page_address(campaign), campaign.title.in(request.language))));
}

Result<HttpResponse> show_handing_out(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const Campaign& campaign = entry->campaign;
  const auto batch = TRY(batch_of(app, request, campaign));
  View view = campaign_view(app, request, campaign, say(app, request, "staff.paper.list_title"));
  view.set("place", place_of(app, campaign, batch.psu, request.language)).set("forms", batch.forms).set("office", campaign.office);
  view.set("first", paper_serial(campaign.id, batch.first_form)).set("last", paper_serial(campaign.id, batch.first_form + batch.forms - 1));
  for (int i = 0; i < batch.forms; ++i) view.add("serials", View().set("serial", paper_serial(campaign.id, batch.first_form + i)));
  return staff_page(app, request, "paper_list", view);
}

Result<HttpResponse> set_paper_share(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  const std::string typed = form.text("share");
  const bool is_number = !typed.empty() && typed.size() < 4 && typed.find_first_not_of("0123456789") == std::string::npos;
  const auto set = app.paper.set_second_share(entry->campaign.id, is_number ? std::atoi(typed.c_str()) : -1, signed_in(request)->account);
  if (!set && set.error().code == ErrorCode::out_of_range) {
    return paper_page(app, request, *entry, "share", say(app, request, "staff.paper.share_wrong"), &form);
  }
  if (!set) return fail(set.error());
  return HttpResponse::redirect(page_address(entry->campaign));
}

Result<HttpResponse> account_for_paper(const App& app, const Request& request, const StaffForm& form) {
  const auto entry = TRY(campaign_of(app, request));
  std::vector<int> forms;
  std::string spaced = form.text("serials");
  std::replace_if(spaced.begin(), spaced.end(), [](char c) { return c == '\n' || c == '\t' || c == ','; }, ' ');
  for (const auto& word : split(spaced, ' ')) {
    if (word.empty()) continue;
    const auto number = read_paper_serial(entry->campaign.id, word);
    if (!number || forms.size() >= 2000) {
      return paper_page(app, request, *entry, "serials", say(app, request, "staff.paper.serial_wrong", {{"serial", word.substr(0, 40)}}), &form);
    }
    forms.push_back(*number);
  }
  const auto fate = paper_state_named(form.text("fate"));
  if (forms.empty() || !fate) return paper_page(app, request, *entry, "serials", say(app, request, "staff.paper.serials_missing"), &form);
  const auto done = app.paper.account_for(entry->campaign.id, forms, *fate, signed_in(request)->account);
  if (!done) {
    const bool is_number = !done.error().where.empty() && done.error().where.find_first_not_of("0123456789") == std::string::npos;
    std::string sentence = app.locales.sentence(request.language, done.error());
    if (is_number) sentence = paper_serial(entry->campaign.id, std::atoi(done.error().where.c_str())) + ": " + sentence;
    return paper_page(app, request, *entry, "serials", sentence, &form);
  }
  return HttpResponse::redirect(page_address(entry->campaign) + "#batches");
}

Result<std::string> paper_warning(const App& app, const Request& request, const Campaign& campaign) {
  const PaperOpen open = TRY(paper_open(app.store, campaign.id));
  if (open.out + open.keyed == 0) return std::string();
  return say(app, request, "staff.paper.closing", {{"out", std::to_string(open.out)}, {"waiting", std::to_string(open.keyed)}});
}

}  // namespace khaosat
