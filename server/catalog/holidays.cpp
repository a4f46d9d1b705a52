#include "server/catalog/holidays.h"

#include <array>
#include <cstdio>

#include "base/definition_json.h"

namespace khaosat {

namespace {

struct Day {
  int year, month, day;
};

Day parts_of(std::string_view text) {
  const auto digits = [&](std::size_t from, std::size_t count) {
    int value = 0;
    for (std::size_t i = from; i < from + count && i < text.size(); ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  return {digits(0, 4), digits(5, 2), digits(8, 2)};
}

int days_in_month(int year, int month) {
  constexpr std::array kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

}  // namespace

std::string day_after(std::string_view text) {
  Day day = parts_of(text);
  if (++day.day > days_in_month(day.year, day.month)) {
    day.day = 1;
    if (++day.month > 12) {
      day.month = 1;
      ++day.year;
    }
  }
  char out[32];
  std::snprintf(out, sizeof out, "%04d-%02d-%02d", day.year, day.month, day.day);
  return out;
}

int weekday_of(std::string_view text) {
  // Zeller's congruence; Saturday is its 0.
  Day day = parts_of(text);
  if (day.month < 3) {
    day.month += 12;
    --day.year;
  }
  const int century = day.year / 100;
  const int year = day.year % 100;
  const int zeller = (day.day + 13 * (day.month + 1) / 5 + year + year / 4 + century / 4 + 5 * century) % 7;
  return (zeller + 5) % 7;
}

bool Holidays::is_working_day(std::string_view day) const { return weekday_of(day) < 5 && !days_.contains(std::string(day)); }

std::string Holidays::after_working_days(std::string_view day, int n) const {
  std::string at(day);
  while (n > 0) {
    at = day_after(at);
    if (is_working_day(at)) --n;
  }
  return at;
}

HolidaysReading read_holidays(const std::string& file, std::string_view text) {
  HolidaysReading reading;
  DefinitionFile parsed = parse_definition(file, text);
  const DefinitionNode root = parsed.root();
  if (root.exists()) {
    root.only_keys({"$schema", "schema", "id", "version", "title", "source", "note", "first_year", "last_year", "days"});
    if (root.required_text("schema") != "khaosat/holidays/1") root.member("schema").fault(ErrorCode::definition_invalid, "must be \"khaosat/holidays/1\"");
    reading.identity = {root.required_id("id"), static_cast<int>(root.required_integer("version", 1, 1'000'000)), parsed.hash()};
    root.required_local_text("title");
    root.required_object("source");
    const int first = static_cast<int>(root.required_integer("first_year", 2000, 2200));
    const int last = static_cast<int>(root.required_integer("last_year", first, 2200));
    std::map<std::string, LocalText> days;
    for (const auto& item : root.required_items("days")) {
      item.only_keys({"day", "name"});
      const std::string day = item.required_date("day");
      if (day.size() == 10 && (parts_of(day).year < first || parts_of(day).year > last)) {
        item.member("day").fault(ErrorCode::out_of_range, "lies outside first_year and last_year");
      }
      if (!days.emplace(day, item.required_local_text("name")).second) item.member("day").fault(ErrorCode::duplicate_key, "stands twice");
    }
    reading.holidays = Holidays(std::move(days), first, last);
  }
  reading.faults = std::move(parsed.faults());
  return reading;
}

}  // namespace khaosat
