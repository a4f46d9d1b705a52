// The list of cases, a case at a glance, and every cell of its table.
#include <algorithm>

#include "base/csv.h"
#include "server/catalog/catalog.h"
#include "server/pages/design.h"
#include "server/pages/jury/jury_pages.h"
#include "server/pages/jury/jury_papers.h"
#include "server/pages/jury/jury_words.h"
#include "server/pages/staff_decision_view.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_page.h"
#include "server/reports/award_report.h"
#include "server/services/facts/fact_register.h"
#include "server/services/jury/duty_case.h"

namespace khaosat {

namespace {

using awards::Verdict;

bool is_office(const Request& request) {
  const Role role = signed_in(request)->role;
  return role == Role::administrator || role == Role::officer;
}

// Where a case stands, in a word and a mark.
void put_stage(View& view, const App& app, const Request& request, const JuryCase& one, bool finished) {
  const char* stage = one.ruling ? "decided" : finished ? "finished" : !one.closed.empty() ? "closed" : "sitting";
  view.set("stage", say(app, request, std::string("staff.jury.stage_") + stage)).set("stage_kind", one.ruling || finished ? "good" : "open");
}

// Only duties end by being done; a case that cannot be come to again is not said to have.
Result<bool> is_finished(const App& app, const JuryCase& one) {
  const auto rules = app.catalog.award_rules(one.rule_set);
  if (one.ruling || !rules || !gives_duties_only(*rules)) return false;
  const auto opened = app.jury.open_case(one.id);
  if (!opened || !opened->to_vote_on().empty()) return false;
  const auto measures = TRY(RemedyPlan(app.store, app.clock).measures(one.id));
  return duty_progress(*opened, measures, vietnam_date(app.clock.now())).is_finished();
}

View glance(const App& app, const Request& request, const OpenedCase& opened, const AwardTable& table) {
  const std::string& language = request.language;
  const auto& decision = opened.decision();
  View view;
  view.set("award", table.award->title.in(language)).set("award_id", table.award->id).set("is_check", table.award->is_check);
  view.set("any_candidate", !table.rows.empty());
  for (const auto& clause : table.clauses) {
    const auto* known = opened.rules().clause(clause);
    view.add("heads", View().set("head", clause).set("head_place", known == nullptr ? std::string() : known->place.in(language)));
  }
  for (const auto& row : table.rows) {
    const auto index = static_cast<std::size_t>(row.candidate - decision.candidates.data());
    const std::string address = jury_address(opened.jury.id) + "/candidate?n=" + std::to_string(index);
    View line;
    line.set("name", row.candidate->name).set("kind", say(app, request, "staff.decision.kind." + std::string(awards::name_of(row.candidate->kind)))).set("href", address);
    put_verdict(line, row.candidate->verdict, language);
    for (std::size_t i = 0; i < row.verdicts.size(); ++i) {
      View cell;
      const bool looked_at = row.verdicts[i] && *row.verdicts[i] != Verdict::not_applicable;
      cell.set("looked_at", looked_at).set("clause", table.clauses[i]).set("href", address + "&clause=" + table.clauses[i]);
      put_verdict(cell, row.verdicts[i].value_or(Verdict::not_applicable), language);
      line.add("cells", std::move(cell));
    }
    view.add("rows", std::move(line));
  }
  for (const auto& selection : decision.selections) {
    if (selection.award != table.award->id || table.award->is_check) continue;
    const auto names = [&](const std::vector<std::string>& keys) {
      std::string text;
      for (const auto& key : keys) text += (text.empty() ? "" : ", ") + name_in(opened, key);
      return text.empty() ? say(app, request, "staff.decision.nobody") : text;
    };
    View part;
    part.set("selection_kind", say(app, request, "staff.decision.kind." + std::string(awards::name_of(selection.kind))));
    part.set("seats", selection.seats ? std::to_string(*selection.seats) : say(app, request, "staff.decision.no_limit"));
    part.set("arithmetic", selection.arithmetic.empty() ? std::string() : selection.arithmetic.in(language));
    part.set("eligible", names(selection.eligible)).set("proposed", names(selection.proposed)).set("open_names", names(selection.undetermined));
    part.set("any_tied", !selection.tied.empty()).set("tied", names(selection.tied)).set("jury_chooses", selection.jury_must_choose);
    view.add("selections", std::move(part));
  }
  return view;
}

// One candidate in the table of votes: tally, the vote of whoever looks, and a way to change it.
View vote_row(const App& app, const Request& request, const OpenedCase& opened, const awards::CandidateDecision& candidate, bool may_vote) {
  const std::string& account = signed_in(request)->account;
  const auto index = static_cast<std::size_t>(&candidate - opened.decision().candidates.data());
  const Tally sum = tally(opened.jury, candidate.award, candidate.subject);
  View row;
  row.set("name", candidate.name).set("award_of", award_title(opened, candidate.award, request.language));
  put_verdict(row, candidate.verdict, request.language);
  row.set("field", "voice-" + std::to_string(index)).set("href", jury_address(opened.jury.id) + "/candidate?n=" + std::to_string(index));
  const bool shown = !opened.jury.closed.empty();
  // While people still vote nobody sees how the others did.
  row.set("counted", shown);
  row.set("count", say(app, request, "staff.jury.tally", {{"yes", std::to_string(sum.yes)}, {"no", std::to_string(sum.no)}, {"abstain", std::to_string(sum.abstain)},
                                                          {"silent", std::to_string(sum.silent)}, {"conflict", std::to_string(sum.in_conflict)}}));
  row.set("reckoning", say(app, request, "staff.jury.reckoning", {{"percent", std::to_string(opened.jury.terms.needed_percent)}, {"base", std::to_string(sum.base)}, {"needed", std::to_string(sum.needed)}}));
  row.set("carried", sum.carried).set("not_carried", !sum.carried);
  const bool conflict = opened.jury.in_conflict(account, candidate.subject);
  row.set("conflict", conflict).set("may_vote", may_vote && !conflict);
  std::string own;
  for (const auto& vote : opened.jury.votes) {
    if (vote.account == account && vote.award == candidate.award && vote.subject == candidate.subject) own = std::string(name_of(vote.voice));
  }
  row.set("own", own.empty() ? std::string() : say(app, request, "staff.jury.voice_" + own)).set("voted", !own.empty());
  for (const Voice voice : {Voice::yes, Voice::no, Voice::abstain}) {
    const std::string name(name_of(voice));
    row.add("voices", View().set("voice", name).set("voice_word", say(app, request, "staff.jury.voice_" + name)).set("chosen", own == name)
                          .set("voice_id", "voice-" + std::to_string(index) + "-" + name).set("voice_field", "voice-" + std::to_string(index)));
  }
  return row;
}

Result<HttpResponse> terms_page(const App& app, const Request& request, const FormData& typed, std::vector<FieldWrong> wrong) {
  View view = staff_view(app, request, say(app, request, "staff.jury.begin_title"), "/staff/awards");
  view.set("act", jury_address(request.params.at(0)) + "/begin").set("kept_href", "/staff/awards/kept/" + request.params.at(0));
  std::vector<FieldChoice> members;
  for (const auto& account : TRY(app.accounts.all())) {
    if (!account.active || account.role == Role::clerk || account.role == Role::analyst) continue;
    members.push_back({account.name, account.display_name, say(app, request, "staff.role." + std::string(name_of(account.role)))});
  }
  StaffFields fields(app, request, "jury", typed, std::move(wrong));
  fields.checks("members", members).input("reply_days", "number").narrow().input("needed_percent", "number").narrow();
  fields.radios("base", {{"members", say(app, request, "staff.jury.base_members"), ""}, {"cast", say(app, request, "staff.jury.base_cast"), ""}});
  fields.input("source");
  fields.put(view, "fields");
  return staff_page(app, request, "jury_begin", view, fields.has_wrong() ? 422 : 200);
}

}  // namespace

Result<HttpResponse> show_juries(const App& app, const Request& request) {
  View view = staff_view(app, request, say(app, request, "staff.jury.title"), "/staff/awards");
  const auto cases = TRY(app.jury.cases());
  const auto title_of = [&](const std::string& rule_set) {
    const auto rules = app.catalog.award_rules(rule_set);
    return rules ? rules->title.in(request.language) : rule_set;
  };
  const auto units = TRY(app.facts.subjects());
  for (const auto& one : cases) {
    View row;
    const auto unit = std::find_if(units.begin(), units.end(), [&](const auto& subject) { return subject.key == one.unit || subject.code == one.unit; });
    row.set("href", jury_address(one.id)).set("case_title", title_of(one.rule_set)).set("year", one.year).set("opened", shown_date(one.opened));
    row.set("unit", unit == units.end() ? one.unit : unit->name);
    put_stage(row, app, request, one, TRY(is_finished(app, one)));
    view.add("cases", std::move(row));
  }
  view.set("any_case", !cases.empty()).set("may_begin", is_office(request));
  bool any = false;
  for (const auto& record : TRY(app.store.registry().records("decision", ""))) {
    const bool has_case = std::any_of(cases.begin(), cases.end(), [&](const auto& one) { return one.id == record.id; });
    if (has_case) continue;
    any = true;
    View row;
    row.set("kept_href", "/staff/awards/kept/" + record.id).set("kept_title", title_of(record.subject)).set("kept_on", shown_date(vietnam_date(record.created)));
    row.set("begin_href", jury_address(record.id) + "/begin");
    view.add("waiting", std::move(row));
  }
  view.set("any_waiting", any);
  return staff_page(app, request, "juries", view);
}

Result<HttpResponse> show_jury_terms(const App& app, const Request& request) {
  const JuryTerms usual;
  FormData typed({{"reply_days", std::to_string(usual.reply_days)}, {"needed_percent", std::to_string(usual.needed_percent)}, {"base", usual.base}});
  for (const auto& account : TRY(app.accounts.all())) {
    if (account.active && account.role == Role::jury) typed.add("members", account.name);
  }
  return terms_page(app, request, typed, {});
}

Result<HttpResponse> begin_jury(const App& app, const Request& request, const StaffForm& form) {
  JuryTerms terms;
  terms.reply_days = static_cast<int>(std::clamp<std::int64_t>(integer_from(form.text("reply_days")).value_or(0), 0, 1000));
  terms.needed_percent = static_cast<int>(std::clamp<std::int64_t>(integer_from(form.text("needed_percent")).value_or(0), 0, 1000));
  terms.base = form.text("base");
  terms.source = form.text("source");
  for (const auto& [name, value] : form.fields.fields()) {
    if (name == "members") terms.members.push_back(value);
  }
  const std::string id = request.params.at(0);
  const auto begun = app.jury.begin(id, std::move(terms), signed_in(request)->account);
  if (begun || begun.error().code == ErrorCode::already_exists) return HttpResponse::redirect(jury_address(id));
  if (http_status_of(begun.error().code) != 422) return fail(begun.error());
  return terms_page(app, request, form.fields, {{begun.error().where, say(app, request, "staff.fault.jury." + begun.error().where)}});
}

Result<HttpResponse> show_jury(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "jury case"));
  const JuryCase& one = opened.jury;
  const std::string today = vietnam_date(app.clock.now());
  const std::string& account = signed_in(request)->account;
  View view = staff_view(app, request, opened.rules().title.in(request.language), "/staff/awards");
  view.set("issuer", opened.rules().issuer).set("number", opened.rules().number).set("year", one.year).set("date", shown_date(opened.decision().date));
  view.set("unit", name_in(opened, one.unit)).set("here", jury_address(one.id)).set("kept_href", "/staff/awards/kept/" + one.id);
  view.set("not_rebuilt", !opened.rebuilt->same).set("is_office", is_office(request));
  const bool duties_only = opened.to_vote_on().empty() && gives_duties_only(opened.rules());
  DutyProgress duties;
  if (duties_only) duties = duty_progress(opened, TRY(RemedyPlan(app.store, app.clock).measures(one.id)), today);
  put_stage(view, app, request, one, duties_only && duties.is_finished());

  const auto heard = opened.hearings(today);
  const auto count_of = [&](HearingState state) { return std::count_if(heard.begin(), heard.end(), [&](const auto& who) { return who.state == state; }); };
  const auto step = [&](const char* name, bool done, const std::string& words) {
    view.add("steps", View().set("step", say(app, request, std::string("staff.jury.step_") + name)).set("done", done).set("open", !done).set("step_words", words));
  };
  const auto waiting = count_of(HearingState::running);
  const auto untold = count_of(HearingState::not_told);
  step("notices", untold == 0, say(app, request, "staff.jury.step_notices_words", {{"told", std::to_string(heard.size() - static_cast<std::size_t>(untold))}, {"all", std::to_string(heard.size())}}));
  step("replies", untold == 0 && waiting == 0, say(app, request, "staff.jury.step_replies_words", {{"replied", std::to_string(count_of(HearingState::replied))}, {"running", std::to_string(waiting)}}));
  const auto candidates = opened.to_vote_on();
  std::size_t voters = 0;
  for (const auto& member : one.terms.members) {
    voters += std::any_of(one.votes.begin(), one.votes.end(), [&](const auto& vote) { return vote.account == member; }) ? 1 : 0;
  }
  if (duties_only) {
    step("measures", duties.unplanned == 0 && duties.settled == duties.measures,
         say(app, request, "staff.jury.step_measures_words", {{"settled", std::to_string(duties.settled)}, {"all", std::to_string(duties.measures)}, {"unplanned", std::to_string(duties.unplanned)}}));
  }
  if (!candidates.empty()) {
    step("votes", !one.closed.empty(), say(app, request, "staff.jury.step_votes_words", {{"voted", std::to_string(voters)}, {"members", std::to_string(one.terms.members.size())}}));
    step("ruling", one.ruling.has_value(), one.ruling ? one.ruling->number + ", " + shown_date(one.ruling->day) + ", " + one.ruling->decided_by : say(app, request, "staff.jury.step_ruling_words"));
  }

  for (const auto& table : award_tables(opened.rules(), opened.decision())) view.add("awards", glance(app, request, opened, table));
  for (const auto& finding : opened.decision().findings) view.add("findings", View().set("finding", finding.in(request.language)));
  view.set("any_finding", !opened.decision().findings.empty());

  for (const auto& who : heard) {
    View row;
    row.set("name", who.name).set("person", who.person).set("person_id", "number-" + who.person);
    put_hearing(row, app, request, who);
    put_negative_words(row, app, request, opened, who);
    row.set("notice_href", who.notice == nullptr ? std::string() : jury_address(one.id) + "/notices/" + who.notice->id);
    row.set("may_tell", who.notice == nullptr && is_office(request) && !one.ruling);
    view.add("people", std::move(row));
  }
  view.set("any_person", !heard.empty());

  const auto sits = app.jury.may_sit(opened);
  const bool is_member = one.is_member(account);
  view.set("any_vote", !candidates.empty()).set("is_member", is_member).set("may_vote", is_member && bool(sits));
  view.set("why_not", sits || !one.closed.empty() ? std::string() : app.locales.sentence(request.language, sits.error()));
  const bool untold_left = untold > 0 && one.closed.empty();
  if (untold_left) view.set("why_not", say(app, request, "staff.jury.untold"));
  view.set("ballot_shown", bool(sits) || !one.closed.empty());
  view.set("any_why_not", !sits && one.closed.empty()).set("waiting_for", sits ? std::string() : name_in(opened, sits.error().where));
  view.set("closed", !one.closed.empty()).set("may_close", bool(sits) && is_office(request) && voters > 0);
  view.set("may_rule", !one.closed.empty() && !one.ruling && is_office(request));
  for (const auto* candidate : candidates) {
    view.add("ballot", vote_row(app, request, opened, *candidate, is_member && bool(sits)));
    if (is_member && one.closed.empty() && !one.in_conflict(account, candidate->subject)) {
      view.add("conflict_choices", View().set("choice", candidate->subject).set("choice_label", candidate->name));
    }
  }
  const std::string base = say(app, request, "staff.jury.base_" + one.terms.base);
  view.set("terms", say(app, request, "staff.jury.terms", {{"days", std::to_string(one.terms.reply_days)}, {"percent", std::to_string(one.terms.needed_percent)}, {"base", base}}));
  view.set("terms_source", one.terms.source).set("any_source", !one.terms.source.empty());
  std::string members;
  for (const auto& member : one.terms.members) {
    const auto found = TRY(app.store.registry().account(member));
    members += (members.empty() ? "" : ", ") + (found ? found->display_name : member);
  }
  view.set("members", members);
  for (const auto& conflict : one.conflicts) {
    view.add("conflicts", View().set("who", conflict.account).set("about", name_in(opened, conflict.subject)).set("why", conflict.reason));
  }
  view.set("any_conflict", !one.conflicts.empty());
  view.set("decided", one.ruling.has_value());
  if (one.ruling) {
    view.set("ruling_number", one.ruling->number).set("ruling_day", shown_date(one.ruling->day)).set("ruling_by", one.ruling->decided_by);
    for (const auto& result : one.ruling->results) {
      View row;
      row.set("name", name_in(opened, result.subject)).set("award_of", award_title(opened, result.award, request.language)).set("awarded", result.awarded).set("refused", !result.awarded);
      row.set("grounds", result.grounds).set("any_grounds", !result.grounds.empty());
      view.add("results", std::move(row));
    }
  }
  for (const auto& name : jury_papers()) {
    view.add("papers", View().set("paper_href", jury_address(one.id) + "/papers/" + name).set("paper_name", say(app, request, "papers." + name + "_name")));
  }
  return staff_page(app, request, "jury", view);
}

