#include "server/pages/staff_decision_view.h"

#include <algorithm>

#include "server/html/view.h"
#include "server/pages/design.h"
#include "server/pages/facts/fact_words.h"
#include "server/pages/staff_page.h"
#include "server/reports/award_report.h"
#include "server/services/facts/evidence_folder.h"

namespace khaosat {

using awards::Verdict;

void put_verdict(View& view, Verdict verdict, const std::string& language) {
  view.set("verdict", awards::words_of(verdict).in(language));
  const char* shape = verdict == Verdict::pass ? "good" : verdict == Verdict::fail ? "bad" : verdict == Verdict::undetermined ? "open" : "";
  view.set("shape", shape);
}

namespace {

class DecisionView {
 public:
  DecisionView(const App& app, const Request& request, const awards::RuleSet& rules, const awards::Decision& decision)
      : app_(app), request_(request), language_(request.language), rules_(rules), decision_(decision) {
    if (auto digests = app.evidence.digests()) files_ = std::move(*digests);
  }

  // A condition and everything below it, flat, with its depth.
  View condition(const awards::Reason& reason) {
    View view;
    put_verdict(view, reason.verdict, language_);
    view.set("words", words_of_condition(reason));
    if (!reason.clause.empty()) view.set("place", place_of(reason.clause));
    for (const auto& line : reason_lines(reason)) view.add("lines", line_view(line));
    return view;
  }

  void put(View& view) {
    for (const auto& table : award_tables(rules_, decision_)) view.add("awards", award(table));
    for (const auto& use : decision_.readings) view.add("readings", reading(use));
    view.set("any_reading", !decision_.readings.empty());
    for (const auto& finding : decision_.findings) view.add("findings", View().set("finding", finding.in(language_)));
    view.set("any_finding", !decision_.findings.empty());
    for (const auto& duty : decision_.duties) view.add("duties", duty_row(duty));
    view.set("any_duty", !decision_.duties.empty());
    bool any = false;
    for (const auto& clause : decision_.clauses) {
      if (clause.by_hand.empty()) continue;
      any = true;
      view.add("by_hand", View().set("clause", clause.clause).set("place", clause.place.in(language_)).set("how", clause.by_hand.in(language_)));
    }
    view.set("any_by_hand", any);
    const auto add = [&](const char* key, const std::string& fact) {
      view.add("origin", View().set("term", word(key)).set("fact", fact));
    };
    add("staff.decision.rules", decision_.rule_set + "/" + std::to_string(decision_.rule_set_version));
    add("staff.decision.rules_hash", decision_.rule_set_hash);
    add("staff.decision.facts_digest", decision_.facts_digest);
    add("staff.decision.program", decision_.program);
  }

 private:
  std::string word(std::string_view key, const Words& words = {}) const { return say(app_, request_, key, words); }

  std::string place_of(const std::string& clause) const {
    const auto* found = rules_.clause(clause);
    return found ? clause + " (" + found->place.in(language_) + ")" : clause;
  }
  std::string name_of_subject(const std::string& key) const {
    const auto found = std::find_if(decision_.candidates.begin(), decision_.candidates.end(),
                                    [&](const auto& candidate) { return candidate.subject == key; });
    return found == decision_.candidates.end() ? key : found->name;
  }
  std::string names(const std::vector<std::string>& keys) const {
    std::string text;
    for (const auto& key : keys) text += (text.empty() ? "" : ", ") + name_of_subject(key);
    return text.empty() ? word("staff.decision.nobody") : text;
  }
  std::string kind_of(awards::SubjectKind kind) const { return word("staff.decision.kind." + std::string(awards::name_of(kind))); }

  View award(const AwardTable& table) {
    View view;
    view.set("award", table.award->title.in(language_)).set("award_id", table.award->id);
    view.set("is_check", table.award->is_check).set("any_candidate", !table.rows.empty());
    for (const auto& clause : table.clauses) {
      const auto* found = rules_.clause(clause);
      view.add("heads", View().set("head", clause).set("head_place", found ? found->place.in(language_) : ""));
    }
    int number = 0;
    for (const auto& row : table.rows) view.add("rows", candidate(row, table.award->id + "-" + std::to_string(++number)));
    for (const auto& selection : decision_.selections) {
      if (selection.award == table.award->id) view.add("selections", selection_row(selection));
    }
    return view;
  }

  View candidate(const AwardTable::Row& row, const std::string& anchor) {
    const auto& candidate = *row.candidate;
    View view;
    view.set("name", candidate.name).set("kind", kind_of(candidate.kind)).set("anchor", "c-" + anchor);
    put_verdict(view, candidate.verdict, language_);
    for (const auto& verdict : row.verdicts) {
      View cell;
      cell.set("looked_at", verdict.has_value());
      if (verdict) put_verdict(cell, *verdict, language_);
      view.add("cells", std::move(cell));
    }
    // The root joins the conditions; people read them one by one.
    const bool joined = candidate.reason.predicate == "all" && !candidate.reason.children.empty();
    if (!joined) {
      view.add("conditions", condition(candidate.reason));
    } else {
      for (const auto& child : candidate.reason.children) view.add("conditions", condition(child));
    }
    view.set("hearing_needed", candidate.hearing.needed);
    if (candidate.hearing.needed) {
      const auto day = [&](const std::optional<awards::FactUse>& use) {
        return use ? shown_date(use->fact.date) : word("staff.decision.not_recorded");
      };
      view.set("notice_day", day(candidate.hearing.notice)).set("reply_day", day(candidate.hearing.reply));
    }
    return view;
  }

