#include "server/pages/answer_form.h"
#include "server/pages/field/field_pages.h"

namespace khaosat {

std::vector<Route> field_routes(const FieldApp& app) {
  constexpr std::size_t kSmall = 4u << 10;
  constexpr std::size_t kSheet = 256u << 10;
  // Sealed and written in hexadecimal, an answer is a little over twice as long.
  constexpr std::size_t kSealed = 2 * kAnswerBodyLimit + (64u << 10);
  const auto page = [&](const char* method, const char* path, std::size_t limit, const char* name, auto handler) {
    return Route{method, path, Access::everyone, limit, [app, handler](const Request& request) { return handler(app, request); }, name};
  };
  return {
      {"GET", "/field", Access::everyone, 0, [](const Request&) { return HttpResponse::redirect(kFieldHome); }, "field"},
      page("GET", kFieldHome, 0, "field", show_field_home),
      page("POST", "/field/enrol", kSmall, "field_enrol", enrol_field),
      page("GET", "/field/sw\\.js", 0, "field_worker", show_field_worker),
      page("GET", "/field/manifest\\.webmanifest", 0, "field_manifest", show_field_manifest),
      page("GET", "/field/icon\\.svg", 0, "field_icon", show_field_icon),
      page("GET", kFieldForm, 0, "field_form", show_field_form),
      page("POST", kFieldForm, kAnswerBodyLimit, "field_form", take_field_form),
      page("GET", "/field/sheet", 0, "field_sheet", show_field_sheet),
      page("POST", "/field/answers", kSealed, "field_answers", take_field_answers),
      page("POST", "/field/outcomes", kSheet, "field_outcomes", take_field_outcomes),
      page("GET", "/field/list", 0, "field_list", show_field_list),
      page("POST", "/field/outcome", kSmall, "field_outcome", take_field_outcome),
  };
}

}  // namespace khaosat
