// Small helpers for sentences in both languages. Internal to the evaluation.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/local_text.h"

namespace khaosat::awards {

inline LocalText say(std::string vietnamese, std::string english) {
  LocalText text;
  text.set("vi", std::move(vietnamese));
  text.set("en", std::move(english));
  return text;
}

// A number as json_number writes it: "79,3" for those who read Vietnamese, "79.3" for others.
struct Decimal {
  std::string text;
};
inline std::string with_comma(std::string text) {
  std::replace(text.begin(), text.end(), '.', ',');
  return text;
}
template <typename Argument>
const Argument& in_vietnamese(const Argument& argument) { return argument; }
inline std::string in_vietnamese(const Decimal& number) { return with_comma(number.text); }
template <typename Argument>
const Argument& in_english(const Argument& argument) { return argument; }
inline const std::string& in_english(const Decimal& number) { return number.text; }

// The same pattern arguments in both languages.
template <typename... Arguments>
LocalText say_with(std::string_view vietnamese, std::string_view english, const Arguments&... arguments) {
  return say(fmt::format(fmt::runtime(vietnamese), in_vietnamese(arguments)...),
             fmt::format(fmt::runtime(english), in_english(arguments)...));
}

inline LocalText join(const LocalText& first, const LocalText& second, const char* between = " ") {
  if (first.empty()) return second;
  if (second.empty()) return first;
  return say(first.in("vi") + between + second.in("vi"), first.in("en") + between + second.in("en"));
}

}  // namespace khaosat::awards
