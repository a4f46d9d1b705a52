#include "server/gate/answer_text.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace khaosat {

namespace {

bool is_safe(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

bool has_safe_headers(const RawAnswer& answer) {
  return std::all_of(answer.headers.begin(), answer.headers.end(), [](const auto& header) {
    return !header.first.empty() && header.first.find_first_of(" \t:") == std::string::npos &&
           is_safe(header.first) && is_safe(header.second);
  });
}

void add(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

AnswerText to_text(const RawAnswer& answer, std::string_view request_method, bool keep_alive,
                   std::string_view date) {
  if (!has_safe_headers(answer)) {
    RawAnswer empty;
    empty.status = 500;
    return to_text(empty, request_method, false, date);
  }
  AnswerText text;
  text.head.reserve(1024);
  text.head.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
  text.head.append(reason_phrase(answer.status)).append("\r\n");
  add(text.head, "Date", date);
  for (const auto& [name, value] : answer.headers) add(text.head, name, value);
  const bool may_have_body = answer.status != 204 && answer.status != 304;
  if (may_have_body) {
    const bool in_file = answer.file.file != nullptr;
    const std::uint64_t length = in_file ? answer.file.length : answer.body ? answer.body->size() : 0;
    add(text.head, "Content-Length", std::to_string(length));
    const bool follows = length > 0 && request_method != "HEAD";
    if (follows && in_file) text.file = answer.file;
    if (follows && !in_file) text.body = answer.body;
  }
  add(text.head, "Connection", keep_alive ? "keep-alive" : "close");
  text.head.append("\r\n");
  return text;
}

std::string http_date(std::int64_t unix_seconds) {
  const auto time = static_cast<time_t>(unix_seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02d %s %d %02d:%02d:%02d GMT", kDays[parts.tm_wday],
                parts.tm_mday, kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return text;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Status";
  }
}

}  // namespace khaosat
