#include "server/reports/change_report.h"

#include <array>
#include <cmath>

#include "server/reports/index_report.h"

namespace khaosat {

namespace {

class Writer {
 public:
  explicit Writer(std::string_view language) : language_(language), vietnamese_(language != "en") {}

  const char* say(const char* vietnamese, const char* english) const { return vietnamese_ ? vietnamese : english; }
  std::string number(double value, int decimals = 1) const { return decimal_text(value, decimals, language_); }
  std::string signed_number(double value) const { return (value > 0 ? "+" : "") + number(value); }
  std::string of(const LocalText& text) const { return text.in(language_); }
  void line(int depth, const std::string& text) { out_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n"; }
  std::string take() { return std::move(out_); }

  void left_out(const std::vector<disclosure::LeftOut>& units) {
    std::string text;
    for (const auto& one : units) {
      if (one.reason == "group") continue;
      text += (text.empty() ? "" : "; ") + one.unit + " (" + reason_text(one.reason, language_) + ")";
    }
    if (!text.empty()) line(0, std::string(say("Không xếp vào bảng: ", "Left out: ")) + text + ".");
  }

 private:
  std::string_view language_;
  bool vietnamese_;
  std::string out_;
};

std::string one_change(const Writer& out, const disclosure::PublishedNodeChange& change, std::string_view language) {
  std::string text;
  if (change.before && change.after) text += out.number(*change.before) + " → " + out.number(*change.after);
  if (change.difference) text += " (" + out.signed_number(*change.difference) + ")";
  if (change.lower)
    text += std::string(out.say(", khoảng tin cậy ", ", interval ")) + out.signed_number(*change.lower) + out.say(" đến ", " to ") +
            out.signed_number(*change.upper);
  if (change.within_sampling_error)
    text += *change.within_sampling_error ? out.say("; nằm trong sai số chọn mẫu", "; within sampling error")
                                          : out.say("; vượt quá sai số chọn mẫu", "; beyond sampling error");
  if (change.rise.among_components)
    text += ", p = " + out.number(*change.rise.among_components, 3) + out.say(" (tăng, Holm)", " (rise, Holm)");
  else if (change.rise.alone)
    text += ", p = " + out.number(*change.rise.alone, 3) + out.say(" (tăng)", " (rise)");
  if (change.state == "exact") text += out.say("; không dựa trên khảo sát", "; not from a survey");
  if (!change.reason.empty()) text += (text.empty() ? "" : "; ") + reason_text(change.reason, language);
  else if (change.state == "no_error") text += out.say("; không tính được sai số", "; no error can be stated");
  return text;
}

}  // namespace

std::string reason_text(std::string_view reason, std::string_view language) {
  struct Words {
    const char* reason;
    const char* vietnamese;
    const char* english;
  };
  static constexpr std::array kWords = {
      Words{"question_changed", "không so sánh được: câu hỏi đã thay đổi", "not comparable: the question changed"},
      Words{"counting_changed", "không so sánh được: cách tính câu trả lời đã thay đổi", "not comparable: answers are counted otherwise"},
      Words{"source_changed", "không so sánh được: nguồn số liệu đã thay đổi", "not comparable: another source"},
      Words{"anchor_changed", "không so sánh được: hai đầu thang điểm đã thay đổi", "not comparable: the ends of the scale changed"},
      Words{"scoring_changed", "không so sánh được: cách chấm điểm đã thay đổi", "not comparable: scored otherwise"},
      Words{"weights_changed", "không so sánh được: trọng số đã thay đổi", "not comparable: weights changed"},
      Words{"aggregation_changed", "không so sánh được: cách tổng hợp đã thay đổi", "not comparable: combined otherwise"},
      Words{"structure_changed", "không so sánh được: cấu trúc chỉ số đã thay đổi", "not comparable: the structure changed"},
      Words{"series_break", "không so sánh được: chuỗi số liệu bị gián đoạn", "not comparable: a break of the series"},
      Words{"relative_score", "không so sánh được: điểm phụ thuộc các đơn vị khác trong năm", "not comparable: scored against the other units of the year"},
      Words{"other_unit", "không so sánh được: mã này năm sau là của đơn vị khác (sáp nhập, chia tách)", "not comparable: in the later year the code is another unit's (merged or split)"},
      Words{"imputed", "không so sánh được: có số liệu được điền thay", "not comparable: values were filled in"},
      Words{"other_children", "không so sánh được: thành phần thiếu số liệu khác nhau giữa hai năm", "not comparable: other parts were missing"},
      Words{"missing_before", "năm trước không có số liệu", "no value in the earlier year"},
      Words{"missing_after", "năm sau không có số liệu", "no value in the later year"},
      Words{"too_few_respondents", "quá ít người trả lời", "too few respondents"},
      Words{"hidden_figure", "có số liệu không công bố để bảo vệ người trả lời", "a figure is hidden to protect respondents"},
      Words{"nearly_alike", "hầu như mọi người trả lời giống nhau nên không công bố", "nearly everybody answered alike, so it is not told"},
      Words{"protects_another", "không công bố để bảo vệ số liệu khác", "hidden to protect another figure"},
      Words{"differs_by_too_few", "không công bố vì chỉ khác lần trước vài người", "hidden: differs from an earlier figure by a few people"},
      Words{"no_error", "không tính được sai số", "no error can be stated"},
      Words{"missing", "không có số liệu", "no value"},
      Words{"withheld", "nguồn không công bố", "kept back by its publisher"},
  };
  for (const Words& words : kWords)
    if (reason == words.reason) return language == "en" ? words.english : words.vietnamese;
  return std::string(reason);
}

std::string change_text(const disclosure::PublishedChange& change, std::string_view language) {
  Writer out(language);
  out.line(0, out.of(change.title));
  out.line(0, std::string(out.say("So sánh năm ", "Change from ")) + std::to_string(change.year_before) + out.say(" và năm ", " to ") +
                  std::to_string(change.year_after));
  if (change.design == "drawn") {
    out.line(0, std::string(out.say("Cụm mẫu có ở cả hai năm: ", "Places in both samples: ")) + std::to_string(change.places_in_both) + " / " +
                    std::to_string(change.places_before) + out.say(" và ", " and ") + std::to_string(change.places_after));
  } else if (change.design == "none") {
    out.line(0, out.say("Ít nhất một năm không chọn mẫu ngẫu nhiên: có chênh lệch, không có sai số.",
                        "No drawn sample in both years: differences without errors."));
  }
  out.line(0, out.say("“Cao hơn” là phép so sánh theo đúng câu chữ; bên cạnh là khả năng chênh lệch chỉ do chọn mẫu.",
                      "“Higher” is the literal comparison; beside it whether the difference may be luck of the draw."));
  for (const auto& unit : change.units) {
    out.line(0, "");
    out.line(0, unit.name);
    for (std::size_t node = 0; node < unit.nodes.size(); ++node) {
      const auto& described = change.nodes[node];
      if (node != 0 && !described.component) continue;
      out.line(node == 0 ? 1 : 2, out.of(described.title) + ": " + one_change(out, unit.nodes[node], language));
    }
    if (unit.every_component_higher)
      out.line(1, *unit.every_component_higher ? out.say("Mọi thành phần đều cao hơn năm trước.", "Every component is higher.")
                                               : out.say("Không phải mọi thành phần đều cao hơn năm trước.", "Not every component is higher."));
    if (unit.risen_beyond_error)
      out.line(1, *unit.risen_beyond_error
                      ? out.say("Chỉ số tăng vượt sai số và không thành phần nào giảm vượt sai số.",
                                "The index rose beyond its error and no component fell beyond its own.")
                      : out.say("Chưa thể nói chỉ số đã tăng thật.", "It cannot be said that the index truly rose."));
  }
  bool heading = false;
  for (const auto& node : change.nodes) {
    for (const auto& obstacle : node.comparability.obstacles) {
      if (obstacle.node != node.id) continue;  // said where it is
      if (!heading) {
        out.line(0, "");
        out.line(0, out.say("Không so sánh được", "Not comparable"));
        heading = true;
      }
      out.line(1, out.of(node.title) + ": " + reason_text(change::name_of(obstacle.kind), language));
    }
  }
  return out.take();
}

std::string rank_text(const robustness::RankTable& table, std::string_view language) {
  Writer out(language);
  out.line(0, out.of(table.title) + ", " + std::to_string(table.year) + ": " + out.of(table.node_title));
  out.line(0, std::string(out.say("Thứ hạng có thể có của từng đơn vị, độ tin cậy ", "Ranks each unit may have, level ")) +
                  out.number(100 * table.level, 0) + " %");
  out.line(0, out.say("Các đơn vị cùng nhóm chưa phân biệt được với đơn vị đứng đầu nhóm.",
                      "Units of a group cannot be told from its first."));
  std::uint32_t group = 0;
  for (const auto& row : table.rows) {
    if (row.group != group) {
      group = row.group;
      out.line(0, "");
      out.line(0, std::string(out.say("Nhóm ", "Group ")) + std::to_string(group));
    }
    out.line(1, row.name + ": " + out.number(row.value) + " [" + out.number(row.lower) + "; " + out.number(row.upper) + "], " +
                    out.say("hạng có thể từ ", "rank may be ") + std::to_string(row.joint_pairs.best) + out.say(" đến ", " to ") +
                    std::to_string(row.joint_pairs.worst) + out.say("; xét riêng đơn vị này: ", "; of this unit alone: ") +
                    std::to_string(row.marginal.best) + out.say(" đến ", " to ") + std::to_string(row.marginal.worst));
  }
  out.line(0, "");
  out.left_out(table.left_out);
  return out.take();
}

std::string robustness_text(const robustness::Robustness& result, std::string_view language) {
  Writer out(language);
  out.line(0, out.of(result.title) + ", " + std::to_string(result.year));
  out.line(0, std::string(out.say("Thứ hạng khi đổi cách tính: ", "Ranks under other choices of method: ")) + std::to_string(result.draws) +
                  out.say(" lần thử, hạt giống ", " draws, seed ") + std::to_string(result.seed));
  out.line(0, std::string(out.say("Trung bình mỗi đơn vị xê dịch ", "A unit moves by ")) + out.number(result.mean_rank_shift, 2) +
                  out.say(" bậc.", " ranks on average."));
  out.line(0, "");
  for (const auto& row : result.rows) {
    std::string text = row.name + ": " + out.number(row.value) + "; ";
    if (row.rank) text += out.say("hạng ", "rank ") + std::to_string(row.rank->from) + (row.rank->from == row.rank->to ? "" : "–" + std::to_string(row.rank->to)) + "; ";
    text += std::string(out.say("do cách tính ", "by method ")) + out.number(row.by_method.low, 0) + "–" + out.number(row.by_method.high, 0);
    if (row.by_sampling)
      text += std::string(out.say("; do chọn mẫu ", "; by sampling ")) + out.number(row.by_sampling->low, 0) + "–" + out.number(row.by_sampling->high, 0);
    if (row.what_if_gain) text += std::string(out.say("; với trọng số đã nêu, lên (+) hay xuống (-) bậc: ", "; with the weights asked, places up (+) or down (-): ")) + std::to_string(*row.what_if_gain);
    out.line(1, text);
  }
  out.line(0, "");
  out.line(0, out.say("Lựa chọn nào làm thứ hạng xê dịch (phần của riêng nó; cả khi kết hợp)",
                      "Which choice moves ranks (by itself; with interactions)"));
  for (const auto& share : result.sensitivity.factors)
    out.line(1, share.factor + ": " + out.number(100 * share.first, 0) + " %; " + out.number(100 * share.total, 0) + " %");
  out.line(0, "");
  out.line(0, out.say("Nếu bỏ một thành phần", "Leaving one out"));
  for (const auto& removed : result.removed)
    out.line(1, out.of(removed.title) + ": " + out.say("trung bình xê dịch ", "mean shift ") + out.number(removed.mean_rank_shift, 2) +
                    out.say(" bậc, nhiều nhất ", " ranks, at most ") + std::to_string(removed.largest_rank_shift));
  out.line(0, "");
  out.left_out(result.left_out);
  return out.take();
}

}  // namespace khaosat
