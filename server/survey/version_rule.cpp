#include "server/survey/version_rule.h"

#include <algorithm>

#include "server/survey/equal_effort.h"
#include "server/survey/number_text.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

struct Named {
  VersionPoint point;
  std::string_view name;
  bool refused;
  std::string_view words;  // behind the question's id
};

// In the order of the enumeration.
constexpr Named kPoints[] = {
    {VersionPoint::question_new, "question_new", false, "is new"},
    {VersionPoint::question_retired, "question_retired", false, "is asked no more"},
    {VersionPoint::option_new, "option_new", false, "has a new option at the end"},
    {VersionPoint::wording, "wording", false, "has other words"},
    {VersionPoint::front_wording, "front_wording", false, "title, introduction or consent have other words"},
    {VersionPoint::condition_mended, "condition_mended", false, "checks the answer in another way"},
    {VersionPoint::language_new, "language_new", false, "a new language"},
    {VersionPoint::audience_not_citizens, "audience_not_citizens", true,
     "only a survey of citizens takes a newer version: among few staff or raters two versions would make people stand out"},
    {VersionPoint::other_questionnaire, "other_questionnaire", true, "this is another questionnaire"},
    {VersionPoint::not_newer, "not_newer", true, "the version must be newer than those published"},
    {VersionPoint::too_many_versions, "too_many_versions", true, "a campaign takes five versions at most: each makes the groups that answered alike smaller"},
    {VersionPoint::other_audience, "other_audience", true, "it is made for other people"},
    {VersionPoint::language_gone, "language_gone", true, "a language that people could choose is gone"},
    {VersionPoint::type_changed, "type_changed", true, "has another type; give the new question a new id"},
    {VersionPoint::scale_changed, "scale_changed", true, "has another scale; give the new question a new id"},
    {VersionPoint::option_gone, "option_gone", true, "has lost an option that people have chosen from"},
    {VersionPoint::option_in_between, "option_in_between", true, "has an option that does not stand behind those it had"},
    {VersionPoint::option_of_index, "option_of_index", true, "has a new option, but an index counts it; give the new question a new id"},
    {VersionPoint::option_behaves, "option_behaves", true, "has an option that excludes others, or takes own words, otherwise than before"},
    {VersionPoint::absences_changed, "absences_changed", true, "offers other ways not to answer"},
    {VersionPoint::asked_of_others, "asked_of_others", true, "is asked of other people than before"},
    {VersionPoint::limits_changed, "limits_changed", true, "takes other numbers, or another number of choices"},
    {VersionPoint::topic_changed, "topic_changed", true, "belongs to another topic"},
    {VersionPoint::factor_changed, "factor_changed", true, "belongs to another factor of the index"},
    {VersionPoint::order_changed, "order_changed", true, "stands elsewhere among the questions that stay; what is asked before colours the answer"},
    {VersionPoint::unequal_effort, "unequal_effort", true, "is asked depending on a mark: a bad mark would cost more work"},
    {VersionPoint::wording_unstated, "wording_unstated", true, "has other words; state that its meaning stays, or give it a new id"},
};

const Named& named(VersionPoint point) { return kPoints[static_cast<std::size_t>(point)]; }

// A translation that was not there before changes no words that anybody has read.
bool same_words(const LocalText& was, const LocalText& is) {
  return was.empty() == is.empty() && std::all_of(was.all().begin(), was.all().end(), [&](const auto& entry) {
           return is.has(entry.first) && is.in(entry.first) == entry.second;
         });
}

bool same_words(const std::vector<LocalText>& a, const std::vector<LocalText>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return same_words(x, y); });
}

std::string who_is_asked(const Questionnaire& questionnaire, const Question& question) {
  const auto& section = questionnaire.sections[question.section].relevant;
  return (section ? to_json(*section, questionnaire) : "") + "\n" + (question.relevant ? to_json(*question.relevant, questionnaire) : "");
}

std::vector<std::string> ids_in_both(const Questionnaire& of, const Questionnaire& other) {
  std::vector<std::string> ids;
  for (const auto& question : of.questions) {
    if (other.question(question.id)) ids.push_back(question.id);
  }
  return ids;
}

std::string scale_id(const Question& question) { return question.scale.substr(0, question.scale.find('/')); }

class Comparison {
 public:
  Comparison(const Questionnaire& before, const Question& was, const Questionnaire& next, const Question& is,
             const VersionAsked& asked, std::vector<VersionFinding>& findings)
      : before_(before), was_(was), next_(next), is_(is), asked_(asked), findings_(findings) {}

