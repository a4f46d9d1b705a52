// Reading one HTTP/1.1 request, strictly (RFC 9112, and narrower wherever two parsers could read the
// same bytes differently). Pure functions of bytes; no sockets, no clock; thread safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "server/gate/raw_request.h"

namespace khaosat {

struct HeadLimits {
  std::size_t head_bytes = 16 << 10;   // request line and headers together
  std::size_t target_bytes = 4 << 10;  // path and query
  std::size_t headers = 64;
};

// Why a request is turned away: the status to answer and a short English reason for tests and logs.
// The reason never quotes what was sent.
struct Refusal {
  int status = 400;
  std::string_view reason;
};

// Finds the end of a head that arrives in pieces, looking at no byte twice, and refuses at the first
// byte that cannot be right: a stranger gets no more memory than the limits. The outcome does not
// depend on how the bytes were cut.
class HeadScanner {
 public:
  explicit HeadScanner(const HeadLimits& limits) : limits_(limits) {}

  // `bytes` is everything received since the start of this request; it may only grow.
  // Returns the refusal, if any; afterwards head_bytes() says whether the head is complete.
  std::optional<Refusal> scan(std::string_view bytes);
  // Length of the head with its final empty line; 0 while incomplete.
  std::size_t head_bytes() const { return head_bytes_; }

 private:
  HeadLimits limits_;
  std::size_t scanned_ = 0;
  std::size_t line_start_ = 0;
  std::size_t lines_ = 0;
  std::size_t head_bytes_ = 0;
};

struct ParsedHead {
  RawRequest request;  // body empty; is_tls and is_loopback left false
  std::size_t content_length = 0;
  bool keep_alive = true;
};

// `head` is a complete head as HeadScanner delimits it.
std::variant<ParsedHead, Refusal> parse_head(std::string_view head, const HeadLimits& limits);

struct NeedMore {};
struct ParsedRequest {
  RawRequest request;
  std::size_t consumed = 0;  // bytes of this request; what follows belongs to the next one
  bool keep_alive = true;
};

// Head and body in one go, for tests and fuzzing; the gate does the same in steps.
std::variant<NeedMore, ParsedRequest, Refusal> parse_request(std::string_view bytes,
                                                             const HeadLimits& limits,
                                                             std::size_t body_limit);

}  // namespace khaosat
