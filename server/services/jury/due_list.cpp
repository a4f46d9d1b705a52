#include "server/services/jury/due_list.h"

#include <algorithm>
#include <map>

#include "analysis/scorecards/points.h"
#include "server/services/jury/remedy_plan.h"

namespace khaosat {

namespace {

constexpr UnixSeconds kDay = 24 * 60 * 60;

class Collecting {
 public:
  explicit Collecting(const DueSources& sources)
      : sources_(sources), today_(vietnam_date(sources.clock.now())), from_(vietnam_date(sources.clock.now() - 60 * kDay)), to_(vietnam_date(sources.clock.now() + 7 * kDay)) {}

  Result<std::vector<DueItem>> all() {
    TRY_VOID(facts());
    TRY_VOID(cases());
    TRY_VOID(scorecards());
    for (const auto& request : TRY(sources_.personal.requests())) {
      if (request.answered.empty()) add(request.due, "request", request.reference, "/staff/privacy");
    }
    std::stable_sort(items_.begin(), items_.end(), [](const auto& a, const auto& b) { return a.day < b.day; });
    return std::move(items_);
  }

 private:
  void add(const std::string& day, const char* kind, std::string about, std::string href) {
    if (day < from_ || day > to_) return;
    items_.push_back({day, kind, std::move(about), std::move(href), day < today_});
  }

  Result<void> facts() {
    std::map<std::string, std::string> names;
    for (const auto& subject : TRY(sources_.facts.subjects())) {
      // A person's task is counted, not told by name: whoever needs the name opens the entry.
      names[subject.code] = names[subject.key] = subject.kind == awards::SubjectKind::person ? std::string() : subject.name;
    }
    for (const auto& entry : TRY(sources_.facts.entries())) {
      if (entry.superseded_by != 0 || entry.removed != 0 || entry.record != "fact" || !entry.cell("done").empty()) continue;
      const std::string kind = entry.cell("fact");
      for (const char* known : {"monthly_report", "plan_task", "reform_task"}) {
        if (kind == known) add(entry.cell("due"), known, names[entry.cell("subject")], "/staff/facts/entry/" + std::to_string(entry.number));
      }
    }
    return {};
  }

  Result<void> cases() {
    RemedyPlan plan(sources_.store, sources_.clock);
    for (const auto& one : TRY(sources_.jury.cases())) {
      const std::string href = "/staff/jury/" + one.id;
      for (const auto& notice : one.notices) {
        const bool replied = std::any_of(one.replies.begin(), one.replies.end(), [&](const auto& reply) { return reply.notice == notice.id; });
        if (!replied && !one.ruling && one.closed.empty() && notice.due >= today_) add(notice.due, "reply", notice.number, href + "/notices/" + notice.id);
      }
      for (const auto& measure : TRY(plan.measures(one.id))) {
        if (!measure.is_settled()) add(measure.due, "remedy", measure.measure, href + "/remedy");
      }
    }
    return {};
  }

  Result<void> scorecards() {
    for (const auto& year : TRY(sources_.scorecards.years())) {
      std::map<std::string, int> steps;
      for (const auto& due : scorecards::due(TRY(sources_.scorecards.ledger(year.id)), today_)) ++steps[due.until];
      for (const auto& [day, count] : steps) add(day, "scorecard", year.unit_name + ", " + std::to_string(year.year) + ": " + std::to_string(count), "/staff/scorecards/" + year.id);
    }
    return {};
  }

  const DueSources& sources_;
  const std::string today_;
  const std::string from_;
  const std::string to_;
  std::vector<DueItem> items_;
};

}  // namespace

Result<std::vector<DueItem>> due_list(const DueSources& sources) { return Collecting(sources).all(); }

}  // namespace khaosat
