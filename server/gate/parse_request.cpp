#include "server/gate/parse_request.h"

#include <algorithm>
#include <array>

#include "server/gate/percent.h"

namespace khaosat {

namespace {

bool is_token_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A value that a later reader might decode must not turn into a line break or a text's end.
bool hides_line_break(std::string_view text) {
  for (std::size_t at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1)) {
    const std::string escape = lower(text.substr(at, 3));
    if (escape == "%00" || escape == "%0a" || escape == "%0d") return true;
  }
  return false;
}

bool is_path_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("-._~!$&'()*+,;=:@/%").find(c) != std::string_view::npos;
}

// Browsers leave some characters of a query bare that RFC 3986 would have escaped.
bool is_query_character(char c) { return c > 0x20 && c < 0x7F && c != '#' && c != '"' && c != '<' && c != '>'; }

bool has_dot_segment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

std::optional<Refusal> check_path(std::string_view path) {
  if (!std::all_of(path.begin(), path.end(), is_path_character)) {
    return Refusal{400, "character in path"};
  }
  const auto decoded = percent_decode(path, false);
  if (!decoded) return Refusal{400, "broken escape in path"};
  if (std::any_of(decoded->begin(), decoded->end(), is_control)) {
    return Refusal{400, "control character in path"};
  }
  // An escaped slash means one thing before decoding and another after.
  if (decoded->find('\\') != std::string::npos ||
      std::count(decoded->begin(), decoded->end(), '/') != std::count(path.begin(), path.end(), '/')) {
    return Refusal{400, "escaped slash in path"};
  }
  if (has_dot_segment(*decoded)) return Refusal{400, "dot segment in path"};
  return std::nullopt;
}

std::optional<Refusal> check_query(std::string_view query) {
  if (!std::all_of(query.begin(), query.end(), is_query_character)) {
    return Refusal{400, "character in query"};
  }
  if (!percent_decode(query, true)) return Refusal{400, "broken escape in query"};
  if (hides_line_break(query)) return Refusal{400, "line break in query"};
  return std::nullopt;
}

std::optional<Refusal> parse_request_line(std::string_view line, const HeadLimits& limits,
                                          ParsedHead& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return Refusal{400, "request line"};
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);

  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    const bool is_a_version = version.size() == 8 && version.substr(0, 5) == "HTTP/" &&
                              version[5] >= '0' && version[5] <= '9' && version[6] == '.' &&
                              version[7] >= '0' && version[7] <= '9';
    return is_a_version ? Refusal{505, "version"} : Refusal{400, "request line"};
  }
  head.keep_alive = version == "HTTP/1.1";
  if (!std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
    return Refusal{400, "method"};
  }
  constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                        "PATCH", "DELETE", "OPTIONS"};
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    return Refusal{501, "method"};
  }
  if (target.size() > limits.target_bytes) return Refusal{414, "target too long"};
  // Only the origin form: proxies' and tunnels' forms let a request carry two host names.
  if (target.empty() || target.front() != '/') return Refusal{400, "target form"};
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const std::string_view query = target.substr(std::min(mark + 1, target.size()));
  if (const auto refusal = check_path(path)) return refusal;
  if (const auto refusal = check_query(query)) return refusal;
  head.request.method = std::string(method);
  head.request.path = std::string(path);
  head.request.query = std::string(query);
  return std::nullopt;
}

std::optional<Refusal> parse_header_line(std::string_view line, ParsedHead& head) {
  if (line.front() == ' ' || line.front() == '\t') return Refusal{400, "folded header"};
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return Refusal{400, "header without name"};
  const std::string_view name = line.substr(0, colon);
  if (!std::all_of(name.begin(), name.end(), is_token_character)) return Refusal{400, "header name"};
  const std::string_view value = trim_blanks(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; })) {
    return Refusal{400, "control character in header"};
  }
  if (hides_line_break(value)) return Refusal{400, "line break in header"};
  head.request.headers.emplace_back(lower(name), std::string(value));
  return std::nullopt;
}

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 255 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._:[]").find(c) != std::string_view::npos;
  });
}

// Digits only; "05" is refused because some readers take it for octal.
std::variant<std::size_t, Refusal> parse_length(std::string_view text) {
  const bool is_number = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
  if (!is_number || (text.size() > 1 && text.front() == '0')) {
    return Refusal{400, "content length"};
  }
  if (text.size() > 15) return Refusal{413, "body too large"};
  std::size_t length = 0;
  for (const char c : text) length = length * 10 + static_cast<std::size_t>(c - '0');
  return length;
}

bool lists_close(std::string_view connection) {
  while (!connection.empty()) {
    const std::size_t comma = std::min(connection.find(','), connection.size());
    if (lower(trim_blanks(connection.substr(0, comma))) == "close") return true;
    connection.remove_prefix(std::min(comma + 1, connection.size()));
  }
  return false;
}

