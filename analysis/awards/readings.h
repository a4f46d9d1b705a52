// Where a directive can be read in more than one way, a person chooses, and the choice is printed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "base/local_text.h"

namespace khaosat::awards {

enum class ReadingKind { choice, number, date, text };

struct ReadingChoice {
  std::string value;
  LocalText meaning;
};

// One open point of a directive. An empty default means that nobody has decided it yet: conditions
// that depend on it are then undetermined.
struct ReadingSpec {
  std::string name;
  ReadingKind kind = ReadingKind::choice;
  std::string clause;  // that leaves the point open
  LocalText title;
  std::string default_value;
  std::string chosen_by;  // who set the default, when, and on what ground
  std::string chosen_on;
  LocalText ground;
  std::vector<ReadingChoice> choices;  // for a choice: all; otherwise examples to compare
  double low = 0;                      // for a number
  double high = 0;

  LocalText meaning_of(std::string_view value) const;
};

// A departure from a default.
struct ChosenReading {
  std::string value;
  std::string chosen_by;
  std::string chosen_on;
  std::string source;  // number of the decision or minutes
};
using Readings = std::map<std::string, ChosenReading, std::less<>>;

// Why the value is not one this reading can take; empty when it is.
std::string reading_problem(const ReadingSpec& spec, std::string_view value);

// "name=value" as typed on a command line.
std::optional<std::pair<std::string, std::string>> split_reading(std::string_view text);

// A file {"readings": {"name": {"value", "chosen_by", "chosen_on", "source"}}}.
Readings read_readings_json(const std::string& file, std::string_view text, Faults& faults);

}  // namespace khaosat::awards
