// A sentence in several languages. Vietnamese is always there; other languages fall back to it.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace khaosat {

class LocalText {
 public:
  LocalText() = default;
  explicit LocalText(std::string vietnamese) { set("vi", std::move(vietnamese)); }

  void set(std::string language, std::string text);
  bool has(std::string_view language) const;
  bool empty() const { return texts_.empty(); }
  // The text in the language, or in Vietnamese.
  const std::string& in(std::string_view language) const;
  const std::vector<std::pair<std::string, std::string>>& all() const { return texts_; }

 private:
  std::vector<std::pair<std::string, std::string>> texts_;
};

}  // namespace khaosat
