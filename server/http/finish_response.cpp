#include "server/http/finish_response.h"

#include <algorithm>

#include "base/open_file.h"
#include "base/text.h"
#include "server/http/byte_range.h"
#include "server/http/compression.h"
#include "server/http/security_headers.h"

namespace khaosat {

namespace {

// Below this a packet is a packet.
constexpr std::size_t kWorthCompressing = 1000;
// What is refused for want of room or disk may be sent again after these seconds.
constexpr const char* kRetryAfter = "10";
constexpr int kBrotliOnTheFly = 4;
constexpr int kGzipOnTheFly = 6;

// One tag per encoding, as bytes differ: "\"ab…\"" becomes "\"ab…-br\"".
std::string tag_for(const std::string& etag, Encoding encoding) {
  if (encoding == Encoding::identity) return etag;
  return etag.substr(0, etag.size() - 1) + "-" + std::string(name_of(encoding)) + "\"";
}

bool lists_tag(std::string_view if_none_match, const std::string& tag) {
  if (trim(if_none_match) == "*") return true;
  for (const auto& element : split(if_none_match, ',')) {
    std::string_view candidate = trim(element);
    // Weak comparison (RFC 9110 section 13.1.2): a proxy that recompresses marks tags so.
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == tag) return true;
  }
  return false;
}

void use_prepared(const PreparedBody& prepared, const Request& request, RawAnswer& answer) {
  const auto accepted = parse_accept_encoding(request.header("accept-encoding"));
  Encoding encoding = Encoding::identity;
  answer.body = prepared.identity;
  if (accepted.brotli && prepared.brotli) {
    encoding = Encoding::brotli;
    answer.body = prepared.brotli;
  } else if (accepted.gzip && prepared.gzip) {
    encoding = Encoding::gzip;
    answer.body = prepared.gzip;
  }
  const std::string tag = tag_for(prepared.etag, encoding);
  answer.headers.emplace_back("ETag", tag);
  answer.headers.emplace_back("Vary", "Accept-Encoding");
  if (answer.status == 200 && request.is_safe_method() &&
      lists_tag(request.header("if-none-match"), tag)) {
    answer.status = 304;
    answer.body.reset();
  } else if (encoding != Encoding::identity) {
    answer.headers.emplace_back("Content-Encoding", name_of(encoding));
  }
}

// Never compressed: that would take the whole of it through memory, and ranges count the bytes sent.
void use_file(const HttpResponse& response, const Request& request, RawAnswer& answer) {
  const std::uint64_t size = response.file->size();
  answer.file = {response.file, 0, size};
  if (response.etag.empty() || answer.status != 200) return;
  answer.headers.emplace_back("ETag", response.etag);
  const std::string_view known = request.header("if-none-match");
  if (request.is_safe_method() && lists_tag(known, response.etag)) {
    answer.status = 304;
    answer.file = {};
    return;
  }
  answer.headers.emplace_back("Accept-Ranges", "bytes");
  // A range of a file that has changed meanwhile would be patched together with the older part.
  const std::string_view only_of = request.header("if-range");
  if (request.method != "GET" || !known.empty() || (!only_of.empty() && only_of != response.etag)) return;
  const auto range = byte_range(request.header("range"), size);
  if (!range) return;
  answer.status = range->length == 0 ? 416 : 206;
  answer.headers.emplace_back("Content-Range", content_range(*range, size));
  answer.file = range->length == 0 ? FileBody{} : FileBody{response.file, range->first, range->length};
}

void use_body(HttpResponse& response, const Request& request, RawAnswer& answer) {
  if (response.compress && response.body.size() >= kWorthCompressing) {
    const auto accepted = parse_accept_encoding(request.header("accept-encoding"));
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    if (accepted.brotli) {
      response.body = brotli_compress(response.body, kBrotliOnTheFly);
      answer.headers.emplace_back("Content-Encoding", "br");
    } else if (accepted.gzip) {
      response.body = gzip_compress(response.body, kGzipOnTheFly);
      answer.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  if (!response.body.empty()) answer.body = std::make_shared<const std::string>(std::move(response.body));
}

}  // namespace

RawAnswer finish_response(HttpResponse response, const Request& request) {
  RawAnswer answer;
  answer.status = response.status;
  answer.headers = std::move(response.headers);
  if (!response.content_type.empty()) answer.headers.emplace_back("Content-Type", response.content_type);
  answer.headers.emplace_back("Cache-Control",
                              response.cache_control.empty() ? "no-store" : response.cache_control);
  if (response.file) {
    use_file(response, request, answer);
  } else if (response.prepared) {
    use_prepared(*response.prepared, request, answer);
  } else {
    use_body(response, request, answer);
  }
  const auto names_time = [](const auto& header) { return header.first == "Retry-After"; };
  if (answer.status == 503 && std::none_of(answer.headers.begin(), answer.headers.end(), names_time)) {
    answer.headers.emplace_back("Retry-After", kRetryAfter);
  }
  add_security_headers(answer.headers, request.is_tls, response.style_hashes);
  return answer;
}

}  // namespace khaosat
