// Styles and scripts of web/, spared of comments and indentation, at addresses that hold their
// content's hash, so that browsers may keep them for good.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/html/web_files.h"
#include "server/http/static_files.h"

namespace khaosat {

// Immutable; thread safe.
class Assets {
 public:
  // Of every css/*.css and js/*.js. Errors: those of StaticFiles::create.
  static Result<Assets> create(const WebFiles& files);

  // "/static/citizen.1f2e3d4c5b6a7988.js"; the path is one below web/. Empty if there is none.
  std::string address(std::string_view path) const;
  // The style every citizen page carries in itself, and what the page's policy calls it.
  const std::string& citizen_style() const { return citizen_style_; }
  const std::string& citizen_style_hash() const { return citizen_style_hash_; }
  // Serves them all.
  Route route() const;

 private:
  std::shared_ptr<const StaticFiles> served_;
  std::map<std::string, std::string, std::less<>> addresses_;
  std::string citizen_style_;
  std::string citizen_style_hash_;
};

// Drops indentation, empty lines and lines of comment: those beginning with "//", and blocks that
// begin and end a line. No strings of ours span lines.
std::string without_comments(std::string_view source);

}  // namespace khaosat
