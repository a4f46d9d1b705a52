// gzip and Brotli. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

namespace khaosat {

// level 1 … 9.
std::string gzip_compress(std::string_view bytes, int level);
// quality 0 … 11.
std::string brotli_compress(std::string_view bytes, int quality);

enum class Encoding { identity, gzip, brotli };
std::string_view name_of(Encoding encoding);  // "br", "gzip", "" for identity

// What an Accept-Encoding header allows: Brotli before gzip before identity; q=0 forbids.
struct AcceptedEncodings {
  bool gzip = false;
  bool brotli = false;
};
AcceptedEncodings parse_accept_encoding(std::string_view header);

}  // namespace khaosat
