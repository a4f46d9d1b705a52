// One range of a body (RFC 9110 section 14): players of sound ask for it, and some play nothing without.
// The gate refuses several ranges before anybody gets here.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/request.h"
#include "server/http/response.h"

namespace khaosat {

struct ByteRange {
  std::size_t first = 0;
  std::size_t length = 0;  // 0: the body has nothing there
};

// Nothing for a header that asks for no range or is not understood: the whole is sent then.
std::optional<ByteRange> byte_range(std::string_view range_header, std::size_t size);

// "bytes 0-99/1000", or with an empty range "bytes */1000".
std::string content_range(const ByteRange& range, std::size_t size);

// The body, or the part of it that was asked for: 200, 206 or 416. Answers 304 to a matching If-None-Match as
// every prepared body does. Never compressed, as ranges count the bytes sent.
HttpResponse ranged_response(const Request& request, SharedBytes body, std::string etag, std::string content_type);

}  // namespace khaosat
