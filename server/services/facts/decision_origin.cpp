#include "server/services/facts/decision_origin.h"

#include <map>

#include "analysis/awards/evaluate.h"
#include "analysis/awards/facts_table.h"
#include "base/bytes.h"
#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat {

namespace {

std::string to_json(const DecisionOrigin& origin) {
  std::string out = "{\"rule_set\": " + json_quoted(origin.rule_set) + ", \"version\": " + std::to_string(origin.rule_set_version) +
                    ", \"year\": " + std::to_string(origin.year) + ", \"date\": " + json_quoted(origin.date) + ", \"unit\": " + json_quoted(origin.unit) +
                    ", \"through\": " + std::to_string(origin.through) + ", \"facts_record\": " + json_quoted(origin.facts_record) + ", \"readings\": [";
  bool first = true;
  for (const auto& [name, chosen] : origin.readings) {
    out += std::string(first ? "" : ", ") + "{\"name\": " + json_quoted(name) + ", \"value\": " + json_quoted(chosen.value) + ", \"chosen_by\": " +
           json_quoted(chosen.chosen_by) + ", \"chosen_on\": " + json_quoted(chosen.chosen_on) + ", \"source\": " + json_quoted(chosen.source) + "}";
    first = false;
  }
  return out + "]}";
}

// The leaves that say something, by clause and words.
void leaves(const awards::Reason& reason, std::map<std::pair<std::string, std::string>, const awards::Reason*>& into) {
  if (reason.children.empty() || reason.predicate == "improved_on") into.emplace(std::pair{reason.clause, reason.condition.in("vi")}, &reason);
  for (const auto& child : reason.children) leaves(child, into);
}

std::vector<DecisionDifference> differences(const awards::Decision& before, const awards::Decision& after) {
  std::map<std::pair<std::string, std::string>, const awards::CandidateDecision*> earlier;
  for (const auto& candidate : before.candidates) earlier[{candidate.award, candidate.subject}] = &candidate;
  std::vector<DecisionDifference> all;
  for (const auto& candidate : after.candidates) {
    const auto found = earlier.find({candidate.award, candidate.subject});
    DecisionDifference one{candidate.award, candidate.name, awards::Verdict::undetermined, candidate.verdict, found == earlier.end(), false, {}};
    if (found == earlier.end()) {
      all.push_back(std::move(one));
      continue;
    }
    one.before = found->second->verdict;
    std::map<std::pair<std::string, std::string>, const awards::Reason*> then;
    std::map<std::pair<std::string, std::string>, const awards::Reason*> now;
    leaves(found->second->reason, then);
    leaves(candidate.reason, now);
    for (const auto& [place, reason] : now) {
      const auto old = then.find(place);
      if (old == then.end() || old->second->verdict == reason->verdict) continue;
      one.clauses.push_back({place.first, reason->condition, old->second->verdict, reason->verdict, reason->found});
    }
    earlier.erase(found);
    if (one.before != one.after || !one.clauses.empty()) all.push_back(std::move(one));
  }
  for (const auto& [place, candidate] : earlier) {
    all.push_back({candidate->award, candidate->name, candidate->verdict, awards::Verdict::undetermined, false, true, {}});
  }
  return all;
}

// The program that wrote it: part of the bytes, and none of the reasons. A quote inside a text is escaped,
// so the first of these is the member.
std::string program_of(const std::string& content) {
  constexpr std::string_view kMember = "\"program\": \"";
  const auto at = content.find(kMember);
  if (at == std::string::npos) return "khaosat " KHAOSAT_VERSION;
  const auto start = at + kMember.size();
  return content.substr(start, content.find('"', start) - start);
}

}  // namespace

Result<void> keep_origin(Store& store, const Clock& clock, const std::string& decision_id, const DecisionOrigin& origin, const std::string& author) {
  const std::string content = to_json(origin);
  const auto added = store.registry().add_record(
      {"decision_origin", decision_id, origin.rule_set, content, to_hex(view_of(sha256(content))), clock.now(), author});
  if (!added && added.error().code != ErrorCode::already_exists) return fail(added.error());
  if (!added) return {};
  return store.registry().append_journal(
      {0, clock.now(), author, "record.keep", "decision_origin/" + decision_id, to_hex(view_of(sha256(content))), ""});
}

