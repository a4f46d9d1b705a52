#include "server/pages/jury/jury_words.h"

#include <algorithm>

#include "server/pages/design.h"
#include "server/pages/shown_number.h"
#include "server/pages/staff_page.h"
#include "server/services/facts/fact_register.h"
#include "server/services/scorecards/scorecard_book.h"

namespace khaosat {

namespace {

std::string document_of(const awards::Fact& fact) {
  std::string text;
  for (const std::string& part : {fact.number, fact.publisher, fact.date.empty() ? std::string() : shown_date(fact.date)}) {
    if (!part.empty()) text += (text.empty() ? "" : ", ") + part;
  }
  // A paper says too what nobody saw happen here.
  if (fact.vouched_by.find(kImportedWords) != std::string::npos) text += (text.empty() ? "" : "; ") + fact.vouched_by;
  return text;
}

std::string criterion_of(const awards::FactUse& use) {
  const auto found = use.fact.details.find("criterion");
  return found == use.fact.details.end() ? std::string() : found->second;
}

// Facts of one leaf side by side: a score, and under the same criterion whoever answers for it.
void put_chain(SaidWord& said, const std::vector<awards::FactUse>& facts, const std::string& language) {
  for (const auto& score : facts) {
    const bool is_points = std::holds_alternative<awards::NumberValue>(score.fact.value) && !criterion_of(score).empty();
    if (!is_points) continue;
    std::string holder;
    std::string documents = document_of(score.fact);
    for (const auto& other : facts) {
      if (&other == &score || criterion_of(other) != criterion_of(score) || std::holds_alternative<awards::NumberValue>(other.fact.value)) continue;
      holder += (holder.empty() ? "" : ", ") + other.subject_name + " (" + other.fact.period.text() + ")";
      if (const auto paper = document_of(other.fact); !paper.empty()) documents += (documents.empty() ? "" : "; ") + paper;
    }
    const auto& points = std::get<awards::NumberValue>(score.fact.value);
    said.chain.push_back({criterion_of(score), shown_number(points.value) + (points.maximum ? "/" + shown_number(*points.maximum) : ""), holder, documents});
  }
  if (!said.chain.empty()) return;
  for (const auto& use : facts) said.rests_on.emplace_back(use.title.in(language) + (use.value.empty() ? "" : ": " + awards::shown_value(use, language)), document_of(use.fact));
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

std::vector<SaidWord> negative_words(const App& app, const Request& request, const OpenedCase& opened, const PersonHeard& heard) {
  const std::string& language = request.language;
  std::vector<SaidWord> all;
  for (const auto& word : heard.words) {
    SaidWord said;
    said.is_duty = word.duty != nullptr;
    const std::string clause = said.is_duty ? word.duty->clause : word.reason->clause;
    const auto* known = opened.rules().clause(clause);
    said.place = clause.empty() ? std::string() : known == nullptr ? clause : clause + " (" + known->place.in(language) + ")";
    said.quote = known == nullptr ? std::string() : known->quote;
    said.what = said.is_duty ? word.duty->title.in(language) : word.reason->condition.in(language);
    said.found = said.is_duty ? word.duty->found.in(language) : word.reason->found.in(language);
    if (said.is_duty && word.duty->points_lost.value_or(0) > 0) {
      said.lost = say(app, request, "staff.jury.points_lost", {{"points", shown_number(*word.duty->points_lost)}, {"criterion", word.duty->criterion}});
    }
    put_chain(said, said.is_duty ? word.duty->facts : word.reason->facts, language);
    all.push_back(std::move(said));
  }
  return all;
}

void put_negative_words(View& view, const App& app, const Request& request, const OpenedCase& opened, const PersonHeard& heard) {
  for (const auto& said : negative_words(app, request, opened, heard)) {
    View row;
    row.set("place", said.place).set("any_place", !said.place.empty()).set("is_clause", !said.is_duty).set("quote", said.quote).set("any_quote", !said.quote.empty());
    row.set("what", said.what).set("found", said.found).set("lost", said.lost).set("any_lost", !said.lost.empty());
    for (const auto& link : said.chain) {
      row.add("chain", View().set("criterion", link.criterion).set("points", link.points).set("holder", link.holder).set("any_holder", !link.holder.empty())
                           .set("documents", link.documents).set("any_document", !link.documents.empty()));
    }
    for (const auto& [rest, documents] : said.rests_on) row.add("rests_on", View().set("rest", rest).set("documents", documents).set("any_document", !documents.empty()));
    row.set("any_chain", !said.chain.empty()).set("any_rest", !said.rests_on.empty());
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
