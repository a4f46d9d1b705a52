#include "server/survey/questionnaire_diff.h"

#include <algorithm>
#include <set>

#include "base/json_text.h"
#include "server/survey/number_text.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// Languages in which the two differ, Vietnamese first; empty when they say the same.
std::vector<std::string> languages_that_differ(const LocalText& a, const LocalText& b) {
  std::set<std::string> languages;
  for (const auto& text : {&a, &b}) {
    for (const auto& entry : text->all()) languages.insert(entry.first);
  }
  const auto said = [](const LocalText& text, const std::string& language) {
    return text.has(language) ? text.in(language) : std::string();
  };
  std::vector<std::string> differing;
  for (const auto& language : languages) {
    if (said(a, language) != said(b, language)) differing.push_back(language);
  }
  std::stable_partition(differing.begin(), differing.end(), [](const auto& one) { return one == "vi"; });
  return differing;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

// Who is asked: the section's condition and the question's own.
std::string who_is_asked(const Questionnaire& questionnaire, const Question& question) {
  const Section& section = questionnaire.sections[question.section];
  std::string text;
  if (section.relevant) text += to_json(*section.relevant, questionnaire);
  if (question.relevant) text += (text.empty() ? "" : " and ") + to_json(*question.relevant, questionnaire);
  return text.empty() ? "everybody" : text;
}

std::string limits_of(const Question& question) {
  const auto bound = [](const std::optional<double>& number) { return number ? plain_number(*number) : "-"; };
  return bound(question.minimum) + " to " + bound(question.maximum) + ", " +
         std::to_string(question.decimals) + " decimals, " + std::to_string(question.max_letters) +
         " letters, " + std::to_string(question.max_choices) + " choices" +
         (question.required ? ", required" : "");
}

std::string absences_of(const Question& question) {
  std::vector<std::string> names;
  for (const auto absence : question.absences) names.emplace_back(name_of(absence));
  std::sort(names.begin(), names.end());
  return names.empty() ? "none" : joined(names);
}

class QuestionComparison {
 public:
  QuestionComparison(const Questionnaire& before, const Question& a, const Questionnaire& after,
                     const Question& b)
      : before_(before), a_(a), after_(after), b_(b) {}

  QuestionDiff run() {
    result_.question = b_.id;
    if (a_.type != b_.type) {
      say(Comparability::broken, "the type was " + std::string(a_.type->name()) + " and is " +
                                     std::string(b_.type->name()));
    }
    if (a_.scale != b_.scale) {
      say(Comparability::with_note, "the scale was " + in_quotes(a_.scale) + " and is " + in_quotes(b_.scale));
    }
    compare_options();
    compare_text("question", a_.text, b_.text);
    compare_text("hint", a_.hint, b_.hint);
    compare_words("who is asked", who_is_asked(before_, a_), who_is_asked(after_, b_));
    compare_words("the visible non-answers", absences_of(a_), absences_of(b_));
    compare_words("the limits", limits_of(a_), limits_of(b_));
    compare_words("the topic", a_.topic, b_.topic);
    compare_words("the constraint", constraint_of(before_, a_), constraint_of(after_, b_));
    compare_words("the factor", a_.factor, b_.factor);
    return std::move(result_);
  }

 private:
  void say(Comparability comparability, std::string change) {
    result_.comparability = std::max(result_.comparability, comparability);
    result_.changes.push_back(std::move(change));
  }

  void compare_words(const std::string& what, const std::string& was, const std::string& is) {
    if (was == is) return;
    say(Comparability::with_note, what + ": was " + (was.empty() ? "nothing" : was) + ", is " +
                                      (is.empty() ? "nothing" : is));
  }

  void compare_text(const std::string& what, const LocalText& was, const LocalText& is) {
    const auto languages = languages_that_differ(was, is);
    if (languages.empty()) return;
    std::string change = "the wording of the " + what + " changed in " + joined(languages);
    if (languages.front() == "vi") {
      change += ": was " + in_quotes(was.in("vi")) + ", is " + in_quotes(is.in("vi"));
    }
    say(Comparability::with_note, std::move(change));
  }

  static std::string constraint_of(const Questionnaire& questionnaire, const Question& question) {
    return question.constraint ? to_json(question.constraint->condition, questionnaire) : std::string();
  }

  void compare_options() {
    std::vector<std::string> common_before;
    std::vector<std::string> common_after;
    for (const auto& option : a_.options) {
      if (b_.option_position(option.id)) {
        common_before.push_back(option.id);
      } else {
        say(Comparability::broken, "the option " + in_quotes(option.id) + " is gone");
      }
    }
    for (const auto& option : b_.options) {
      const auto position = a_.option_position(option.id);
      if (!position) {
        say(Comparability::broken, "the option " + in_quotes(option.id) + " is new");
        continue;
      }
      common_after.push_back(option.id);
      compare_option(a_.options[*position], option);
    }
    if (common_before != common_after) {
      say(Comparability::with_note, "the order of the options changed to " + joined(common_after));
    }
  }

  void compare_option(const Option& was, const Option& is) {
    compare_text("option " + in_quotes(is.id), was.text, is.text);
    if (was.score != is.score) {
      say(Comparability::broken, "the score of " + in_quotes(is.id) + " changed");
    }
    if (was.from != is.from || was.to != is.to) {
      say(Comparability::broken, "the band of " + in_quotes(is.id) + " changed");
    }
    if (was.exclusive != is.exclusive || was.other_text != is.other_text) {
      say(Comparability::with_note, "the option " + in_quotes(is.id) + " behaves otherwise");
    }
    if (was.face != is.face) say(Comparability::with_note, "the face of " + in_quotes(is.id) + " changed");
  }

  const Questionnaire& before_;
  const Question& a_;
  const Questionnaire& after_;
  const Question& b_;
  QuestionDiff result_;
};

bool differ(const std::vector<LocalText>& a, const std::vector<LocalText>& b) {
  if (a.size() != b.size()) return true;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!languages_that_differ(a[i], b[i]).empty()) return true;
  }
  return false;
}

