#include "server/survey/paper/paper_plan.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat {

namespace {

// Millimetres of an A4 page, as web/css/paper.css sets them.
constexpr double kPage = 245;  // between running head and foot
constexpr double kHeadBlock = 66;       // title, serial number, boxes
constexpr double kSlipBox = 26;
constexpr double kSectionTitle = 13;
constexpr double kLine = 7.0;           // of a question, 14 pt
constexpr double kSmallLine = 6.3;      // 12.5 pt
constexpr double kRow = 7.0;            // of an option
constexpr double kGap = 4;
constexpr std::size_t kWideLetters = 66;      // in a line across the page
constexpr std::size_t kQuestionLetters = 27;  // in a line of the left column
constexpr std::size_t kOptionLetters = 32;

int lines(std::string_view text, std::size_t letters) {
  int count = 1;
  std::size_t used = 0;
  for (const auto& word : split(text, ' ')) {
    const std::size_t size = letter_count(word);
    if (used > 0 && used + 1 + size > letters) {
      ++count;
      used = 0;
    }
    used += size + (used > 0 ? 1 : 0);
  }
  return count;
}

class Planner {
 public:
  Planner(const Questionnaire& questionnaire, std::string_view language, const AnsweringContext& context)
      : questionnaire_(questionnaire), language_(language), context_(context) {}

  PaperPlan plan(const PaperHead& head) {
    collect();
    for (std::size_t i = 0; i < plan_.items.size(); ++i) add_jumps(i);
    mark_conditions();
    break_pages(head);
    return std::move(plan_);
  }

 private:
  const Question& question(const PaperItem& item) const { return questionnaire_.questions[item.question]; }

  void collect() {
    int number = 0;
    std::optional<std::size_t> section;
    for (std::size_t i = 0; i < questionnaire_.questions.size(); ++i) {
      const Question& asked = questionnaire_.questions[i];
      const auto& topics = context_.stated_topics;
      if (!asked.topic.empty() && std::find(topics.begin(), topics.end(), asked.topic) == topics.end()) continue;
      const bool begins = section != asked.section;
      section = asked.section;
      const AnswerKind kind = asked.type->answer_kind();
      if (kind != AnswerKind::ratings) {
        plan_.items.push_back({i, "", kind == AnswerKind::none ? 0 : ++number, begins, {}, 0});
        continue;
      }
      ++number;
      bool first = true;
      for (const auto& unit : context_.rated_units) {
        plan_.items.push_back({i, unit, number, begins && first, {}, 0});
        first = false;
      }
    }
  }

  std::vector<const Condition*> conditions(const PaperItem& item) const {
    std::vector<const Condition*> list;
    const auto& section = questionnaire_.sections[question(item).section];
    if (section.relevant) list.push_back(&*section.relevant);
    if (question(item).relevant) list.push_back(&*question(item).relevant);
    return list;
  }

  // Whether this answer alone already rules the item out.
  bool is_ruled_out(const PaperItem& item, std::size_t by, const Answer& answer) const {
    const auto list = conditions(item);
    return std::any_of(list.begin(), list.end(), [&](const Condition* condition) {
      const auto named = questions_named(*condition);
      if (named.empty() || std::any_of(named.begin(), named.end(), [&](auto position) { return position != by; })) return false;
      Answers answers(questionnaire_.questions.size());
      answers[by] = answer;
      return !holds(*condition, questionnaire_, answers);
    });
  }

  void add_jump(std::size_t at, const std::variant<Absence, OptionPosition>& choice, const Answer& answer) {
    PaperItem& from = plan_.items[at];
    std::size_t next = at + 1;
    while (next < plan_.items.size() && is_ruled_out(plan_.items[next], from.question, answer)) ++next;
    const bool passes_a_number = std::any_of(plan_.items.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                             plan_.items.begin() + static_cast<std::ptrdiff_t>(next),
                                             [](const PaperItem& item) { return item.number > 0; });
    if (!passes_a_number) return;
    while (next < plan_.items.size() && plan_.items[next].number == 0) ++next;
    from.jumps.push_back({choice, next < plan_.items.size() ? plan_.items[next].number : 0});
  }

  void add_jumps(std::size_t at) {
    const Question& asked = question(plan_.items[at]);
    if (asked.type->answer_kind() != AnswerKind::one_option) return;
    for (std::size_t i = 0; i < asked.options.size(); ++i) {
      const auto position = static_cast<OptionPosition>(i);
      add_jump(at, position, Choice{{position}, {}});
    }
    for (const Absence absence : asked.absences) add_jump(at, absence, absence);
  }

