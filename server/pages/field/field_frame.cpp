#include "server/pages/field/field_frame.h"

#include "server/http/same_origin.h"
#include "server/services/field/field_service.h"

namespace khaosat {

View field_view(const Design& design, std::string_view language, const std::string& title, const char* script) {
  View view = citizen_view(design, language, title);
  view.set("field", true).set("field_style", design.assets.address("css/field.css"));
  view.set("script", design.assets.address(script));
  return view;
}

Result<FieldDevice> device_of(const FieldApp& app, const Request& request) {
  auto token = request.cookie(kFieldCookie);
  if (!token && !is_private_line(request)) token = request.cookie(kFieldPlainCookie);
  return app.field.find(token.value_or(""));
}

Result<void> check_own_page(const Request& request) {
  if (may_be_same_origin(request)) return {};
  return fail(ErrorCode::csrf_refused, "the form was sent from another site");
}

bool is_private_line(const Request& request) {
  // Something on this machine may pass on what came over a plain line: then the browser asked for another name.
  const std::string_view host = request.header("host");
  const bool named_here = host.starts_with("127.0.0.1") || host.starts_with("localhost") || host.starts_with("[::1]");
  return request.is_tls || (request.is_loopback && named_here);
}

}  // namespace khaosat
