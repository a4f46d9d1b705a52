#include "server/http/request.h"

#include "base/text.h"
#include "server/gate/percent.h"
#include "server/http/media_type.h"

namespace khaosat {

namespace {

constexpr FormLimits kQueryLimits{100, 200, 4 << 10};

// Telephones sold in Viet Nam are often set to English, so the browser's wish is not asked: pages are
// Vietnamese until somebody chooses, and the same for everyone at one address.
std::string language_of(const Request& request) {
  const auto asked = request.query.one("lang");
  return asked == "en" ? "en" : "vi";
}

}  // namespace

std::string_view Request::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

std::optional<std::string> Request::cookie(std::string_view name) const {
  for (const auto& [header_name, value] : headers) {
    if (header_name != "cookie") continue;
    for (const auto& pair : split(value, ';')) {
      const std::string_view text = trim(pair);
      const std::size_t equals = text.find('=');
      if (equals != std::string_view::npos && text.substr(0, equals) == name) {
        return std::string(text.substr(equals + 1));
      }
    }
  }
  return std::nullopt;
}

Result<Request> make_request(RawRequest raw) {
  Request request;
  request.method = std::move(raw.method);
  request.headers = std::move(raw.headers);
  request.body = std::move(raw.body);
  request.is_tls = raw.is_tls;
  request.is_loopback = raw.is_loopback;
  auto path = percent_decode(raw.path, false);
  if (!path) return fail(ErrorCode::bad_request, "the path has a broken escape");
  if (!is_utf8(*path)) return fail(ErrorCode::not_utf8, "the path is not valid UTF-8");
  request.path = std::move(*path);
  request.query = TRY(parse_urlencoded(raw.query, kQueryLimits));
  request.language = language_of(request);
  if (const auto type = parse_media_type(request.header("content-type"))) {
    request.content_type = type->type;
  }
  return request;
}

Result<FormData> read_form(const Request& request, const FormLimits& limits) {
  if (request.content_type == "application/x-www-form-urlencoded") {
    return parse_urlencoded(request.body, limits);
  }
  if (request.content_type == "application/json") return parse_json_form(request.body, limits);
  return fail(ErrorCode::media_type_unsupported,
              "send application/x-www-form-urlencoded or application/json", request.content_type);
}

Result<Multipart> read_multipart(const Request& request, const MultipartLimits& limits) {
  return parse_multipart(request.body, request.header("content-type"), limits);
}

}  // namespace khaosat
