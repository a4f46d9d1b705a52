#include "analysis/scorecards/ledger.h"

#include <algorithm>
#include <cmath>

#include "analysis/scorecards/scorecard_json.h"
#include "base/bytes.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::scorecards {

namespace {

enum class Side { unit, appraiser, office };

struct Step {
  Act act;
  State from;
  State to;
  Stage stage;
  Side side;
  // Only once this stage is over: what somebody else could still do comes first.
  std::optional<Stage> after = std::nullopt;
};

// THE LIST of steps. What is not here is refused.
constexpr Step kSteps[] = {
    {Act::score_self, State::open, State::self_scored, Stage::self_score, Side::unit},
    {Act::score_self, State::self_scored, State::self_scored, Stage::self_score, Side::unit},
    {Act::add_evidence, State::self_scored, State::self_scored, Stage::self_score, Side::unit},
    {Act::appraise_first, State::self_scored, State::first_appraised, Stage::first_appraisal, Side::appraiser},
    {Act::appraise_first, State::first_appraised, State::first_appraised, Stage::first_appraisal, Side::appraiser},
    // Nobody scored in time.
    {Act::appraise_first, State::open, State::first_appraised, Stage::first_appraisal, Side::appraiser, Stage::self_score},
    {Act::demand_explanation, State::first_appraised, State::explanation_demanded, Stage::first_appraisal, Side::appraiser},
    {Act::explain, State::explanation_demanded, State::explained, Stage::explanation, Side::unit},
    {Act::explain, State::explained, State::explained, Stage::explanation, Side::unit},
    {Act::add_evidence, State::first_appraised, State::explained, Stage::explanation, Side::unit},
    {Act::add_evidence, State::explanation_demanded, State::explanation_demanded, Stage::explanation, Side::unit},
    {Act::add_evidence, State::explained, State::explained, Stage::explanation, Side::unit},
    {Act::appraise_second, State::explained, State::second_appraised, Stage::second_appraisal, Side::appraiser},
    {Act::appraise_second, State::explanation_demanded, State::second_appraised, Stage::second_appraisal, Side::appraiser, Stage::explanation},
    {Act::appraise_second, State::second_appraised, State::second_appraised, Stage::second_appraisal, Side::appraiser},
    {Act::take_survey, State::open, State::taken_over, Stage::second_appraisal, Side::office},
    {Act::take_survey, State::taken_over, State::taken_over, Stage::second_appraisal, Side::office},
};

const Step* step_for(Act act, State from) {
  for (const auto& step : kSteps) {
    if (step.act == act && step.from == from) return &step;
  }
  return nullptr;
}

bool gives_points(Act act) { return act == Act::score_self || act == Act::appraise_first || act == Act::appraise_second; }

bool is_blank(std::string_view text) { return trim(text).empty(); }

std::string day_of(const Event& event) { return vietnam_date(event.time); }

bool is_settled(State state) { return state == State::first_appraised || state == State::second_appraised || state == State::taken_over; }

}  // namespace

Ledger::Ledger(std::shared_ptr<const ScorecardSet> set, YearPlan plan)
    : set_(std::move(set)), first_plan_(plan), plan_(std::move(plan)) {
  for (const Item* item : set_->leaves()) standings_[item->id];
}

const Standing& Ledger::standing(std::string_view item) const { return standings_.find(item)->second; }

Result<void> Ledger::may(Event event) const { return admit(event); }

Result<void> Ledger::apply(Event event) {
  TRY_VOID(admit(event));
  event.number = static_cast<std::int64_t>(events_.size()) + 1;
  take(event);
  events_.push_back(std::move(event));
  return {};
}

Result<void> Ledger::admit(Event& event) const {
  // As a table would give it back.
  event.note = std::string(trim(event.note));
  for (auto& one : event.evidence) one.reference = std::string(trim(one.reference));
  if (closed_) return fail(ErrorCode::scorecard_closed, "the scorecard of this year is closed", event.item);
  if (!events_.empty() && event.time < events_.back().time) {
    return fail(ErrorCode::constraint_broken, "an act cannot be earlier than the one before it", event.item);
  }
  if (event.act == Act::close) return check_close(event);
  if (event.act == Act::change_plan) return check_plan_change(event);
  const Item* item = set_->find(event.item);
  if (item == nullptr || !item->is_leaf()) return fail(ErrorCode::not_found, "no points are given to \"" + event.item + "\"", event.item);
  TRY_VOID(check_step(event, *item));
  TRY_VOID(check_side(event, *item));
  return check_content(event, *item);
}

Result<void> Ledger::check_step(const Event& event, const Item& item) const {
  if ((event.act == Act::take_survey) != (item.source == PointSource::survey)) {
    return fail(ErrorCode::scorecard_computed,
                item.source == PointSource::survey ? "its points come from a survey alone" : "its points do not come from a survey", item.id);
  }
  const State state = standing(item.id).state;
  // A bonus is claimed, not imposed; a penalty is imposed on those who do not declare it.
  const bool never_claimed = item.kind == ItemKind::bonus && event.act == Act::appraise_first && state == State::open;
  if (step_for(event.act, state) == nullptr || never_claimed) {
    return fail(ErrorCode::scorecard_wrong_state,
                std::string(name_of(event.act)) + " is no step from " + std::string(name_of(state)), item.id);
  }
  return {};
}

