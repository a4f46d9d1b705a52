#include "server/pages/field/field_pages.h"
#include "server/services/field/field_service.h"

namespace khaosat {

namespace {

constexpr FormLimits kSmallForm = {.fields = 10, .name_bytes = 40, .value_bytes = 200};

HttpResponse list_page(const FieldApp& app, const Request& request, const FieldDevice& device, const FieldSheet& sheet, const Error* refused) {
  const Design& design = app.citizen.design;
  const std::string& language = request.language;
  View view = field_view(design, language, design.locales.text(language, "field.list.title"), "js/field_home.js");
  if (refused) {
    view.set("failed", true);
    view.add("errors", View().set("href", "").set("sentence", design.locales.sentence(language, *refused)));
  }
  const auto entry = app.citizen.book.find(device.campaign);
  for (const auto& person : sheet.people) {
    if (!is_due(sheet, person)) continue;
    View item;
    const auto* psu = entry ? (*entry)->campaign.psu(person.psu) : nullptr;
    item.set("person", person.person).set("place_title", psu ? psu->title : person.psu);
    if (!person.direction.empty() && is_private_line(request)) item.set("direction", person.direction);
    item.set("is_reserve", !person.drawn).set("is_closed", person.is_closed()).set("is_open", !person.is_closed());
    for (const auto outcome : person.attempts) {
      item.add("attempts", View().set("outcome_words", design.locales.text(language, "field.outcome." + std::string(name_of(outcome)))));
    }
    view.add("people", std::move(item));
    if (!person.is_closed()) view.add("choices", View().set("choice", person.person));
  }
  for (const char* outcome : {"done", "refused", "not_reached", "gone", "replaced"}) {
    view.add("outcomes", View().set("code", outcome).set("words", design.locales.text(language, std::string("field.outcome.") + outcome)));
  }
  for (const auto& code : kFieldLanguages) {
    view.add("talks", View().set("code", code).set("words", design.locales.text(language, "field.language." + code)));
  }
  for (const auto& code : kFieldHelpers) {
    view.add("helpers", View().set("code", code).set("words", design.locales.text(language, "field.helper." + code)));
  }
  HttpResponse response = citizen_page(design, "field_list", language, view, refused ? http_status_of(refused->code) : 200);
  response.cache_control = "no-store";
  return response;
}

}  // namespace

Result<HttpResponse> show_field_list(const FieldApp& app, const Request& request) {
  const auto device = device_of(app, request);
  if (!device) return HttpResponse::redirect(kFieldHome);
  return list_page(app, request, *device, TRY(app.field.sheet(*device)), nullptr);
}

Result<HttpResponse> take_field_outcome(const FieldApp& app, const Request& request) {
  TRY_VOID(check_own_page(request));
  const FieldDevice device = TRY(device_of(app, request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const auto outcome = field_outcome_named(form.one("outcome").value_or(""));
  const bool is_done = outcome == FieldOutcome::done;
  auto changed = outcome ? app.field.attempt(device, form.one("person").value_or(""), *outcome, is_done ? form.one("language").value_or("") : "",
                                             is_done ? form.one("helper").value_or("") : "")
                         : Result<FieldSheet>(fail(ErrorCode::missing_field, "what became of it", "outcome"));
  if (!changed) {
    if (changed.error().code == ErrorCode::campaign_closed) return fail(changed.error());
    return list_page(app, request, device, TRY(app.field.sheet(device)), &changed.error());
  }
  return HttpResponse::redirect("/field/list");
}

}  // namespace khaosat
