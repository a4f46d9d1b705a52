#include "server/pages/answer_form.h"
#include "server/pages/answer_pages.h"
#include "server/pages/field/field_pages.h"
#include "server/services/field/field_service.h"

namespace khaosat {

namespace {

HttpResponse unkept(HttpResponse response) {
  response.cache_control = "no-store";
  return response;
}

}  // namespace

Result<HttpResponse> show_field_form(const FieldApp& app, const Request& request) {
  const auto device = device_of(app, request);
  if (!device) return HttpResponse::redirect(kFieldHome);
  const auto entry = as_asked(TRY(app.citizen.book.find(device->campaign)), request);
  const std::string language = language_for(*entry, request.language);
  if (const auto open = check_takes_answers(entry->campaign, vietnam_date(app.citizen.clock.now())); !open) {
    const Design& design = app.citizen.design;
    return unkept(notice_page(design, language, entry->campaign.title.in(language), {design.locales.sentence(language, open.error())}, http_status_of(open.error().code)));
  }
  Answering answering = begin_answering(entry, language);
  answering.mode = Mode::interviewer;
  HttpResponse response = unkept(start_page(app.citizen.design, answering, {}));
  return std::move(response.with_header(kFieldKeepHeader, "yes"));
}

Result<HttpResponse> take_field_form(const FieldApp& app, const Request& request) {
  TRY_VOID(check_own_page(request));
  const FieldDevice device = TRY(device_of(app, request));
  const FormData form = TRY(read_form(request, FormLimits{5000, 200, 64 << 10}));
  const auto entry = TRY(app.citizen.book.find(device.campaign));
  Answering answering = continue_answering(entry, request.language, form);
  answering.mode = Mode::interviewer;
  if (answering.step == "refuse") return HttpResponse::redirect("/field/list");
  return unkept(take_step(app.citizen, request, answering, form.has(field::kSubmission)));
}

}  // namespace khaosat
