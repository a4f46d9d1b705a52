#include <algorithm>
#include <set>

#include "analysis/awards/condition_json.h"
#include "analysis/awards/period.h"
#include "base/csv.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

constexpr std::size_t kShort = 400;

std::vector<SubjectKind> read_kinds(const DefinitionNode& node, std::string_view key) {
  std::vector<SubjectKind> kinds;
  for (const auto& item : node.optional_items(key)) {
    const auto kind = subject_kind_from(item.as_text().value_or(""));
    if (kind) kinds.push_back(*kind);
    else item.fault(ErrorCode::unknown_option, "must be \"unit\", \"collective\" or \"person\"");
  }
  return kinds;
}

void read_facts(const DefinitionNode& root, const Ladders& ladders, RuleSet& rules) {
  const DefinitionNode all = root.required_object("facts");
  if (!all.exists()) return;
  for (const auto& name : all.keys()) {
    const DefinitionNode node = all.member(name);
    node.only_keys({"type", "title", "supplier", "accept", "ladder"});
    FactSpec spec;
    spec.name = name;
    const auto type = fact_type_from(node.required_text("type"));
    if (type) spec.type = *type;
    else if (node.member("type").exists()) {
      node.member("type").fault(ErrorCode::unknown_option, "must be truth, number, grade, rank, text or event");
    }
    spec.title = node.required_local_text("title", kShort);
    spec.supplier = node.required_local_text("supplier", kShort);
    spec.accept = read_sources(node, "accept");
    if (spec.accept.empty()) node.fault(ErrorCode::missing_field, "\"accept\" must name at least one source");
    spec.ladder = node.optional_text("ladder");
    if (spec.type == FactType::grade && !ladders.contains(spec.ladder)) {
      std::vector<std::string> known;
      for (const auto& [id, ladder] : ladders) known.push_back(id);
      std::string message = "a grade needs a ladder from survey_defs/scales; \"" + spec.ladder + "\" is none";
      if (const auto near = nearest(spec.ladder, known)) message += "; did you mean \"" + *near + "\"?";
      node.fault(ErrorCode::grade_not_on_ladder, message);
    }
    rules.facts[name] = std::move(spec);
  }
}

void read_readings(const DefinitionNode& root, RuleSet& rules) {
  const DefinitionNode all = root.member("readings");
  if (!all.exists()) return;
  for (const auto& name : all.keys()) {
    const DefinitionNode node = all.member(name);
    node.only_keys({"kind", "title", "default", "chosen_by", "chosen_on", "ground", "choices", "low", "high",
                    "clause"});
    ReadingSpec spec;
    spec.name = name;
    spec.clause = node.optional_text("clause", {}, 40);
    const std::string kind = node.required_text("kind");
    if (kind == "number") spec.kind = ReadingKind::number;
    else if (kind == "date") spec.kind = ReadingKind::date;
    else if (kind == "text") spec.kind = ReadingKind::text;
    else if (kind != "choice") node.member("kind").fault(ErrorCode::unknown_option, "must be choice, number, date or text");
    spec.title = node.required_local_text("title", kShort);
    spec.low = node.optional_number("low", 0);
    spec.high = node.optional_number("high", spec.kind == ReadingKind::number ? 1e9 : 0);
    for (const auto& item : node.optional_items("choices")) {
      item.only_keys({"value", "meaning"});
      spec.choices.push_back({item.required_text("value", kShort), item.required_local_text("meaning")});
    }
    if (spec.kind == ReadingKind::choice && spec.choices.size() < 2) {
      node.fault(ErrorCode::definition_invalid, "a choice needs at least two \"choices\"");
    }
    // "" says openly that nobody has decided yet; leaving the key out would be an oversight.
    if (!node.member("default").exists()) node.fault(ErrorCode::missing_field, "\"default\" is missing; write \"\" for not decided");
    spec.default_value = node.optional_text("default");
    if (const auto problem = reading_problem(spec, spec.default_value); !problem.empty()) {
      node.member("default").fault(ErrorCode::reading_unknown, problem);
    }
    spec.chosen_by = node.required_text("chosen_by", kShort);
    spec.chosen_on = node.required_date("chosen_on");
    spec.ground = node.optional_local_text("ground");
    rules.readings.push_back(std::move(spec));
  }
}

