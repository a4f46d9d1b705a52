#include "analysis/awards/evaluate.h"

#include <algorithm>
#include <set>

#include "analysis/awards/evaluation.h"
#include "analysis/awards/obligations.h"
#include "analysis/awards/phrases.h"
#include "analysis/awards/select.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

bool exists_in(const Subject& subject, int year) {
  const Period span = Period::of_year(year);
  return (subject.valid_from.empty() || subject.valid_from <= span.to) && (subject.valid_to.empty() || subject.valid_to >= span.from);
}

bool has_units_below(const FactBook& facts, const Subject& unit) {
  return std::any_of(facts.subjects().begin(), facts.subjects().end(),
                     [&](const Subject& other) { return other.kind == SubjectKind::unit && other.parent == unit.key; });
}

std::vector<ReadingUse> readings_used(const RuleSet& rules, const Readings& readings) {
  std::vector<ReadingUse> uses;
  for (const auto& spec : rules.readings) {
    ReadingUse use{spec.name, spec.default_value, spec.clause, true, spec.chosen_by, spec.chosen_on, spec.title, {}, spec.ground};
    if (const auto chosen = readings.find(spec.name); chosen != readings.end()) {
      use.is_default = false;
      use.value = chosen->second.value;
      use.chosen_by = chosen->second.chosen_by;
      use.chosen_on = chosen->second.chosen_on;
      use.ground = chosen->second.source.empty() ? LocalText() : LocalText(chosen->second.source);
    }
    use.meaning = spec.meaning_of(use.value);
    uses.push_back(std::move(use));
  }
  return uses;
}


const Condition* condition_using(const Condition& condition, const std::string& fact) {
  if (condition.fact == fact) return &condition;
  for (const auto& child : condition.children) {
    if (const auto* found = condition_using(child, fact)) return found;
  }
  return nullptr;
}

// An award leads to facts ("proposes"); a fact is needed by awards. A way from an award back to
// itself is a circle. It is shown, never resolved here.
class Circles {
 public:
  explicit Circles(const RuleSet& rules) : rules_(rules) {}
  std::vector<LocalText> find() {
    for (std::size_t start = 0; start < rules_.awards.size(); ++start) walk(start, start, {});
    return std::move(found_);
  }

 private:
  struct Step {
    std::size_t award;
    std::string fact;
    std::string proposed_by;
    std::string needed_by;
  };
  void walk(std::size_t start, std::size_t at, std::vector<Step> path) {
    for (const auto& [fact, clause] : rules_.awards[at].proposes) {
      for (std::size_t next = start; next < rules_.awards.size(); ++next) {
        const Condition* user = condition_using(rules_.awards[next].eligible, fact);
        if (user == nullptr) continue;
        auto longer = path;
        longer.push_back({at, fact, clause, user->clause});
        if (next == start) report(longer);
        else if (std::none_of(path.begin(), path.end(), [&](const Step& s) { return s.award == next; }) && next != at) walk(start, next, longer);
      }
    }
  }
  void report(const std::vector<Step>& path) {
    LocalText text = say("Vòng lặp giữa các điều kiện (chỉ nêu ra, không tự giải quyết):", "Circle among the conditions (shown, not resolved):");
    for (const auto& step : path) {
      const auto spec = rules_.facts.find(step.fact);
      const LocalText title = spec == rules_.facts.end() ? LocalText(step.fact) : spec->second.title;
      text = join(text, say("\"" + title.in("vi") + "\" là điều kiện tại " + step.needed_by + " nhưng lại là kết quả đề nghị theo " + step.proposed_by + ".",
                            "\"" + title.in("en") + "\" is required by " + step.needed_by + " but is itself proposed under " + step.proposed_by + "."));
    }
    found_.push_back(std::move(text));
  }
  const RuleSet& rules_;
  std::vector<LocalText> found_;
};

Hearing hearing_for(const Evaluation& evaluation, const Subject& person) {
  Hearing hearing;
  hearing.needed = true;
  const auto latest = [&](const std::string& name) -> std::optional<FactUse> {
    const auto entries = evaluation.facts().facts_of(person.key, name);
    const Fact* best = nullptr;
    for (const Fact* entry : entries) {
      if (entry->period.first_year() >= evaluation.context().year - 1) best = entry;
    }
    return best == nullptr ? std::nullopt : std::optional(evaluation.use(*best));
  };
  if (!evaluation.rules().hearing_notice.empty()) hearing.notice = latest(evaluation.rules().hearing_notice);
  if (!evaluation.rules().hearing_reply.empty()) hearing.reply = latest(evaluation.rules().hearing_reply);
  return hearing;
}

