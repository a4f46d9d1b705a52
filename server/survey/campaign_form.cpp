#include "server/survey/campaign_form.h"

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "server/survey/packed.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

using Version = std::shared_ptr<const Questionnaire>;

template <typename T>
void add_missing(std::vector<T>& all, const std::vector<T>& more) {
  for (const auto& one : more) {
    if (std::none_of(all.begin(), all.end(), [&](const T& known) { return known.id == one.id; })) all.push_back(one);
  }
}

// A condition names questions and options by position; the same condition by those of the whole.
class Moved {
 public:
  Moved(const Questionnaire& from, const Questionnaire& whole, const std::vector<std::size_t>& places)
      : from_(from), whole_(whole), places_(places) {}

  void condition(Condition& condition) const {
    const auto& options = from_.questions[condition.question].options;
    const std::size_t place = places_[condition.question];
    for (auto& option : condition.options) option = whole_.questions[place].option_position(options[option].id).value_or(option);
    condition.question = place;
    for (auto& each : condition.operands) operand(each);
    for (auto& part : condition.parts) this->condition(part);
  }

 private:
  void operand(Operand& operand) const {
    operand.question = places_[operand.question];
    for (auto& part : operand.parts) this->operand(part);
  }

  const Questionnaire& from_;
  const Questionnaire& whole_;
  const std::vector<std::size_t>& places_;
};

std::string hash_of_all(const std::vector<Version>& versions) {
  std::string text;
  for (const auto& version : versions) text += version->identity.label() + "\n" + version->identity.hash + "\n";
  return to_hex(view_of(sha256(text)));
}

// Questions in their places, still as their own version has them.
class Joining {
 public:
  explicit Joining(const std::vector<Version>& versions) : versions_(versions), whole_(*versions.back()) {
    whole_.identity.hash = hash_of_all(versions);
    whole_.questions.clear();
    whole_.sections.clear();
    whole_.contradictions.clear();
    for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
      add_missing(whole_.parts, (*version)->parts);
      add_missing(whole_.factors, (*version)->factors);
      for (const auto& scale : (*version)->scales) {
        if (std::find(whole_.scales.begin(), whole_.scales.end(), scale) == whole_.scales.end()) whole_.scales.push_back(scale);
      }
    }
    for (const auto& version : versions) add_questions(*version);
    for (std::size_t v = 0; v < versions.size(); ++v) take_newest_words(v);
  }

  Questionnaire whole() { return std::move(whole_); }
  std::vector<std::vector<std::size_t>> places() { return std::move(places_); }

 private:
  void add_questions(const Questionnaire& version) {
    auto& places = places_.emplace_back();
    std::size_t section_added = version.sections.size();  // none yet
    for (const auto& question : version.questions) {
      if (const auto known = whole_.position_of(question.id)) {
        places.push_back(*known);
        continue;
      }
      if (section_added != question.section) {
        section_added = question.section;
        Section section = version.sections[question.section];
        section.relevant.reset();  // in the positions of its version; put right with the words
        section.first_question = whole_.questions.size();
        section.question_count = 0;
        whole_.sections.push_back(std::move(section));
      }
      ++whole_.sections.back().question_count;
      places.push_back(whole_.questions.size());
      whole_.questions.push_back(question);
      whole_.questions.back().section = whole_.sections.size() - 1;
    }
  }

  // Called from the oldest to the newest, so the newest stays.
  void take_newest_words(std::size_t v) {
    const Questionnaire& version = *versions_[v];
    for (std::size_t i = 0; i < version.questions.size(); ++i) {
      Question& place = whole_.questions[places_[v][i]];
      const std::size_t section = place.section;
      place = version.questions[i];
      place.section = section;
    }
    // Only now: a condition looks at the options of other questions.
    const Moved moved(version, whole_, places_[v]);
    for (std::size_t i = 0; i < version.questions.size(); ++i) {
      Question& place = whole_.questions[places_[v][i]];
      if (place.relevant) moved.condition(*place.relevant);
      if (place.constraint) moved.condition(place.constraint->condition);
      const Section& own = version.sections[version.questions[i].section];
      Section& section = whole_.sections[place.section];
      section.title = own.title;
      section.introduction = own.introduction;
      section.relevant = own.relevant;
      if (section.relevant) moved.condition(*section.relevant);
    }
    for (Contradiction pair : version.contradictions) {
      moved.condition(pair.first);
      moved.condition(pair.second);
      auto& all = whole_.contradictions;
      const auto known = std::find_if(all.begin(), all.end(), [&](const Contradiction& one) { return one.id == pair.id; });
      if (known == all.end()) all.push_back(std::move(pair));
      else *known = std::move(pair);
    }
  }

  const std::vector<Version>& versions_;
  Questionnaire whole_;
  std::vector<std::vector<std::size_t>> places_;
};

}  // namespace

Result<std::shared_ptr<const CampaignForm>> CampaignForm::create(std::vector<Version> versions) {
  auto form = std::make_shared<CampaignForm>();
  if (versions.size() == 1) {
    form->whole_ = versions.front();
    form->versions_ = std::move(versions);
    return form;
  }
  Joining joining(versions);
  auto whole = std::make_shared<const Questionnaire>(joining.whole());
  form->places_ = joining.places();
  for (std::size_t v = 0; v < versions.size(); ++v) {
    for (std::size_t i = 0; i < versions[v]->questions.size(); ++i) {
      const Question& was = versions[v]->questions[i];
      const Question& is = whole->questions[form->places_[v][i]];
      const bool any_more = was.type->answer_kind() != AnswerKind::ranking;
      const bool holds_all = was.type == is.type && was.options.size() <= is.options.size() &&
                             (any_more || was.options.size() == is.options.size()) &&
                             std::equal(was.options.begin(), was.options.end(), is.options.begin(),
                                        [](const Option& a, const Option& b) { return a.id == b.id; });
      if (!holds_all) {
        return fail(ErrorCode::not_comparable, "an answer of version " + std::to_string(versions[v]->identity.version) + " has no place in a later one", was.id);
      }
    }
  }
  form->whole_ = std::move(whole);
  form->versions_ = std::move(versions);
  return form;
}

const Questionnaire* CampaignForm::version(int number) const {
  for (const auto& version : versions_) {
    if (version->identity.version == number) return version.get();
  }
  return nullptr;
}

bool CampaignForm::is_asked_in(std::size_t question, int number) const {
  const auto* asking = version(number);
  return asking && asking->question(whole_->questions[question].id);
}

bool CampaignForm::is_asked_in_all(std::size_t question) const {
  return std::all_of(versions_.begin(), versions_.end(),
                     [&](const Version& version) { return version->question(whole_->questions[question].id); });
}

Result<Answers> CampaignForm::answers(int number, std::string_view packed) const {
  // One version reads whatever it is given, as before there were several.
  if (has_one()) return unpack(*whole_, packed);
  for (std::size_t v = 0; v < versions_.size(); ++v) {
    if (versions_[v]->identity.version != number) continue;
    const Answers own = TRY(unpack(*versions_[v], packed));
    Answers all(whole_->questions.size());
    for (std::size_t i = 0; i < own.size(); ++i) all[places_[v][i]] = own[i];
    return all;
  }
  return fail(ErrorCode::definition_unknown, "an answer names version " + std::to_string(number) + ", which the campaign never had");
}

Result<std::string> CampaignForm::repacked(int number, std::string_view packed) const {
  if (has_one()) return std::string(packed);
  return pack(*whole_, TRY(answers(number, packed)));
}

}  // namespace khaosat