void read_clauses(const DefinitionNode& root, RuleSet& rules) {
  for (const auto& node : root.required_items("clauses")) {
    node.only_keys({"id", "place", "quote", "text", "by_hand"});
    Clause clause;
    clause.id = node.required_text("id", 40);
    clause.place = node.required_local_text("place", kShort);
    clause.quote = node.optional_text("quote", {}, kShort);
    clause.text = node.required_local_text("text");
    clause.by_hand = node.optional_local_text("by_hand");
    if (rules.clause(clause.id) != nullptr) node.fault(ErrorCode::duplicate_key, "a second clause \"" + clause.id + "\"");
    rules.clauses.push_back(std::move(clause));
  }
}

void read_quota(const DefinitionNode& node, ConditionReader& reader, Award& award) {
  node.only_keys({"kind", "seats", "share", "clause"});
  Quota quota;
  const auto kind = subject_kind_from(node.required_text("kind"));
  if (kind) quota.kind = *kind;
  else node.fault(ErrorCode::unknown_option, "\"kind\" must be unit, collective or person");
  quota.clause = reader.clause(node, "clause");
  if (node.member("share").exists()) {
    const DefinitionNode share = node.required_object("share");
    share.only_keys({"fraction", "denominator", "rounding", "counts"});
    Share value;
    value.fraction = share.required_number("fraction", 0, 1);
    value.denominator = reader.parameter(share, "denominator");
    value.rounding = reader.parameter(share, "rounding");
    const DefinitionNode counts = share.required_object("counts");
    for (const auto& name : counts.exists() ? counts.keys() : std::vector<std::string>()) {
      value.counts[name] = counts.required_text(name);
      reader.fact(counts.member(name), value.counts[name], {FactType::number});
    }
    quota.share = std::move(value);
  } else {
    quota.seats = static_cast<int>(node.required_integer("seats", 1, 100'000));
  }
  award.quotas.push_back(std::move(quota));
}

void read_award(const DefinitionNode& node, ConditionReader& reader, RuleSet& rules) {
  node.only_keys({"id", "title", "clause", "check", "candidates", "known_by", "eligible", "quotas", "order_by",
                  "tie_rule", "selected_by", "proposes"});
  Award award;
  award.id = node.required_id("id");
  award.title = node.required_local_text("title", kShort);
  award.clause = reader.clause(node, "clause");
  award.is_check = node.optional_bool("check", false);
  award.candidates = read_kinds(node, "candidates");
  if (award.candidates.empty()) node.fault(ErrorCode::missing_field, "\"candidates\" must name unit, collective or person");
  award.known_by = reader.parameter(node, "known_by");
  award.eligible = reader.condition(node.required_object("eligible"), award.clause);
  for (const auto& item : node.optional_items("quotas")) read_quota(item, reader, award);
  award.order_by = node.optional_text("order_by");
  if (!award.order_by.empty()) reader.fact(node.member("order_by"), award.order_by, {FactType::number});
  award.tie_rule = reader.parameter(node, "tie_rule");
  award.selected_by = node.optional_local_text("selected_by", kShort);
  for (const auto& item : node.optional_items("proposes")) {
    item.only_keys({"fact", "clause"});
    std::string fact = item.required_text("fact");
    reader.fact(item, fact, {});
    award.proposes.emplace_back(std::move(fact), reader.clause(item, "clause"));
  }
  for (const auto& other : rules.awards) {
    if (other.id == award.id) node.fault(ErrorCode::duplicate_key, "a second award \"" + award.id + "\"");
  }
  rules.awards.push_back(std::move(award));
}

void read_obligation(const DefinitionNode& node, ConditionReader& reader, RuleSet& rules) {
  node.only_keys({"id", "clause", "title", "trigger", "trigger_fact", "year", "who", "due", "done_fact",
                  "weight"});
  ObligationSpec duty;
  duty.id = node.required_id("id");
  duty.clause = reader.clause(node, "clause");
  duty.title = node.required_local_text("title");
  const std::string trigger = node.required_text("trigger");
  if (trigger == "points_lost") duty.trigger = DutyTrigger::points_lost;
  else if (trigger == "event") duty.trigger = DutyTrigger::event;
  else if (trigger != "always") node.fault(ErrorCode::unknown_option, "\"trigger\" must be points_lost, event or always");
  duty.trigger_fact = node.optional_text("trigger_fact");
  if (duty.trigger == DutyTrigger::points_lost) reader.fact(node, duty.trigger_fact, {FactType::number});
  if (duty.trigger == DutyTrigger::event) reader.fact(node, duty.trigger_fact, {FactType::event});
  duty.year = reader.parameter(node, "year");
  duty.who = node.required_text("who");
  if (duty.who != "head" && duty.who != "responsible") {
    node.fault(ErrorCode::unknown_option, "\"who\" must be head or responsible");
  }
  duty.due = reader.parameter(node, "due");
  duty.weight = reader.parameter(node, "weight");
  duty.done_fact = node.optional_text("done_fact");
  if (!duty.done_fact.empty()) reader.fact(node.member("done_fact"), duty.done_fact, {FactType::event});
  rules.obligations.push_back(std::move(duty));
}

}  // namespace

RuleSet read_rule_set(const std::string& file, std::string_view text, const Ladders& ladders, Faults& faults) {
  RuleSet rules;
  DefinitionFile definition = parse_definition(file, text);
  rules.hash = definition.hash();
  const DefinitionNode root = definition.root();
  if (root.exists()) {
    root.only_keys({"$schema", "schema", "id", "version", "title", "source", "note", "facts", "readings", "clauses",
                    "awards", "obligations", "hearing"});
    if (root.required_text("schema") != "khaosat/award_rules/1") {
      root.member("schema").fault(ErrorCode::definition_invalid, "\"schema\" must be \"khaosat/award_rules/1\"");
    }
    rules.id = root.required_id("id");
    rules.version = static_cast<int>(root.required_integer("version", 1, 1'000'000));
    rules.title = root.required_local_text("title");
    rules.note = root.optional_local_text("note");
    const DefinitionNode source = root.required_object("source");
    if (source.exists()) {
      source.only_keys({"issuer", "number", "date", "based_on"});
      rules.issuer = source.required_text("issuer", kShort);
      rules.number = source.optional_text("number", {}, kShort);
      rules.date = source.required_date("date");
      rules.based_on = source.optional_local_text("based_on");
    }
    read_facts(root, ladders, rules);
    read_readings(root, rules);
    read_clauses(root, rules);
    ConditionReader reader(rules, ladders);
    for (const auto& node : root.optional_items("awards")) read_award(node, reader, rules);
    for (const auto& node : root.optional_items("obligations")) read_obligation(node, reader, rules);
    if (root.member("hearing").exists()) {
      const DefinitionNode hearing = root.required_object("hearing");
      hearing.only_keys({"notice", "reply"});
      rules.hearing_notice = hearing.required_text("notice");
      rules.hearing_reply = hearing.required_text("reply");
      reader.fact(hearing, rules.hearing_notice, {FactType::event});
      reader.fact(hearing, rules.hearing_reply, {FactType::event});
    }
    if (rules.awards.empty() && rules.obligations.empty()) {
      root.fault(ErrorCode::missing_field, "neither \"awards\" nor \"obligations\": nothing would ever be decided");
    }
    reader.complain_about_unused(root);
  }
  faults.insert(faults.end(), definition.faults().begin(), definition.faults().end());
  return rules;
}

}  // namespace khaosat::awards