Result<std::optional<DecisionOrigin>> origin_of(Store& store, const std::string& decision_id) {
  const auto record = TRY(store.registry().record("decision_origin", decision_id));
  if (!record) return std::optional<DecisionOrigin>();
  DefinitionFile parsed = parse_definition("decision_origin", record->content);
  const DefinitionNode root = parsed.root();
  DecisionOrigin origin;
  if (root.exists()) {
    origin.rule_set = root.required_text("rule_set");
    origin.rule_set_version = static_cast<int>(root.required_integer("version", 1, 1'000'000));
    origin.year = static_cast<int>(root.required_integer("year", 0, 9999));
    origin.date = root.required_text("date");
    origin.unit = root.optional_text("unit");
    origin.through = root.optional_integer("through", 0, 0, std::int64_t{1} << 50);
    origin.facts_record = root.optional_text("facts_record");
    for (const auto& item : root.optional_items("readings")) {
      origin.readings[item.required_text("name")] = {item.optional_text("value"), item.optional_text("chosen_by"), item.optional_text("chosen_on"), item.optional_text("source")};
    }
  }
  if (!parsed.faults().empty()) return fail(ErrorCode::storage_failed, "where this decision came from cannot be read", decision_id);
  return std::optional(std::move(origin));
}

Result<RebuiltDecision> rebuild_decision(FactRegister& facts, const Catalog& catalog, Store& store, const Record& decision) {
  RebuiltDecision rebuilt;
  auto origin = TRY(origin_of(store, decision.id));
  if (!origin) return fail(ErrorCode::not_found, "nothing says what this decision rested on", decision.id);
  rebuilt.origin = std::move(*origin);
  rebuilt.rules = catalog.award_rules(rebuilt.origin.rule_set, rebuilt.origin.rule_set_version);
  if (!rebuilt.rules) return fail(ErrorCode::definition_unknown, "the rule file of this version is not there", rebuilt.origin.rule_set);
  if (rebuilt.origin.facts_record.empty()) {
    auto reading = TRY(facts.read({rebuilt.origin.unit, rebuilt.origin.date, rebuilt.origin.through, rebuilt.rules.get()}));
    rebuilt.facts = std::move(reading.book);
    rebuilt.removed = reading.removed;
    rebuilt.about_people = std::move(reading.about_people);
  } else {
    const auto record = TRY(store.registry().record("facts", rebuilt.origin.facts_record));
    if (!record) return fail(ErrorCode::not_found, "the facts of this decision are not there", rebuilt.origin.facts_record);
    Faults faults;
    rebuilt.facts = awards::read_facts_json("facts", record->content, catalog.ladders(), faults);
  }
  rebuilt.decision = awards::evaluate(*rebuilt.rules, rebuilt.facts, rebuilt.origin.readings,
                                      {rebuilt.origin.year, rebuilt.origin.date, &catalog.ladders(), facts.lineage(), program_of(decision.content)});
  rebuilt.same = awards::to_json(rebuilt.decision) == decision.content;
  return rebuilt;
}

Result<DecisionReview> review_decision(FactRegister& facts, const Catalog& catalog, Store& store, const Record& decision, const std::string& today,
                                       std::vector<std::int64_t>& about_people) {
  RebuiltDecision then = TRY(rebuild_decision(facts, catalog, store, decision));
  const DecisionOrigin& origin = then.origin;
  DecisionReview review;
  review.rebuilt = then.same;
  review.removed = then.removed;
  about_people = std::move(then.about_people);
  const awards::FactBook* known = &then.facts;
  FactReading now;
  if (!origin.unit.empty()) {
    now = TRY(facts.read({origin.unit, today, 0, then.rules.get()}));
    review.entries_since = now.position - origin.through;
    known = &now.book;
  }
  const auto after =
      awards::evaluate(*then.rules, *known, origin.readings, {origin.year, today, &catalog.ladders(), facts.lineage(), "khaosat " KHAOSAT_VERSION});
  review.differences = differences(then.decision, after);
  return review;
}

}  // namespace khaosat
