// The print side of every question type: iterates THE LIST and names what is missing.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "server/pages/paper/paper_form.h"
#include "server/survey/paper/paper_keys.h"
#include "server/survey/question_types.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"
#include "tests/support/definition_files.h"
#include "tests/support/test_app.h"

using namespace khaosat;
using nlohmann::json;

namespace {

const json& fixture() {
  static const json kFixture = json::parse(test::read_text(test::source_folder() / "tests/fixtures/question_types.json"));
  return kFixture;
}

std::shared_ptr<const Questionnaire> form_of(json questions) {
  const json document = {{"schema", "khaosat/questionnaire/1"}, {"id", "sample"}, {"version", 1}, {"title", {{"vi", "Mẫu"}}}, {"audience", "rater"},
                         {"sections", {{{"id", "s"}, {"title", {{"vi", "Mục"}}}, {"questions", std::move(questions)}}}}};
  const auto scale = read_scale("scale", fixture()["scale"].dump()).scale;
  const auto reading = read_questionnaire("sample", document.dump(), [&](std::string_view, int) { return scale.get(); });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

json sample(std::string_view type) {
  json question = fixture()["types"][std::string(type)]["question"];
  question["id"] = "q";
  question["type"] = type;
  question["text"]["vi"] = "Ông/bà nghĩ gì?";
  return question;
}

std::size_t times(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

struct Printed {
  explicit Printed(const TestApp& app, std::shared_ptr<const Questionnaire> form)
      : questionnaire(std::move(form)),
        setting{Design{app.locales, app.templates, app.assets}, *questionnaire, nullptr, "vi", {}},
        plan((setting.context.rated_units = fixture()["units"].get<RatedUnits>(), paper_plan(*questionnaire, "vi", setting.context, {}))),
        words(paper_words(app.locales, "vi", *questionnaire, plan)) {}
  std::string item(std::size_t at) const { return paper_item_html(setting, words, plan.items[at]); }

  std::shared_ptr<const Questionnaire> questionnaire;
  PaperSetting setting;
  PaperPlan plan;
  PaperWords words;
};

}  // namespace

TEST_CASE("every question type of THE LIST has a print template, and none is left over") {
  const auto folder = test::source_folder() / "web/templates/paper";
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) files += file.path().extension() == ".mustache" ? 1 : 0;
  CHECK(files == question_types().size());
  for (const auto* type : question_types()) {
    INFO(type->name());
    CHECK(std::filesystem::exists(folder / (std::string(type->name()) + ".mustache")));
  }
}

TEST_CASE("every type prints its words, each option once in its order, and the key of each") {
  TestApp app;
  for (const auto* type : question_types()) {
    INFO(type->name());
    const Printed printed(app, form_of(json::array({sample(type->name())})));
    const Question& question = printed.questionnaire->questions[0];
    const bool is_matrix = type->answer_kind() == AnswerKind::ratings;
    REQUIRE(printed.plan.items.size() == (is_matrix ? printed.setting.context.rated_units.size() : 1));
    for (std::size_t i = 0; i < printed.plan.items.size(); ++i) {
      const std::string html = printed.item(i);
      CHECK(html.find("Ông/bà nghĩ gì?") != std::string::npos);
      if (is_matrix) CHECK(html.find(printed.setting.context.rated_units[i]) != std::string::npos);
      std::size_t before = 0;
      for (std::size_t o = 0; o < question.options.size(); ++o) {
        const auto at = html.find("<span class=\"label\">" + question.options[o].text.in("vi") + "</span>");
        REQUIRE(at != std::string::npos);
        CHECK(at > before);
        before = at;
        if (type->answer_kind() == AnswerKind::ranking) continue;
        const std::string key = "<small class=\"key\">" + option_key(question, static_cast<OptionPosition>(o)) + "</small>";
        CHECK(html.find(key, at) != std::string::npos);
      }
      for (const Absence absence : question.absences) {
        const auto at = html.find("<small class=\"key\">" + absence_key(question, absence) + "</small>");
        CHECK(at != std::string::npos);
        CHECK(at > before);
      }
      // Something to write in, wherever something is asked.
      const bool has_place = html.find("class=\"box\"") != std::string::npos || html.find("class=\"cell\"") != std::string::npos ||
                             html.find("class=\"line\"") != std::string::npos || html.find("class=\"wide\"") != std::string::npos;
      CHECK(has_place == (type->answer_kind() != AnswerKind::none));
      CHECK(html.find("style=") == std::string::npos);
      CHECK(html.find("[[") == std::string::npos);
      CHECK(html.find("{{") == std::string::npos);
    }
  }
}

TEST_CASE("a pictogram scale prints face, word and number") {
  TestApp app;
  json face = sample("rating");
  const Printed printed(app, app.catalog.questionnaire("exit_one_minute"));
  std::size_t ratings = 0;
  for (std::size_t i = 0; i < printed.plan.items.size(); ++i) {
    const Question& question = printed.questionnaire->questions[printed.plan.items[i].question];
    if (question.type->name() != "rating") continue;
    ++ratings;
    const std::string html = printed.item(i);
    CHECK(times(html, "<svg") == question.options.size());
    CHECK(times(html, "class=\"figure\"") == question.options.size());
  }
  if (ratings == 0) WARN("the one-minute form has no pictogram scale");
}

TEST_CASE("conditions stand there in plain words, with the numbers of the paper") {
  TestApp app;
  const auto choice = [](const std::string& id, json relevant = nullptr) {
    json question = {{"id", id}, {"type", "single_choice"}, {"text", {{"vi", id}}}, {"absences", {"dont_know"}},
                     {"options", {{{"id", "yes"}, {"text", {{"vi", "Có"}}}}, {{"id", "no"}, {"text", {{"vi", "Không"}}}}}}};
    if (!relevant.is_null()) question["relevant"] = relevant;
    return question;
  };
  const json if_yes = {{"question", "a"}, {"in", {"yes"}}};
  json number = {{"id", "n"}, {"type", "number"}, {"text", {{"vi", "n"}}}, {"minimum", 0}, {"maximum", 100}};
  const json at_least_five = json::parse(R"({"compare": [{"value": "n"}, ">=", 5]})");
  const json not_no = json::parse(R"({"not": {"question": "a", "in": ["no"]}})");
  const json both = json::parse(R"({"all": [{"question": "a", "in": ["yes"]}, {"question": "n", "answered": true}]})");
  const Printed printed(app, form_of(json::array({choice("a"), choice("b", if_yes), choice("c", if_yes), number, choice("d", at_least_five),
                                                  choice("e", not_no), choice("f", both)})));
  CHECK(printed.item(0).find("Nếu chọn “Không” hoặc “Không biết”, xin sang câu 4.") != std::string::npos);
  CHECK(times(printed.item(0), "→ 4") == 2);
  CHECK(printed.item(1).find("Chỉ trả lời từ câu 2 đến câu 3 nếu ở câu 1 chọn “Có”.") != std::string::npos);
  CHECK(printed.item(2).find("Chỉ trả lời") == std::string::npos);
  CHECK(printed.item(4).find("Chỉ trả lời câu 5 nếu số ở câu 4 từ 5.") != std::string::npos);
  CHECK(printed.item(5).find("Chỉ trả lời câu 6 nếu ở câu 1 không chọn “Không”.") != std::string::npos);
  CHECK(printed.item(6).find("Chỉ trả lời câu 7 nếu ở câu 1 chọn “Có” và câu 4 có trả lời.") != std::string::npos);
}

TEST_CASE("every shipped form prints in each of its languages, with every question on it") {
  TestApp app;
  for (const auto& questionnaire : app.catalog.questionnaires()) {
    for (const auto& language : questionnaire->languages) {
      PaperSetting setting{Design{app.locales, app.templates, app.assets}, *questionnaire, nullptr, language, {}};
      setting.context.rated_units = {"u1", "u2"};
      const auto plan = paper_plan(*questionnaire, language, setting.context, paper_head(setting));
      const auto html = paper_document(setting, plan, plan.page_starts, {{"00042-7", "khaosat-paper;1;x"}, {"00043-1", "khaosat-paper;1;y"}}, "Thôn", "/", "x");
      INFO(questionnaire->identity.label() << " " << language);
      REQUIRE(html);
      CHECK(times(*html, "<article") == 2 * plan.page_starts.size());
      CHECK(times(*html, "data-question=") == 2 * plan.items.size());
      CHECK(times(*html, "class=\"qr\"") == 2);
      CHECK(html->find("00043-1") != std::string::npos);
      CHECK(html->find("<script") == std::string::npos);
    }
  }
}
