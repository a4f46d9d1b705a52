// Conditions on the entries of a register: none_recorded, any_recorded, all_done, within_period.
// Whatever rests on "there is no further entry" needs a declaration that the register is complete.
#include <algorithm>

#include "analysis/awards/phrases.h"
#include "analysis/awards/predicate_functions.h"

namespace khaosat::awards {

namespace {

std::string detail(const Fact& fact, const char* name) {
  const auto found = fact.details.find(name);
  return found == fact.details.end() ? std::string() : found->second;
}

// The year asked about, narrowed by the condition's own "from" and "to". Nothing while a reading for
// one of them is undecided.
std::optional<Period> span_of(const Evaluation& evaluation, const Condition& condition, const Question& question,
                              Reason& reason) {
  Period span = Period::of_year(question.year);
  const auto from = evaluation.parameter(condition, "from", span.from, reason);
  const auto to = evaluation.parameter(condition, "to", span.to, reason);
  if (!from || !to) return std::nullopt;
  span.from = *from;
  span.to = *to;
  return span;
}

std::string count_words(std::size_t count) { return std::to_string(count); }

}  // namespace

void judge_none_recorded(const Evaluation& evaluation, const Condition& condition, const Question& question,
                         Reason& reason) {
  const auto count = evaluation.parameter(condition, "count", "any", reason);
  const auto achievement = evaluation.parameter(condition, "achievement", "", reason);
  const auto severity = evaluation.parameter(condition, "severity", "minor", reason);
  const auto span = span_of(evaluation, condition, question, reason);
  if (!span || !achievement) return;
  std::size_t against = 0;
  std::size_t open = 0;
  std::size_t outside = 0;
  for (const Fact* entry : evaluation.entries(condition, condition.fact, *question.carrier, *span)) {
    if (!achievement->empty() && detail(*entry, "achievement") != *achievement) continue;
    const std::string status = detail(*entry, "status");
    if (detail(*entry, "severity") == "minor" && severity && *severity == "serious") {
      ++outside;  // on record, but below what the condition asks about
      reason.facts.push_back(evaluation.use(*entry));
      continue;
    }
    const bool severity_open = detail(*entry, "severity") != "serious" && (!severity || *severity == "serious");
    if (severity_open && status != "rejected") {
      ++open;
      reason.facts.push_back(evaluation.use(*entry));
      continue;
    }
    const bool certain = status == "substantiated" || !count || *count == "any";
    if (count && *count == "substantiated" && status == "rejected") {
      ++outside;
    } else if (count && certain) {
      ++against;
    } else if (!count && status == "substantiated") {
      ++against;  // counts under either reading
    } else {
      ++open;
    }
    reason.facts.push_back(evaluation.use(*entry));
  }
  if (against > 0) {
    reason.verdict = Verdict::fail;
    reason.found = say("Có " + count_words(against) + " trường hợp được ghi nhận.", count_words(against) + " on record.");
    return;
  }
  if (open > 0) {
    reason.found = say("Có " + count_words(open) + " trường hợp chưa có kết luận hoặc chưa rõ mức độ.",
                       count_words(open) + " not yet concluded, or of unknown severity.");
    evaluation.miss(condition.fact, *question.carrier, span->text(),
                    say("kết luận đối với các trường hợp đang xem xét", "the conclusion on the open cases"), reason);
    return;
  }
  reason.found = outside == 0 ? say("Không có trường hợp nào được ghi nhận.", "Nothing on record.")
                              : say("Có " + count_words(outside) + " trường hợp không tính (kết luận là không đúng, hoặc nhẹ hơn mức văn bản xét).",
                                    count_words(outside) + " do not count (unfounded, or less serious than the rule asks about).");
  if (evaluation.complete(condition.fact, *question.carrier, *span, Evaluation::Entries::day_by_day, reason) && count &&
      severity) {
    reason.verdict = Verdict::pass;
  }
}

void judge_any_recorded(const Evaluation& evaluation, const Condition& condition, const Question& question,
                        Reason& reason) {
  const bool asks_spread = condition.parameters.contains("spread");
  const auto spread = evaluation.parameter(condition, "spread", "body", reason);
  const auto span = span_of(evaluation, condition, question, reason);
  if (!span) return;
  const auto order = values_of_detail("spread");
  const auto reach = [&](const std::string& word) {
    return static_cast<std::size_t>(std::find(order.begin(), order.end(), word) - order.begin());
  };
  // While "widely" is undecided only the widest spread is certain to be enough.
  const std::size_t needed = spread ? reach(*spread) : order.size() - 1;
  std::size_t below = 0;
  std::size_t unmarked = 0;
  bool met = false;
  for (const Fact* entry : evaluation.entries(condition, condition.fact, *question.carrier, *span)) {
    const std::string status = detail(*entry, "status");
    if (status == "rejected" || status == "examining" || status == "alleged") continue;  // not recognised (yet)
    const std::string word = detail(*entry, "spread");
    reason.facts.push_back(evaluation.use(*entry));
    if (!asks_spread) met = true;
    else if (word.empty()) ++unmarked;
    else if (reach(word) >= needed) met = true;
    else ++below;
  }
  if (met) {
    reason.verdict = Verdict::pass;
    reason.found = say("Có ghi nhận đáp ứng điều kiện.", "On record, as the condition asks.");
    return;
  }
  if (unmarked > 0) {
    reason.found = say("Chưa ghi phạm vi áp dụng.", "How widely it is applied is not recorded.");
    evaluation.miss(condition.fact, *question.carrier, span->text(),
                    say("phạm vi áp dụng (trong bộ phận, trong đơn vị, ra ngoài đơn vị)", "how widely it is applied"), reason);
    return;
  }
  reason.found = below > 0 ? say("Có ghi nhận nhưng phạm vi áp dụng hẹp hơn yêu cầu.", "On record, but applied less widely than asked.")
                           : say("Chưa có ghi nhận nào.", "Nothing on record.");
  const bool complete = evaluation.complete(condition.fact, *question.carrier, *span, Evaluation::Entries::day_by_day, reason);
  if (complete && (spread || below == 0)) reason.verdict = Verdict::fail;
}

void judge_all_done(const Evaluation& evaluation, const Condition& condition, const Question& question,
                    Reason& reason) {
  const auto quality = evaluation.parameter(condition, "quality", "acceptable", reason);
  const auto span = span_of(evaluation, condition, question, reason);
  if (!span || !quality) return;
  const std::string today = evaluation.known_by(condition);
  std::size_t total = 0, bad = 0, unknown = 0, unmarked = 0;
  std::vector<const Fact*> undone;
  for (const Fact* task : evaluation.entries(condition, condition.fact, *question.carrier, *span)) {
    ++total;
    const std::string due = detail(*task, "due");
    const std::string done = detail(*task, "done");
    const std::string mark = detail(*task, "quality");
    reason.facts.push_back(evaluation.use(*task));
    if (mark == "poor" || (mark == "acceptable" && *quality == "good") || (!done.empty() && !due.empty() && done > due)) {
      ++bad;
    } else if (done.empty() || due.empty()) {
      undone.push_back(task);
      ++unknown;
    } else if (mark.empty()) {
      ++unmarked;
    }
  }
  if (bad > 0) {
    reason.verdict = Verdict::fail;
    reason.found = say_with("{} trong {} nhiệm vụ trễ hạn hoặc chưa bảo đảm chất lượng.", "{} of {} tasks late or of insufficient quality.", bad, total);
    return;
  }
  if (unmarked > 0) {
    evaluation.miss(condition.fact, *question.carrier, span->text(),
                    say("đánh giá chất lượng của " + count_words(unmarked) + " nhiệm vụ", "a quality mark for " + count_words(unmarked) + " tasks"), reason);
  }
  if (unknown > 0) {
    evaluation.miss(condition.fact, *question.carrier, span->text(),
                    say("hạn và ngày hoàn thành của " + count_words(unknown) + " nhiệm vụ", "due day and day of completion of " + count_words(unknown) + " tasks"), reason);
  }
  reason.found = say_with("{} nhiệm vụ được ghi nhận.", "{} tasks on record.", total);
  const bool complete = evaluation.complete(condition.fact, *question.carrier, *span, Evaluation::Entries::day_by_day, reason);
  const bool overdue = std::any_of(undone.begin(), undone.end(), [&](const Fact* task) {
    const std::string due = detail(*task, "due");
    return detail(*task, "done").empty() && !due.empty() && due <= today;
  });
  if (complete && overdue) {
    reason.verdict = Verdict::fail;
    reason.found = join(reason.found, say("Có nhiệm vụ quá hạn mà sổ đầy đủ không ghi ngày hoàn thành.",
                                          "A task is overdue, and the complete register shows no day of completion."));
  } else if (complete && unknown == 0 && unmarked == 0) {
    reason.verdict = Verdict::pass;
  }
}

void judge_within_period(const Evaluation& evaluation, const Condition& condition, const Question& question,
                         Reason& reason) {
  const auto from = evaluation.parameter(condition, "from", "0000-00-00", reason);
  const auto to = evaluation.parameter(condition, "to", "9999-99-99", reason);
  if (!from || !to) return;
  const Fact* last = nullptr;
  for (const Fact* entry : evaluation.entries(condition, condition.fact, *question.carrier, {"0000-00-00", "9999-99-99"})) {
    const bool of_year = entry->period.first_year() >= question.year && entry->period.first_year() <= question.year + 1;
    if (of_year) last = entry;
  }
  if (last == nullptr) {
    const LocalText title = evaluation.title_of(condition.fact);
    reason.found = say("Chưa ghi nhận ngày: " + title.in("vi") + ".", "No day on record: " + title.in("en") + ".");
    evaluation.miss(condition.fact, *question.carrier, std::to_string(question.year), title, reason);
    return;
  }
  const std::string done = detail(*last, "done");
  const std::string day = done.empty() ? last->period.to : done;
  reason.facts.push_back(evaluation.use(*last));
  reason.verdict = *from <= day && day <= *to ? Verdict::pass : Verdict::fail;
  reason.found = say_with("Ngày {}; thời hạn {} – {}.", "Day {}; period {} – {}.", vietnamese_day(day),
                          is_day(*from) ? vietnamese_day(*from) : "…", is_day(*to) ? vietnamese_day(*to) : "…");
}

}  // namespace khaosat::awards
