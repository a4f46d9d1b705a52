#include "server/pages/design.h"

#include "server/html/direction.h"

namespace khaosat {

View::List other_languages(const Design& design, std::string_view language,
                           const std::vector<std::string>& languages) {
  View::List list;
  for (const auto& code : languages) {
    if (code == language || !design.locales.has(code)) continue;
    View item;
    item.set("code", code).set("name", design.locales.text(code, "site.language_name"));
    item.set("href", "?lang=" + code);
    list.push_back(std::move(item));
  }
  return list;
}

View citizen_view(const Design& design, std::string_view language, const std::string& title,
                  const std::vector<std::string>& languages) {
  View view;
  view.set("language", std::string(language)).set("from_right", is_written_from_right(language)).set("title", title);
  view.set("style", View().set("html", design.assets.citizen_style()));
  view.set("script", design.assets.address("js/citizen.js"));
  auto others = other_languages(design, language, languages);
  view.set("has_languages", !others.empty()).set("languages", std::move(others));
  return view;
}

HttpResponse citizen_page(const Design& design, std::string_view name, std::string_view language,
                      const View& view, int status) {
  HttpResponse response = HttpResponse::html(
      design.templates.render("pages/" + std::string(name), language, view), status);
  response.style_hashes.push_back(design.assets.citizen_style_hash());
  response.cache_control = "private, max-age=0";
  response.compress = true;
  return response;
}

HttpResponse notice_page(const Design& design, std::string_view language, const std::string& heading,
                     const std::vector<std::string>& paragraphs, int status) {
  View view = citizen_view(design, language, heading);
  view.set("heading", heading);
  for (const auto& paragraph : paragraphs) view.add("paragraphs", View().set("paragraph", paragraph));
  HttpResponse response = citizen_page(design, "notice", language, view, status);
  response.cache_control.clear();
  return response;
}

void put_text(View& view, const std::string& name, const LocalText& text, std::string_view language) {
  view.set(name, text.in(language));
  if (!text.empty() && !text.has(language)) view.set(name + "_lang", "vi");
}

std::string shown_date(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::string(date);
  return std::string(date.substr(8, 2)) + "/" + std::string(date.substr(5, 2)) + "/" +
         std::string(date.substr(0, 4));
}

}  // namespace khaosat
