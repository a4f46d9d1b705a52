#include "server/pages/assets.h"

#include "base/text.h"

namespace khaosat {

namespace {
constexpr const char* kFolder = "/static/";
}

std::string without_comments(std::string_view source) {
  std::string kept;
  bool in_block = false;
  for (const auto& raw : split(source, '\n')) {
    const std::string_view line = trim(raw);
    if (!in_block && line.starts_with("/*")) in_block = true;
    if (in_block) {
      in_block = !line.ends_with("*/");
      continue;
    }
    if (line.empty() || line.starts_with("//")) continue;
    kept += line;
    kept += '\n';
  }
  return kept;
}

Result<Assets> Assets::create(const WebFiles& files) {
  Assets assets;
  std::vector<StaticFile> served;
  for (const auto& [path, content] : files) {
    if (!path.starts_with("css/") && !path.starts_with("js/")) continue;
    std::string bytes = without_comments(content);
    if (path == "css/citizen.css") {
      assets.citizen_style_ = bytes;
      assets.citizen_style_hash_ = style_hash(bytes);
    }
    const std::string name = StaticFiles::hashed_name(path.substr(path.find('/') + 1), bytes);
    assets.addresses_[path] = std::string(kFolder) + name;
    served.push_back({name, std::move(bytes)});
  }
  assets.served_ = std::make_shared<const StaticFiles>(TRY(StaticFiles::create(std::move(served))));
  return assets;
}

std::string Assets::address(std::string_view path) const {
  const auto found = addresses_.find(path);
  return found == addresses_.end() ? std::string() : found->second;
}

Route Assets::route() const { return StaticFiles::route(kFolder, served_); }

}  // namespace khaosat
