#include "server/pages/answer_pages.h"

#include <algorithm>
#include <map>
#include <set>

#include "server/pages/answer_words.h"
#include "server/pages/field/field_frame.h"
#include "server/pages/kiosk/kiosk_frame.h"
#include "server/pages/question_view.h"
#include "server/pages/sounds/sound_pages.h"
#include "server/services/field/field_sheet.h"

namespace khaosat {

namespace {

std::string text(const Design& design, const Answering& answering, std::string_view key, const Words& words = {}) {
  return design.locales.text(answering.language, key, words);
}

View frame(const Design& design, const Answering& answering, const std::string& title,
           const std::vector<std::string>& languages = {}) {
  const bool kiosk = answering.on_kiosk();
  View view = kiosk ? kiosk_view(design, answering.language, title, "answering")
             : answering.by_interviewer() ? field_view(design, answering.language, title, "js/field_form.js")
                                          : citizen_view(design, answering.language, title, languages);
  view.set("ticket", answering.ticket).set("with_switches", true);
  view.set("large", answering.large).set("high_contrast", answering.high_contrast);
  view.set("action", kiosk                        ? std::string("/kiosk")
                     : answering.by_interviewer() ? std::string(kFieldForm)
                                                  : "/s/" + answering.campaign().id).set("demo", answering.campaign().demo);
  const auto* recordings = recordings_offered(design, *answering.entry, answering.language);
  if (recordings) view.set("sounds_at", sound_address(*recordings));
  view.set("other_languages", other_languages(design, answering.language, languages_of(*answering.entry)));
  return view;
}

std::string title_of(const Answering& answering) { return answering.campaign().title.in(answering.language); }

void add_hidden(View& view, std::string name, std::string content) {
  view.add("hidden_fields", View().set("field", std::move(name)).set("content", std::move(content)));
}

// Whatever the screen does not show itself travels on in hidden fields.
void carry(View& view, const Answering& answering, const std::string& at,
           const std::set<std::string, std::less<>>& shown_fields, bool with_entrance = true) {
  add_hidden(view, field::kAt, at);
  add_hidden(view, field::kLanguage, answering.language);
  add_hidden(view, field::kVersion, std::to_string(answering.questionnaire().identity.version));
  if (answering.on_kiosk()) {
    // The ticket knows the submission and the place.
    add_hidden(view, field::kTicket, answering.ticket);
  } else {
    add_hidden(view, field::kSubmission, answering.submission_id);
  }
  if (with_entrance) {
    if (answering.consented) add_hidden(view, field::kConsent, "yes");
    if (!answering.slip.empty() && !shown_fields.contains(field::kSlip)) add_hidden(view, field::kSlip, answering.slip);
    if (!answering.place.empty() && !answering.on_kiosk()) add_hidden(view, field::kPlace, answering.place);
  }
  for (const auto& [name, value] : answering.fields.fields()) {
    if (!shown_fields.contains(name)) add_hidden(view, name, value);
  }
}

void add_error(View& view, const std::string& href, const std::string& sentence) {
  View item;
  if (!href.empty()) item.set("href", href);
  view.set("failed", true);
  view.add("errors", std::move(item.set("sentence", sentence)));
}

QuestionSetting setting_of(const Design& design, const Answering& answering, const std::vector<FieldFault>& faults,
                           bool for_script) {
  return {design, answering.questionnaire(), answering.campaign(), answering.language, answering.context.rated_units,
          answering.typed, faults, for_script, for_script && conditions_use_numbers(answering.questionnaire()), nullptr,
          for_script ? nullptr : recordings_offered(design, *answering.entry, answering.language)};
}

void put_section(View& view, const Answering& answering, std::size_t screen) {
  const Section& section = answering.questionnaire().sections[screen - 1];
  view.set("section", std::to_string(screen));
  put_text(view, "section_title", section.title, answering.language);
  if (!section.introduction.empty()) put_text(view, "section_introduction", section.introduction, answering.language);
}

void put_paragraphs(View& view, const std::string& name, const std::vector<LocalText>& paragraphs,
                    const std::string& language) {
  for (const auto& paragraph : paragraphs) {
    View item;
    put_text(item, "paragraph", paragraph, language);
    view.add(name, std::move(item));
  }
}

// Which promise applies, and what is not promised.
void put_promises(View& view, const Design& design, const Answering& answering) {
  const Campaign& campaign = answering.campaign();
  const auto add = [&](const char* key, const Words& words) {
    view.add("promises", View().set("paragraph", text(design, answering, key, words)));
  };
  add(campaign.admission == Admission::slips ? "promise.slips" : "promise.open",
      {{"count", std::to_string(campaign.batch_size)}});
  if (answering.on_kiosk()) add("promise.kiosk", {});
  if (answering.by_interviewer()) add("promise.interviewer", {});
  add("promise.not", {});
  for (const auto& need : campaign.stated_needs) {
    view.add("needs", View().set("paragraph", text(design, answering, "start.need", {{"reason", need.reason}})));
  }
}

void put_entrance(View& view, const Answering& answering, const std::vector<FormFault>& faults) {
  const Campaign& campaign = answering.campaign();
  for (const auto& fault : faults) {
    const std::string name = fault.field.empty() ? fault.field : fault.field.substr(1);
    add_error(view, name.empty() ? "" : "#" + name, fault.sentence);
    if (!name.empty()) view.set(name + "_sentence", fault.sentence);
  }
  view.set("consented", answering.consented);
  view.set("with_slip", campaign.admission == Admission::slips).set("slip", answering.slip);
  view.set("with_place", campaign.admission == Admission::open && !answering.on_kiosk());
  for (const auto& psu : campaign.psus) {
    View place;
    const Stratum* stratum = campaign.stratum(psu.stratum);
    const bool named_twice = stratum && stratum->title != psu.title;
    place.set("place", psu.id).set("place_title", named_twice ? psu.title + " – " + stratum->title : psu.title);
    place.set("chosen", psu.id == answering.place || campaign.psus.size() == 1);
    view.add("places", std::move(place));
  }
}

// What an interviewer adds at the end, about the talk and not about the answers.
void put_finish(View& view, const Design& design, const Answering& answering) {
  view.set("finish_open", text(design, answering, "field.finish.open", {{"count", "{count}"}}));
  for (const auto& code : kFieldLanguages) {
    view.add("talks", View().set("code", code).set("words", text(design, answering, "field.language." + code)));
  }
  for (const auto& code : kFieldHelpers) {
    view.add("helpers", View().set("code", code).set("words", text(design, answering, "field.helper." + code)));
  }
}

}  // namespace

HttpResponse start_page(const Design& design, const Answering& answering, const std::vector<FormFault>& faults) {
  const Questionnaire& questionnaire = answering.questionnaire();
  View view = frame(design, answering, title_of(answering), languages_of(*answering.entry));
  put_text(view, "title", answering.campaign().title, answering.language);
  view.set("progress_pattern", text(design, answering, "form.progress", {{"at", "{at}"}, {"total", "{total}"}}));
  view.set("must_text", text(design, answering, "error.answer_required"));
  put_paragraphs(view, "introduction", questionnaire.introduction, answering.language);
  put_paragraphs(view, "consent", questionnaire.consent, answering.language);
  put_promises(view, design, answering);
  put_entrance(view, answering, faults);
  if (answering.by_interviewer()) put_finish(view, design, answering);
  view.set("office", text(design, answering, "start.office", {{"office", answering.campaign().office}}));
  view.set("dates", text(design, answering, "start.dates", {{"opens", shown_date(answering.campaign().opens_on)},
                                                            {"closes", shown_date(answering.campaign().closes_on)}}));
  // What was answered before stays in the sections for the module, and hidden for those without it.
  carry(view, answering, "start", {}, false);
  // A kiosk gets one section at a time: nothing that could be read by whoever comes next.
  if (answering.on_kiosk()) return citizen_page(design, "start", answering.language, view, faults.empty() ? 200 : 422);

  const std::vector<FieldFault> none;
  auto setting = setting_of(design, answering, none, true);
  std::map<std::string, std::string> rows_seen;
  // Not where rows are ticked already.
  if (answering.fields.fields().empty()) setting.rows_seen = &rows_seen;
  for (std::size_t screen = 1; screen <= answering.section_count(); ++screen) {
    const Section& section = questionnaire.sections[screen - 1];
    View item;
    put_section(item, answering, screen);
    if (section.relevant) item.set("section_relevant", to_json(*section.relevant, questionnaire));
    for (std::size_t i = section.first_question; i < section.first_question + section.question_count; ++i) {
      const Question& question = questionnaire.questions[i];
      const auto& topics = answering.context.stated_topics;
      if (!question.topic.empty() && std::find(topics.begin(), topics.end(), question.topic) == topics.end()) continue;
      item.add("questions", View().set("html", question_html(setting, question)));
    }
    view.add("sections", std::move(item));
  }
  return citizen_page(design, "start", answering.language, view, faults.empty() ? 200 : 422);
}

HttpResponse section_page(const Design& design, const Answering& answering, const SectionShown& shown) {
  const Questionnaire& questionnaire = answering.questionnaire();
  const Section& section = questionnaire.sections[shown.screen - 1];
  const std::string title = section.title.in(answering.language);
  View view = frame(design, answering, title + " – " + title_of(answering));
  put_section(view, answering, shown.screen);

  const std::vector<FieldFault> none;
  const auto setting = setting_of(design, answering, shown.with_faults ? answering.read.faults : none, false);
  std::set<std::string, std::less<>> shown_fields;
  std::string conditional;
  for (std::size_t i = section.first_question; i < section.first_question + section.question_count; ++i) {
    const Question& question = questionnaire.questions[i];
    if (!answering.is_asked(i)) continue;
    for (auto& name : question.type->field_names(question, answering.context.rated_units)) shown_fields.insert(std::move(name));
    if (question.relevant) conditional += (conditional.empty() ? "" : " ") + question.id;
    view.add("questions", View().set("html", question_html(setting, question)));
    if (const auto sentence = sentence_of_fault(setting, question)) add_error(view, "#f-" + question.id, *sentence);
  }
  std::size_t position = 0;
  std::size_t total = 0;
  for (std::size_t screen = 1; screen <= answering.section_count(); ++screen) {
    if (!answering.is_section_asked(screen)) continue;
    ++total;
    if (screen <= shown.screen) ++position;
  }
  view.set("progress", text(design, answering, "form.progress", {{"at", std::to_string(position)}, {"total", std::to_string(total)}}));
  view.set("progress_at", std::to_string(position)).set("progress_total", std::to_string(total + 1));
  view.set("more_questions", shown.more_questions);
  carry(view, answering, std::to_string(shown.screen), shown_fields);
  add_hidden(view, field::kShown, conditional);
  if (answering.to_check) add_hidden(view, field::kToCheck, "yes");
  return citizen_page(design, "section", answering.language, view, shown.with_faults ? 422 : 200);
}

HttpResponse check_page(const Design& design, const Answering& answering, const CheckShown& shown) {
  const Questionnaire& questionnaire = answering.questionnaire();
  View view = frame(design, answering, text(design, answering, "check.title") + " – " + title_of(answering));
  int unanswered = 0;
  for (std::size_t screen = 1; screen <= answering.section_count(); ++screen) {
    const Section& section = questionnaire.sections[screen - 1];
    View item;
    put_section(item, answering, screen);
    bool any = false;
    for (std::size_t i = section.first_question; i < section.first_question + section.question_count; ++i) {
      const Question& question = questionnaire.questions[i];
      if (question.type->answer_kind() == AnswerKind::none || !answering.is_asked(i)) continue;
      std::string words = answer_words(design.locales, answering.language, answering.campaign(), question, answering.read.answers[i]);
      View answer;
      put_text(answer, "question", question.text, answering.language);
      answer.set("none", words.empty());
      if (!words.empty() && stands_in(question, answering.read.answers[i], answering.language)) answer.set("words_lang", "vi");
      if (words.empty()) {
        ++unanswered;
        words = text(design, answering, "check.unanswered");
      }
      any = true;
      item.add("answers", std::move(answer.set("words", std::move(words))));
    }
    if (any) view.add("sections", std::move(item));
  }
  view.set("unanswered", unanswered == 0 ? text(design, answering, "check.none_unanswered")
                                         : text(design, answering, "check.some_unanswered", {{"count", std::to_string(unanswered)}}));
  view.set("can_send", shown.can_send);

  std::set<std::string, std::less<>> shown_fields;
  int status = 200;
  for (const auto& fault : shown.faults) {
    add_error(view, "", fault.sentence);
    status = 422;
  }
  if (shown.refusal) {
    const bool slip_wrong = shown.refusal->code == ErrorCode::slip_refused && shown.can_send;
    const std::string sentence = design.locales.sentence(answering.language, *shown.refusal);
    if (slip_wrong) {
      shown_fields.insert(field::kSlip);
      view.set("slip_wrong", true).set("slip", answering.slip).set("slip_sentence", sentence);
    }
    add_error(view, slip_wrong ? "#slip" : "", sentence);
    status = http_status_of(shown.refusal->code);
  }
  carry(view, answering, "check", shown_fields);
  return citizen_page(design, "check", answering.language, view, status);
}

HttpResponse receipt_page(const Design& design, const Answering& answering, const std::string& code) {
  View view = frame(design, answering, text(design, answering, "receipt.title"));
  view.set("with_switches", false);
  if (answering.on_kiosk()) view.set("kiosk", "receipt").set("ticket", "");
  view.set("code", code).set("use", text(design, answering, "receipt.use", {{"office", answering.campaign().office}}));
  HttpResponse response = citizen_page(design, "receipt", answering.language, view);
  response.cache_control = "no-store";
  return response;
}

}  // namespace khaosat
