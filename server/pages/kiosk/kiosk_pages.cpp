#include "server/pages/kiosk/kiosk_pages.h"

#include "server/pages/answer_form.h"
#include "server/pages/answer_pages.h"
#include "server/pages/kiosk/kiosk_frame.h"
#include "server/pages/staff_session.h"
#include "server/services/kiosk/kiosk_desk.h"
#include "server/services/kiosk/kiosk_service.h"

namespace khaosat {

namespace {

constexpr FormLimits kSmallForm = {.fields = 10, .name_bytes = 40, .value_bytes = 200};
constexpr FormLimits kAnswers = {.fields = 5000, .name_bytes = 200, .value_bytes = 64 << 10};
// Browsers keep a cookie for 400 days at most; no campaign of a kiosk lasts half as long.
constexpr const char* kCookieRest = "; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=";
constexpr const char* kHalfAYear = "15552000";
// Empties what the browser may have kept of the person before, whoever put it there.
constexpr const char* kClear = "\"cache\", \"storage\"";

std::string first_of(const FormData& form, std::string_view name) {
  const auto values = form.all(name);
  return values.empty() ? std::string() : std::string(values.front());
}

HttpResponse forget_kiosk(HttpResponse response) {
  return std::move(response.with_header("Set-Cookie", kKioskCookie + std::string("=") + kCookieRest + "0"));
}

Result<Kiosk> kiosk_of(const KioskApp& app, const Request& request) {
  return app.kiosks.find(request.cookie(kKioskCookie).value_or(""));
}

HttpResponse enrol_page(const KioskApp& app, const Request& request, const Error* refused) {
  const Design& design = app.citizen.design;
  View view = kiosk_view(design, request.language, design.locales.text(request.language, "kiosk.enrol.title"), "enrol");
  if (refused) {
    const std::string sentence = design.locales.sentence(request.language, *refused);
    view.set("failed", true).set("code_sentence", sentence);
    view.add("errors", View().set("href", "#code").set("sentence", sentence));
  }
  return kiosk_page(design, "kiosk_enrol", request.language, view, refused ? http_status_of(refused->code) : 200);
}

// Whoever rates an office shall not do it on a device the office works with.
Result<void> check_no_staff_browser(const Request& request) {
  if (!request.cookie(kSessionCookie) && !request.cookie(kOfficeCookie)) return {};
  return fail(ErrorCode::kiosk_staff_browser, "somebody of the office has signed in with this browser");
}

HttpResponse welcome_page(const KioskApp& app, const Kiosk& kiosk, const CampaignEntry& entry, const std::string& language) {
  const Design& design = app.citizen.design;
  const Campaign& campaign = entry.campaign;
  View view = kiosk_view(design, language, campaign.title.in(language), "welcome");
  put_text(view, "title", campaign.title, language);
  view.set("demo", campaign.demo).set("office", campaign.office);
  if (const auto* place = campaign.psu(kiosk.place)) view.set("place_title", place->title);
  view.set("by_slip", campaign.admission == Admission::slips);
  view.set("with_switches", true);
  for (const auto& code : languages_of(entry)) {
    View item;
    item.set("code", code).set("language_name", design.locales.text(code, "site.language_name"));
    item.set("campaign_title", campaign.title.in(code)).set("begin", design.locales.text(code, "kiosk.begin"));
    item.set("line", design.locales.text(code, "kiosk.line"));
    view.add("welcomes", std::move(item));
  }
  return kiosk_page(design, "kiosk_welcome", language, view);
}

HttpResponse leaving_page(const KioskApp& app, const Request& request, const Error* refused) {
  const Design& design = app.citizen.design;
  View view = kiosk_view(design, request.language, design.locales.text(request.language, "kiosk.leave.title"), "staff");
  if (refused) {
    const std::string sentence = design.locales.sentence(request.language, *refused);
    view.set("failed", true).set("pin_sentence", sentence);
    view.add("errors", View().set("href", "#pin").set("sentence", sentence));
  }
  return kiosk_page(design, "kiosk_leave", request.language, view, refused ? http_status_of(refused->code) : 200);
}

HttpResponse begin(const KioskApp& app, const Kiosk& kiosk, const CampaignEntryPtr& entry, const FormData& form,
                   const std::string& language) {
  const KioskTicket ticket = app.desk.begin(kiosk.id);
  // Says at once whether the page has a clock of its own.
  if (form.has(field::kScript)) (void)app.desk.touch(kiosk.id, ticket.text, true);
  Answering answering = begin_answering(entry, language);
  answering.mode = Mode::kiosk;
  answering.ticket = ticket.text;
  answering.large = form.has(field::kLarge);
  answering.high_contrast = form.has(field::kContrast);
  return start_page(app.citizen.design, answering, {});
}

Result<HttpResponse> answer(const KioskApp& app, const Request& request, const Kiosk& kiosk, const CampaignEntryPtr& entry,
                            const FormData& form, const std::string& language) {
  const Design& design = app.citizen.design;
  const KioskTurn turn = TRY(app.desk.touch(kiosk.id, first_of(form, field::kTicket), form.has(field::kScript)));
  const std::string step = first_of(form, field::kStep);
  if (step == "stop") {
    app.desk.end(kiosk.id);
    return HttpResponse::redirect("/kiosk");
  }
  if (step == "refuse") {
    app.desk.end(kiosk.id);
    return kiosk_notice(design, language, design.locales.text(language, "refused.title"), design.locales.text(language, "refused.text"));
  }
  const auto over = [] { return fail(ErrorCode::kiosk_session_over, "this answer was sent"); };
  if (turn.sent && step != "send") return over();
  Answering answering = continue_answering(entry, language, form);
  answering.mode = Mode::kiosk;
  answering.ticket = first_of(form, field::kTicket);
  answering.submission_id = turn.submission_id;
  answering.place = kiosk.place;
  HttpResponse response = take_step(app.citizen, request, answering, true);
  if (answering.sent) {
    app.desk.sent(kiosk.id);
    response.with_header("Clear-Site-Data", kClear);
  } else if (turn.sent) {
    return over();
  }
  return response;
}

}  // namespace

Result<HttpResponse> show_kiosk(const KioskApp& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const auto kiosk = kiosk_of(app, request);
  if (!kiosk) {
    if (const auto allowed = check_no_staff_browser(request); !allowed) {
      return kiosk_error(app.citizen.design, request.language, allowed.error());
    }
    HttpResponse page = enrol_page(app, request, nullptr);
    return request.cookie(kKioskCookie) ? forget_kiosk(std::move(page)) : std::move(page);
  }
  const bool somebody = app.desk.end(kiosk->id);
  const auto entry = TRY(app.citizen.book.find(kiosk->campaign));
  const std::string language = language_for(*entry, request.language);
  if (const auto open = check_takes_answers(entry->campaign, vietnam_date(app.citizen.clock.now())); !open) {
    HttpResponse response = kiosk_error(app.citizen.design, language, open.error());
    response.status = 200;
    return response;
  }
  HttpResponse response = welcome_page(app, *kiosk, *entry, language);
  if (somebody) response.with_header("Clear-Site-Data", kClear);
  return response;
}

Result<HttpResponse> take_kiosk_step(const KioskApp& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const FormData form = TRY(read_form(request, kAnswers));
  const std::string wanted = first_of(form, field::kLanguage);
  const auto kiosk = kiosk_of(app, request);
  if (!kiosk) return forget_kiosk(kiosk_error(app.citizen.design, wanted == "en" ? wanted : "vi", kiosk.error()));
  const auto entry = TRY(app.citizen.book.find(kiosk->campaign));
  const std::string step = first_of(form, field::kStep);
  const std::string language = language_for(*entry, step.starts_with("begin-") ? step.substr(6) : wanted);
  auto response = step.starts_with("begin-") ? Result<HttpResponse>(begin(app, *kiosk, entry, form, language))
                                             : answer(app, request, *kiosk, entry, form, language);
  if (!response) return kiosk_error(app.citizen.design, language, response.error());
  response->cache_control = "no-store";
  return response;
}

Result<HttpResponse> enrol_kiosk(const KioskApp& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const auto allowed = check_no_staff_browser(request);
  if (!allowed) return kiosk_error(app.citizen.design, request.language, allowed.error());
  const auto token = app.kiosks.enrol(first_of(form, "code"));
  if (!token) {
    if (token.error().code != ErrorCode::kiosk_code_refused) return fail(token.error());
    return enrol_page(app, request, &token.error());
  }
  HttpResponse response = HttpResponse::redirect("/kiosk");
  return std::move(response.with_header("Set-Cookie", kKioskCookie + std::string("=") + *token + kCookieRest + kHalfAYear));
}

Result<HttpResponse> keep_kiosk_alive(const KioskApp& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const Kiosk kiosk = TRY(kiosk_of(app, request));
  TRY(app.desk.touch(kiosk.id, first_of(form, field::kTicket), true));
  return HttpResponse::text("", 204);
}

Result<HttpResponse> show_kiosk_leaving(const KioskApp& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const Kiosk kiosk = TRY(kiosk_of(app, request));
  app.desk.end(kiosk.id);
  return leaving_page(app, request, nullptr);
}

Result<HttpResponse> leave_kiosk(const KioskApp& app, const Request& request) {
  TRY_VOID(check_entrance(request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const Kiosk kiosk = TRY(kiosk_of(app, request));
  const auto left = app.kiosks.leave(kiosk, first_of(form, "pin"));
  if (!left) {
    const ErrorCode code = left.error().code;
    if (code != ErrorCode::kiosk_pin_refused && code != ErrorCode::kiosk_pin_throttled) return fail(left.error());
    return leaving_page(app, request, &left.error());
  }
  app.desk.end(kiosk.id);
  const Design& design = app.citizen.design;
  HttpResponse response = kiosk_notice(design, request.language, design.locales.text(request.language, "kiosk.left.title"),
                                       design.locales.text(request.language, "kiosk.left.text"));
  return forget_kiosk(std::move(response));
}

}  // namespace khaosat
