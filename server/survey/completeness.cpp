#include "server/survey/completeness.h"

#include <algorithm>

#include "base/json_text.h"

namespace khaosat {

namespace {

bool has(const std::vector<std::string>& list, std::string_view language) {
  return std::find(list.begin(), list.end(), language) != list.end();
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const auto& text : texts) list += (list.size() > 1 ? "," : "") + json_quoted(text);
  return list + "]";
}

int written_of(const Completeness& one) { return one.texts - static_cast<int>(one.missing.size()); }

std::string sound_text(const Spoken& spoken) {
  if (spoken.questions_recorded + spoken.options_recorded == 0) return "    sound: none recorded\n";
  return "    sound: " + std::to_string(spoken.questions_recorded) + " of " + std::to_string(spoken.questions) + " questions and " +
         std::to_string(spoken.options_recorded) + " of " + std::to_string(spoken.options) + " answers recorded, " +
         std::to_string((spoken.bytes + 1023) / 1024) + " KB; " +
         (spoken.reviewed_by.empty() ? "nobody has listened to them, so nobody is offered them" : "listened to by " + spoken.reviewed_by) + "\n";
}

std::string sound_json(const Spoken& spoken) {
  return "{\"questions\":" + std::to_string(spoken.questions) + ",\"questions_recorded\":" + std::to_string(spoken.questions_recorded) +
         ",\"options\":" + std::to_string(spoken.options) + ",\"options_recorded\":" + std::to_string(spoken.options_recorded) +
         ",\"bytes\":" + std::to_string(spoken.bytes) + ",\"reviewed\":" + (spoken.reviewed_by.empty() ? "false" : "true") + "}";
}

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
  for (std::size_t i = 0; i < questionnaire.contradictions.size(); ++i) {
    counter.look_at(questionnaire.contradictions[i].reason, "/contradictions" + at(i) + "/reason");
  }
  look_at_scales(questionnaire, counter);
  Completeness result = counter.take();
  result.is_reviewed = has(questionnaire.reviewed, language);
  result.is_offered = has(offered_languages(questionnaire), language);
  return result;
}

std::vector<std::string> offered_languages(const Questionnaire& questionnaire) {
  std::vector<std::string> offered;
  for (const auto& language : questionnaire.languages) {
    if (has(questionnaire.reviewed, language)) offered.push_back(language);
  }
  if (offered.empty() && !questionnaire.languages.empty()) offered.push_back(questionnaire.languages.front());
  return offered;
}

QuestionnaireLanguages languages_report(const Questionnaire& questionnaire) {
  QuestionnaireLanguages report{questionnaire.identity, {}};
  for (const auto& language : questionnaire.languages) report.languages.push_back(completeness_of(questionnaire, language));
  return report;
}

std::string report_text(const QuestionnaireLanguages& report) {
  std::string text = report.questionnaire.label() + "\n";
  for (const auto& one : report.languages) {
    text += "  " + one.language + ": " + std::to_string(written_of(one)) + " of " + std::to_string(one.texts) + " texts written; " +
            (one.is_reviewed ? "read over by a person" : "not read over by a person") +
            (one.is_offered ? "" : ", so nobody is offered it") + "\n";
    text += sound_text(one.spoken);
    for (const auto& place : one.missing) text += "    missing: " + place + "\n";
  }
  return text;
}

std::string report_json(const QuestionnaireLanguages& report) {
  std::string text = "{\"questionnaire\":" + json_quoted(report.questionnaire.label()) + ",\"languages\":[";
  for (std::size_t i = 0; i < report.languages.size(); ++i) {
    const Completeness& one = report.languages[i];
    text += std::string(i > 0 ? "," : "") + "\n  {\"language\":" + json_quoted(one.language) + ",\"texts\":" + std::to_string(one.texts) +
            ",\"written\":" + std::to_string(written_of(one)) + ",\"reviewed\":" + (one.is_reviewed ? "true" : "false") +
            ",\"offered\":" + (one.is_offered ? "true" : "false") + ",\"sound\":" + sound_json(one.spoken) + ",\"missing\":" + json_list(one.missing) + "}";
  }
  return text + "]}";
}

}  // namespace khaosat
