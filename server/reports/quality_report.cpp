#include "server/reports/quality_report.h"

#include "server/reports/index_report.h"

namespace khaosat {

namespace {

std::string score_text(const disclosure::PublishedScore& score, int decimals, std::string_view language) {
  if (score.state == disclosure::PublishedState::value && score.value) return decimal_text(*score.value, decimals, language);
  return language == "en" ? "not told" : "không công bố";
}

}  // namespace

std::string range_text(const disclosure::CountRange& range) {
  return range.low == range.high ? std::to_string(range.low) : std::to_string(range.low) + "–" + std::to_string(range.high);
}

std::string flag_text(quality::Flag flag, std::string_view language) {
  const bool english = language == "en";
  switch (flag) {
    case quality::Flag::near_copy: return english ? "near copies" : "gần như chép của nhau";
    case quality::Flag::ceiling: return english ? "best answers as if by script" : "chọn mức cao nhất như theo bài";
    case quality::Flag::straight_line: return english ? "one option throughout" : "chọn một mức từ đầu đến cuối";
    case quality::Flag::contradiction: return english ? "contradictions" : "trả lời mâu thuẫn";
    case quality::Flag::fast: return english ? "far too fast" : "trả lời quá nhanh";
  }
  return "";
}

std::string quality_text(const disclosure::PublishedQuality& quality, const std::function<std::string(const std::string&)>& name_of,
                         const disclosure::PublishedRun* with_all, const disclosure::PublishedRun* without_flagged,
                         std::string_view language) {
  const bool english = language == "en";
  const auto say = [&](const char* vietnamese, const char* in_english) { return std::string(english ? in_english : vietnamese); };
  std::string out = say("Chất lượng phiếu", "How forms were filled in") + " (" + std::to_string(quality.items) + say(" câu hỏi)\n", " items)\n");
  out += say("Dấu hiệu là lý do để hỏi lại, không phải bằng chứng. Không phiếu nào bị bỏ.\n\n",
             "A flag is a reason to ask again, not proof. No form is dropped.\n");
  if (quality.few_items)
    out += say("Quá ít câu hỏi và lựa chọn: phiếu chép và phiếu được bày sẵn không lộ ra. Không có dấu hiệu không có nghĩa là phiếu tốt.\n",
               "Too few questions and options: copied and coached forms do not stand out. No flag does not mean that forms are sound.\n");
  out += "\n";
  for (const auto& place : quality.places) {
    out += name_of(place.id) + ": ";
    if (!place.shown) {
      out += say("quá ít người trả lời\n", "too few respondents\n");
      continue;
    }
    out += range_text(place.respondents) + say(" người, có dấu hiệu: ", " people, flagged: ") + range_text(place.flagged) + "\n";
    for (std::size_t flag = 0; flag < quality::kFlags; ++flag) {
      if (place.by_flag[flag].high > 0) out += "  " + flag_text(static_cast<quality::Flag>(flag), language) + ": " + range_text(place.by_flag[flag]) + "\n";
    }
    if (place.top_percent) out += say("  câu trả lời ở mức tốt nhất: ", "  best option: ") + std::to_string(*place.top_percent) + " %\n";
    if (place.missing_percent) out += say("  câu không trả lời: ", "  not answered: ") + std::to_string(*place.missing_percent) + " %\n";
    if (place.spread_ratio) out += say("  mức phân tán so với nơi khác: ", "  spread against elsewhere: ") + decimal_text(*place.spread_ratio, 2, language) + "\n";
    if (place.group_percent) {
      out += say("  khác biệt giữa người hỏi hoặc thôn: ", "  variance between interviewers or villages: ") + std::to_string(*place.group_percent) + " %";
      if (place.group_p) out += " (p = " + decimal_text(*place.group_p, 3, language) + ")";
      out += "\n";
    }
  }
  out += say("\nTất cả, có dấu hiệu: ", "\nAll together, flagged: ") + range_text(quality.flagged) + "\n";
  if (with_all && without_flagged && !with_all->nodes.empty()) {
    out += say("\nChỉ số với mọi phiếu và khi để riêng phiếu có dấu hiệu\n", "\nIndex of all forms, and without flagged ones\n");
    for (const auto& unit : with_all->units) {
      const auto* other = without_flagged->find_unit(unit.id);
      out += "  " + unit.name + ": " + score_text(unit.scores.front(), with_all->rules.decimals, language) + " | " +
             (other ? score_text(other->scores.front(), with_all->rules.decimals, language) : say("không công bố", "not told")) + "\n";
    }
  }
  return out;
}

}  // namespace khaosat
