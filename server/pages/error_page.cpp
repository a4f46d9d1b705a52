#include "server/pages/error_page.h"

namespace khaosat {

HttpResponse error_page(const Design& design, const Error& error, const Request& request) {
  const std::string& language = request.language;
  const auto say = [&](std::string_view key) { return design.locales.text(language, key); };
  View view = citizen_view(design, language, say("error_page.title"));
  view.set("heading", say("error_page.title")).set("error_name", std::string(name_of(error.code)));
  view.add("paragraphs", View().set("paragraph", design.locales.sentence(language, error)));
  if (!request.is_safe_method()) view.add("paragraphs", View().set("paragraph", say("error_page.back")));
  HttpResponse response = citizen_page(design, "notice", language, view, http_status_of(error.code));
  response.cache_control.clear();
  return response;
}

}  // namespace khaosat