  std::string condition_text(const PaperItem& item) const {
    std::string text;
    for (const auto* condition : conditions(item)) text += to_json(*condition, questionnaire_) + "\n";
    return text;
  }

  void mark_conditions() {
    std::string before;
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      PaperItem& item = plan_.items[i];
      if (item.number == 0) continue;
      const std::string text = condition_text(item);
      if (!text.empty() && text != before) {
        item.condition_until = item.number;
        for (std::size_t j = i; j < plan_.items.size(); ++j) {
          if (plan_.items[j].number == 0) continue;
          if (condition_text(plan_.items[j]) != text) break;
          item.condition_until = plan_.items[j].number;
        }
      }
      before = text;
    }
  }

  double answer_height(const Question& asked) const {
    double height = 0;
    const auto row = [&](const std::string& words) { height += kRow + (lines(words, kOptionLetters) - 1) * kSmallLine; };
    switch (asked.type->answer_kind()) {
      case AnswerKind::none: return 0;
      case AnswerKind::number: height = 12; break;
      case AnswerKind::text: height = asked.type->name() == "long_text" ? 46 : 22; break;
      case AnswerKind::ranking:
        for (const auto& option : asked.options) row(option.text.in(language_)), height += 2.4;
        break;
      default:
        for (const auto& option : asked.options) {
          row(option.text.in(language_));
          if (option.other_text) height += 8;
          if (asked.type->name() == "rating") height += 3.6;  // faces
        }
    }
    return height + static_cast<double>(asked.absences.size()) * kRow;
  }

  double height(const PaperItem& item) const {
    const Question& asked = question(item);
    const double section = item.begins_section ? section_height(asked.section) : 0;
    const double condition = item.condition_until > 0 ? 2 * kSmallLine + 2 : 0;
    const bool is_text = asked.type->answer_kind() == AnswerKind::none;
    const std::size_t width = is_text ? kWideLetters : kQuestionLetters;
    double words = lines("99.9 " + asked.text.in(language_), width) * kLine;
    if (!item.unit.empty()) words += 2 * kLine;
    if (!asked.hint.empty()) words += lines(asked.hint.in(language_), width + 3) * kSmallLine;
    if (!item.jumps.empty()) words += static_cast<double>(item.jumps.size()) * 2 * kSmallLine;
    // How many may be chosen, how to rank: a sentence of the form itself.
    const AnswerKind kind = asked.type->answer_kind();
    if (kind == AnswerKind::options || kind == AnswerKind::ranking) words += 3 * kSmallLine;
    return section + condition + std::max(words, answer_height(asked)) + kGap;
  }

  double section_height(std::size_t position) const {
    const Section& section = questionnaire_.sections[position];
    double height = kSectionTitle + (lines(section.title.in(language_), 48) - 1) * kLine;
    if (!section.introduction.empty()) height += lines(section.introduction.in(language_), kWideLetters) * kSmallLine;
    return height;
  }

  void break_pages(const PaperHead& head) {
    double used = kHeadBlock + (head.slip_box ? kSlipBox : 0);
    for (const auto& paragraph : head.paragraphs) used += lines(paragraph, kWideLetters) * kSmallLine + 2;
    plan_.page_starts.push_back(0);
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const double own = height(plan_.items[i]);
      // A section's title does not stand alone at the foot, nor does a block of text.
      const bool leads = plan_.items[i].number == 0 && i + 1 < plan_.items.size();
      const double wanted = own + (leads ? height(plan_.items[i + 1]) : 0);
      if (used + wanted > kPage && used > 0) {
        plan_.page_starts.push_back(i);
        used = 0;
      }
      used += own;
    }
  }

  const Questionnaire& questionnaire_;
  const std::string language_;
  const AnsweringContext& context_;
  PaperPlan plan_;
};

}  // namespace

std::size_t PaperPlan::page_of(std::size_t item) const {
  const auto after = std::upper_bound(page_starts.begin() + 1, page_starts.end(), item);
  return static_cast<std::size_t>(after - page_starts.begin()) - 1;
}

PaperPlan paper_plan(const Questionnaire& questionnaire, std::string_view language, const AnsweringContext& context,
                     const PaperHead& head) {
  return Planner(questionnaire, language, context).plan(head);
}

}  // namespace khaosat
