// What it takes to draw a page: sentences, templates and files with their addresses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/local_text.h"
#include "server/html/locale.h"
#include "server/html/templates.h"
#include "server/http/response.h"
#include "server/pages/assets.h"

namespace khaosat {

class Recordings;

// Outlived by its members; cheap to copy.
struct Design {
  const Locales& locales;
  const Templates& templates;
  const Assets& assets;
  // Questions read aloud; none where nobody listens (paper, the office).
  const Recordings* recordings = nullptr;
};

// The frame of a citizen's page: title, language, style, script. `languages` lists those the page
// can be read in, as links (`?lang=`); give none on pages reached by POST.
View citizen_view(const Design& design, std::string_view language, const std::string& title,
                  const std::vector<std::string>& languages = {});
// One entry {code, name, href} per language other than `language`, each named in itself.
View::List other_languages(const Design& design, std::string_view language,
                           const std::vector<std::string>& languages);

// Renders a template of templates/pages/ as an answer with the style's hash. It may be kept by the
// browser for its Back button, by nobody else, unless the caller forbids that too.
HttpResponse citizen_page(const Design& design, std::string_view name, std::string_view language,
                      const View& view, int status = 200);

// A heading with sentences below it: notices, refusals, thanks.
HttpResponse notice_page(const Design& design, std::string_view language, const std::string& heading,
                     const std::vector<std::string>& paragraphs, int status = 200);

// Sets `name`, and `name`_lang where the language lacks the text and the Vietnamese one stands in for it.
void put_text(View& view, const std::string& name, const LocalText& text, std::string_view language);

// "2026-11-05" → "05/11/2026"; other text unchanged.
std::string shown_date(std::string_view date);

}  // namespace khaosat