  std::string words_of_condition(const awards::Reason& reason) const {
    if (!reason.condition.empty()) return reason.condition.in(language_);
    if (reason.predicate == "any") return word("staff.decision.any");
    if (reason.predicate == "not") return word("staff.decision.not");
    return word("staff.decision.all");
  }

  View line_view(const ReasonLine& line) {
    const auto& reason = *line.reason;
    View view;
    view.set("is_below", line.depth > 0).set("depth", std::min(line.depth, 4)).set("line_words", words_of_condition(reason));
    View verdict;
    put_verdict(verdict, reason.verdict, language_);
    view.set("line_verdict", std::move(verdict));
    view.set("any_found", !reason.found.empty()).set("found", reason.found.in(language_));
    const auto* clause = rules_.clause(reason.clause);
    view.set("any_quote", line.depth == 0 && clause && !clause->quote.empty()).set("quote", clause ? clause->quote : "");
    const bool applies = reason.verdict != Verdict::not_applicable;
    for (const auto& use : reason.facts) {
      if (applies) view.add("facts", fact(use));
    }
    for (const auto& missing : reason.missing) {
      if (!applies) continue;
      View item;
      item.set("what", missing.what.in(language_)).set("any_supplier", !missing.supplier.empty()).set("supplier", missing.supplier.in(language_));
      view.add("missing", std::move(item));
    }
    return view;
  }

  View fact(const awards::FactUse& use) {
    const auto& fact = use.fact;
    View view;
    view.set("fact_title", use.title.in(language_)).set("period", shown_period(app_, request_, fact.period.text())).set("about", use.subject_name);
    const bool* truth = std::get_if<bool>(&fact.value);
    view.set("any_value", !use.value.empty());
    view.set("fact_value", truth ? word(*truth ? "staff.decision.yes" : "staff.decision.no") : awards::shown_value(use, language_));
    std::string source = word("staff.source." + std::string(awards::name_of(fact.source)));
    const bool is_file = std::binary_search(files_.begin(), files_.end(), fact.evidence);
    for (const std::string& part : {fact.publisher, fact.number, shown_date(fact.date), fact.vouched_by, is_file ? std::string() : fact.evidence}) {
      if (!part.empty()) source += ", " + part;
    }
    view.set("source", source).set("has_file", is_file).set("file_href", "/staff/facts/evidence/" + fact.evidence);
    const bool is_entry = fact.where.starts_with("entry ");
    view.set("has_entry", is_entry).set("entry_href", is_entry ? "/staff/facts/entry/" + fact.where.substr(6) : std::string());
    return view;
  }

  View selection_row(const awards::Selection& selection) {
    View view;
    view.set("selection_kind", kind_of(selection.kind));
    view.set("seats", selection.seats ? std::to_string(*selection.seats) : word("staff.decision.no_limit"));
    if (!selection.arithmetic.empty()) view.set("arithmetic", selection.arithmetic.in(language_));
    view.set("eligible", names(selection.eligible)).set("proposed", names(selection.proposed)).set("open_names", names(selection.undetermined));
    view.set("any_tied", !selection.tied.empty()).set("tied", names(selection.tied)).set("jury_chooses", selection.jury_must_choose);
    return view;
  }

  View reading(const awards::ReadingUse& use) {
    View view;
    view.set("reading", use.title.in(language_)).set("reading_value", use.value.empty() ? word("staff.decision.not_decided") : use.value);
    // In words; the name the rule file has for it beside them.
    const bool in_words = !use.value.empty() && !use.meaning.empty();
    view.set("has_meaning", in_words).set("meaning", in_words ? use.meaning.in(language_) : "");
    view.set("reading_clause", use.clause).set("departs", !use.is_default);
    view.set("who", use.chosen_by + (use.chosen_on.empty() ? "" : ", " + shown_date(use.chosen_on)));
    return view;
  }

  View duty_row(const awards::Duty& duty) {
    View view;
    std::string who;
    for (const auto& [key, name] : duty.responsible) who += (who.empty() ? "" : ", ") + name;
    view.set("duty", duty.title.in(language_)).set("duty_place", place_of(duty.clause));
    view.set("duty_who", who.empty() ? word("staff.decision.not_recorded") : who);
    view.set("due", shown_date(duty.due)).set("duty_state", awards::words_of(duty.state).in(language_));
    view.set("duty_found", duty.found.in(language_));
    return view;
  }

  const App& app_;
  const Request& request_;
  const std::string language_;
  const awards::RuleSet& rules_;
  const awards::Decision& decision_;
  std::vector<std::string> files_;  // digests of the evidence at hand, sorted
};

}  // namespace

View reason_view(const App& app, const Request& request, const awards::RuleSet& rules, const awards::Decision& decision,
                 const awards::Reason& reason) {
  return DecisionView(app, request, rules, decision).condition(reason);
}

void put_decision(View& view, const App& app, const Request& request, const awards::RuleSet& rules,
                  const awards::Decision& decision) {
  DecisionView(app, request, rules, decision).put(view);
}

}  // namespace khaosat
