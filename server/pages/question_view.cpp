#include "server/pages/question_view.h"

#include <algorithm>

#include "base/json_text.h"
#include "server/pages/answer_words.h"
#include "server/pages/sounds/sound_pages.h"

namespace khaosat {

namespace {

bool is_typed(const QuestionSetting& setting, const std::string& name, std::string_view value) {
  const auto values = setting.typed.all(name);
  return std::find(values.begin(), values.end(), value) != values.end();
}

std::string typed(const QuestionSetting& setting, const std::string& name) {
  return std::string(setting.typed.one(name).value_or(""));
}

View choice(const QuestionSetting& setting, const std::string& name, const std::string& value,
            const std::string& label) {
  View view;
  view.set("name", name).set("value", value).set("label", label);
  if (is_typed(setting, name, value)) view.set("chosen", true);
  return view;
}

View option_view(const QuestionSetting& setting, const Question& question, const Option& option,
                 const std::string& name, bool with_scores) {
  View view = choice(setting, name, option.id, "");
  put_text(view, "label", option.text, setting.language);
  if (option.exclusive) view.set("alone", true);
  if (with_scores && option.score) view.set("score", json_number(*option.score));
  if (option.other_text) {
    View other;
    other.set("other_name", question.id + ".other").set("other_words", typed(setting, question.id + ".other"));
    other.set("other_label", setting.design.locales.text(setting.language, "form.other_words",
                                                         {{"option", option.text.in(setting.language)}}));
    view.set("other", std::move(other));
  }
  if (question.type->name() == "rating") {
    if (option.score) view.set("number", json_number(*option.score));
    if (option.face > 0) {
      // The mouth's corners rise and its middle falls as the face grows kinder.
      const int smile = std::clamp(option.face, 1, 5) - 3;
      view.set("face", View().set("corner", std::to_string(16 - smile)).set("middle", std::to_string(16 + 2 * smile)));
    }
  }
  return view;
}

// Options and, after them, the ways of not answering; the first carries the id errors link to.
View::List rows(const QuestionSetting& setting, const Question& question, const std::string& name,
                const std::string& first_id, bool with_scores) {
  View::List list;
  for (const auto& option : question.options) {
    list.push_back(option_view(setting, question, option, name, with_scores));
  }
  for (const Absence absence : question.absences) {
    View view = choice(setting, name, absence_code(absence),
                       absence_words(setting.design.locales, setting.language, absence));
    list.push_back(std::move(view.set("away", true)));
  }
  // The module finds the first control by itself; error pages link to it.
  if (!list.empty() && !setting.for_script) list.front().set("input", first_id);
  return list;
}

View::List ranked_rows(const QuestionSetting& setting, const Question& question) {
  View::List list;
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    const std::string name = question.id + "." + question.options[i].id;
    View row;
    row.set("name", name);
    put_text(row, "label", question.options[i].text, setting.language);
    row.set("input", "f-" + question.id + (i == 0 ? "" : "-" + std::to_string(i)));
    for (std::size_t place = 1; place <= question.options.size(); ++place) {
      View item;
      item.set("place", std::to_string(place)).set("chosen", is_typed(setting, name, std::to_string(place)));
      row.add("places", std::move(item));
    }
    list.push_back(std::move(row));
  }
  return list;
}

// What makes two lists of choices look the same.
std::string row_signature(const Question& question) {
  std::string signature(question.type->name());
  for (const auto& option : question.options) signature += "|" + option.id + "=" + option.text.in("vi");
  for (const Absence absence : question.absences) signature += "|" + absence_code(absence);
  return signature;
}

bool put_same_rows(const QuestionSetting& setting, const Question& question, View& view) {
  if (!setting.rows_seen || question.other_option()) return false;
  const auto [seen, is_new] = setting.rows_seen->emplace(row_signature(question), question.id);
  if (!is_new) view.set("same_rows", seen->second);
  return !is_new;
}

void put_control(const QuestionSetting& setting, const Question& question, View& view) {
  const std::string first_id = "f-" + question.id;
  switch (question.type->answer_kind()) {
    case AnswerKind::none: return;
    case AnswerKind::one_option:
    case AnswerKind::options:
      if (put_same_rows(setting, question, view)) return;
      view.set("options", rows(setting, question, question.id, first_id, setting.with_scores));
      return;
    case AnswerKind::ratings:
      for (const auto& unit : setting.rated_units) {
        const bool first = &unit == &setting.rated_units.front();
        View item;
        item.set("unit", unit_title(setting.campaign, unit));
        item.set("options", rows(setting, question, question.id + "." + unit, first ? first_id : first_id + "-" + unit, false));
        view.add("units", std::move(item));
      }
      return;
    case AnswerKind::ranking: view.set("ranked", ranked_rows(setting, question)); break;
    case AnswerKind::number:
    case AnswerKind::text:
      view.set("typed", typed(setting, question.id)).set("is_typed", true);
      if (question.decimals > 0) view.set("decimals", question.decimals);
  }
  for (const Absence absence : question.absences) {
    view.add("absences", choice(setting, question.id + ".absence", std::string(name_of(absence)),
                                absence_words(setting.design.locales, setting.language, absence)));
  }
}

// Players of the browser itself, for those without a script.
void put_sounds(const QuestionSetting& setting, const Question& question, View& view) {
  if (!setting.recordings) return;
  const auto address_of = [&](const std::string& what) {
    const auto name = setting.recordings->spoken.find(what);
    return name == setting.recordings->spoken.end() ? std::string() : sound_address(*setting.recordings) + name->second;
  };
  if (const std::string address = address_of(question.id); !address.empty()) view.set("sound", address);
  bool any = false;
  const auto add = [&](const std::string& what, const std::string& words) {
    const std::string address = address_of(what);
    any = any || !address.empty();
    if (!address.empty()) view.add("sounds", View().set("sound_of", address).set("sound_words", words));
  };
  for (const auto& option : question.options) add(question.id + "." + option.id, option.text.in(setting.language));
  for (const Absence absence : question.absences) {
    add(question.id + ".~" + std::string(name_of(absence)), absence_words(setting.design.locales, setting.language, absence));
  }
  view.set("has_sounds", any);
}

}  // namespace

