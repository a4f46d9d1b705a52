#include "server/http/byte_range.h"

#include <algorithm>
#include <charconv>

namespace khaosat {

namespace {

// Digits only, at least one.
std::optional<std::size_t> whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<ByteRange> byte_range(std::string_view header, std::size_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  header.remove_prefix(kUnit.size());
  const std::size_t dash = header.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::string_view from = header.substr(0, dash);
  const std::string_view to = header.substr(dash + 1);
  if (from.empty()) {
    const auto last = whole_number(to);
    if (!last) return std::nullopt;
    const std::size_t length = std::min(*last, size);
    return ByteRange{size - length, length};
  }
  const auto first = whole_number(from);
  const auto last = to.empty() ? std::optional<std::size_t>(size) : whole_number(to);
  if (!first || !last || (!to.empty() && *last < *first)) return std::nullopt;
  if (*first >= size) return ByteRange{size, 0};
  return ByteRange{*first, std::min(*last, size - 1) - *first + 1};
}

std::string content_range(const ByteRange& range, std::size_t size) {
  const std::string part = range.length == 0 ? "*" : std::to_string(range.first) + "-" + std::to_string(range.first + range.length - 1);
  return "bytes " + part + "/" + std::to_string(size);
}

HttpResponse ranged_response(const Request& request, SharedBytes body, std::string etag, std::string content_type) {
  // A range of a body that has changed meanwhile would be patched together with the older part.
  const std::string_view only_of = request.header("if-range");
  std::optional<ByteRange> range;
  if (request.method == "GET" && request.header("if-none-match").empty() && (only_of.empty() || only_of == etag)) {
    range = byte_range(request.header("range"), body->size());
  }
  if (!range) {
    auto prepared = std::make_shared<PreparedBody>();
    prepared->identity = std::move(body);
    prepared->etag = std::move(etag);
    HttpResponse response = HttpResponse::from_prepared(std::move(prepared), std::move(content_type));
    return std::move(response.with_header("Accept-Ranges", "bytes"));
  }
  const std::string covers = content_range(*range, body->size());
  if (range->length == 0) return std::move(HttpResponse::text("", 416).with_header("Content-Range", covers));
  HttpResponse response = HttpResponse::bytes(body->substr(range->first, range->length), std::move(content_type));
  response.status = 206;
  response.with_header("ETag", std::move(etag)).with_header("Accept-Ranges", "bytes");
  return std::move(response.with_header("Content-Range", covers));
}

}  // namespace khaosat
