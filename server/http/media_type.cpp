#include "server/http/media_type.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat {

namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7F &&
           std::string_view("\"(),:;<=>?@[\\]{}").find(c) == std::string_view::npos;
  });
}

// Takes a quoted string from the front. Backslashes stay in file names: browsers escape a quote
// as %22, and "C:\x.csv" must survive.
std::optional<std::string> take_quoted(std::string_view& text) {
  const std::size_t end = text.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  std::string value(text.substr(1, end - 1));
  text.remove_prefix(end + 1);
  return value;
}

}  // namespace

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::optional<std::string> MediaType::parameter(std::string_view lower_case_name) const {
  for (const auto& [name, value] : parameters) {
    if (name == lower_case_name) return value;
  }
  return std::nullopt;
}

std::optional<MediaType> parse_media_type(std::string_view text) {
  MediaType result;
  const std::size_t first = std::min(text.find(';'), text.size());
  const std::string_view type = trim(text.substr(0, first));
  if (type.empty() || type.find_first_of(" \t\"=,") != std::string_view::npos) return std::nullopt;
  result.type = lower_ascii(type);
  text.remove_prefix(first);
  while (!text.empty()) {
    text.remove_prefix(1);  // the semicolon
    text = trim(text);
    if (text.empty()) break;
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string name = lower_ascii(text.substr(0, equals));
    if (!is_token(name) || result.parameter(name)) return std::nullopt;
    text.remove_prefix(equals + 1);
    std::string value;
    if (!text.empty() && text.front() == '"') {
      auto quoted = take_quoted(text);
      if (!quoted) return std::nullopt;
      value = std::move(*quoted);
    } else {
      const std::size_t end = std::min(text.find(';'), text.size());
      value = std::string(trim(text.substr(0, end)));
      text.remove_prefix(end);
    }
    result.parameters.emplace_back(std::move(name), std::move(value));
    text = trim(text);
    if (!text.empty() && text.front() != ';') return std::nullopt;
  }
  return result;
}

}  // namespace khaosat
