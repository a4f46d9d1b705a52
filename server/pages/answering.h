// One step of somebody answering: what the form sent, read against the campaign. Nothing of it is
// kept on the server between two steps; everything travels in the form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/http/form_data.h"
#include "server/http/request.h"
#include "server/services/campaign_book.h"
#include "server/survey/read_answers.h"

namespace khaosat {

// Names of the form's own fields. No question id begins with "_".
namespace field {
inline constexpr const char* kStep = "_step";      // what to do: next, back, check, section-N, send, refuse
inline constexpr const char* kAt = "_at";          // the screen it was sent from: start, N (from 1), check
inline constexpr const char* kSwitch = "_switch";  // language to go on in
inline constexpr const char* kLanguage = "_lang";
inline constexpr const char* kVersion = "_version";  // of the questionnaire the form was made of
inline constexpr const char* kSubmission = "_id";  // made by the client or with the first answer
inline constexpr const char* kSlip = "_slip";
inline constexpr const char* kPlace = "_place";
inline constexpr const char* kConsent = "_consent";
inline constexpr const char* kToCheck = "_to_check";  // set while one section is being corrected
inline constexpr const char* kTicket = "_ticket";    // of a kiosk: whose turn it is
inline constexpr const char* kScript = "_script";    // of a kiosk: its module is at work
inline constexpr const char* kLarge = "_large";        // letters twice as large
inline constexpr const char* kContrast = "_contrast";  // black on white
inline constexpr const char* kShown = "_shown";  // conditional questions the section showed, by blanks
}  // namespace field

// A fault of a field that is no question: consent, slip, place, a field nobody knows.
struct FormFault {
  std::string field;
  std::string sentence;
};

struct Answering {
  CampaignEntryPtr entry;  // as of the version the person began with
  std::string language;
  std::string step;
  std::size_t at = 0;  // 0 start, n section n, sections + 1 the check page
  bool to_check = false;
  std::string submission_id;
  std::string slip;
  std::string place;
  bool consented = false;
  Mode mode = Mode::phone;
  std::string ticket;        // of a kiosk
  bool large = false;        // how the person wants to read
  bool high_contrast = false;
  bool sent = false;         // set when the answer was taken
  bool knows_shown = false;
  std::vector<std::string> shown;  // of field::kShown
  FormData fields;                 // the answers as sent, names of questions only
  FieldList typed;                 // the same, for finding
  AnsweringContext context;
  ReadAnswers read{Answers(0), {}};

  bool on_kiosk() const { return mode == Mode::kiosk; }
  bool by_interviewer() const { return mode == Mode::interviewer; }
  const Questionnaire& questionnaire() const { return *entry->questionnaire; }
  const Campaign& campaign() const { return entry->campaign; }
  std::size_t section_count() const { return questionnaire().sections.size(); }
  std::size_t check_screen() const { return section_count() + 1; }
  bool is_asked(std::size_t question) const;
  bool is_section_asked(std::size_t screen) const;  // from 1
  // The nearest section put before the person after (before) this screen; the check page, the start.
  std::size_t next_screen(std::size_t screen) const;
  std::size_t previous_screen(std::size_t screen) const;
};

AnsweringContext context_of(const Campaign& campaign);

// The languages a person may choose from: those of the questionnaire that somebody has read over.
std::vector<std::string> languages_of(const CampaignEntry& entry);
// `wanted` if the questionnaire has it, otherwise its first.
std::string language_for(const CampaignEntry& entry, std::string_view wanted);

// The version that `?v=` names: whoever began with an earlier one finds the page that the device's draft
// fits. Without it the newest.
CampaignEntryPtr as_asked(const CampaignEntryPtr& entry, const Request& request);

// An empty form in the language: what a first visit shows.
Answering begin_answering(CampaignEntryPtr entry, std::string_view language);
// Never fails: faults stand in `read.faults`. Makes a submission id if none was sent. A form that names no
// version is of the first one: it was made before there were two.
Answering continue_answering(CampaignEntryPtr entry, std::string_view language, const FormData& form);

}  // namespace khaosat
