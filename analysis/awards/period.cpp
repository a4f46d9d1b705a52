#include "analysis/awards/period.h"

#include <chrono>
#include <cstdio>

namespace khaosat::awards {

namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using std::chrono::year_month_day;

std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<year_month_day> day_from(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto y = digits(text.substr(0, 4));
  const auto m = digits(text.substr(5, 2));
  const auto d = digits(text.substr(8, 2));
  if (!y || !m || !d) return std::nullopt;
  const year_month_day value{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  if (!value.ok() || *y < 1900) return std::nullopt;
  return value;
}

std::string text_of(const year_month_day& value) {
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(value.year()),
                static_cast<unsigned>(value.month()), static_cast<unsigned>(value.day()));
  return text;
}

std::string last_day_of(std::string_view month_text) {
  const auto first = day_from(std::string(month_text) + "-01");
  return text_of(first->year() / first->month() / std::chrono::last);
}

}  // namespace

bool is_day(std::string_view text) { return day_from(text).has_value(); }

std::string day_before(std::string_view text) {
  return text_of(std::chrono::sys_days(*day_from(text)) - std::chrono::days(1));
}

std::optional<Period> Period::parse(std::string_view text) {
  Period period;
  if (text.size() == 4) {
    period = {std::string(text) + "-01-01", std::string(text) + "-12-31"};
  } else if (text.size() == 7) {
    if (!is_day(std::string(text) + "-01")) return std::nullopt;
    period = {std::string(text) + "-01", last_day_of(text)};
  } else if (text.size() == 10) {
    period = {std::string(text), std::string(text)};
  } else if (text.size() == 21 && text[10] == '/') {
    period = {std::string(text.substr(0, 10)), std::string(text.substr(11))};
  }
  if (!is_day(period.from) || !is_day(period.to) || period.to < period.from) return std::nullopt;
  return period;
}

Period Period::of_year(int y) {
  char text[8];
  std::snprintf(text, sizeof text, "%04d", y % 10000);
  return {std::string(text) + "-01-01", std::string(text) + "-12-31"};
}

int Period::first_year() const { return digits(std::string_view(from).substr(0, 4)).value_or(0); }

std::string Period::text() const {
  if (*this == of_year(first_year())) return from.substr(0, 4);
  if (from == to) return from;
  if (from.size() == 10 && from.substr(8) == "01" && to == last_day_of(from.substr(0, 7))) {
    return from.substr(0, 7);
  }
  return from + "/" + to;
}

std::string vietnamese_day(std::string_view text) {
  if (!is_day(text)) return std::string(text);
  return std::string(text.substr(8, 2)) + "/" + std::string(text.substr(5, 2)) + "/" +
         std::string(text.substr(0, 4));
}

}  // namespace khaosat::awards
