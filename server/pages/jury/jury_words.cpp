#include "server/pages/jury/jury_words.h"

#include <algorithm>

#include "base/json_text.h"
#include "server/pages/design.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"

namespace khaosat {

namespace {

std::string document_of(const awards::Fact& fact) {
  std::string text;
  for (const std::string& part : {fact.number, fact.publisher, fact.date.empty() ? std::string() : shown_date(fact.date)}) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string criterion_of(const awards::FactUse& use) {
  const auto found = use.fact.details.find("criterion");
  return found == use.fact.details.end() ? std::string() : found->second;
}

// Facts of one leaf side by side: a score, and under the same criterion whoever answers for it.
void put_chain(View& view, const std::vector<awards::FactUse>& facts, const std::string& language) {
  bool any = false;
  for (const auto& score : facts) {
    const bool is_points = std::holds_alternative<awards::NumberValue>(score.fact.value) && !criterion_of(score).empty();
    if (!is_points) continue;
    View link;
    std::string holder;
    std::string documents = document_of(score.fact);
    for (const auto& other : facts) {
      if (&other == &score || criterion_of(other) != criterion_of(score) || std::holds_alternative<awards::NumberValue>(other.fact.value)) continue;
      holder += (holder.empty() ? "" : ", ") + other.subject_name + " (" + other.fact.period.text() + ")";
      if (const auto paper = document_of(other.fact); !paper.empty()) documents += (documents.empty() ? "" : "; ") + paper;
    }
    const auto& points = std::get<awards::NumberValue>(score.fact.value);
    link.set("criterion", criterion_of(score)).set("points", json_number(points.value) + (points.maximum ? "/" + json_number(*points.maximum) : ""));
    link.set("holder", holder).set("any_holder", !holder.empty()).set("documents", documents).set("any_document", !documents.empty());
    view.add("chain", std::move(link));
    any = true;
  }
  view.set("any_chain", any).set("any_rest", !any && !facts.empty());
  if (any) return;
  for (const auto& use : facts) {
    const std::string documents = document_of(use.fact);
    view.add("rests_on", View().set("rest", use.title.in(language) + (use.value.empty() ? "" : ": " + use.value)).set("documents", documents).set("any_document", !documents.empty()));
  }
}

}  // namespace

std::string jury_address(const std::string& id) { return "/staff/jury/" + id; }

std::string name_in(const OpenedCase& opened, const std::string& key) {
  const auto* subject = opened.rebuilt->facts.subject_named(key);
  return subject == nullptr ? key : subject->name;
}

std::string award_title(const OpenedCase& opened, const std::string& award, const std::string& language) {
  for (const auto& one : opened.rules().awards) {
    if (one.id == award) return one.title.in(language);
  }
  return award;
}

Result<OpenedCase> open_and_note(const App& app, const Request& request, const std::string& purpose) {
  OpenedCase opened = TRY(app.jury.open_case(request.params.at(0)));
  TRY_VOID(app.facts.note_reading(signed_in(request)->account, opened.rebuilt->about_people, purpose));
  return opened;
}

void put_negative_words(View& view, const App& app, const Request& request, const OpenedCase& opened, const PersonHeard& heard) {
  const std::string& language = request.language;
  for (const auto& word : heard.words) {
    View row;
    const std::string clause = word.duty != nullptr ? word.duty->clause : word.reason->clause;
    const auto* known = opened.rules().clause(clause);
    row.set("place", clause.empty() ? std::string() : known == nullptr ? clause : clause + " (" + known->place.in(language) + ")");
    row.set("any_place", !clause.empty()).set("is_clause", word.duty == nullptr);
    row.set("quote", known == nullptr ? std::string() : known->quote).set("any_quote", known != nullptr && !known->quote.empty());
    if (word.duty != nullptr) {
      row.set("what", word.duty->title.in(language)).set("found", word.duty->found.in(language));
      const bool lost = word.duty->points_lost.value_or(0) > 0;
      row.set("lost", lost ? say(app, request, "staff.jury.points_lost", {{"points", json_number(*word.duty->points_lost)}, {"criterion", word.duty->criterion}}) : std::string());
      row.set("any_lost", lost);
      put_chain(row, word.duty->facts, language);
    } else {
      row.set("what", word.reason->condition.in(language)).set("found", word.reason->found.in(language)).set("any_lost", false).set("lost", "");
      put_chain(row, word.reason->facts, language);
    }
    view.add("negative", std::move(row));
  }
  view.set("any_negative", !heard.words.empty());
}

void put_hearing(View& view, const App& app, const Request& request, const PersonHeard& heard) {
  const char* name = "not_told";
  const char* badge = "bad";
  if (heard.state == HearingState::running) name = "running", badge = "open";
  if (heard.state == HearingState::time_over) name = "time_over", badge = "good";
  if (heard.state == HearingState::replied) name = "replied", badge = "good";
  view.set("state", say(app, request, std::string("staff.jury.heard_") + name)).set("state_kind", badge);
  view.set("told", heard.notice != nullptr).set("not_told", heard.notice == nullptr);
  view.set("notice_day", heard.notice == nullptr ? std::string() : shown_date(heard.notice->day));
  view.set("notice_due", heard.notice == nullptr ? std::string() : shown_date(heard.notice->due));
  view.set("due_not_sure", heard.notice != nullptr && !heard.notice->due_is_sure);
  view.set("replied", !heard.replies.empty());
  std::string days;
  for (const auto* reply : heard.replies) days += (days.empty() ? "" : ", ") + shown_date(reply->day);
  view.set("reply_days", days);
}

std::string reply_text(const App& app, const Request& request, const JuryReply& reply) {
  const auto entry = app.facts.entry(reply.entry);
  if (!entry || entry->removed != 0) return say(app, request, "error.content_removed");
  return entry->cell("note");
}

}  // namespace khaosat
