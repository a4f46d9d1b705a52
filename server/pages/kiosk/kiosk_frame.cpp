#include "server/pages/kiosk/kiosk_frame.h"

#include "server/services/kiosk/kiosk_desk.h"

namespace khaosat {

namespace {

// WCAG 2.2.1 counts on people needing 20 seconds; a touch starts them anew.
constexpr int kReturnSeconds = 20;

}  // namespace

View kiosk_view(const Design& design, std::string_view language, const std::string& title, const char* kind) {
  View view = citizen_view(design, language, title);
  const std::string_view what = kind;
  view.set("script", design.assets.address("js/kiosk.js")).set("kiosk_style", design.assets.address("css/kiosk.css"));
  view.set("kiosk", kind);
  view.set("idle_seconds", static_cast<int>(kKioskIdleSeconds)).set("warning_seconds", static_cast<int>(kKioskWarningSeconds));
  view.set("return_seconds", kReturnSeconds);
  // The module fills in what is left.
  view.set("returns", design.locales.text(language, "kiosk.returns", {{"seconds", "{seconds}"}}));
  // Without the module the browser itself goes back to the welcome, which ends whatever was going on.
  if (what == "answering") view.set("plain_seconds", static_cast<int>(kKioskPlainPageSeconds));
  if (what == "staff") view.set("plain_seconds", static_cast<int>(kKioskIdleSeconds + kKioskWarningSeconds));
  return view;
}

HttpResponse kiosk_page(const Design& design, std::string_view name, std::string_view language, const View& view, int status) {
  HttpResponse response = citizen_page(design, name, language, view, status);
  response.cache_control = "no-store";
  return response;
}

HttpResponse kiosk_notice(const Design& design, std::string_view language, const std::string& heading,
                          const std::string& sentence, int status) {
  View view = kiosk_view(design, language, heading, "notice");
  view.set("plain_seconds", kReturnSeconds);
  view.set("heading", heading).set("sentence", sentence);
  return kiosk_page(design, "kiosk_notice", language, view, status);
}

HttpResponse kiosk_error(const Design& design, std::string_view language, const Error& error) {
  return kiosk_notice(design, language, design.locales.text(language, "error_page.title"),
                      design.locales.sentence(language, error), http_status_of(error.code));
}

}  // namespace khaosat