std::optional<Refusal> check_headers(ParsedHead& head) {
  const auto count = [&head](std::string_view name) {
    return std::count_if(head.request.headers.begin(), head.request.headers.end(),
                         [name](const auto& header) { return header.first == name; });
  };
  if (count("host") != 1 || !is_host(head.request.header("host"))) return Refusal{400, "host"};
  for (const std::string_view single : {"content-type", "origin", "authorization"}) {
    if (count(single) > 1) return Refusal{400, "repeated header"};
  }
  // How long the body is must have one answer, or a second parser finds another request in it.
  const auto lengths = count("content-length");
  if (lengths > 1) return Refusal{400, "two lengths"};
  if (const auto encodings = count("transfer-encoding"); encodings > 0) {
    if (lengths > 0 || encodings > 1) return Refusal{400, "length and transfer encoding"};
    const bool chunked = lower(head.request.header("transfer-encoding")) == "chunked";
    return chunked ? Refusal{411, "chunked body"} : Refusal{501, "transfer encoding"};
  }
  if (count("content-encoding") > 0) return Refusal{415, "compressed body"};
  if (count("expect") > 0) return Refusal{417, "expect"};
  if (count("upgrade") > 0) return Refusal{400, "upgrade"};
  // One range is a page's own affair (server/http/byte_range.h); several would multiply the answer.
  if (count("range") > 1 || head.request.header("range").find(',') != std::string_view::npos) {
    return Refusal{416, "several ranges"};
  }
  if (lengths == 1) {
    const auto length = parse_length(head.request.header("content-length"));
    if (const auto* refusal = std::get_if<Refusal>(&length)) return *refusal;
    head.content_length = std::get<std::size_t>(length);
    const std::string_view method = head.request.method;
    if (head.content_length > 0 && (method == "GET" || method == "HEAD" || method == "OPTIONS")) {
      return Refusal{400, "body where none belongs"};
    }
  }
  for (const auto& [name, value] : head.request.headers) {
    if (name == "connection" && lists_close(value)) head.keep_alive = false;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> HeadScanner::scan(std::string_view bytes) {
  constexpr std::size_t kAroundTarget = 24;  // method, two blanks, version
  for (; scanned_ < bytes.size() && head_bytes_ == 0; ++scanned_) {
    const char c = bytes[scanned_];
    if (scanned_ == 0 && (c < 'A' || c > 'Z')) return Refusal{400, "not HTTP"};
    if (lines_ == 0 && scanned_ > limits_.target_bytes + kAroundTarget) {
      return Refusal{414, "target too long"};
    }
    if (scanned_ >= limits_.head_bytes) return Refusal{431, "head too long"};
    if (c == '\0') return Refusal{400, "NUL in head"};
    const bool after_return = scanned_ > 0 && bytes[scanned_ - 1] == '\r';
    if ((c == '\n') != after_return) return Refusal{400, "bare CR or LF"};
    if (c != '\n') continue;
    const bool is_empty = scanned_ - line_start_ == 1;
    if (is_empty) {
      head_bytes_ = scanned_ + 1;
    } else if (lines_++ > limits_.headers) {
      return Refusal{431, "too many headers"};
    }
    line_start_ = scanned_ + 1;
  }
  return std::nullopt;
}

std::variant<ParsedHead, Refusal> parse_head(std::string_view head_text, const HeadLimits& limits) {
  ParsedHead head;
  std::size_t end = head_text.find("\r\n");
  if (end == std::string_view::npos) return Refusal{400, "request line"};
  if (const auto refusal = parse_request_line(head_text.substr(0, end), limits, head)) {
    return *refusal;
  }
  head_text.remove_prefix(end + 2);
  while ((end = head_text.find("\r\n")) != 0) {
    if (end == std::string_view::npos) return Refusal{400, "head does not end"};
    if (const auto refusal = parse_header_line(head_text.substr(0, end), head)) return *refusal;
    head_text.remove_prefix(end + 2);
  }
  if (const auto refusal = check_headers(head)) return *refusal;
  return head;
}

std::variant<NeedMore, ParsedRequest, Refusal> parse_request(std::string_view bytes,
                                                             const HeadLimits& limits,
                                                             std::size_t body_limit) {
  HeadScanner scanner(limits);
  if (const auto refusal = scanner.scan(bytes)) return *refusal;
  if (scanner.head_bytes() == 0) return NeedMore{};
  auto outcome = parse_head(bytes.substr(0, scanner.head_bytes()), limits);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) return *refusal;
  auto& head = std::get<ParsedHead>(outcome);
  if (head.content_length > body_limit) return Refusal{413, "body too large"};
  if (bytes.size() - scanner.head_bytes() < head.content_length) return NeedMore{};
  ParsedRequest parsed;
  parsed.request = std::move(head.request);
  parsed.request.body = std::string(bytes.substr(scanner.head_bytes(), head.content_length));
  parsed.consumed = scanner.head_bytes() + head.content_length;
  parsed.keep_alive = head.keep_alive;
  return parsed;
}

}  // namespace khaosat
