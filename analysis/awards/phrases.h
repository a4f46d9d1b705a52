// Small helpers for sentences in both languages. Internal to the evaluation.
#pragma once

#include <fmt/format.h>

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

// The same pattern arguments in both languages.
template <typename... Arguments>
LocalText say_with(std::string_view vietnamese, std::string_view english, const Arguments&... arguments) {
  return say(fmt::format(fmt::runtime(vietnamese), arguments...),
             fmt::format(fmt::runtime(english), arguments...));
}

inline LocalText join(const LocalText& first, const LocalText& second, const char* between = " ") {
  if (first.empty()) return second;
  if (second.empty()) return first;
  return say(first.in("vi") + between + second.in("vi"), first.in("en") + between + second.in("en"));
}

}  // namespace khaosat::awards
