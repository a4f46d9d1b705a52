// One of the answers a person may choose, of a question or of a scale.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/local_text.h"

namespace khaosat {

// Place in the list of options, from 0. It is what is stored, so a list never exceeds kMaxOptions.
using OptionPosition = std::uint8_t;
inline constexpr std::size_t kMaxOptions = 200;

struct Option {
  std::string id;
  LocalText text;
  bool exclusive = false;       // multi_choice: cannot stand beside another ("none of these")
  bool other_text = false;      // opens a field for own words; one per question at most
  std::optional<double> score;  // scales: the value an index may use
  int face = 0;                 // scales: pictogram from 1; 0: none
  // A band of numbers the option stands for, both ends included ("18 to 24 years"). An absent end
  // is open. Bands of one question never overlap.
  std::optional<double> from;
  std::optional<double> to;
};

}  // namespace khaosat