std::vector<std::string> changes_of_the_whole(const Questionnaire& before, const Questionnaire& after) {
  std::vector<std::string> changes;
  const auto note = [&](bool changed, const char* sentence) {
    if (changed) changes.emplace_back(sentence);
  };
  note(before.identity.id != after.identity.id, "these are two different questionnaires");
  note(!languages_that_differ(before.title, after.title).empty(), "the title changed");
  note(before.audience != after.audience, "the audience changed");
  note(before.languages != after.languages, "the languages changed");
  note(differ(before.introduction, after.introduction), "the introduction changed");
  note(differ(before.consent, after.consent), "the consent notice changed");
  return changes;
}

// Ids of the questions both versions have, in the order of `of`.
std::vector<std::string> common_order(const Questionnaire& of, const Questionnaire& other) {
  std::vector<std::string> ids;
  for (const auto& question : of.questions) {
    if (other.question(question.id)) ids.push_back(question.id);
  }
  return ids;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const auto& text : texts) list += (list.size() > 1 ? "," : "") + json_quoted(text);
  return list + "]";
}

std::string json_of(const DefinitionIdentity& identity) {
  return "{\"id\":" + json_quoted(identity.id) + ",\"version\":" + std::to_string(identity.version) +
         ",\"hash\":" + json_quoted(identity.hash) + "}";
}

}  // namespace

QuestionnaireDiff diff(const Questionnaire& before, const Questionnaire& after) {
  QuestionnaireDiff result{before.identity, after.identity, changes_of_the_whole(before, after), {}};
  if (common_order(before, after) != common_order(after, before)) {
    result.changes.emplace_back("the order of the questions changed; what is asked earlier colours what follows");
  }
  for (const auto& question : after.questions) {
    const Question* old = before.question(question.id);
    if (old) {
      result.questions.push_back(QuestionComparison(before, *old, after, question).run());
    } else {
      result.questions.push_back({question.id, Comparability::added, {}});
    }
  }
  for (const auto& question : before.questions) {
    if (after.question(question.id)) continue;
    result.questions.push_back({question.id, Comparability::removed, {}});
  }
  return result;
}

std::string_view name_of(Comparability comparability) {
  switch (comparability) {
    case Comparability::same: return "same";
    case Comparability::with_note: return "with_note";
    case Comparability::broken: return "broken";
    case Comparability::added: return "added";
    case Comparability::removed: return "removed";
  }
  return "same";
}

std::string report_text(const QuestionnaireDiff& diff) {
  std::string text = diff.before.label() + " → " + diff.after.label() + "\n";
  for (const auto& change : diff.changes) text += "  " + change + "\n";
  std::size_t counts[5] = {};
  for (const auto& question : diff.questions) {
    ++counts[static_cast<std::size_t>(question.comparability)];
    if (question.comparability == Comparability::same) continue;
    text += question.question + ": " + std::string(name_of(question.comparability)) + "\n";
    for (const auto& change : question.changes) text += "  " + change + "\n";
  }
  const auto count = [&](Comparability one) { return std::to_string(counts[static_cast<std::size_t>(one)]); };
  return text + "comparable as before: " + count(Comparability::same) +
         "; comparable with a note: " + count(Comparability::with_note) +
         "; not comparable: " + count(Comparability::broken) + "; new: " + count(Comparability::added) +
         "; gone: " + count(Comparability::removed) + "\n";
}

std::string report_json(const QuestionnaireDiff& diff) {
  std::string text = "{\"before\":" + json_of(diff.before) + ",\"after\":" + json_of(diff.after) +
                     ",\"changes\":" + json_list(diff.changes) + ",\"questions\":[";
  for (std::size_t i = 0; i < diff.questions.size(); ++i) {
    const QuestionDiff& question = diff.questions[i];
    text += std::string(i > 0 ? "," : "") + "\n  {\"id\":" + json_quoted(question.question) +
            ",\"comparability\":" + json_quoted(name_of(question.comparability)) +
            ",\"changes\":" + json_list(question.changes) + "}";
  }
  return text + "]}\n";
}

}  // namespace khaosat