// Somebody who holds or held a place in a body that answers for the item, under whatever account.
bool Ledger::is_own_work(std::string_view account, const Item& item) const {
  const auto assigned = plan_.of(*set_, item);
  const Standing& now = standing(item.id);
  if (now.self.account == account) return true;
  std::vector<std::string> codes;
  for (const auto& person : plan_.persons) {
    if (person.account == account) codes.push_back(person.code);
  }
  for (const auto& person : plan_.persons) {
    if (std::find(codes.begin(), codes.end(), person.code) == codes.end()) continue;
    for (const Assignment* one : assigned) {
      if (one->body == person.body || one->person == person.code) return true;
    }
    // A claim by somebody of the same body.
    if (!now.self.account.empty()) {
      const Person* claimant = plan_.person_of(now.self.account, now.self.day);
      if (claimant != nullptr && claimant->body == person.body) return true;
    }
  }
  return false;
}

Result<void> Ledger::check_side(const Event& event, const Item& item) const {
  const Step& step = *step_for(event.act, standing(item.id).state);
  const std::string day = day_of(event);
  if (step.side == Side::office) {
    if (!event.manages) return fail(ErrorCode::scorecard_not_yours, "only those who manage the scorecard take over a survey", item.id);
    return {};
  }
  const Person* person = plan_.person_of(event.account, day);
  if (person == nullptr) return fail(ErrorCode::scorecard_not_yours, event.account + " acts for no body on " + day, item.id);
  if (step.side == Side::appraiser) {
    const Body* body = plan_.body(person->body);
    if (body == nullptr || !body->appraises) return fail(ErrorCode::scorecard_not_yours, person->body + " does not appraise", item.id);
    if (is_own_work(event.account, item)) return fail(ErrorCode::scorecard_own_work, person->name + " would appraise what is their own", item.id);
  } else {
    const auto assigned = plan_.of(*set_, item);
    const auto holds = [&](const Assignment* one) { return one->body == person->body && one->from <= day && day <= one->to; };
    const Body* body = plan_.body(person->body);
    // Anybody who is scored may claim what is assigned to nobody in particular.
    const bool free_claim = item.is_adjustment() && assigned.empty() && body != nullptr && !body->appraises;
    if (!free_claim && std::none_of(assigned.begin(), assigned.end(), holds)) {
      return fail(ErrorCode::scorecard_not_yours, person->body + " does not answer for it on " + day, item.id);
    }
  }
  const Window& window = plan_.window(step.stage);
  if (day < window.from) return fail(ErrorCode::scorecard_too_early, "begins on " + window.from, item.id);
  if (step.after && item.kind != ItemKind::penalty && day <= plan_.window(*step.after).until) {
    return fail(ErrorCode::scorecard_too_early, "the other side has time until " + plan_.window(*step.after).until, item.id);
  }
  if (day > window.until) return fail(ErrorCode::scorecard_too_late, "ended on " + window.until, item.id);
  return {};
}

Result<void> Ledger::check_content(Event& event, const Item& item) const {
  const Standing& now = standing(item.id);
  if (event.act == Act::take_survey) {
    if (event.run.empty() || !event.value) return fail(ErrorCode::missing_field, "names a kept run and the value of its node", item.id);
    event.points = TRY(points_of_survey(item, *event.value, set_->decimals));
    return {};
  }
  if (gives_points(event.act)) {
    if (item.source == PointSource::ratio) {
      if (!event.numerator || !event.denominator) return fail(ErrorCode::missing_field, "give both counts", item.id);
      const double computed = TRY(points_of_ratio(item, *event.numerator, *event.denominator, set_->decimals));
      if (event.points && *event.points != computed) return fail(ErrorCode::scorecard_computed, "the counts give " + json_number(computed) + " points", item.id);
      event.points = computed;
    }
    if (!event.points) return fail(ErrorCode::missing_field, "give points", item.id);
    if (!std::isfinite(*event.points) || *event.points < 0) return fail(ErrorCode::out_of_range, "points are 0 or more", item.id);
    if (*event.points > item.maximum) {
      return fail(ErrorCode::points_above_maximum, json_number(*event.points) + " points where the maximum is " + json_number(item.maximum), item.id);
    }
  } else if (event.points || event.numerator || event.denominator) {
    return fail(ErrorCode::unknown_field, std::string(name_of(event.act)) + " carries no points", item.id);
  }
  for (const auto& one : event.evidence) {
    if (is_blank(one.reference)) return fail(ErrorCode::missing_field, "say which document the evidence is", item.id);
    if (one.reference.find('\n') != std::string::npos) return fail(ErrorCode::wrong_type, "a document is named in one line", item.id);
  }
  if (event.act == Act::add_evidence && event.evidence.empty()) return fail(ErrorCode::scorecard_evidence_missing, "nothing was handed in", item.id);
  const bool is_claim = event.act == Act::score_self && *event.points > 0;
  if (is_claim && !item.evidence.empty() && event.evidence.empty() && now.evidence.empty()) {
    return fail(ErrorCode::scorecard_evidence_missing, "these points need evidence", item.id);
  }
  // First entries speak for themselves; whatever changes one, or asks or answers something, says why.
  const bool first_entry = (event.act == Act::score_self && now.state == State::open) ||
                           (event.act == Act::appraise_first && now.state == State::self_scored && event.points == now.self.points) ||
                           event.act == Act::add_evidence;
  if (!first_entry && is_blank(event.note)) return fail(ErrorCode::scorecard_reason_missing, "say why", item.id);
  return {};
}

