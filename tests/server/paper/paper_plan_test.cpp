// Numbers, ways through the form and pages.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "server/catalog/catalog.h"
#include "server/survey/paper/paper_plan.h"
#include "server/survey/questionnaire_json.h"
#include "tests/support/definition_files.h"

using namespace khaosat;
using nlohmann::json;

namespace {

json choice(const std::string& id, json relevant = nullptr) {
  json question = {{"id", id}, {"type", "single_choice"}, {"text", {{"vi", id}}}, {"absences", {"dont_know"}},
                   {"options", {{{"id", "yes"}, {"text", {{"vi", "Có"}}}}, {{"id", "no"}, {"text", {{"vi", "Không"}}}}}}};
  if (!relevant.is_null()) question["relevant"] = relevant;
  return question;
}

std::shared_ptr<const Questionnaire> form_of(json questions) {
  const json document = {{"schema", "khaosat/questionnaire/1"}, {"id", "sample"}, {"version", 1}, {"title", {{"vi", "Mẫu"}}}, {"audience", "citizen"},
                         {"sections", {{{"id", "s"}, {"title", {{"vi", "Mục"}}}, {"questions", std::move(questions)}}}}};
  const auto reading = read_questionnaire("sample", document.dump(), [](std::string_view, int) -> const Scale* { return nullptr; });
  INFO(to_text(reading.faults));
  REQUIRE(reading.questionnaire);
  return reading.questionnaire;
}

PaperPlan plan_of(const Questionnaire& questionnaire, AnsweringContext context = {}) { return paper_plan(questionnaire, "vi", context, {}); }

}  // namespace

TEST_CASE("an answer that rules out what follows says where to go on") {
  const json if_yes = {{"question", "a"}, {"in", {"yes"}}};
  const auto questionnaire = form_of(json::array({choice("a"), choice("b", if_yes), choice("c", if_yes), choice("d")}));
  const auto plan = plan_of(*questionnaire);
  REQUIRE(plan.items.size() == 4);
  CHECK(plan.items[0].jumps == std::vector<PaperJump>{{OptionPosition{1}, 4}, {Absence::dont_know, 4}});
  CHECK(plan.items[1].condition_until == 3);
  CHECK(plan.items[2].condition_until == 0);
  CHECK(plan.items[3].condition_until == 0);
}

TEST_CASE("a way past the last question leads to the end") {
  const auto questionnaire = form_of(json::array({choice("a"), choice("b", json::parse(R"({"not": {"question": "a", "in": ["no"]}})"))}));
  CHECK(plan_of(*questionnaire).items[0].jumps == std::vector<PaperJump>{{OptionPosition{1}, 0}});
}

TEST_CASE("no way is printed where something else decides too") {
  const json either = json::parse(R"({"any": [{"question": "a", "in": ["yes"]}, {"question": "b", "in": ["yes"]}]})");
  const auto questionnaire = form_of(json::array({choice("a"), choice("b"), choice("c", either), choice("d")}));
  const auto plan = plan_of(*questionnaire);
  for (const auto& item : plan.items) CHECK(item.jumps.empty());
  CHECK(plan.items[2].condition_until == 3);
}

// The promise of the printed ways: whoever follows them passes over nothing that a device would ask.
TEST_CASE("nobody who follows the printed ways misses a question that applies") {
  const Catalog catalog = Catalog::load(test::source_folder() / "survey_defs");
  auto forms = catalog.questionnaires();
  const json if_yes = {{"question", "a"}, {"in", {"yes"}}};
  forms.push_back(form_of(json::array({choice("a"), choice("b", if_yes), choice("c", {{"question", "b"}, {"in", {"no"}}}), choice("d", if_yes), choice("e")})));
  int ways = 0;
  for (const auto& questionnaire : forms) {
    AnsweringContext context;
    context.rated_units = {"u1", "u2"};
    for (const auto& question : questionnaire->questions) {
      if (!question.topic.empty()) context.stated_topics.push_back(question.topic);
    }
    const auto plan = plan_of(*questionnaire, context);
    for (const auto& item : plan.items) {
      for (const auto& jump : item.jumps) {
        ++ways;
        Answers answers(questionnaire->questions.size());
        const auto* position = std::get_if<OptionPosition>(&jump.answer);
        answers[item.question] = position ? Answer(Choice{{*position}, {}}) : Answer(std::get<Absence>(jump.answer));
        for (const auto& passed : plan.items) {
          const bool is_passed = passed.number > item.number && (jump.to == 0 || passed.number < jump.to);
          if (!is_passed) continue;
          INFO(questionnaire->identity.label() << " " << item.number << " → " << jump.to << " passes " << passed.number);
          CHECK_FALSE(is_asked(*questionnaire, passed.question, answers, context));
        }
      }
    }
  }
  CHECK(ways > 0);
}

TEST_CASE("every question of every form stands on one page, in order") {
  const Catalog catalog = Catalog::load(test::source_folder() / "survey_defs");
  for (const auto& questionnaire : catalog.questionnaires()) {
    for (const auto& language : questionnaire->languages) {
      AnsweringContext context;
      context.rated_units = {"u1", "u2", "u3"};
      const auto plan = paper_plan(*questionnaire, language, context, {});
      INFO(questionnaire->identity.label() << " " << language);
      REQUIRE(!plan.page_starts.empty());
      CHECK(plan.page_starts.front() == 0);
      for (std::size_t i = 1; i < plan.page_starts.size(); ++i) {
        CHECK(plan.page_starts[i] >= plan.page_starts[i - 1]);
        CHECK(plan.page_starts[i] < plan.items.size());
      }
      int number = 0;
      for (const auto& item : plan.items) {
        if (item.number == 0) continue;
        CHECK((item.number == number || item.number == number + 1));
        number = item.number;
      }
      for (const auto& question : questionnaire->questions) {
        const auto position = static_cast<std::size_t>(&question - questionnaire->questions.data());
        const bool on_paper = std::any_of(plan.items.begin(), plan.items.end(), [&](const auto& item) { return item.question == position; });
        CHECK(on_paper == question.topic.empty());
      }
    }
  }
}
