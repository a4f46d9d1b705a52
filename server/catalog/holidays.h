// Days on which offices are closed, as a file of survey_defs/calendar says, and the counting of working
// days. Pure; thread safe once read.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/fault.h"
#include "base/ids.h"
#include "base/local_text.h"

namespace khaosat {

class Holidays {
 public:
  Holidays() = default;
  Holidays(std::map<std::string, LocalText> days, int first_year, int last_year) : days_(std::move(days)), first_year_(first_year), last_year_(last_year) {}

  // Monday to Friday and no holiday. The day is "YYYY-MM-DD".
  bool is_working_day(std::string_view day) const;
  // The day on which the n-th working day after `day` ends; the day itself does not count.
  std::string after_working_days(std::string_view day, int n) const;
  // False when the table says nothing about that year: only weekends are then known.
  bool knows_year(int year) const { return first_year_ <= year && year <= last_year_; }
  const std::map<std::string, LocalText>& days() const { return days_; }

 private:
  std::map<std::string, LocalText> days_;
  int first_year_ = 0;
  int last_year_ = -1;
};

struct HolidaysReading {
  DefinitionIdentity identity;
  Holidays holidays;
  Faults faults;
};

// {"schema": "khaosat/holidays/1", "id", "version", "title", "source", "first_year", "last_year",
//  "days": [{"day", "name"}]}
HolidaysReading read_holidays(const std::string& file, std::string_view text);

// "2026-11-23" for "2026-11-22".
std::string day_after(std::string_view day);
// 0 Monday … 6 Sunday.
int weekday_of(std::string_view day);

}  // namespace khaosat
