#include "server/pages/answering.h"

#include <algorithm>
#include <charconv>

#include "base/bytes.h"
#include "base/text.h"
#include "server/survey/completeness.h"
#include "server/survey/question_type.h"

namespace khaosat {

namespace {

const std::vector<std::string> kOwnFields = {field::kStep,       field::kAt,    field::kSwitch, field::kLanguage,
                                             field::kSubmission, field::kSlip,  field::kPlace,  field::kConsent,
                                             field::kToCheck,    field::kShown, field::kTicket,   field::kScript,
                                             field::kLarge,      field::kContrast, field::kVersion};

// The form as sent, found by name without copying it.
class SentFields final : public FieldReader {
 public:
  explicit SentFields(const FormData& form) {
    for (const auto& [name, value] : form.fields()) fields_.emplace_back(name, value);
    std::stable_sort(fields_.begin(), fields_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  }

  std::optional<std::string_view> one(std::string_view name) const override {
    const auto found = first(name);
    if (found == fields_.end() || found->first != name) return std::nullopt;
    return found->second;
  }
  std::vector<std::string_view> all(std::string_view name) const override {
    std::vector<std::string_view> values;
    for (auto field = first(name); field != fields_.end() && field->first == name; ++field) values.push_back(field->second);
    return values;
  }
  std::vector<std::string_view> names() const override {
    std::vector<std::string_view> names;
    for (const auto& field : fields_) {
      if (names.empty() || names.back() != field.first) names.push_back(field.first);
    }
    return names;
  }

 private:
  using Field = std::pair<std::string_view, std::string_view>;
  std::vector<Field>::const_iterator first(std::string_view name) const {
    return std::lower_bound(fields_.begin(), fields_.end(), name, [](const Field& a, std::string_view b) { return a.first < b; });
  }
  std::vector<Field> fields_;
};

std::string first_of(const FormData& form, std::string_view name) {
  const auto values = form.all(name);
  return values.empty() ? std::string() : std::string(values.front());
}

CampaignEntryPtr as_named(const CampaignEntryPtr& entry, std::string_view typed) {
  int version = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), version);
  const bool whole = error == std::errc() && end == typed.data() + typed.size();
  return whole ? as_of_version(entry, version) : entry;
}

CampaignEntryPtr as_begun(const CampaignEntryPtr& entry, const FormData& form) {
  const std::string sent = first_of(form, field::kVersion);
  if (sent.empty()) return entry->earlier.empty() ? entry : entry->earlier.front();
  return as_named(entry, sent);
}

std::size_t screen_named(std::string_view name, std::size_t section_count) {
  if (name == "start") return 0;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const bool is_section = error == std::errc() && end == name.data() + name.size() && number >= 1 &&
                          number <= section_count;
  return is_section ? number : section_count + 1;
}

}  // namespace

bool Answering::is_asked(std::size_t question) const {
  return khaosat::is_asked(questionnaire(), question, read.answers, context);
}

bool Answering::is_section_asked(std::size_t screen) const {
  return khaosat::is_section_asked(questionnaire(), screen - 1, read.answers, context);
}

std::size_t Answering::next_screen(std::size_t screen) const {
  do {
    ++screen;
  } while (screen < check_screen() && !is_section_asked(screen));
  return std::min(screen, check_screen());
}

std::size_t Answering::previous_screen(std::size_t screen) const {
  while (screen > 0 && --screen > 0 && !is_section_asked(screen)) {}
  return screen;
}

AnsweringContext context_of(const Campaign& campaign) {
  AnsweringContext context;
  for (const auto& need : campaign.stated_needs) context.stated_topics.push_back(need.topic);
  if (campaign.audience == Audience::rater) context.rated_units = campaign.units;
  context.other_fields = kOwnFields;
  return context;
}

CampaignEntryPtr as_asked(const CampaignEntryPtr& entry, const Request& request) {
  return as_named(entry, request.query.one("v").value_or(""));
}

std::vector<std::string> languages_of(const CampaignEntry& entry) { return offered_languages(*entry.questionnaire); }

std::string language_for(const CampaignEntry& entry, std::string_view wanted) {
  const auto languages = languages_of(entry);
  const bool has = std::find(languages.begin(), languages.end(), wanted) != languages.end();
  return has ? std::string(wanted) : languages.empty() ? "vi" : languages.front();
}

Answering begin_answering(CampaignEntryPtr entry, std::string_view language) {
  Answering answering;
  answering.language = language_for(*entry, language);
  answering.context = context_of(entry->campaign);
  answering.context.sections_shown = 0;
  answering.entry = std::move(entry);
  answering.read = read_answers(answering.questionnaire(), answering.typed, answering.context);
  return answering;
}

Answering continue_answering(CampaignEntryPtr entry, std::string_view language, const FormData& form) {
  Answering answering;
  answering.entry = as_begun(entry, form);
  const std::string sent_language = first_of(form, field::kLanguage);
  answering.language = language_for(*answering.entry, sent_language.empty() ? language : sent_language);
  if (form.has(field::kSwitch)) answering.language = language_for(*answering.entry, first_of(form, field::kSwitch));
  answering.step = form.has(field::kSwitch) ? "switch" : first_of(form, field::kStep);
  if (answering.step.empty()) answering.step = "next";
  answering.at = screen_named(first_of(form, field::kAt), answering.section_count());
  answering.to_check = !first_of(form, field::kToCheck).empty();
  answering.submission_id = first_of(form, field::kSubmission);
  if (answering.submission_id.empty()) answering.submission_id = to_hex(random_bytes(16));
  answering.slip = first_of(form, field::kSlip);
  answering.place = first_of(form, field::kPlace);
  answering.large = first_of(form, field::kLarge) == "yes";
  answering.high_contrast = first_of(form, field::kContrast) == "yes";
  answering.consented = first_of(form, field::kConsent) == "yes";
  answering.knows_shown = form.has(field::kShown);
  answering.shown = split(first_of(form, field::kShown), ' ');

  answering.context = context_of(answering.campaign());
  answering.context.sections_shown = answering.to_check ? answering.section_count() : answering.at;
  answering.context.names = answering.entry->field_names;
  answering.read = read_answers(answering.questionnaire(), SentFields(form), answering.context);
  for (const auto& [name, value] : form.fields()) {
    if (!answering.entry->field_names->contains(name)) continue;
    answering.fields.add(name, value);
    answering.typed.add(name, value);
  }
  return answering;
}

}  // namespace khaosat
