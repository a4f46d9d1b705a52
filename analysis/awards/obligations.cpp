#include "analysis/awards/obligations.h"

#include <algorithm>
#include <map>

#include "analysis/awards/phrases.h"
#include "base/json_text.h"

namespace khaosat::awards {

namespace {

std::string detail(const Fact& fact, const char* name) {
  const auto found = fact.details.find(name);
  return found == fact.details.end() ? std::string() : found->second;
}

class Duties {
 public:
  explicit Duties(const Evaluation& evaluation) : evaluation_(evaluation) {}

  std::vector<Duty> take() {
    for (const auto& spec : evaluation_.rules().obligations) {
      for (const auto& subject : evaluation_.facts().subjects()) {
        if (spec.trigger == DutyTrigger::points_lost && subject.kind == SubjectKind::unit) points_lost(spec, subject);
        if (spec.trigger == DutyTrigger::event && subject.kind != SubjectKind::person) events(spec, subject);
        if (spec.trigger == DutyTrigger::always && subject.kind == SubjectKind::unit && exists(subject)) always(spec, subject);
      }
    }
    return std::move(duties_);
  }

 private:
  bool exists(const Subject& subject) const {
    const Period year = Period::of_year(evaluation_.context().year);
    return (subject.valid_from.empty() || subject.valid_from <= year.to) && (subject.valid_to.empty() || subject.valid_to >= year.from);
  }

  Duty start(const ObligationSpec& spec, const Subject& body) const {
    Duty duty;
    duty.obligation = spec.id;
    duty.clause = spec.clause;
    duty.title = spec.title;
    duty.body = body.key;
    return duty;
  }

  int year_of(const ObligationSpec& spec) const {
    Reason notes;
    const auto basis = evaluation_.parameter(spec.year, "same_year", notes);
    return evaluation_.context().year - (basis && *basis == "lagged" ? 1 : 0);
  }

  // Names the responsible: the head of the body, or whoever holds the criterion.
  void name_responsible(const ObligationSpec& spec, const Subject& body, const Period& period, Duty& duty) const {
    const auto& facts = evaluation_.facts();
    const auto add = [&](const Fact& fact) {
      const Subject* person = facts.subject(fact.subject);
      duty.responsible.emplace_back(fact.subject, person == nullptr ? fact.subject : person->name);
      duty.facts.push_back(evaluation_.use(fact));
    };
    const char* fact_name = spec.who == "head" ? "holds_role" : "responsible_for";
    const Subject* unit = facts.unit_of(body);
    for (const Fact* fact : unit == nullptr ? std::vector<const Fact*>() : facts.facts_within(*unit, fact_name)) {
      if (!fact->period.overlaps(period)) continue;
      if (spec.who == "head") {
        const auto* role = std::get_if<std::string>(&fact->value);
        if (role != nullptr && *role == "head" && detail(*fact, "body") == body.key) add(*fact);
      } else if (detail(*fact, "criterion") == duty.criterion) {
        add(*fact);
      }
    }
    if (!duty.responsible.empty()) return;
    const LocalText what = spec.who == "head"
                               ? say("người đứng đầu của " + body.name, "the head of " + body.name)
                               : say("người, bộ phận chịu trách nhiệm tiêu chí " + duty.criterion, "who is responsible for criterion " + duty.criterion);
    duty.missing.push_back({fact_name, "", body.key, period.text(), what, evaluation_.supplier_of(fact_name)});
  }

  void set_due(const ObligationSpec& spec, Duty& duty) const {
    Reason notes;
    const auto due = evaluation_.parameter(spec.due, "", notes);
    if (due) duty.due = *due;
    duty.missing.insert(duty.missing.end(), notes.missing.begin(), notes.missing.end());
  }

  // done in time, late, open or overdue; without a due day an undone duty stays undetermined.
  void set_state(Duty& duty) const {
    const std::string& today = evaluation_.context().date;
    if (!duty.done.empty()) duty.state = duty.due.empty() || duty.done <= duty.due ? DutyState::done : DutyState::late;
    else if (duty.due.empty()) duty.state = DutyState::undetermined;
    else duty.state = duty.due < today ? DutyState::overdue : DutyState::open;
    if (duty.state == DutyState::overdue) {
      duty.found = join(duty.found, say("Đến hết hạn chưa ghi nhận đã thực hiện.", "Nothing recorded as done by the due day."));
    }
  }

  void look_for_done(const ObligationSpec& spec, const Subject& body, Duty& duty) const {
    if (spec.done_fact.empty()) return;
    for (const Fact* entry : evaluation_.facts().facts_of(body.key, spec.done_fact)) {
      if (detail(*entry, "criterion") != duty.criterion) continue;
      const std::string done = detail(*entry, "done");
      duty.done = done.empty() ? entry->period.to : done;
      duty.quality = detail(*entry, "quality");
      duty.facts.push_back(evaluation_.use(*entry));
    }
    if (!duty.done.empty()) return;
    duty.missing.push_back({spec.done_fact, "", body.key, "", evaluation_.title_of(spec.done_fact), evaluation_.supplier_of(spec.done_fact)});
  }