  void run() {
    if (was_.type != is_.type) return say(VersionPoint::type_changed, std::string(was_.type->name()) + " → " + std::string(is_.type->name()));
    if (scale_id(was_) != scale_id(is_)) return say(VersionPoint::scale_changed, was_.scale + " → " + is_.scale);
    options();
    auto absences = [](const Question& question) { return std::set<Absence>(question.absences.begin(), question.absences.end()); };
    if (absences(was_) != absences(is_)) say(VersionPoint::absences_changed);
    if (who_is_asked(before_, was_) != who_is_asked(next_, is_)) say(VersionPoint::asked_of_others);
    if (was_.minimum != is_.minimum || was_.maximum != is_.maximum || was_.decimals != is_.decimals || was_.max_choices != is_.max_choices) {
      say(VersionPoint::limits_changed);
    }
    if (was_.topic != is_.topic) say(VersionPoint::topic_changed, was_.topic + " → " + is_.topic);
    if (was_.factor != is_.factor) say(VersionPoint::factor_changed, was_.factor + " → " + is_.factor);
    if (checks(before_, was_) != checks(next_, is_)) say(VersionPoint::condition_mended);
    words();
  }

 private:
  void say(VersionPoint point, std::string detail = {}) { findings_.push_back({point, is_.id, std::move(detail), {}, {}}); }

  static std::string checks(const Questionnaire& questionnaire, const Question& question) {
    return (question.constraint ? to_json(question.constraint->condition, questionnaire) : "") + "\n" +
           std::to_string(question.max_letters) + (question.required ? " required" : "");
  }

  void options() {
    const auto point = [&](VersionPoint own) { return is_.scale.empty() ? own : VersionPoint::scale_changed; };
    bool whole = true;
    for (const auto& option : was_.options) {
      if (is_.option_position(option.id)) continue;
      say(point(VersionPoint::option_gone), option.id);
      whole = false;
    }
    if (!whole) return;
    for (std::size_t i = 0; i < is_.options.size(); ++i) {
      const Option& is = is_.options[i];
      const auto old = was_.option_position(is.id);
      if (!old) {
        new_option(i);
      } else if (*old != i) {
        say(point(VersionPoint::option_in_between), is.id);
      } else {
        same_option(was_.options[i], is);
      }
    }
  }

  void new_option(std::size_t position) {
    const Option& option = is_.options[position];
    // Where several may be chosen each option is a column, and nobody was asked for this one before.
    const bool one_of_a_list = is_.type->answer_kind() == AnswerKind::one_option;
    if (!is_.scale.empty() || !one_of_a_list || option.from || option.to) return say(VersionPoint::scale_changed, option.id);
    if (position < was_.options.size()) return say(VersionPoint::option_in_between, option.id);
    const bool counted = !is_.factor.empty() || asked_.counted.contains(is_.id);
    findings_.push_back({counted ? VersionPoint::option_of_index : VersionPoint::option_new, is_.id, option.id, {}, option.text});
  }

  void same_option(const Option& was, const Option& is) {
    if (was.score != is.score || was.from != is.from || was.to != is.to || was.face != is.face) say(VersionPoint::scale_changed, is.id);
    if (was.exclusive != is.exclusive || was.other_text != is.other_text) say(VersionPoint::option_behaves, is.id);
  }

  void words() {
    const auto compare = [&](const LocalText& was, const LocalText& is) {
      if (same_words(was, is)) return;
      findings_.push_back({VersionPoint::wording, is_.id, {}, was, is});
      changed_ = true;
    };
    // What stands above a question ("in the last 12 months …") is part of it.
    compare(before_.sections[was_.section].introduction, next_.sections[is_.section].introduction);
    compare(was_.text, is_.text);
    compare(was_.hint, is_.hint);
    for (const auto& option : is_.options) {
      if (const auto old = was_.option_position(option.id)) compare(was_.options[*old].text, option.text);
    }
    if (was_.constraint && is_.constraint) compare(was_.constraint->message, is_.constraint->message);
    if (changed_ && !asked_.same_meaning.contains(is_.id)) say(VersionPoint::wording_unstated);
  }

  const Questionnaire& before_;
  const Question& was_;
  const Questionnaire& next_;
  const Question& is_;
  const VersionAsked& asked_;
  std::vector<VersionFinding>& findings_;
  bool changed_ = false;
};

class Check {
 public:
  Check(const std::vector<std::shared_ptr<const Questionnaire>>& published, const Questionnaire& next, const VersionAsked& asked)
      : published_(published), last_(*published.back()), next_(next), asked_(asked) {}

