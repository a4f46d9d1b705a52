#include "server/survey/completeness.h"

#include <algorithm>

namespace khaosat {

namespace {

class Counter {
 public:
  explicit Counter(std::string_view language) { result_.language = language; }

  void look_at(const LocalText& text, const std::string& place) {
    if (text.empty()) return;
    ++result_.texts;
    if (!text.has(result_.language)) result_.missing.push_back(place);
  }
  Completeness take() { return std::move(result_); }

 private:
  Completeness result_;
};

std::string at(std::size_t index) { return "/" + std::to_string(index); }

void look_at_question(const Question& question, const std::string& place, Counter& counter) {
  counter.look_at(question.text, place + "/text");
  counter.look_at(question.hint, place + "/hint");
  if (question.constraint) counter.look_at(question.constraint->message, place + "/constraint/message");
  if (!question.scale.empty()) return;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    counter.look_at(question.options[i].text, place + "/options" + at(i) + "/text");
  }
}

// Each scale once, however many questions share it.
void look_at_scales(const Questionnaire& questionnaire, Counter& counter) {
  std::vector<std::string> seen;
  for (const auto& question : questionnaire.questions) {
    if (question.scale.empty() || std::find(seen.begin(), seen.end(), question.scale) != seen.end()) continue;
    seen.push_back(question.scale);
    for (const auto& option : question.options) {
      counter.look_at(option.text, "scale " + question.scale + ", option " + option.id);
    }
  }
}

}  // namespace

Completeness completeness_of(const Questionnaire& questionnaire, std::string_view language) {
  Counter counter(language);
  counter.look_at(questionnaire.title, "/title");
  for (std::size_t i = 0; i < questionnaire.introduction.size(); ++i) {
    counter.look_at(questionnaire.introduction[i], "/introduction" + at(i));
  }
  for (std::size_t i = 0; i < questionnaire.consent.size(); ++i) {
    counter.look_at(questionnaire.consent[i], "/consent" + at(i));
  }
  for (std::size_t i = 0; i < questionnaire.parts.size(); ++i) {
    counter.look_at(questionnaire.parts[i].title, "/parts" + at(i) + "/title");
  }
  for (std::size_t i = 0; i < questionnaire.factors.size(); ++i) {
    counter.look_at(questionnaire.factors[i].title, "/factors" + at(i) + "/title");
  }
  for (std::size_t i = 0; i < questionnaire.sections.size(); ++i) {
    const Section& section = questionnaire.sections[i];
    const std::string place = "/sections" + at(i);
    counter.look_at(section.title, place + "/title");
    counter.look_at(section.introduction, place + "/introduction");
    for (std::size_t j = 0; j < section.question_count; ++j) {
      look_at_question(questionnaire.questions[section.first_question + j], place + "/questions" + at(j),
                       counter);
    }
  }
  look_at_scales(questionnaire, counter);
  Completeness result = counter.take();
  const auto& reviewed = questionnaire.reviewed;
  result.is_reviewed = std::find(reviewed.begin(), reviewed.end(), language) != reviewed.end();
  return result;
}

}  // namespace khaosat
