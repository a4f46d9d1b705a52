// A span of whole days, as people write it. Pure value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat::awards {

// Days are "YYYY-MM-DD" and compare as text. Both ends belong to the period.
struct Period {
  std::string from;
  std::string to;

  // "2023" · "2023-04" · "2023-01-05" · "2023-01-05/2023-11-30"; nothing for anything else.
  static std::optional<Period> parse(std::string_view text);
  static Period of_year(int year);

  bool contains(std::string_view day) const { return from <= day && day <= to; }
  bool contains(const Period& other) const { return from <= other.from && other.to <= to; }
  bool overlaps(const Period& other) const { return from <= other.to && other.from <= to; }
  bool lies_in_year(int year) const { return of_year(year).contains(*this); }
  int first_year() const;
  // The shortest of the forms that parse() reads.
  std::string text() const;

  friend bool operator==(const Period&, const Period&) = default;
};

// True for a day of the calendar written YYYY-MM-DD.
bool is_day(std::string_view text);
// The day before; the text must be a day.
std::string day_before(std::string_view day);
// "12/04/2023", the way a Vietnamese document writes a day.
std::string vietnamese_day(std::string_view day);

}  // namespace khaosat::awards
