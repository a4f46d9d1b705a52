#include "server/html/locale.h"

#include <nlohmann/json.hpp>

#include "base/definition_json.h"

namespace khaosat {

namespace {
constexpr std::string_view kFolder = "locales/";
}

Result<Locales> Locales::load(const WebFiles& files) {
  Locales locales;
  Faults faults;
  for (const auto& [path, content] : files) {
    if (!path.starts_with(kFolder) || !path.ends_with(".json")) continue;
    const std::string language = path.substr(kFolder.size(), path.size() - kFolder.size() - 5);
    DefinitionFile file = parse_definition(path, content);
    const DefinitionNode root = file.root();
    auto& texts = locales.texts_[language];
    for (const auto& key : root.keys()) texts[key] = root.required_text(key);
    faults.insert(faults.end(), file.faults().begin(), file.faults().end());
  }
  if (!locales.has("vi")) faults.push_back({"locales/vi.json", "", ErrorCode::definition_unknown, "missing"});
  for (const auto& [language, texts] : locales.texts_) {
    for (const auto& [key, text] : texts) {
      if (!locales.has_key("vi", key)) {
        faults.push_back({"locales/" + language + ".json", "/" + key, ErrorCode::definition_invalid,
                          "locales/vi.json lacks this key; add the Vietnamese first"});
      }
    }
  }
  if (!faults.empty()) return fail(as_error(faults));
  return locales;
}

std::vector<std::string> Locales::languages() const {
  std::vector<std::string> names;
  for (const auto& [language, texts] : texts_) names.push_back(language);
  return names;
}

bool Locales::has(std::string_view language) const { return texts_.find(language) != texts_.end(); }

bool Locales::has_key(std::string_view language, std::string_view key) const {
  const auto found = texts_.find(language);
  return found != texts_.end() && found->second.find(key) != found->second.end();
}

const std::map<std::string, std::string, std::less<>>& Locales::all(std::string_view language) const {
  const auto found = texts_.find(language);
  return found != texts_.end() ? found->second : texts_.find("vi")->second;
}

std::string Locales::text(std::string_view language, std::string_view key, const Words& words) const {
  const std::string_view used = has_key(language, key) ? language : std::string_view("vi");
  if (!has_key(used, key)) return std::string(key);
  const std::string& pattern = texts_.find(used)->second.find(key)->second;
  std::string filled;
  for (std::size_t at = 0; at < pattern.size();) {
    const std::size_t open = pattern.find('{', at);
    const std::size_t close = open == std::string::npos ? open : pattern.find('}', open);
    if (close == std::string::npos) {
      filled.append(pattern, at);
      break;
    }
    filled.append(pattern, at, open - at);
    const std::string_view name = std::string_view(pattern).substr(open + 1, close - open - 1);
    for (const auto& [word, value] : words) {
      if (word == name) filled += value;
    }
    at = close + 1;
  }
  return filled;
}

std::string Locales::sentence(std::string_view language, const Error& error) const {
  Words words;
  for (const auto& [name, value] : error.details) words.emplace_back(name, value);
  return text(language, "error." + std::string(name_of(error.code)), words);
}

}  // namespace khaosat
