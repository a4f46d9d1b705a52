#include "analysis/awards/decision.h"

#include <algorithm>

namespace khaosat::awards {

namespace {
LocalText words(const char* vietnamese, const char* english) {
  LocalText text;
  text.set("vi", vietnamese);
  text.set("en", english);
  return text;
}
bool has(const std::vector<Verdict>& parts, Verdict wanted) {
  return std::find(parts.begin(), parts.end(), wanted) != parts.end();
}
}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return "pass";
    case Verdict::fail: return "fail";
    case Verdict::undetermined: return "undetermined";
    case Verdict::not_applicable: return "not_applicable";
  }
  return "";
}

LocalText words_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass: return words("đạt", "met");
    case Verdict::fail: return words("không đạt", "not met");
    case Verdict::undetermined: return words("chưa đủ căn cứ", "undetermined");
    case Verdict::not_applicable: return words("không áp dụng", "not applicable");
  }
  return {};
}

Verdict all_of(const std::vector<Verdict>& parts) {
  if (has(parts, Verdict::fail)) return Verdict::fail;
  if (has(parts, Verdict::undetermined)) return Verdict::undetermined;
  return has(parts, Verdict::pass) ? Verdict::pass : Verdict::not_applicable;
}

Verdict any_of(const std::vector<Verdict>& parts) {
  if (has(parts, Verdict::pass)) return Verdict::pass;
  if (has(parts, Verdict::undetermined)) return Verdict::undetermined;
  return has(parts, Verdict::fail) ? Verdict::fail : Verdict::not_applicable;
}

Verdict not_of(Verdict verdict) {
  if (verdict == Verdict::pass) return Verdict::fail;
  if (verdict == Verdict::fail) return Verdict::pass;
  return verdict;
}

std::string_view name_of(DutyState state) {
  switch (state) {
    case DutyState::done: return "done";
    case DutyState::late: return "late";
    case DutyState::open: return "open";
    case DutyState::overdue: return "overdue";
    case DutyState::undetermined: return "undetermined";
  }
  return "";
}

LocalText words_of(DutyState state) {
  switch (state) {
    case DutyState::done: return words("đã xong đúng hạn", "done in time");
    case DutyState::late: return words("đã xong, trễ hạn", "done, late");
    case DutyState::open: return words("chưa đến hạn", "not yet due");
    case DutyState::overdue: return words("quá hạn", "overdue");
    case DutyState::undetermined: return words("chưa đủ căn cứ", "undetermined");
  }
  return {};
}

std::string shown_value(const FactUse& use, std::string_view language) {
  if (const bool* truth = std::get_if<bool>(&use.fact.value)) {
    const std::string word = language == "vi" ? (*truth ? "có" : "không") : (*truth ? "yes" : "no");
    return word + use.value.substr(std::min(use.value.find(';'), use.value.size()));
  }
  if (language != "vi" || !std::holds_alternative<NumberValue>(use.fact.value)) return use.value;
  std::string text = use.value;
  const auto end = std::min(text.find(';'), text.size());
  std::replace(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '.', ',');
  return text;
}

}  // namespace khaosat::awards
