// Every sentence a person reads, by key and language (web/locales/<language>.json). Read-only after
// loading; thread safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/html/web_files.h"

namespace khaosat {

using Words = std::vector<std::pair<std::string_view, std::string>>;

class Locales {
 public:
  // definition_invalid with every fault: not JSON, a value that is not a text, a key of one language
  // that Vietnamese lacks.
  static Result<Locales> load(const WebFiles& files);

  std::vector<std::string> languages() const;
  bool has(std::string_view language) const;
  // The sentence, with {name} replaced by the words. Falls back to Vietnamese, then to the key.
  std::string text(std::string_view language, std::string_view key, const Words& words = {}) const;
  bool has_key(std::string_view language, std::string_view key) const;
  // The sentence for an error code ("error.<name>"), its details filled in.
  std::string sentence(std::string_view language, const Error& error) const;
  const std::map<std::string, std::string, std::less<>>& all(std::string_view language) const;

 private:
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> texts_;
};

}  // namespace khaosat
