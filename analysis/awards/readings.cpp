#include "analysis/awards/readings.h"

#include "analysis/awards/period.h"
#include "analysis/awards/rule_set.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

std::vector<std::string> values_of(const ReadingSpec& spec) {
  std::vector<std::string> values;
  for (const auto& choice : spec.choices) values.push_back(choice.value);
  return values;
}

std::string listed(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + value;
  return text;
}

}  // namespace

LocalText ReadingSpec::meaning_of(std::string_view value) const {
  for (const auto& choice : choices) {
    if (choice.value == value) return choice.meaning;
  }
  LocalText text;
  if (value.empty()) {
    text.set("vi", "chưa ai quyết định");
    text.set("en", "nobody has decided yet");
  }
  return text;
}

std::string reading_problem(const ReadingSpec& spec, std::string_view value) {
  if (value.empty()) return {};  // "not decided" can always be said
  for (const auto& choice : spec.choices) {
    if (choice.value == value) return {};
  }
  switch (spec.kind) {
    case ReadingKind::choice:
      return "\"" + std::string(value) + "\" is not a value of " + spec.name + "; it may be " +
             listed(values_of(spec));
    case ReadingKind::number: {
      const auto number = number_from(value);
      if (number && *number >= spec.low && *number <= spec.high) return {};
      return spec.name + " must be a number from " + std::to_string(spec.low) + " to " +
             std::to_string(spec.high);
    }
    case ReadingKind::date:
      return is_day(value) ? "" : spec.name + " must be a day such as 2025-07-01";
    case ReadingKind::text:
      return value.size() <= 400 ? "" : spec.name + " is longer than 400 bytes";
  }
  return {};
}

std::optional<std::pair<std::string, std::string>> split_reading(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  return std::pair{std::string(trim(text.substr(0, equals))), std::string(trim(text.substr(equals + 1)))};
}

Faults check_readings(const RuleSet& rules, const Readings& readings) {
  Faults faults;
  std::vector<std::string> known;
  for (const auto& spec : rules.readings) known.push_back(spec.name);
  for (const auto& [name, chosen] : readings) {
    const ReadingSpec* spec = rules.reading(name);
    if (spec == nullptr) {
      std::string message = rules.id + " has no reading \"" + name + "\"";
      if (const auto near = nearest(name, known)) message += "; did you mean \"" + *near + "\"?";
      else message += known.empty() ? "" : "; it has " + listed(known);
      faults.push_back({"readings", name, ErrorCode::reading_unknown, message});
      continue;
    }
    if (const auto problem = reading_problem(*spec, chosen.value); !problem.empty()) {
      faults.push_back({"readings", name, ErrorCode::reading_unknown, problem});
    }
    if (!chosen.chosen_on.empty() && !is_day(chosen.chosen_on)) {
      faults.push_back({"readings", name, ErrorCode::wrong_type, "chosen_on must be a day such as 2025-07-01"});
    }
  }
  return faults;
}

}  // namespace khaosat::awards
