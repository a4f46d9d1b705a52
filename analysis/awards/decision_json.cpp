// Written by hand, member by member: the order of members and the bytes of numbers are part of the
// promise that the same inputs give the same result.
#include "analysis/awards/compare.h"
#include "analysis/awards/decision.h"
#include "analysis/awards/json_writer.h"

namespace khaosat::awards {

namespace {

void write(JsonWriter& out, const FactUse& use);
void write(JsonWriter& out, const Missing& missing);
void write(JsonWriter& out, const Reason& reason);
void write(JsonWriter& out, const ReadingUse& use);
void write(JsonWriter& out, const ClauseNote& clause);
void write(JsonWriter& out, const CandidateDecision& candidate);
void write(JsonWriter& out, const Selection& selection);
void write(JsonWriter& out, const Duty& duty);
void write(JsonWriter& out, const ReportFactor& factor);
void write(JsonWriter& out, const VerdictChange& change);
void write(JsonWriter& out, const ReadingComparison& comparison);
void write(JsonWriter& out, const LocalText& text);

void write(JsonWriter& out, const FactUse& use) {
  const Fact& fact = use.fact;
  out.open_object();
  out.text("name", fact.name).text("title", use.title).text("subject", fact.subject).text("subject_name", use.subject_name);
  out.text("period", fact.period.text()).text("type", name_of(type_of(fact.value))).text("value", use.value);
  if (const auto* grade = std::get_if<GradeValue>(&fact.value)) out.text("ladder", grade->ladder).text("grade", grade->grade);
  if (const auto* number = std::get_if<NumberValue>(&fact.value)) {
    out.number("number", number->value);
    if (number->maximum) out.number("maximum", *number->maximum);
  }
  if (!fact.details.empty()) {
    out.open_object("details");
    for (const auto& [name, value] : fact.details) out.text(name, value);
    out.close_object();
  }
  out.text("source", name_of(fact.source));
  for (const auto& [name, value] : {std::pair<const char*, const std::string&>{"publisher", fact.publisher},
                                    {"number_of_document", fact.number}, {"date", fact.date}, {"evidence", fact.evidence},
                                    {"vouched_by", fact.vouched_by}, {"note", fact.note}}) {
    if (!value.empty()) out.text(name, value);
  }
  out.close_object();
}

void write(JsonWriter& out, const Missing& missing) {
  out.open_object();
  if (!missing.fact.empty()) out.text("fact", missing.fact);
  if (!missing.reading.empty()) out.text("reading", missing.reading);
  if (!missing.subject.empty()) out.text("subject", missing.subject);
  if (!missing.period.empty()) out.text("period", missing.period);
  out.text("what", missing.what).text("supplier", missing.supplier);
  out.close_object();
}

template <typename Items>
void list(JsonWriter& out, const char* name, const Items& items) {
  out.open_array(name);
  for (const auto& item : items) write(out, item);
  out.close_array();
}

void texts(JsonWriter& out, const char* name, const std::vector<std::string>& items) {
  out.open_array(name);
  for (const auto& item : items) out.item(item);
  out.close_array();
}

void write(JsonWriter& out, const Reason& reason) {
  out.open_object();
  out.text("verdict", name_of(reason.verdict)).text("clause", reason.clause).text("word", reason.predicate);
  if (!reason.condition.empty()) out.text("condition", reason.condition);
  if (!reason.found.empty()) out.text("found", reason.found);
  if (!reason.readings.empty()) texts(out, "readings", reason.readings);
  if (!reason.facts.empty()) list(out, "facts", reason.facts);
  if (!reason.missing.empty()) list(out, "missing", reason.missing);
  if (!reason.children.empty()) list(out, "children", reason.children);
  out.close_object();
}

void write(JsonWriter& out, const ReadingUse& use) {
  out.open_object();
  out.text("name", use.name).text("value", use.value).text("clause", use.clause).flag("default", use.is_default);
  out.text("chosen_by", use.chosen_by).text("chosen_on", use.chosen_on).text("title", use.title);
  if (!use.meaning.empty()) out.text("meaning", use.meaning);
  if (!use.ground.empty()) out.text("ground", use.ground);
  out.close_object();
}

void write(JsonWriter& out, const ClauseNote& clause) {
  out.open_object();
  out.text("id", clause.clause).text("place", clause.place);
  if (!clause.quote.empty()) out.text("quote", clause.quote);
  out.text("text", clause.text);
  if (!clause.by_hand.empty()) out.text("by_hand", clause.by_hand);
  out.close_object();
}

void write(JsonWriter& out, const CandidateDecision& candidate) {
  out.open_object();
  out.text("award", candidate.award).text("subject", candidate.subject).text("kind", name_of(candidate.kind));
  out.text("name", candidate.name).text("verdict", name_of(candidate.verdict)).text("verdict_words", words_of(candidate.verdict));
  if (candidate.hearing.needed) {
    out.open_object("hearing");
    out.flag("notice_recorded", candidate.hearing.notice.has_value());
    out.flag("reply_recorded", candidate.hearing.reply.has_value());
    std::vector<FactUse> facts;
    if (candidate.hearing.notice) facts.push_back(*candidate.hearing.notice);
    if (candidate.hearing.reply) facts.push_back(*candidate.hearing.reply);
    list(out, "facts", facts);
    out.close_object();
  }
  out.key("reason");
  write(out, candidate.reason);
  out.close_object();
}

void write(JsonWriter& out, const Selection& selection) {
  out.open_object();
  out.text("award", selection.award).text("kind", name_of(selection.kind));
  if (selection.seats) out.number("seats", *selection.seats);
  if (!selection.arithmetic.empty()) out.text("arithmetic", selection.arithmetic);
  texts(out, "eligible", selection.eligible);
  texts(out, "proposed", selection.proposed);
  texts(out, "tied", selection.tied);
  texts(out, "undetermined", selection.undetermined);
  out.flag("jury_must_choose", selection.jury_must_choose);
  if (!selection.readings.empty()) texts(out, "readings", selection.readings);
  out.close_object();
}

void write(JsonWriter& out, const Duty& duty) {
  out.open_object();
  out.text("obligation", duty.obligation).text("clause", duty.clause).text("title", duty.title).text("body", duty.body);
  if (!duty.criterion.empty()) out.text("criterion", duty.criterion);
  if (duty.points_lost) out.number("points_lost", *duty.points_lost);
  out.open_array("responsible");
  for (const auto& [key, name] : duty.responsible) {
    out.open_object();
    out.text("subject", key).text("name", name);
    out.close_object();
  }
  out.close_array();
  out.text("due", duty.due).text("done", duty.done);
  if (!duty.quality.empty()) out.text("quality", duty.quality);
  out.text("state", name_of(duty.state)).text("state_words", words_of(duty.state));
  if (!duty.found.empty()) out.text("found", duty.found);
  list(out, "facts", duty.facts);
  list(out, "missing", duty.missing);
  out.close_object();
}

void write(JsonWriter& out, const ReportFactor& factor) {
  out.open_object();
  out.text("body", factor.body).text("name", factor.name).text("weight", factor.weight);
  out.number("due", factor.due).number("on_time", factor.on_time).number("late", factor.late).number("missing", factor.missing);
  out.number("good", factor.good).number("acceptable", factor.acceptable).number("poor", factor.poor).number("unmarked", factor.unmarked);
  out.close_object();
}

void write(JsonWriter& out, const VerdictChange& change) {
  out.open_object();
  out.text("award", change.award).text("subject", change.subject).text("name", change.name);
  out.text("before", name_of(change.before)).text("after", name_of(change.after));
  texts(out, "clauses", change.clauses);
  out.close_object();
}

void write(JsonWriter& out, const ReadingComparison& comparison) {
  out.open_object();
  out.text("reading", comparison.reading).text("value", comparison.value);
  if (!comparison.meaning.empty()) out.text("meaning", comparison.meaning);
  list(out, "changes", comparison.changes);
  out.close_object();
}

void write(JsonWriter& out, const LocalText& text) { out.item(text); }

}  // namespace

std::string to_json(const Decision& decision) {
  JsonWriter out;
  out.open_object();
  out.text("rule_set", decision.rule_set).number("version", decision.rule_set_version).text("hash", decision.rule_set_hash);
  out.text("title", decision.title).text("issuer", decision.issuer).text("number", decision.number);
  out.number("year", decision.year).text("date", decision.date).text("facts_digest", decision.facts_digest).text("program", decision.program);
  list(out, "readings", decision.readings);
  list(out, "clauses", decision.clauses);
  list(out, "candidates", decision.candidates);
  list(out, "selections", decision.selections);
  list(out, "duties", decision.duties);
  list(out, "reports", decision.reports);
  list(out, "findings", decision.findings);
  out.close_object();
  return out.str() + "\n";
}

std::string to_json(const std::vector<ReadingComparison>& comparisons) {
  JsonWriter out;
  out.open_object();
  list(out, "comparisons", comparisons);
  out.close_object();
  return out.str() + "\n";
}

}  // namespace khaosat::awards
