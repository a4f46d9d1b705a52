#include "server/http/security_headers.h"

namespace khaosat {

void add_security_headers(HeaderList& headers, bool is_tls,
                          const std::vector<std::string>& style_hashes) {
  std::string styles = "'self'";
  for (const auto& hash : style_hashes) styles += " '" + hash + "'";
  headers.emplace_back("Content-Security-Policy",
                       "default-src 'none'; script-src 'self'; style-src " + styles +
                           "; font-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
                           "base-uri 'none'; frame-ancestors 'none'");
  headers.emplace_back("X-Content-Type-Options", "nosniff");
  headers.emplace_back("X-Frame-Options", "DENY");
  headers.emplace_back("Referrer-Policy", "no-referrer");
  headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  headers.emplace_back("Permissions-Policy",
                       "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
                       "gyroscope=(), microphone=(), payment=(), usb=()");
  // Browsers ignore it over plain HTTP, and on certificates they do not trust.
  if (is_tls) headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace khaosat
