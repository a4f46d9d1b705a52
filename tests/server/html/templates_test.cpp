#include "server/html/templates.h"

#include <catch2/catch.hpp>
#include <thread>

using namespace khaosat;

namespace {
WebFiles small_site() {
  return {{"locales/vi.json", R"({"hello":"Chào <ông/bà>","error.too_long":"Dài quá {limit} chữ"})"},
          {"locales/en.json", R"({"hello":"Hello"})"},
          {"templates/layout/head.mustache", "<h1>[[hello]]</h1>"},
          {"templates/pages/list.mustache",
           "{{> layout/head}}{{#rows}}<li>{{name}}</li>{{/rows}}{{^rows}}none{{/rows}}"}};
}
Templates load(const WebFiles& files) {
  const auto locales = Locales::load(files);
  REQUIRE(locales);
  auto templates = Templates::load(files, *locales);
  REQUIRE(templates);
  return *templates;
}
}  // namespace

TEST_CASE("a page shows sentences of its language and escapes every value") {
  const auto templates = load(small_site());
  View view;
  view.add("rows", View().set("name", "<script>\"'&"));
  CHECK(templates.render("pages/list", "vi", view) ==
        "<h1>Chào &lt;ông/bà&gt;</h1><li>&lt;script&gt;&quot;&apos;&amp;</li>");
  CHECK(templates.render("pages/list", "en", View()) == "<h1>Hello</h1>none");
}

TEST_CASE("many threads render at once and no one sees another's page") {
  const auto templates = load(small_site());
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const std::string name = std::to_string(t);
      for (int i = 0; i < 200; ++i) {
        const auto page = templates.render("pages/list", t % 2 ? "vi" : "en",
                                           View().add("rows", View().set("name", name)));
        const std::string head = t % 2 ? "<h1>Chào &lt;ông/bà&gt;</h1>" : "<h1>Hello</h1>";
        if (page != head + "<li>" + name + "</li>") ++wrong[static_cast<std::size_t>(t)];
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4, 0));
}

TEST_CASE("templates that name what does not exist stop the start") {
  struct Bad { std::string path, content, says; };
  const auto bad = GENERATE(Bad{"templates/pages/a.mustache", "[[nobody]]", "nobody"},
                            Bad{"templates/pages/a.mustache", "{{> layout/nowhere}}", "layout/nowhere"},
                            Bad{"templates/pages/a.mustache", "{{> pages/a}}", "includes itself"},
                            Bad{"templates/pages/a.mustache", "{{{raw}}}", "raw HTML"},
                            Bad{"templates/pages/a.mustache", "{{#open}}", ""});
  auto files = small_site();
  files[bad.path] = bad.content;
  const auto templates = Templates::load(files, *Locales::load(files));
  REQUIRE_FALSE(templates);
  CHECK(templates.error().message.find(bad.says) != std::string::npos);
}

TEST_CASE("an error's sentence is filled with its details, in Vietnamese if the language lacks it") {
  const auto locales = Locales::load(small_site());
  Error error{ErrorCode::too_long, "", "", {{"limit", "500"}}};
  CHECK(locales->sentence("en", error) == "Dài quá 500 chữ");
}

TEST_CASE("a sentence that only another language has is refused") {
  auto files = small_site();
  files["locales/en.json"] = R"({"extra":"x"})";
  CHECK_FALSE(Locales::load(files));
}

TEST_CASE("the program carries its own pages and both locales") {
  const auto locales = Locales::load(embedded_files());
  REQUIRE(locales);
  CHECK(locales->has("vi"));
  CHECK(locales->has("en"));
  CHECK(Templates::load(embedded_files(), *locales));
}