  VersionCheck run() {
    whole();
    if (last_.identity.id != next_.identity.id) return std::move(result_);
    for (const auto& question : next_.questions) {
      const Questionnaire* before = last_with(question.id);
      if (!before) {
        result_.findings.push_back({VersionPoint::question_new, question.id, {}, {}, question.text});
      } else {
        Comparison(*before, *before->question(question.id), next_, question, asked_, result_.findings).run();
      }
    }
    for (const auto& question : last_.questions) {
      if (!next_.question(question.id)) result_.findings.push_back({VersionPoint::question_retired, question.id, {}, question.text, {}});
    }
    order();
    const auto known = opened_by_marks(last_);
    for (const auto& id : opened_by_marks(next_)) {
      if (std::find(known.begin(), known.end(), id) == known.end()) say(VersionPoint::unequal_effort, id);
    }
    return std::move(result_);
  }

 private:
  void say(VersionPoint point, std::string question = {}, std::string detail = {}) {
    result_.findings.push_back({point, std::move(question), std::move(detail), {}, {}});
  }

  void whole() {
    if (last_.identity.id != next_.identity.id) return say(VersionPoint::other_questionnaire, {}, next_.identity.label());
    if (last_.audience != Audience::citizen) say(VersionPoint::audience_not_citizens);
    if (last_.audience != next_.audience) say(VersionPoint::other_audience);
    const bool newer = std::all_of(published_.begin(), published_.end(),
                                   [&](const auto& one) { return one->identity.version < next_.identity.version; });
    if (!newer) say(VersionPoint::not_newer, {}, next_.identity.label());
    if (published_.size() >= kMostVersions) say(VersionPoint::too_many_versions);
    const auto has = [](const std::vector<std::string>& languages, const std::string& language) {
      return std::find(languages.begin(), languages.end(), language) != languages.end();
    };
    // Offered is what is written and was read over by a person.
    for (const auto& language : last_.languages) {
      const bool offered = has(last_.reviewed, language);
      if (!has(next_.languages, language) || (offered && !has(next_.reviewed, language))) say(VersionPoint::language_gone, {}, language);
    }
    for (const auto& language : next_.languages) {
      if (!has(last_.languages, language)) say(VersionPoint::language_new, {}, language);
    }
    front_words();
  }

  void front_words() {
    const bool title = same_words(last_.title, next_.title);
    if (title && same_words(last_.introduction, next_.introduction) && same_words(last_.consent, next_.consent)) return;
    result_.findings.push_back({VersionPoint::front_wording, {}, {}, title ? LocalText() : last_.title, title ? LocalText() : next_.title});
    if (!asked_.same_meaning.contains(std::string(kFrontWords))) say(VersionPoint::wording_unstated);
  }

  const Questionnaire* last_with(const std::string& question) const {
    for (auto version = published_.rbegin(); version != published_.rend(); ++version) {
      if ((*version)->question(question)) return version->get();
    }
    return nullptr;
  }

  // The first question that left its place tells enough.
  void order() {
    for (const auto& version : published_) {
      const auto was = ids_in_both(*version, next_);
      const auto is = ids_in_both(next_, *version);
      const auto [here, there] = std::mismatch(is.begin(), is.end(), was.begin(), was.end());
      if (here != is.end()) return say(VersionPoint::order_changed, *here);
    }
  }

  const std::vector<std::shared_ptr<const Questionnaire>>& published_;
  const Questionnaire& last_;
  const Questionnaire& next_;
  const VersionAsked& asked_;
  VersionCheck result_;
};

}  // namespace

std::string_view name_of(VersionPoint point) { return named(point).name; }
bool is_refusal(VersionPoint point) { return named(point).refused; }

bool VersionCheck::may_be_published() const {
  return std::none_of(findings.begin(), findings.end(), [](const auto& finding) { return is_refusal(finding.point); });
}

std::vector<VersionFinding> VersionCheck::refusals() const {
  std::vector<VersionFinding> refused;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(refused), [](const auto& finding) { return is_refusal(finding.point); });
  return refused;
}

VersionCheck check_version(const std::vector<std::shared_ptr<const Questionnaire>>& published, const Questionnaire& next,
                           const VersionAsked& asked) {
  return Check(published, next, asked).run();
}

std::string in_words(const VersionFinding& finding) {
  std::string text = finding.question.empty() ? std::string() : "\"" + finding.question + "\" ";
  text += named(finding.point).words;
  if (!finding.detail.empty()) text += " (" + finding.detail + ")";
  if (!finding.was.empty() && !finding.is.empty()) text += ": was \"" + finding.was.in("vi") + "\", is \"" + finding.is.in("vi") + "\"";
  return text;
}

}  // namespace khaosat
