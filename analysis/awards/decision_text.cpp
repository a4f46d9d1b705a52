#include "analysis/awards/compare.h"
#include "analysis/awards/decision.h"
#include "analysis/awards/period.h"

namespace khaosat::awards {

namespace {

class Explanation {
 public:
  Explanation(const Decision& decision, std::string_view language) : decision_(decision), language_(language), vietnamese_(language != "en") {}

  std::string write() {
    line(0, decision_.title.in(language_));
    line(0, decision_.issuer + (decision_.number.empty() ? "" : ", " + decision_.number));
    line(0, (vietnamese_ ? "Năm xét " : "Year ") + std::to_string(decision_.year) + (vietnamese_ ? "; số liệu đến ngày " : "; facts known by ") + day(decision_.date));
    line(0, (vietnamese_ ? "Bộ quy tắc " : "Rules ") + decision_.rule_set + " v" + std::to_string(decision_.rule_set_version) + ", " + decision_.rule_set_hash.substr(0, 12));
    if (!decision_.readings.empty()) {
      line(0, "");
      line(0, vietnamese_ ? "Cách hiểu áp dụng" : "Readings applied");
      for (const auto& use : decision_.readings) reading(use);
    }
    if (!decision_.findings.empty()) {
      line(0, "");
      line(0, vietnamese_ ? "Lưu ý" : "Findings");
      for (const auto& finding : decision_.findings) line(1, "! " + finding.in(language_));
    }
    for (const auto& candidate : decision_.candidates) {
      line(0, "");
      line(0, mark(candidate.verdict) + candidate.name + " – " + candidate.award);
      reason(candidate.reason, 1);
      if (candidate.hearing.needed) hearing(candidate.hearing);
    }
    for (const auto& selection : decision_.selections) this->selection(selection);
    if (!decision_.duties.empty()) {
      line(0, "");
      line(0, vietnamese_ ? "Việc phải làm" : "Duties");
      for (const auto& duty : decision_.duties) this->duty(duty);
    }
    for (const auto& factor : decision_.reports) reports(factor);
    by_hand();
    return std::move(out_);
  }

 private:
  void line(int depth, const std::string& text) { out_ += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + "\n"; }
  std::string day(const std::string& date) const { return vietnamese_ ? vietnamese_day(date) : date; }
  std::string mark(Verdict verdict) const { return "[" + words_of(verdict).in(language_) + "] "; }

  void reading(const ReadingUse& use) {
    std::string text = use.name + " = " + (use.value.empty() ? (vietnamese_ ? "(chưa quyết định)" : "(not decided)") : use.value);
    if (!use.meaning.empty() && !use.value.empty()) text += ": " + use.meaning.in(language_);
    text += use.is_default ? (vietnamese_ ? " [mặc định; " : " [default; ") : " [";
    line(1, text + use.chosen_by + ", " + day(use.chosen_on) + "]");
  }

  std::string clause_place(const std::string& id) const {
    for (const auto& clause : decision_.clauses) {
      if (clause.clause == id) return id + " (" + clause.place.in(language_) + ")";
    }
    return id;
  }

  void reason(const Reason& reason, int depth) {
    std::string text = mark(reason.verdict);
    if (!reason.condition.empty()) {
      text += (reason.clause.empty() ? "" : clause_place(reason.clause) + ": ") + reason.condition.in(language_);
    } else if (reason.predicate == "any") {
      text += vietnamese_ ? "một trong các điều kiện" : "any of";
    } else if (reason.predicate == "not") {
      text += vietnamese_ ? "không phải" : "not";
    } else {
      text += vietnamese_ ? "tất cả các điều kiện" : "all of";
    }
    line(depth, text);
    if (!reason.found.empty()) line(depth + 1, reason.found.in(language_));
    if (reason.verdict != Verdict::not_applicable) {
      for (const auto& use : reason.facts) fact(use, depth + 1);
      for (const auto& missing : reason.missing) {
        line(depth + 1, (vietnamese_ ? "còn thiếu: " : "missing: ") + missing.what.in(language_) +
                            (missing.supplier.empty() ? "" : (vietnamese_ ? " – nơi cung cấp: " : " – from: ") + missing.supplier.in(language_)));
      }
    }
    for (const auto& child : reason.children) this->reason(child, depth + 1);
  }

  void fact(const FactUse& use, int depth) {
    const Fact& f = use.fact;
    const char* source = f.source == FactSource::official ? (vietnamese_ ? "chính thức" : "official")
                         : f.source == FactSource::computed ? (vietnamese_ ? "hệ thống tính" : "computed")
                                                            : (vietnamese_ ? "đơn vị khai" : "declared");
    std::string text = "· " + use.title.in(language_) + " " + f.period.text() + " – " + use.subject_name + (use.value.empty() ? "" : ": " + shown_value(use, language_)) + " [" + source;
    if (!f.publisher.empty()) text += ", " + f.publisher;
    if (!f.number.empty()) text += ", " + f.number;
    text += ", " + day(f.date);
    if (!f.vouched_by.empty()) text += ", " + f.vouched_by;
    line(depth, text + "]");
  }

  void hearing(const Hearing& hearing) {
    line(1, vietnamese_ ? "Quyền được giải trình trước khi hội đồng họp:" : "Right to reply before the jury sits:");
    line(2, (vietnamese_ ? "thông báo: " : "notice: ") + (hearing.notice ? day(hearing.notice->fact.date) : std::string(vietnamese_ ? "chưa ghi nhận" : "not on record")));
    line(2, (vietnamese_ ? "ý kiến: " : "reply: ") + (hearing.reply ? day(hearing.reply->fact.date) : std::string(vietnamese_ ? "chưa ghi nhận" : "not on record")));
  }

