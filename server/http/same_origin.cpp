#include "server/http/same_origin.h"

#include "server/http/media_type.h"

namespace khaosat {

bool may_be_same_origin(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty()) return site == "same-origin" || site == "none";
  const std::string_view origin = request.header("origin");
  if (origin.empty() || origin == "null") return true;
  const std::string expected =
      (request.is_tls ? "https://" : "http://") + std::string(request.header("host"));
  return lower_ascii(origin) == lower_ascii(expected);
}

}  // namespace khaosat