Result<HttpResponse> show_jury_cell(const App& app, const Request& request) {
  const OpenedCase opened = TRY(open_and_note(app, request, "jury cell"));
  const auto wanted = request.query.one("n");
  const auto index = wanted ? integer_from(*wanted) : std::nullopt;
  const auto& candidates = opened.decision().candidates;
  if (!index || *index < 0 || static_cast<std::size_t>(*index) >= candidates.size()) return fail(ErrorCode::not_found, "no such candidate");
  const auto& candidate = candidates[static_cast<std::size_t>(*index)];
  const auto clause_wanted = request.query.one("clause");
  const auto* clause = clause_wanted ? opened.rules().clause(*clause_wanted) : nullptr;
  if (clause_wanted && clause == nullptr) return fail(ErrorCode::not_found, "no such clause", std::string(*clause_wanted));
  const std::string& language = request.language;
  View view = staff_view(app, request, candidate.name + (clause == nullptr ? "" : ": " + clause->id), "/staff/awards");
  view.set("here", jury_address(opened.jury.id)).set("candidate", candidate.name).set("award_of", award_title(opened, candidate.award, language));
  view.set("whole_href", jury_address(opened.jury.id) + "/candidate?n=" + std::to_string(*index));
  view.set("one_clause", clause != nullptr);
  put_verdict(view, candidate.verdict, language);
  if (clause != nullptr) {
    view.set("clause_place", clause->id + ", " + clause->place.in(language)).set("clause_quote", clause->quote).set("any_clause_quote", !clause->quote.empty());
    view.set("clause_text", clause->text.in(language)).set("by_hand", clause->by_hand.empty() ? std::string() : clause->by_hand.in(language)).set("any_by_hand", !clause->by_hand.empty());
  }
  const bool joined = candidate.reason.predicate == "all" && !candidate.reason.children.empty();
  std::vector<const awards::Reason*> conditions;
  if (joined) {
    for (const auto& child : candidate.reason.children) conditions.push_back(&child);
  } else {
    conditions.push_back(&candidate.reason);
  }
  for (const auto* reason : conditions) {
    if (clause != nullptr && !rests_on(*reason, clause->id)) continue;
    view.add("conditions", reason_view(app, request, opened.rules(), opened.decision(), *reason));
  }
  return staff_page(app, request, "jury_cell", view);
}

}  // namespace khaosat
