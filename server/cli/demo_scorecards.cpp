#include "server/cli/demo_scorecards.h"

namespace khaosat::cli {

using scorecards::Act;
using scorecards::Duty;
using scorecards::Event;
using scorecards::Item;
using scorecards::Ledger;
using scorecards::YearPlan;

namespace {

constexpr UnixSeconds kDay = 86400;

struct People {
  std::string office;
  std::string economy;
  std::string appraiser;
};

YearPlan plan_of(const scorecards::ScorecardSet& set, const DemoScorecard& wanted, const People& people, UnixSeconds now) {
  const auto day = [&](int offset) { return vietnam_date(now + offset * kDay); };
  YearPlan plan;
  plan.year = wanted.year;
  plan.unit = wanted.unit;
  plan.unit_name = wanted.unit_name;
  const std::string& p = wanted.prefix;
  plan.bodies = {{p + "_vp", "Văn phòng HĐND và UBND xã (mẫu)", false}, {p + "_kt", "Phòng Kinh tế xã (mẫu)", false}, {p + "_hd", "Hội đồng thẩm định tỉnh (mẫu)", true}};
  // In office since before the first act: in January that was last year.
  const std::string from = day(-60).substr(0, 4) + "-01-01";
  const std::string to = day(365).substr(0, 4) + "-12-31";
  plan.persons = {{p + "_hoa", "Nông Thị Hoa (mẫu)", p + "_vp", people.office, from, to}, {p + "_duy", "Hoàng Văn Duy (mẫu)", p + "_kt", people.economy, from, to},
                  {p + "_lien", "Triệu Thị Liên (mẫu)", p + "_hd", people.appraiser, from, to}};
  std::size_t number = 0;
  for (const auto& item : set.items) {
    if (item.kind != scorecards::ItemKind::field) continue;
    const bool is_office = ++number % 3 != 0;
    plan.assignments.push_back({item.id, p + (is_office ? "_vp" : "_kt"), p + (is_office ? "_hoa" : "_duy"), Duty::head, from, to, "05/QĐ-UBND (mẫu)"});
  }
  if (wanted.finished) {
    plan.windows = {scorecards::Window{day(-40), day(-30)}, scorecards::Window{day(-38), day(-24)}, scorecards::Window{day(-36), day(-12)}, scorecards::Window{day(-30), day(5)}};
  } else {
    plan.windows = {scorecards::Window{day(-10), day(5)}, scorecards::Window{day(-8), day(12)}, scorecards::Window{day(-8), day(18)}, scorecards::Window{day(-8), day(30)}};
  }
  return plan;
}

class Work {
 public:
  Work(Ledger& ledger, const People& people, const std::string& prefix, UnixSeconds now) : ledger_(ledger), people_(people), prefix_(prefix), now_(now) {}

  // Each a minute after the one before, from nine o'clock of that day.
  void begin(int offset) { time_ = (now_ + offset * kDay + 7 * 3600) / kDay * kDay + 2 * 3600; }

  Result<void> score(const Item& item) { return give(Act::score_self, item, owner(item), 1, "", "BC/" + item.code + " (mẫu)"); }
  Result<void> appraise(Act act, const Item& item, double share, const std::string& note) { return give(act, item, people_.appraiser, share, note, ""); }
  Result<void> say(Act act, const Item& item, const std::string& note) {
    return give(act, item, act == Act::explain ? owner(item) : people_.appraiser, -1, note, "");
  }

 private:
  const std::string& owner(const Item& item) const {
    for (const auto* one : ledger_.plan().of(ledger_.set(), item)) {
      if (one->body == prefix_ + "_kt") return people_.economy;
    }
    return people_.office;
  }

  // `share` of what can be had; none below 0.
  Result<void> give(Act act, const Item& item, const std::string& account, double share, const std::string& note, const std::string& document) {
    Event event;
    event.act = act;
    event.item = item.id;
    event.account = account;
    event.time = time_ += 60;
    event.note = note;
    if (!document.empty()) event.evidence.push_back({document, ""});
    if (share >= 0 && item.ratio) {
      // Where less is better, none of twenty.
      const bool less_is_better = item.ratio->bands.empty() && item.ratio->full_at < item.ratio->zero_at;
      event.numerator = less_is_better ? (share < 1 ? 2 : 0) : (share < 1 ? 17 : 20);
      event.denominator = 20;
    } else if (share >= 0) {
      event.points = scorecards::rounded(item.maximum * share, 1);
    }
    return ledger_.apply(std::move(event));
  }

  Ledger& ledger_;
  const People& people_;
  std::string prefix_;
  UnixSeconds now_;
  UnixSeconds time_ = 0;
};

}  // namespace

Result<std::vector<scorecards::Sheet>> demo_scorecard(std::shared_ptr<const scorecards::ScorecardSet> set, const DemoScorecard& wanted, UnixSeconds now) {
  const auto account = [&](const std::string& given, const char* own) { return given.empty() ? wanted.prefix + own : given; };
  const People people{account(wanted.office_account, ".hoa"), wanted.prefix + ".duy", account(wanted.appraiser_account, ".lien")};
  YearPlan plan = plan_of(*set, wanted, people, now);
  const Faults faults = scorecards::check(plan, *set, "demo");
  if (!faults.empty()) return fail(as_error(faults));
  Ledger ledger(set, std::move(plan));
  Work work(ledger, people, wanted.prefix, now);
  std::vector<const Item*> leaves;
  for (const Item* item : set->leaves()) {
    if (!item->is_adjustment() && !item->survey) leaves.push_back(item);
  }
  // In mid-work, every third item still waits for its self score.
  const auto is_scored = [&](std::size_t i) { return wanted.finished || i % 3 != 2; };
  const auto is_appraised = [&](std::size_t i) { return wanted.finished || i % 3 == 0; };
  const auto is_doubted = [](std::size_t i) { return i % 4 == 1 || i % 6 == 0; };
  work.begin(wanted.finished ? -36 : -6);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (is_scored(i)) TRY_VOID(work.score(*leaves[i]));
  }
  const Item* bonus = nullptr;
  for (const Item* item : set->leaves()) {
    if (item->kind == scorecards::ItemKind::bonus && bonus == nullptr) bonus = item;
  }
  if (bonus != nullptr) TRY_VOID(work.score(*bonus));
  // The finished year's self scoring is over; in mid-work only what was scored is looked at.
  work.begin(wanted.finished ? -28 : -3);
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!is_appraised(i)) continue;
    TRY_VOID(work.appraise(Act::appraise_first, *leaves[i], is_doubted(i) ? 0.5 : 1, is_doubted(i) ? "Hồ sơ chưa đủ (mẫu)" : "Đủ hồ sơ (mẫu)"));
    if (is_doubted(i)) TRY_VOID(work.say(Act::demand_explanation, *leaves[i], "Đề nghị giải trình phần còn thiếu (mẫu)"));
  }
  if (wanted.finished) {
    if (bonus != nullptr) TRY_VOID(work.appraise(Act::appraise_first, *bonus, 1, "Công nhận (mẫu)"));
    work.begin(-20);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (is_doubted(i)) TRY_VOID(work.say(Act::explain, *leaves[i], "Đã bổ sung văn bản còn thiếu (mẫu)"));
    }
    work.begin(-8);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if (is_doubted(i)) TRY_VOID(work.appraise(Act::appraise_second, *leaves[i], i % 4 == 1 ? 0.5 : 1, i % 4 == 1 ? "Vẫn thiếu (mẫu)" : "Chấp nhận (mẫu)"));
    }
  }
  return scorecards::to_sheets(ledger);
}

}  // namespace khaosat::cli