void seats_of(const Evaluation& evaluation, const Quota& quota, const std::vector<const Subject*>& passing, Selection& selection) {
  Reason notes;
  if (!quota.share) {
    selection.seats = quota.seats;
    selection.arithmetic = say_with("Chỉ tiêu: {}.", "Seats: {}.", quota.seats);
    return;
  }
  const auto denominator = evaluation.parameter(quota.share->denominator, "", notes);
  const auto rounding = evaluation.parameter(quota.share->rounding, "down", notes);
  selection.readings = notes.readings;
  const auto fact_name = denominator ? quota.share->counts.find(*denominator) : quota.share->counts.end();
  const Subject* unit = passing.empty() ? nullptr : evaluation.facts().unit_of(*passing.front());
  for (const auto& subject : evaluation.facts().subjects()) {
    if (unit == nullptr && subject.kind == SubjectKind::unit) unit = &subject;
  }
  if (fact_name == quota.share->counts.end() || !rounding || unit == nullptr) {
    selection.arithmetic = say("Chưa tính được số lượng: chưa chọn mẫu số.", "Seats not computable: the denominator is not chosen.");
    return;
  }
  Condition asked;
  const Fact* count = evaluation.find(asked, fact_name->second, *unit, evaluation.context().year, "", notes);
  if (count == nullptr) {
    selection.arithmetic = join(say("Chưa tính được số lượng.", "Seats not computable."), notes.found);
    return;
  }
  const Rounding how = *rounding == "up" ? Rounding::up : *rounding == "half_up" ? Rounding::half_up : Rounding::down;
  const auto share = seats_from_share(quota.share->fraction, static_cast<std::int64_t>(std::get<NumberValue>(count->value).value), how,
                                      evaluation.title_of(fact_name->second));
  selection.seats = share.seats;
  selection.arithmetic = share.arithmetic;
}

void select_for(const Evaluation& evaluation, const Award& award, SubjectKind kind, const Quota* quota, Decision& decision) {
  Selection selection;
  selection.award = award.id;
  selection.kind = kind;
  std::vector<RankedCandidate> ranked;
  std::vector<const Subject*> passing;
  for (const auto& candidate : decision.candidates) {
    if (candidate.award != award.id || candidate.kind != kind) continue;
    if (candidate.verdict == Verdict::undetermined) selection.undetermined.push_back(candidate.subject);
    if (candidate.verdict != Verdict::pass) continue;
    const Subject* subject = evaluation.facts().subject(candidate.subject);
    passing.push_back(subject);
    RankedCandidate entry{candidate.subject, {}};
    if (!award.order_by.empty()) {
      Condition asked;
      const Fact* order = evaluation.peek(asked, award.order_by, *subject, evaluation.context().year, "");
      if (order != nullptr) entry.order = std::get<NumberValue>(order->value).value;
    }
    ranked.push_back(std::move(entry));
  }
  if (quota != nullptr) seats_of(evaluation, *quota, passing, selection);
  Reason notes;
  const auto rule = evaluation.parameter(award.tie_rule, "", notes);
  selection.readings.insert(selection.readings.end(), notes.readings.begin(), notes.readings.end());
  const TieRule tie = !rule || rule->empty() ? TieRule::undecided : *rule == "include" ? TieRule::include : TieRule::exclude;
  select_seats(std::move(ranked), tie, selection);
  decision.selections.push_back(std::move(selection));
}

void check_conditions_of(const Evaluation& evaluation, const Award& award, Decision& decision) {
  for (const auto& subject : evaluation.facts().subjects()) {
    if (std::find(award.candidates.begin(), award.candidates.end(), subject.kind) == award.candidates.end()) continue;
    if (!exists_in(subject, evaluation.context().year)) continue;
    if (subject.kind == SubjectKind::unit && has_units_below(evaluation.facts(), subject)) continue;
    CandidateDecision candidate;
    candidate.award = award.id;
    candidate.subject = subject.key;
    candidate.kind = subject.kind;
    candidate.name = subject.name;
    candidate.reason = evaluation.judge(award.eligible, subject);
    candidate.verdict = candidate.reason.verdict;
    if (candidate.verdict == Verdict::not_applicable) {
      candidate.verdict = Verdict::undetermined;
      candidate.reason.found = say("Không có điều kiện nào áp dụng được.", "No condition applied.");
    }
    if (subject.kind == SubjectKind::person && candidate.verdict == Verdict::fail && !award.is_check) {
      candidate.hearing = hearing_for(evaluation, subject);
    }
    decision.candidates.push_back(std::move(candidate));
  }
}

// A component somebody published that no body was given: nobody would ever answer for it.
void note_unassigned(const Evaluation& evaluation, Decision& decision) {
  for (const auto& award : evaluation.rules().awards) {
    std::vector<const Condition*> open{&award.eligible};
    while (!open.empty()) {
      const Condition* condition = open.back();
      open.pop_back();
      for (const auto& child : condition->children) open.push_back(&child);
      if (condition->predicate != "improved_on") continue;
      const auto assigned = condition->parameters.find("assigned");
      if (assigned == condition->parameters.end()) continue;
      std::set<std::string> given;
      for (const Fact* fact : evaluation.facts().facts_named(assigned->second.literal)) {
        const auto criterion = fact->details.find("criterion");
        if (criterion != fact->details.end()) given.insert(criterion->second);
      }
      std::set<std::string> reported;
      for (const Fact* fact : evaluation.facts().facts_named(condition->fact)) {
        const auto criterion = fact->details.find("criterion");
        if (criterion == fact->details.end() || given.contains(criterion->second)) continue;
        if (!reported.insert(criterion->second).second) continue;
        decision.findings.push_back(say("Chỉ số thành phần " + criterion->second + " chưa giao cho ai.",
                                        "The component " + criterion->second + " is assigned to nobody."));
      }
    }
  }
}

}  // namespace

