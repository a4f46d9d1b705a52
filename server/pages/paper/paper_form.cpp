#include "server/pages/paper/paper_form.h"

#include <algorithm>

#include "base/json_text.h"
#include "server/html/direction.h"
#include "server/pages/answer_words.h"
#include "server/reports/qr_picture.h"
#include "server/survey/paper/paper_keys.h"

namespace khaosat {

namespace {

// "→ 7" beside the box that leads there.
void put_way(View& view, const PaperSetting& setting, const PaperItem& item, const std::variant<Absence, OptionPosition>& answer) {
  for (const auto& jump : item.jumps) {
    if (jump.answer != answer) continue;
    view.set("to", "→ " + (jump.to > 0 ? std::to_string(jump.to) : setting.design.locales.text(setting.language, "paper.end_short")));
    return;
  }
  view.set("to", false);
}

View option_view(const PaperSetting& setting, const PaperItem& item, std::size_t position) {
  const Question& question = setting.questionnaire.questions[item.question];
  const Option& option = question.options[position];
  View view;
  view.set("label", option.text.in(setting.language)).set("key", option_key(question, static_cast<OptionPosition>(position)));
  view.set("other", option.other_text).set("face", false).set("figure", false);
  put_way(view, setting, item, static_cast<OptionPosition>(position));
  if (question.type->name() != "rating") return view;
  if (option.score) view.set("figure", json_number(*option.score));
  if (option.face > 0) {
    const int smile = std::clamp(option.face, 1, 5) - 3;
    view.set("face", View().set("corner", std::to_string(16 - smile)).set("middle", std::to_string(16 + 2 * smile)));
  }
  return view;
}

std::string how_to_answer(const PaperSetting& setting, const Question& question) {
  const auto say = [&](const char* key, const Words& words = {}) { return setting.design.locales.text(setting.language, key, words); };
  switch (question.type->answer_kind()) {
    case AnswerKind::options:
      if (question.max_choices > 0) return say("paper.choose_most", {{"count", std::to_string(question.max_choices)}});
      return say("paper.choose_any");
    case AnswerKind::ranking:
      if (question.max_choices > 0) return say("paper.rank_most", {{"count", std::to_string(question.max_choices)}});
      return say("paper.rank");
    default: return {};
  }
}

}  // namespace

PaperHead paper_head(const PaperSetting& setting) {
  PaperHead head;
  const auto say = [&](const char* key, const Words& words = {}) { return setting.design.locales.text(setting.language, key, words); };
  for (const auto& paragraph : setting.questionnaire.introduction) head.paragraphs.push_back(paragraph.in(setting.language));
  if (setting.campaign) {
    const Campaign& campaign = *setting.campaign;
    const bool slips = campaign.admission == Admission::slips;
    head.paragraphs.push_back(say(slips ? "paper.promise_slips" : "paper.promise_open", {{"count", std::to_string(campaign.batch_size)}}));
    head.paragraphs.push_back(say("promise.not"));
    for (const auto& need : campaign.stated_needs) head.paragraphs.push_back(say("start.need", {{"reason", need.reason}}));
    head.slip_box = slips;
  }
  for (const auto& paragraph : setting.questionnaire.consent) head.paragraphs.push_back(paragraph.in(setting.language));
  return head;
}

std::string paper_item_html(const PaperSetting& setting, const PaperWords& words, const PaperItem& item) {
  const Question& question = setting.questionnaire.questions[item.question];
  const std::string& language = setting.language;
  View view;
  view.set("question_id", question.id + (item.unit.empty() ? "" : "." + item.unit));
  view.set("text", question.text.in(language)).set("is_note", item.number == 0);
  if (item.number > 0) view.set("number", item.number);
  if (item.begins_section) {
    const Section& section = setting.questionnaire.sections[question.section];
    view.set("section_title", section.title.in(language));
    if (!section.introduction.empty()) view.set("section_words", section.introduction.in(language));
  }
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) view.set(name, text);
  };
  put("condition", words.condition_line(item));
  if (!question.hint.empty()) put("hint", question.hint.in(language));
  put("how", how_to_answer(setting, question));
  if (!item.unit.empty()) put("unit", setting.campaign ? unit_title(*setting.campaign, item.unit) : item.unit);
  for (const auto& line : words.jump_lines(item)) view.add("jumps", View().set("jump", line));
  for (std::size_t i = 0; i < question.options.size(); ++i) view.add("options", option_view(setting, item, i));
  for (const Absence absence : question.absences) {
    View row;
    row.set("label", absence_words(setting.design.locales, language, absence)).set("key", absence_key(question, absence));
    put_way(row, setting, item, absence);
    view.add("absences", std::move(row));
  }
  return setting.design.templates.render("paper/" + std::string(question.type->name()), language, view);
}

Result<std::string> paper_document(const PaperSetting& setting, const PaperPlan& plan, const std::vector<std::size_t>& page_starts,
                                   const std::vector<PrintedForm>& forms, const std::string& place,
                                   const std::string& back, const std::string& back_title) {
  const Design& design = setting.design;
  const PaperWords words = paper_words(design.locales, setting.language, setting.questionnaire, plan);
  std::vector<std::string> pages(page_starts.size());
  for (std::size_t page = 0; page < page_starts.size(); ++page) {
    const std::size_t end = page + 1 < page_starts.size() ? page_starts[page + 1] : plan.items.size();
    for (std::size_t i = page_starts[page]; i < end && i < plan.items.size(); ++i) pages[page] += paper_item_html(setting, words, plan.items[i]);
  }
  View view;
  view.set("language", setting.language).set("from_right", is_written_from_right(setting.language)).set("title", setting.questionnaire.title.in(setting.language));
  view.set("paper_style", design.assets.address("css/paper.css"));
  view.set("back", back).set("back_title", back_title).set("place", place);
  view.set("questionnaire", setting.questionnaire.identity.label()).set("page_count", static_cast<int>(pages.size()));
  view.set("office", setting.campaign ? setting.campaign->office : "").set("demo", setting.campaign && setting.campaign->demo);
  const PaperHead head = paper_head(setting);
  for (const auto& paragraph : head.paragraphs) view.add("head", View().set("paragraph", paragraph));
  view.set("slip_box", head.slip_box);
  for (const auto& form : forms) {
    View one;
    one.set("serial", form.serial.empty() ? design.locales.text(setting.language, "paper.specimen") : form.serial);
    if (!form.qr_text.empty()) {
      const QrPicture qr = TRY(qr_picture(form.qr_text));
      one.set("qr_size", qr.size).set("qr_path", qr.path);
    } else {
      one.set("qr_path", false);
    }
    for (std::size_t page = 0; page < pages.size(); ++page) {
      View sheet;
      sheet.set("page", static_cast<int>(page) + 1).set("html", pages[page]);
      sheet.set("is_first", page == 0).set("is_last", page + 1 == pages.size());
      one.add("pages", std::move(sheet));
    }
    view.add("forms", std::move(one));
  }
  return design.templates.render("pages/paper_forms", setting.language, view);
}

}  // namespace khaosat
