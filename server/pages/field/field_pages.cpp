#include "server/pages/field/field_pages.h"

#include "base/bytes.h"
#include "base/json_text.h"
#include "server/services/field/field_service.h"

namespace khaosat {

namespace {

constexpr FormLimits kSmallForm = {.fields = 10, .name_bytes = 40, .value_bytes = 200};
constexpr const char* kHalfAYear = "15552000";

// The scripts and styles that an interviewer's pages are made of.
const std::vector<std::string> kFiles = {"css/field.css",     "js/citizen.js", "js/listen.js", "js/field_form.js", "js/field_home.js",
                                         "js/field_queue.js", "js/field_store.js", "js/field_seal.js"};

std::string cookie_of(const Request& request, const std::string& token) {
  const bool bound = is_private_line(request);
  return std::string(bound ? kFieldCookie : kFieldPlainCookie) + "=" + token + "; Path=/" + (bound ? "; Secure" : "") +
         "; HttpOnly; SameSite=Strict; Max-Age=" + kHalfAYear;
}

HttpResponse home_page(const FieldApp& app, const Request& request, bool enrolled, const Error* refused) {
  const Design& design = app.citizen.design;
  View view = field_view(design, request.language, design.locales.text(request.language, "field.home.title"), "js/field_home.js");
  view.set("enrolled", enrolled);
  // The module fills in what stands in braces.
  const auto pattern = [&](const char* key) { return design.locales.text(request.language, key, {{"count", "{count}"}, {"outcome", "{outcome}"}, {"person", "{person}"}}); };
  view.set("waiting", pattern("field.home.waiting")).set("blanked", pattern("field.home.blanked")).set("confirm", pattern("field.home.confirm"));
  view.set("sounds_large", design.locales.text(request.language, "field.home.sounds_large", {{"size", "{size}"}}));
  if (refused) {
    const std::string sentence = design.locales.sentence(request.language, *refused);
    view.set("failed", true).set("code_sentence", sentence);
    view.add("errors", View().set("href", "#code").set("sentence", sentence));
  }
  HttpResponse response = citizen_page(design, "field_home", request.language, view, refused ? http_status_of(refused->code) : 200);
  response.cache_control = "no-store";
  if (enrolled) response.with_header(kFieldKeepHeader, "yes");
  return response;
}

}  // namespace

Result<HttpResponse> show_field_home(const FieldApp& app, const Request& request) {
  return home_page(app, request, device_of(app, request).has_value(), nullptr);
}

Result<HttpResponse> enrol_field(const FieldApp& app, const Request& request) {
  TRY_VOID(check_own_page(request));
  const FormData form = TRY(read_form(request, kSmallForm));
  const auto token = app.field.enrol(form.one("code").value_or(""));
  if (!token) {
    if (token.error().code != ErrorCode::interviewer_code_refused) return fail(token.error());
    return home_page(app, request, false, &token.error());
  }
  return std::move(HttpResponse::redirect(kFieldHome).with_header("Set-Cookie", cookie_of(request, *token)));
}

Result<HttpResponse> show_field_worker(const FieldApp& app, const Request&) {
  std::string files;
  std::string all;
  for (const auto& file : kFiles) {
    files += (files.empty() ? "" : ",") + json_quoted(app.citizen.design.assets.address(file));
    all += app.citizen.design.assets.address(file) + "\n";
  }
  const auto source = app.files.find("js/field_worker.js");
  if (source == app.files.end()) return fail(ErrorCode::not_found, "the worker is missing from the program");
  // Another version whenever the worker or anything it keeps has changed.
  const std::string version = to_hex(view_of(sha256(all + source->second))).substr(0, 16);
  HttpResponse response = HttpResponse::text("const kVersion = 'field-" + version + "';\nconst kFiles = [" + files + "];\n" + without_comments(source->second));
  response.content_type = "text/javascript; charset=utf-8";
  response.cache_control = "no-cache";
  return response;
}

Result<HttpResponse> show_field_manifest(const FieldApp& app, const Request& request) {
  const auto say = [&](const char* key) { return json_quoted(app.citizen.design.locales.text(request.language, key)); };
  HttpResponse response = HttpResponse::text(
      "{\"name\":" + say("field.app_name") + ",\"short_name\":" + say("field.app_short") +
      ",\"lang\":\"vi\",\"id\":\"/field/\",\"start_url\":\"/field/\",\"scope\":\"/field/\",\"display\":\"standalone\","
      "\"background_color\":\"#ffffff\",\"theme_color\":\"#0a4f8f\","
      "\"icons\":[{\"src\":\"/field/icon.svg\",\"sizes\":\"any\",\"type\":\"image/svg+xml\",\"purpose\":\"any\"}]}");
  response.content_type = "application/manifest+json";
  response.cache_control = "no-cache";
  return response;
}

Result<HttpResponse> show_field_icon(const FieldApp&, const Request&) {
  HttpResponse response = HttpResponse::text(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" height=\"64\" rx=\"12\" fill=\"#0a4f8f\"/>"
      "<path d=\"M18 12h28v40H18z\" fill=\"#fff\"/><path d=\"M24 22l3 3 5-6M24 34l3 3 5-6M36 23h6M36 35h6M24 45h18\" fill=\"none\" "
      "stroke=\"#0a4f8f\" stroke-width=\"3\"/></svg>");
  response.content_type = "image/svg+xml";
  response.cache_control = "no-cache";
  return response;
}

}  // namespace khaosat
