#include "base/bytes.h"
#include "base/json_text.h"
#include "server/pages/answering.h"
#include "server/pages/field/field_interview.h"
#include "server/pages/field/field_pages.h"
#include "server/pages/sounds/sound_pages.h"
#include "server/services/field/field_service.h"

namespace khaosat {

namespace {

// Tells our own answer from that of a router in between that answers everything.
std::string ours(const std::string& id) { return "{\"khaosat\":\"field\",\"id\":" + json_quoted(id); }

HttpResponse refusal(const FieldApp& app, const Request& request, const std::string& id, const Error& error) {
  return HttpResponse::json(ours(id) + ",\"error\":" + json_quoted(name_of(error.code)) + ",\"sentence\":" +
                                json_quoted(app.citizen.design.locales.sentence(request.language, error)) + "}",
                            http_status_of(error.code));
}

std::string first_of(const FormData& form, std::string_view name) { return std::string(form.one(name).value_or("")); }

std::string sheet_json(const FieldApp& app, const Request& request, const FieldDevice& device, FieldSheet sheet, const std::string& id) {
  const auto entry = app.citizen.book.find(device.campaign);
  std::string places;
  std::string languages;
  std::string sounds;
  if (entry) {
    for (const auto& psu : (*entry)->campaign.psus) {
      places += (places.empty() ? "" : ",") + json_quoted(psu.id) + ":" + json_quoted(psu.title);
    }
    for (const auto& language : languages_of(**entry)) {
      languages += (languages.empty() ? "" : ",") + json_quoted(language);
      const auto* set = recordings_offered(app.citizen.design, **entry, language);
      if (set) sounds += (sounds.empty() ? "" : ",") + ("{\"at\":" + json_quoted(sound_address(*set)) + ",\"bytes\":" + std::to_string(set->bytes) + "}");
    }
  }
  // How to find a household is read by whoever listens on a plain line.
  if (!is_private_line(request)) {
    for (auto& person : sheet.people) person.direction.clear();
  }
  const auto key = app.field.seal_key(device.campaign);
  return ours(id) + ",\"device\":" + json_quoted(device.id) + ",\"campaign\":" + json_quoted(device.campaign) + ",\"title\":" +
         json_quoted(entry ? (*entry)->campaign.title.in(request.language) : std::string()) + ",\"demo\":" +
         (entry && (*entry)->campaign.demo ? "true" : "false") + ",\"slips\":" +
         (entry && (*entry)->campaign.admission == Admission::slips ? "true" : "false") + ",\"seal\":" +
         json_quoted(key ? to_hex(*key) : std::string()) + ",\"places\":{" + places + "},\"languages\":[" + languages +
         "],\"sounds\":[" + sounds + "],\"sheet\":" + to_json(sheet) + "}";
}

}  // namespace

Result<HttpResponse> show_field_sheet(const FieldApp& app, const Request& request) {
  const auto device = device_of(app, request);
  if (!device) return refusal(app, request, "", device.error());
  auto sheet = app.field.sheet(*device);
  if (!sheet) return refusal(app, request, "", sheet.error());
  return HttpResponse::json(sheet_json(app, request, *device, *std::move(sheet), ""));
}

Result<HttpResponse> take_field_answers(const FieldApp& app, const Request& request) {
  TRY_VOID(check_own_page(request));
  if (request.content_type != "application/json") return fail(ErrorCode::media_type_unsupported, "send JSON");
  const auto form = parse_json_form(request.body, FormLimits{6, 40, request.body.size() + 1});
  if (!form) return refusal(app, request, "", form.error());
  const SentInterview sent{first_of(*form, "_id"), first_of(*form, "sealed"), first_of(*form, "plain"), first_of(*form, "_slip")};
  const auto device = device_of(app, request);
  if (!device) return refusal(app, request, sent.id, device.error());
  const auto taken = take_interview(app.citizen, app.field, device->campaign, sent);
  if (!taken) return refusal(app, request, sent.id, taken.error());
  return HttpResponse::json(ours(sent.id) + ",\"receipt\":" + json_quoted(taken->receipt.code) + ",\"repeated\":" +
                            (taken->receipt.repeated ? "true" : "false") + ",\"blanked\":" + std::to_string(taken->blanked) + "}");
}

Result<HttpResponse> take_field_outcomes(const FieldApp& app, const Request& request) {
  TRY_VOID(check_own_page(request));
  if (request.content_type != "application/json") return fail(ErrorCode::media_type_unsupported, "send JSON");
  const auto device = device_of(app, request);
  if (!device) return refusal(app, request, "", device.error());
  const auto report = read_field_report(request.body);
  if (!report) return refusal(app, request, "", report.error());
  auto sheet = app.field.report(*device, *report);
  if (!sheet) return refusal(app, request, "", sheet.error());
  return HttpResponse::json(sheet_json(app, request, *device, *std::move(sheet), ""));
}

}  // namespace khaosat
