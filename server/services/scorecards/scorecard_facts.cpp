// From a closed year to the register of facts, so that rules about lost points and about who answers for
// them rest on what was appraised.
#include <algorithm>
#include <map>

#include "analysis/awards/facts_table.h"
#include "analysis/scorecards/points.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "server/services/scorecards/scorecard_book.h"

namespace khaosat {

using scorecards::Act;
using scorecards::Assignment;
using scorecards::Ledger;

namespace {

// The part of an assignment that lies in the year.
std::string period_of(const Assignment& one, int year) {
  const std::string first = std::to_string(year) + "-01-01";
  const std::string last = std::to_string(year) + "-12-31";
  const std::string from = std::max(one.from, first);
  const std::string to = std::min(one.to, last);
  if (from == first && to == last) return std::to_string(year);
  return from + "/" + to;
}

class FactsOfYear {
 public:
  // `imported_by`: who read the year in from a file, and when; empty for the program's own steps.
  FactsOfYear(const Ledger& ledger, std::string unit, const std::string& imported_by) : ledger_(ledger), unit_(std::move(unit)), table_(awards::fact_columns()) {
    closing_ = &ledger.events().back();
    vouched_by_ = imported_by.empty() ? closing_->account : imported_by;
    day_ = vietnam_date(closing_->time);
    year_ = std::to_string(ledger.plan().year);
    for (const auto& body : ledger.plan().bodies) {
      if (body.appraises) appraisers_ += (appraisers_.empty() ? "" : "; ") + body.name;
    }
  }

  std::string table() {
    for (const scorecards::Item* item : ledger_.set().leaves()) {
      if (item->is_adjustment()) continue;
      row(published("criterion_score", *ledger_.standing(item->id).final_points, item->maximum, item->code));
      for (const Assignment* one : ledger_.plan().of(ledger_.set(), *item)) holder(*item, *one);
    }
    const auto totals = scorecards::totals(ledger_);
    // Bonuses may lift a total above the maximum of the fields.
    row(published("commune_score", totals.total, std::max(totals.maximum + ledger_.set().bonus_cap, totals.total), ""));
    for (const char* name : {"criterion_score", "responsible_for"}) {
      row({{"record", "register"}, {"subject", unit_}, {"fact", name}, {"period", year_}, {"date", day_}, {"vouched_by", vouched_by_},
           {"evidence", ledger_.digest()}});
    }
    return table_.str();
  }

 private:
  using Cells = std::map<std::string, std::string>;

  Cells published(const char* name, double points, double maximum, const std::string& criterion) const {
    return {{"record", "fact"}, {"subject", unit_}, {"fact", name}, {"type", "number"}, {"period", year_}, {"value", json_number(points)},
            {"maximum", json_number(maximum)}, {"criterion", criterion}, {"source", "official"}, {"publisher", appraisers_},
            {"number", closing_->note}, {"date", day_}, {"evidence", ledger_.digest()}, {"vouched_by", vouched_by_}};
  }

  // A person named answers for it; where none is, the body as a whole. A head's body does so too.
  void holder(const scorecards::Item& item, const Assignment& one) {
    if (one.to < year_ + "-01-01" || one.from > year_ + "-12-31") return;
    const std::string subject = one.person.empty() ? one.body : one.person;
    row({{"record", "fact"}, {"subject", subject}, {"fact", "responsible_for"}, {"type", "event"}, {"period", period_of(one, ledger_.plan().year)},
         {"criterion", item.code}, {"source", one.document.empty() ? "declared" : "official"},
         {"publisher", one.document.empty() ? "" : ledger_.plan().unit_name}, {"number", one.document}, {"date", day_}, {"evidence", ledger_.digest()},
         {"vouched_by", vouched_by_}});
    if (one.person.empty() || one.duty != scorecards::Duty::head) return;
    Assignment body = one;
    body.person.clear();
    body.duty = scorecards::Duty::member;
    holder(item, body);
  }

  void row(const Cells& cells) {
    for (const auto& column : awards::fact_columns()) {
      const auto found = cells.find(column);
      const auto number = found == cells.end() || column == "number" ? std::nullopt : number_from(found->second);
      if (found == cells.end()) table_.empty();
      else if (number && (column == "value" || column == "maximum")) table_.number(*number);
      else table_.text(found->second);
    }
    table_.end_row();
  }

  const Ledger& ledger_;
  std::string unit_;
  CsvWriter table_;
  const scorecards::Event* closing_ = nullptr;
  std::string day_;
  std::string year_;
  std::string appraisers_;
  std::string vouched_by_;
};

}  // namespace

bool is_imported(const ScorecardYear& year, const Ledger& ledger) {
  return !ledger.events().empty() && ledger.events().front().time < year.opened;
}

Result<Written> ScorecardBook::give_facts(const std::string& id, FactRegister& facts, const std::string& account) {
  const Ledger now = TRY(ledger(id));
  if (!now.is_closed()) return fail(ErrorCode::scorecard_unfinished, "facts come of a closed year", id);
  const std::string unit = TRY(unit_key_of(now.plan()));
  // What came with a file is somebody's word, not a step the program saw: whoever reads the fact reads that.
  std::string imported_by;
  for (const auto& year : TRY(years())) {
    if (year.id != id || !is_imported(year, now)) continue;
    const std::string day = vietnam_date(year.opened);  // read by people, so written as they write it
    imported_by = year.opened_by + " (" + kImportedWords + " " + day.substr(8, 2) + "/" + day.substr(5, 2) + "/" + day.substr(0, 4) + ")";
  }
  Written written = TRY(facts.import_csv(FactsOfYear(now, unit, imported_by).table(), account));
  if (written.faults.empty()) {
    TRY_VOID(store_.registry().append_journal({0, clock_.now(), account, "scorecard.facts", id, now.digest(), ""}));
  }
  return written;
}

}  // namespace khaosat
