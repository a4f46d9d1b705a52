// Whatever arrives on a connection. Properties: how the bytes are cut does not matter; an accepted
// request has no control character in what is handed on, accounts for its bytes, and means the same when
// written plainly and read again.
#include <cstdint>
#include <string>

#include "server/gate/parse_request.h"
#include "server/gate/percent.h"
#include "tests/fuzz/require.h"

using namespace khaosat;

namespace {

constexpr HeadLimits kLimits{2000, 300, 20};
constexpr std::size_t kBodyLimit = 500;

bool has_control(const std::string& text) {
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) return true;
  }
  return false;
}

void check_cuts(const std::string& bytes) {
  HeadScanner whole(kLimits);
  const auto expected = whole.scan(bytes);
  HeadScanner pieces(kLimits);
  std::optional<Refusal> got;
  for (std::size_t length = 0; length <= bytes.size() && !got; length += 1 + length % 7) {
    got = pieces.scan(std::string_view(bytes).substr(0, length));
  }
  if (!got) got = pieces.scan(bytes);
  REQUIRE_PROPERTY(got.has_value() == expected.has_value());
  REQUIRE_PROPERTY(!got || (got->status == expected->status && got->reason == expected->reason));
  REQUIRE_PROPERTY(pieces.head_bytes() == whole.head_bytes());
  REQUIRE_PROPERTY(whole.head_bytes() <= kLimits.head_bytes);
}

std::string written_plainly(const RawRequest& request) {
  std::string text = request.method + " " + request.path;
  if (!request.query.empty()) text += "?" + request.query;
  text += " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n" + request.body;
}

void check_accepted(const ParsedRequest& parsed, std::size_t available) {
  const RawRequest& request = parsed.request;
  REQUIRE_PROPERTY(parsed.consumed <= available);
  REQUIRE_PROPERTY(parsed.consumed > request.body.size());
  REQUIRE_PROPERTY(request.body.size() <= kBodyLimit);
  REQUIRE_PROPERTY(request.headers.size() <= kLimits.headers);
  REQUIRE_PROPERTY(request.path.size() + request.query.size() <= kLimits.target_bytes);
  REQUIRE_PROPERTY(request.path.front() == '/');
  REQUIRE_PROPERTY(!has_control(percent_decode(request.path, false).value()));
  REQUIRE_PROPERTY(!request.header("host").empty());
  REQUIRE_PROPERTY(request.header("transfer-encoding").empty());
  for (const auto& [name, value] : request.headers) {
    REQUIRE_PROPERTY(!has_control(name));
    REQUIRE_PROPERTY(!has_control(value));
  }
  const auto again = parse_request(written_plainly(request), {1 << 20, kLimits.target_bytes, 100}, kBodyLimit);
  const auto* same = std::get_if<ParsedRequest>(&again);
  REQUIRE_PROPERTY(same != nullptr);
  REQUIRE_PROPERTY(same->request.method == request.method);
  REQUIRE_PROPERTY(same->request.path == request.path);
  REQUIRE_PROPERTY(same->request.query == request.query);
  REQUIRE_PROPERTY(same->request.headers == request.headers);
  REQUIRE_PROPERTY(same->request.body == request.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  for (int requests = 0; requests < 10; ++requests) {
    check_cuts(bytes);
    const auto outcome = parse_request(bytes, kLimits, kBodyLimit);
    const auto* parsed = std::get_if<ParsedRequest>(&outcome);
    if (parsed == nullptr) break;
    check_accepted(*parsed, bytes.size());
    bytes.erase(0, parsed->consumed);
  }
  return 0;
}
