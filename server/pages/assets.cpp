#include "server/pages/assets.h"

#include <algorithm>
#include <functional>

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

namespace {

// A module imports another by the name it has in web/js, a style names a font of web/fonts; browsers know both
// by the name with its hash.
// `address` gives that, and empty text for a file that does not exist.
template <typename Address>
std::string with_addresses(std::string source, const Address& address) {
  // Behind a blank, or in the brackets of an import that waits until it is needed.
  constexpr std::string_view kImport = "'./";
  for (auto at = source.find(kImport); at != std::string::npos; at = source.find(kImport, at + 1)) {
    const auto from = at + kImport.size();
    const auto end = std::min(source.find('\'', from), source.size());
    const std::string name = source.substr(from, end - from);
    const std::string there = address((name.ends_with(".woff2") ? "fonts/" : "js/") + name);
    if (!there.empty()) source.replace(from - 2, end - from + 2, there);
  }
  return source;
}

}  // namespace

Result<Assets> Assets::create(const WebFiles& files) {
  Assets assets;
  std::vector<StaticFile> served;
  // Whatever a module imports is made before it; none imports what imports it.
  const std::function<std::string(const std::string&)> make = [&](const std::string& path) -> std::string {
    const auto made = assets.addresses_.find(path);
    const auto file = files.find(path);
    if (made != assets.addresses_.end() || file == files.end()) return made == assets.addresses_.end() ? std::string() : made->second;
    std::string bytes = path.starts_with("fonts/") ? file->second : with_addresses(without_comments(file->second), make);
    if (path == "css/citizen.css") {
      assets.citizen_style_ = bytes;
      assets.citizen_style_hash_ = style_hash(bytes);
    }
    const std::string name = StaticFiles::hashed_name(path.substr(path.find('/') + 1), bytes);
    assets.addresses_[path] = std::string(kFolder) + name;
    served.push_back({name, std::move(bytes)});
    return assets.addresses_[path];
  };
  for (const auto& [path, content] : files) {
    if (path.starts_with("css/") || path.starts_with("js/") || path.ends_with(".woff2")) make(path);
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
