#include "server/survey/number_text.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::size_t kMaxDigits = 15;  // what a double holds exactly

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "1.250.000" → "1250000"; empty when the groups are not of three.
std::string without_groups(std::string_view text, char separator) {
  std::string digits;
  const auto groups = split(text, separator);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const bool fits = i == 0 ? groups[i].size() <= 3 || groups.size() == 1 : groups[i].size() == 3;
    if (!is_digits(groups[i]) || !fits) return {};
    digits += groups[i];
  }
  return digits;
}

}  // namespace

std::optional<double> number_typed(std::string_view text, int decimals) {
  text = trim(text);
  std::string number;
  if (text.starts_with('-')) {
    number = "-";
    text.remove_prefix(1);
  }
  std::string_view whole = text;
  std::string_view fraction;
  const auto points = std::count(text.begin(), text.end(), '.');
  const auto comma = text.find(',');
  const bool point_is_decimal = comma == std::string_view::npos && points == 1 && decimals > 0;
  const auto separator = point_is_decimal ? text.find('.') : comma;
  if (separator != std::string_view::npos) {
    whole = text.substr(0, separator);
    fraction = text.substr(separator + 1);
    if (!is_digits(fraction) || fraction.size() > static_cast<std::size_t>(decimals)) return std::nullopt;
  }
  const bool by_points = whole.find('.') != std::string_view::npos;
  const std::string digits = without_groups(whole, by_points ? '.' : ' ');
  if (digits.empty() || digits.size() + fraction.size() > kMaxDigits) return std::nullopt;
  number += digits;
  if (!fraction.empty()) number += "." + std::string(fraction);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  return value;
}

std::string plain_number(double value) {
  std::vector<char> buffer(400);  // the longest double without an exponent has 309 digits
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  return error == std::errc() ? std::string(buffer.data(), end) : std::string();
}

std::string typed_number(double value) {
  std::string text = plain_number(value);
  std::replace(text.begin(), text.end(), '.', ',');
  return text;
}

}  // namespace khaosat