  std::string names(const std::vector<std::string>& keys) const {
    std::string text;
    for (const auto& key : keys) {
      std::string name = key;
      for (const auto& candidate : decision_.candidates) {
        if (candidate.subject == key) name = candidate.name;
      }
      text += (text.empty() ? "" : ", ") + name;
    }
    return text.empty() ? "–" : text;
  }

  void selection(const Selection& s) {
    line(0, "");
    line(0, (vietnamese_ ? "Đề nghị: " : "Proposal: ") + s.award + " (" +
                (s.kind == SubjectKind::person ? (vietnamese_ ? "cá nhân" : "persons")
                                               : s.kind == SubjectKind::unit ? (vietnamese_ ? "đơn vị" : "units") : (vietnamese_ ? "tập thể" : "collectives")) + ")");
    if (!s.arithmetic.empty()) line(1, s.arithmetic.in(language_));
    line(1, (vietnamese_ ? "đủ điều kiện: " : "eligible: ") + names(s.eligible));
    line(1, (vietnamese_ ? "đề nghị: " : "proposed: ") + names(s.proposed));
    if (!s.tied.empty()) line(1, (vietnamese_ ? "ngang nhau ở suất cuối: " : "tied at the last seat: ") + names(s.tied));
    if (!s.undetermined.empty()) line(1, (vietnamese_ ? "chưa đủ căn cứ: " : "undetermined: ") + names(s.undetermined));
    if (s.jury_must_choose) line(1, vietnamese_ ? "số đủ điều kiện nhiều hơn chỉ tiêu: hội đồng chọn" : "more eligible than seats: the jury chooses");
  }

  void duty(const Duty& d) {
    std::string who;
    for (const auto& [key, name] : d.responsible) who += (who.empty() ? "" : ", ") + name;
    line(1, "[" + words_of(d.state).in(language_) + "] " + clause_place(d.clause) + ": " + d.title.in(language_));
    if (!d.found.empty()) line(2, d.found.in(language_));
    line(2, (vietnamese_ ? "người chịu trách nhiệm: " : "responsible: ") + (who.empty() ? std::string(vietnamese_ ? "chưa ghi nhận" : "not on record") : who) +
                (d.due.empty() ? "" : (vietnamese_ ? "; hạn: " : "; due: ") + day(d.due)) + (d.done.empty() ? "" : (vietnamese_ ? "; đã làm: " : "; done: ") + day(d.done)));
    for (const auto& missing : d.missing) line(2, (vietnamese_ ? "còn thiếu: " : "missing: ") + missing.what.in(language_));
  }

  void reports(const ReportFactor& f) {
    const auto count = [](int n) { return std::to_string(n); };
    line(1, (vietnamese_ ? "Báo cáo của " : "Reports of ") + f.name + ": " + count(f.on_time) + "/" + count(f.due) +
                (vietnamese_ ? " đúng hạn, trễ " : " on time, late ") + count(f.late) + (vietnamese_ ? ", thiếu " : ", missing ") + count(f.missing) +
                (vietnamese_ ? "; chất lượng tốt/đạt/kém/chưa đánh giá: " : "; quality good/acceptable/poor/unmarked: ") + count(f.good) + "/" +
                count(f.acceptable) + "/" + count(f.poor) + "/" + count(f.unmarked) +
                (vietnamese_ ? "; trọng số: " : "; weight: ") + (f.weight.empty() ? std::string(vietnamese_ ? "chưa quyết định" : "not decided") : f.weight));
  }

  void by_hand() {
    bool first = true;
    for (const auto& clause : decision_.clauses) {
      if (clause.by_hand.empty()) continue;
      if (first) {
        line(0, "");
        line(0, vietnamese_ ? "Con người quyết định" : "Decided by people");
      }
      first = false;
      line(1, clause.clause + " (" + clause.place.in(language_) + "): " + clause.by_hand.in(language_));
    }
  }

  const Decision& decision_;
  std::string_view language_;
  bool vietnamese_;
  std::string out_;
};

}  // namespace

std::string explain(const Decision& decision, std::string_view language) { return Explanation(decision, language).write(); }

std::string explain(const std::vector<ReadingComparison>& comparisons, std::string_view language) {
  std::string out;
  const bool vietnamese = language != "en";
  for (const auto& comparison : comparisons) {
    out += comparison.reading + " = " + (comparison.value.empty() ? (vietnamese ? "(chưa quyết định)" : "(not decided)") : comparison.value);
    out += comparison.meaning.empty() ? "\n" : ": " + comparison.meaning.in(language) + "\n";
    if (comparison.changes.empty()) out += vietnamese ? "  không kết luận nào thay đổi\n" : "  no verdict changes\n";
    for (const auto& change : comparison.changes) {
      out += "  " + change.name + " – " + change.award + ": " + words_of(change.before).in(language) + " → " + words_of(change.after).in(language);
      std::string clauses;
      for (const auto& clause : change.clauses) clauses += (clauses.empty() ? "" : ", ") + clause;
      out += clauses.empty() ? "\n" : " (" + clauses + ")\n";
    }
  }
  return out;
}

}  // namespace khaosat::awards
