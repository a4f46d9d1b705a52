#include "server/http/static_files.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"

namespace khaosat {

namespace {

constexpr std::size_t kHashLetters = 16;
constexpr std::string_view kNameLetters =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-";

std::string content_hash(std::string_view bytes) {
  return to_hex(view_of(sha256(bytes))).substr(0, kHashLetters);
}

std::string_view content_type_of(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes = {{
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".webp", "image/webp"},
      {".woff2", "font/woff2"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return {};
}

}  // namespace

Result<StaticFiles> StaticFiles::create(std::vector<StaticFile> files) {
  StaticFiles made;
  for (auto& file : files) {
    const bool plain = !file.name.empty() && file.name.front() != '.' && file.name.size() <= 120 &&
                       file.name.find_first_not_of(kNameLetters) == std::string::npos;
    if (!plain) {
      return fail(ErrorCode::config_bad_value,
                  "a static file's name may have letters, digits, '.', '_' and '-'", file.name);
    }
    Entry entry;
    entry.content_type = std::string(content_type_of(file.name));
    if (entry.content_type.empty()) {
      return fail(ErrorCode::config_bad_value, "no content type is known for this ending", file.name);
    }
    // Believed only if it is the true hash: a stale one would be kept by browsers for a year.
    entry.never_changes = file.name.find("." + content_hash(file.bytes) + ".") != std::string::npos;
    entry.body = PreparedBody::make(std::move(file.bytes));
    if (!made.entries_.emplace(file.name, std::move(entry)).second) {
      return fail(ErrorCode::config_bad_value, "a static file stands there twice", file.name);
    }
  }
  return made;
}

HttpResponse StaticFiles::serve(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return HttpResponse::not_found();
  HttpResponse response = HttpResponse::from_prepared(found->second.body, found->second.content_type);
  response.cache_control =
      found->second.never_changes ? "public, max-age=31536000, immutable" : "no-cache";
  return response;
}

Route StaticFiles::route(const std::string& folder, std::shared_ptr<const StaticFiles> files) {
  Route route;
  route.method = "GET";
  route.pattern = folder + "([A-Za-z0-9._-]{1,120})";
  route.name = "static_file";
  route.handler = [files = std::move(files)](const Request& request) -> Result<HttpResponse> {
    HttpResponse response = files->serve(request.params.at(0));
    if (response.status == 404) return fail(ErrorCode::not_found, "no such file");
    return response;
  };
  return route;
}

std::string StaticFiles::hashed_name(std::string_view name, std::string_view bytes) {
  const std::size_t dot = std::min(name.rfind('.'), name.size());
  return std::string(name.substr(0, dot)) + "." + content_hash(bytes) + std::string(name.substr(dot));
}

}  // namespace khaosat
