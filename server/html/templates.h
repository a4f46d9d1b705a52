// Pages from Mustache templates (web/templates/**.mustache). Values are escaped; {{{raw}}} is
// refused outside layout/raw_html. Before parsing, [[key]] is replaced by the escaped sentence of the
// language and {{> path}} by the named template, so that rendering does neither.
// Thread safe. A parsed template keeps state while it renders, so each is lent to one thread at a time;
// there are as many copies as were ever needed at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "server/html/locale.h"
#include "server/html/view.h"
#include "server/html/web_files.h"

namespace khaosat {

class Templates {
 public:
  // definition_invalid when a template names an unknown sentence or template, or does not parse.
  static Result<Templates> load(const WebFiles& files, const Locales& locales);

  // `name` is the path below templates/ without ending, "pages/start". Unknown names are a
  // programmer's error and give an empty page in release, an assert in debug builds.
  std::string render(std::string_view name, std::string_view language, const View& view) const;
  bool has(std::string_view name) const;

 private:
  struct Sources;
  std::shared_ptr<Sources> sources_;
};

// & < > " ' for text and quoted attributes.
std::string escape_html(std::string_view text);

}  // namespace khaosat