  void points_lost(const ObligationSpec& spec, const Subject& unit) {
    const int year = year_of(spec);
    std::map<std::string, const Fact*> scores;
    for (const Fact* fact : evaluation_.facts().facts_of(unit.key, spec.trigger_fact)) {
      if (fact->period.lies_in_year(year) && std::holds_alternative<NumberValue>(fact->value)) scores[detail(*fact, "criterion")] = fact;
    }
    for (const auto& [criterion, fact] : scores) {
      const auto& points = std::get<NumberValue>(fact->value);
      if (points.maximum && points.value >= *points.maximum) continue;
      Duty duty = start(spec, unit);
      duty.criterion = criterion;
      duty.facts.push_back(evaluation_.use(*fact));
      if (points.maximum) {
        duty.points_lost = *points.maximum - points.value;
        duty.found = say(fmt::format("Tiêu chí {} năm {}: {}/{} điểm.", criterion, year, with_comma(json_number(points.value)), with_comma(json_number(*points.maximum))),
                         fmt::format("Criterion {} in {}: {} of {} points.", criterion, year, json_number(points.value), json_number(*points.maximum)));
      } else {
        duty.missing.push_back({spec.trigger_fact, "", unit.key, std::to_string(year),
                                say("điểm tối đa của tiêu chí " + criterion, "the maximum of criterion " + criterion), evaluation_.supplier_of(spec.trigger_fact)});
      }
      name_responsible(spec, unit, Period::of_year(year), duty);
      set_due(spec, duty);
      look_for_done(spec, unit, duty);
      set_state(duty);
      if (!points.maximum) duty.state = DutyState::undetermined;
      duties_.push_back(std::move(duty));
    }
  }

  void events(const ObligationSpec& spec, const Subject& body) {
    const Period year = Period::of_year(evaluation_.context().year);
    for (const Fact* fact : evaluation_.facts().facts_of(body.key, spec.trigger_fact)) {
      if (!fact->period.overlaps(year)) continue;
      Duty duty = start(spec, body);
      duty.found = say("Kỳ " + fact->period.text() + ".", "Period " + fact->period.text() + ".");
      duty.due = detail(*fact, "due");
      duty.done = detail(*fact, "done");
      duty.quality = detail(*fact, "quality");
      duty.facts.push_back(evaluation_.use(*fact));
      name_responsible(spec, body, fact->period, duty);
      set_state(duty);
      duties_.push_back(std::move(duty));
    }
  }

  void always(const ObligationSpec& spec, const Subject& unit) {
    Duty duty = start(spec, unit);
    name_responsible(spec, unit, Period::of_year(evaluation_.context().year), duty);
    set_due(spec, duty);
    look_for_done(spec, unit, duty);
    set_state(duty);
    duties_.push_back(std::move(duty));
  }

  const Evaluation& evaluation_;
  std::vector<Duty> duties_;
};

}  // namespace

std::vector<Duty> duties_of(const Evaluation& evaluation) { return Duties(evaluation).take(); }

std::vector<ReportFactor> report_factors(const Evaluation& evaluation) {
  std::vector<ReportFactor> factors;
  const Period year = Period::of_year(evaluation.context().year);
  for (const auto& spec : evaluation.rules().obligations) {
    if (spec.trigger != DutyTrigger::event) continue;
    for (const auto& body : evaluation.facts().subjects()) {
      ReportFactor factor;
      Reason notes;
      factor.weight = evaluation.parameter(spec.weight, "", notes).value_or("");
      factor.body = body.key;
      factor.name = body.name;
      for (const Fact* fact : evaluation.facts().facts_of(body.key, spec.trigger_fact)) {
        const std::string due = detail(*fact, "due");
        const std::string done = detail(*fact, "done");
        const std::string quality = detail(*fact, "quality");
        if (!fact->period.overlaps(year) || (done.empty() && due >= evaluation.context().date)) continue;
        ++factor.due;
        if (done.empty()) ++factor.missing;
        else if (!due.empty() && done > due) ++factor.late;
        else ++factor.on_time;
        if (done.empty()) continue;
        if (quality == "good") ++factor.good;
        else if (quality == "acceptable") ++factor.acceptable;
        else if (quality == "poor") ++factor.poor;
        else ++factor.unmarked;
      }
      if (factor.due > 0) factors.push_back(std::move(factor));
    }
  }
  return factors;
}

}  // namespace khaosat::awards