bool conditions_use_numbers(const Questionnaire& questionnaire) {
  const auto mentions = [&](const Condition& condition) {
    const std::string json = to_json(condition, questionnaire);
    return json.find("\"score\":") != std::string::npos || json.find("\"value\":") != std::string::npos;
  };
  return std::any_of(questionnaire.questions.begin(), questionnaire.questions.end(), [&](const Question& question) {
    return (question.relevant && mentions(*question.relevant)) ||
           (question.constraint && mentions(question.constraint->condition));
  });
}

std::optional<std::string> sentence_of_fault(const QuestionSetting& setting, const Question& question) {
  for (const auto& fault : setting.faults) {
    if (fault.question != question.id) continue;
    if (fault.error.code == ErrorCode::constraint_broken && question.constraint) {
      return question.constraint->message.in(setting.language);
    }
    return setting.design.locales.sentence(setting.language, fault.error);
  }
  return std::nullopt;
}

std::string question_html(const QuestionSetting& setting, const Question& question) {
  View view;
  view.set("id", question.id);
  put_text(view, "text", question.text, setting.language);
  std::string described;
  if (!question.hint.empty()) {
    put_text(view, "hint", question.hint, setting.language);
    described = "h-" + question.id;
  }
  if (const auto sentence = sentence_of_fault(setting, question)) {
    view.set("failed_here", true).set("sentence_here", *sentence);
    if (question.constraint && *sentence == question.constraint->message.in("vi") && !question.constraint->message.has(setting.language)) {
      view.set("sentence_here_lang", "vi");
    }
    described += (described.empty() ? "e-" : " e-") + question.id;
  }
  if (!described.empty()) view.set("described", described);
  if (question.required) view.set("must", true);
  if (setting.for_script && question.relevant) {
    view.set("relevant", to_json(*question.relevant, setting.questionnaire));
  }
  if (setting.for_script && question.constraint) {
    view.set("constraint", to_json(question.constraint->condition, setting.questionnaire));
    put_text(view, "broken", question.constraint->message, setting.language);
  }
  put_control(setting, question, view);
  put_sounds(setting, question, view);
  return setting.design.templates.render("questions/" + std::string(question.type->name()), setting.language, view);
}

}  // namespace khaosat
