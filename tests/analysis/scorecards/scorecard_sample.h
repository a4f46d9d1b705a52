// A small scorecard with every kind of item, a plan for it, and people who act.
#pragma once

#include <string>

#include "analysis/scorecards/ledger.h"

namespace khaosat::scorecards {

inline std::string sample_text() {
  return R"({"schema":"khaosat/scorecard/1","id":"sample","version":1,"title":{"vi":"Mẫu"},"source":{"issuer":"kiểm thử"},
"fields":[
 {"id":"f1","title":{"vi":"Lĩnh vực một"},"maximum":20,"criteria":[
  {"id":"c1","title":{"vi":"Tiêu chí một"},"maximum":12,"subcriteria":[
   {"id":"plan","title":{"vi":"Kế hoạch"},"maximum":2,"evidence":[{"vi":"Kế hoạch"}]},
   {"id":"reports","title":{"vi":"Báo cáo"},"maximum":10,"ratio":{"numerator":{"vi":"đúng hạn"},"denominator":{"vi":"phải gửi"},
     "bands":[{"at_least":1,"points":10},{"at_least":0.9,"points":6},{"at_least":0.5,"points":2}]}}]},
  {"id":"notice","title":{"vi":"Niêm yết"},"maximum":8}]},
 {"id":"f2","title":{"vi":"Lĩnh vực hai"},"maximum":10,"criteria":[
  {"id":"satisfied","title":{"vi":"Hài lòng"},"maximum":10,"survey":{"model":"sipas","node":"sipas","zero_at":50,"full_at":100}}]}],
"bonus":{"cap":2,"items":[{"id":"idea","title":{"vi":"Sáng kiến"},"maximum":2},{"id":"idea_two","title":{"vi":"Sáng kiến hai"},"maximum":2}]},
"penalty":{"cap":3,"items":[{"id":"late","title":{"vi":"Chậm"},"maximum":5}]}})";
}

inline std::shared_ptr<const ScorecardSet> sample_set() {
  Faults faults;
  return std::make_shared<const ScorecardSet>(read_scorecard_set("sample.json", sample_text(), faults));
}

inline YearPlan sample_plan() {
  YearPlan plan;
  plan.year = 2025;
  plan.unit = "26281";
  plan.unit_name = "xã Mẫu";
  plan.bodies = {{"vp", "Văn phòng", false}, {"kt", "Phòng Kinh tế", false}, {"hd", "Hội đồng thẩm định", true}};
  plan.persons = {{"an", "Nguyễn Văn An", "vp", "an", "2025-01-01", "2026-12-31"}, {"binh", "Trần Thị Bình", "kt", "binh", "2025-01-01", "2026-12-31"},
                  {"chi", "Lê Thị Chi", "hd", "chi", "2025-01-01", "2026-12-31"}, {"dung", "Phạm Văn Dũng", "vp", "", "2025-01-01", "2026-12-31"}};
  plan.assignments = {{"f1", "vp", "an", Duty::head, "2025-01-01", "2026-12-31", "12/QĐ-UBND"},
                      {"f2", "kt", "binh", Duty::head, "2025-01-01", "2026-12-31", "12/QĐ-UBND"},
                      {"notice", "kt", "", Duty::member, "2025-01-01", "2026-12-31", "13/QĐ-UBND"}};
  plan.windows = {Window{"2025-11-01", "2025-11-10"}, Window{"2025-11-05", "2025-11-20"}, Window{"2025-11-06", "2025-11-25"}, Window{"2025-11-06", "2025-12-15"}};
  return plan;
}

// Noon in Viet Nam.
inline UnixSeconds noon(const std::string& day) {
  const int year = std::stoi(day.substr(0, 4)), month = std::stoi(day.substr(5, 2)), number = std::stoi(day.substr(8, 2));
  // Days since 1970, by counting March as the first month.
  const int y = month <= 2 ? year - 1 : year;
  const int m = month <= 2 ? month + 9 : month - 3;
  const long days = 365L * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + number - 1 - 719468L;
  return days * 86400 + 5 * 3600;
}

inline Event act_of(Act act, const std::string& item, const std::string& account, const std::string& day, std::optional<double> points = std::nullopt,
                    const std::string& note = "vì có căn cứ") {
  Event event;
  event.act = act;
  event.item = item;
  event.account = account;
  event.time = noon(day);
  event.points = points;
  event.note = note;
  if (act == Act::add_evidence) event.evidence = {{"12/BC-UBND", ""}};
  if (act == Act::take_survey || act == Act::close || act == Act::change_plan) event.manages = true;
  if (act == Act::take_survey) event.run = "run", event.value = 80;
  return event;
}

}  // namespace khaosat::scorecards