Decision evaluate(const RuleSet& rules, const FactBook& all_facts, const Readings& readings, const EvaluationContext& context) {
  const FactBook facts = all_facts.known_by(context.date);
  Decision decision;
  decision.rule_set = rules.id;
  decision.rule_set_version = rules.version;
  decision.rule_set_hash = rules.hash;
  decision.title = rules.title;
  decision.issuer = rules.issuer;
  decision.number = rules.number;
  decision.year = context.year;
  decision.date = context.date;
  decision.facts_digest = facts.digest();
  decision.program = context.program;
  decision.readings = readings_used(rules, readings);
  for (const auto& clause : rules.clauses) {
    decision.clauses.push_back({clause.id, clause.place, clause.quote, clause.text, clause.by_hand});
  }
  for (const auto& award : rules.awards) {
    const Evaluation evaluation(rules, facts, readings, context, &award);
    check_conditions_of(evaluation, award, decision);
    if (award.is_check) continue;
    for (const SubjectKind kind : award.candidates) {
      const auto quota = std::find_if(award.quotas.begin(), award.quotas.end(), [&](const Quota& q) { return q.kind == kind; });
      select_for(evaluation, award, kind, quota == award.quotas.end() ? nullptr : &*quota, decision);
    }
  }
  const Evaluation evaluation(rules, facts, readings, context);
  decision.duties = duties_of(evaluation);
  decision.reports = report_factors(evaluation);
  decision.findings = Circles(rules).find();
  note_unassigned(evaluation, decision);
  for (const auto& subject : facts.subjects()) {
    const bool is_unit = subject.kind == SubjectKind::unit;
    if (is_unit && subject.valid_from.starts_with(std::to_string(context.year)) && !subject.valid_from.ends_with("-01-01")) {
      decision.findings.push_back(say(subject.name + " bắt đầu hoạt động ngày " + vietnamese_day(subject.valid_from) + ", giữa năm xét: dữ kiện của năm chỉ là phần năm từ ngày đó.",
                                      subject.name + " began on " + subject.valid_from + ", within the year considered: facts of the year are of the part from that day."));
    }
    if (!is_unit || !subject.valid_to.starts_with(std::to_string(context.year))) continue;
    if (subject.valid_to.ends_with("-12-31")) continue;
    decision.findings.push_back(say(subject.name + " kết thúc hoạt động ngày " + vietnamese_day(subject.valid_to) + ", giữa năm xét.",
                                    subject.name + " ended on " + subject.valid_to + ", within the year considered."));
  }
  return decision;
}

Faults check_facts(const FactBook& facts, const std::vector<const RuleSet*>& rule_sets, const std::string& decision_date,
                   const std::string& file) {
  Faults faults;
  std::set<std::string> known;
  for (const RuleSet* rules : rule_sets) {
    for (const auto& [name, spec] : rules->facts) known.insert(name);
  }
  const std::vector<std::string> names(known.begin(), known.end());
  const auto check_name = [&](const std::string& name, const std::string& where) {
    if (known.contains(name)) return true;
    std::string message = "no rule file knows the fact \"" + name + "\"";
    if (const auto near = nearest(name, names)) message += "; did you mean \"" + *near + "\"?";
    faults.push_back({file, where, ErrorCode::fact_unknown, message});
    return false;
  };
  for (const auto& fact : facts.facts()) {
    if (!decision_date.empty() && fact.date > decision_date) {
      faults.push_back({file, fact.where, ErrorCode::fact_after_decision,
                        "dated " + fact.date + ", after the decision of " + decision_date + "; it will not be used"});
    }
    if (!check_name(fact.name, fact.where)) continue;
    bool fits = false;
    FactType wanted = FactType::truth;
    for (const RuleSet* rules : rule_sets) {
      const auto spec = rules->facts.find(fact.name);
      if (spec == rules->facts.end()) continue;
      wanted = spec->second.type;
      fits = fits || wanted == type_of(fact.value);
    }
    if (!fits) {
      faults.push_back({file, fact.where, ErrorCode::wrong_type,
                        "\"" + fact.name + "\" is a " + std::string(name_of(wanted)) + ", not a " + std::string(name_of(type_of(fact.value)))});
    }
  }
  for (const auto& declaration : facts.registers()) check_name(declaration.name, declaration.where);
  return faults;
}

}  // namespace khaosat::awards