Result<void> Ledger::check_close(const Event& event) const {
  if (!event.manages) return fail(ErrorCode::scorecard_not_yours, "only those who manage the scorecard close it");
  const std::string& last = plan_.window(Stage::explanation).until;
  if (day_of(event) <= last) return fail(ErrorCode::scorecard_too_early, "explanations may be given until " + last);
  for (const Item* item : set_->leaves()) {
    const State state = standing(item->id).state;
    if (is_settled(state) || (item->is_adjustment() && state == State::open)) continue;
    return fail(ErrorCode::scorecard_unfinished, item->code + " stands at " + std::string(name_of(state)), item->id);
  }
  if (is_blank(event.note)) return fail(ErrorCode::scorecard_reason_missing, "name the decision that closes it");
  return {};
}

Result<void> Ledger::check_plan_change(const Event& event) const {
  if (!event.manages) return fail(ErrorCode::scorecard_not_yours, "only those who manage the scorecard change its plan");
  if (!event.plan) return fail(ErrorCode::missing_field, "there is no plan");
  if (event.plan->year != plan_.year || event.plan->unit != plan_.unit) return fail(ErrorCode::constraint_broken, "this is the plan of another year or unit");
  const Faults faults = check(*event.plan, *set_, "plan");
  if (!faults.empty()) return fail(as_error(faults));
  if (is_blank(event.note)) return fail(ErrorCode::scorecard_reason_missing, "say why");
  return {};
}

void Ledger::take(const Event& event) {
  if (event.act == Act::close) {
    closed_ = true;
    return;
  }
  if (event.act == Act::change_plan) {
    plan_ = *event.plan;
    return;
  }
  Standing& now = standings_.find(event.item)->second;
  now.state = step_for(event.act, now.state)->to;
  now.evidence.insert(now.evidence.end(), event.evidence.begin(), event.evidence.end());
  const Judgement judgement{event.points, event.numerator, event.denominator, event.note, event.account, day_of(event)};
  switch (event.act) {
    case Act::score_self: now.self = judgement; break;
    case Act::appraise_first: now.first = judgement, now.final_points = event.points; break;
    case Act::demand_explanation: now.demand = event.note; break;
    case Act::explain: now.explanation = event.note; break;
    case Act::appraise_second: now.second = judgement, now.final_points = event.points; break;
    case Act::take_survey: now.run = event.run, now.final_points = event.points; break;
    default: break;
  }
}

std::vector<Act> Ledger::acts_for(const Item& item, std::string_view account, bool manages, UnixSeconds now) const {
  std::vector<Act> found;
  if (closed_) return found;
  for (const Act act : kActs) {
    if (act == Act::change_plan || act == Act::close) continue;
    Event event;
    event.time = now;
    event.account = account;
    event.manages = manages;
    event.act = act;
    event.item = item.id;
    if (check_step(event, item) && check_side(event, item)) found.push_back(act);
  }
  return found;
}

std::string Ledger::digest() const {
  std::string text = set_->identity.label() + "\n" + set_->identity.hash + "\n" + to_json(first_plan_) + "\n";
  for (const auto& event : events_) text += to_json(event) + "\n";
  return to_hex(view_of(sha256(text)));
}

std::optional<Stage> stage_of(Act act, State state) {
  const Step* step = step_for(act, state);
  return step == nullptr ? std::nullopt : std::optional(step->stage);
}

std::string_view name_of(State state) {
  switch (state) {
    case State::open: return "open";
    case State::self_scored: return "self_scored";
    case State::first_appraised: return "first_appraised";
    case State::explanation_demanded: return "explanation_demanded";
    case State::explained: return "explained";
    case State::second_appraised: return "second_appraised";
    case State::taken_over: return "taken_over";
  }
  return "";
}

std::string_view name_of(Act act) {
  switch (act) {
    case Act::score_self: return "score_self";
    case Act::add_evidence: return "add_evidence";
    case Act::appraise_first: return "appraise_first";
    case Act::demand_explanation: return "demand_explanation";
    case Act::explain: return "explain";
    case Act::appraise_second: return "appraise_second";
    case Act::take_survey: return "take_survey";
    case Act::change_plan: return "change_plan";
    case Act::close: return "close";
  }
  return "";
}

std::optional<Act> act_named(std::string_view name) {
  for (const Act act : kActs) {
    if (name_of(act) == name) return act;
  }
  return std::nullopt;
}

}  // namespace khaosat::scorecards
