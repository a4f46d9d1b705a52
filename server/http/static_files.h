// Style sheets, scripts and pictures, compressed once at start-up. Immutable; thread safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http/endpoint.h"

namespace khaosat {

struct StaticFile {
  std::string name;  // "app.css", or with its hash: hashed_name()
  std::string bytes;
};

class StaticFiles {
 public:
  // config_bad_value: a name with other characters than letters, digits, '.', '_', '-', a name twice,
  // or an ending whose content type is not known.
  static Result<StaticFiles> create(std::vector<StaticFile> files);

  // 404 for unknown names. Files whose name carries the hash of their content may be kept a year
  // without asking; others are asked for each time and answered 304 while they stay the same.
  HttpResponse serve(const std::string& name) const;

  // The route that serves them below `folder`, for instance "/static/".
  static Route route(const std::string& folder, std::shared_ptr<const StaticFiles> files);

  // "app.css" → "app.1f2e3d4c5b6a7988.css"
  static std::string hashed_name(std::string_view name, std::string_view bytes);

 private:
  struct Entry {
    std::shared_ptr<const PreparedBody> body;
    std::string content_type;
    bool never_changes = false;
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace khaosat
