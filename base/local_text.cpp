#include "base/local_text.h"

namespace khaosat {

void LocalText::set(std::string language, std::string text) {
  for (auto& [known, value] : texts_) {
    if (known == language) {
      value = std::move(text);
      return;
    }
  }
  texts_.emplace_back(std::move(language), std::move(text));
}

bool LocalText::has(std::string_view language) const {
  for (const auto& [known, value] : texts_) {
    if (known == language) return true;
  }
  return false;
}

const std::string& LocalText::in(std::string_view language) const {
  static const std::string kNothing;
  const std::string* vietnamese = &kNothing;
  for (const auto& [known, value] : texts_) {
    if (known == language) return value;
    if (known == "vi") vietnamese = &value;
  }
  return *vietnamese;
}

}  // namespace khaosat
