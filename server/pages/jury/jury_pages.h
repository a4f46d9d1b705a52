// What follows a kept decision: the case at a glance, notices and replies, votes, the decision of a person;
// what an officer still has to find; a person's own record.
#pragma once

#include "server/pages/staff_session.h"

namespace khaosat {

// GET /staff/jury
Result<HttpResponse> show_juries(const App& app, const Request& request);
// GET and POST /staff/jury/ID/begin; ID names a kept decision. Fields: reply_days, needed_percent, base
// (members, cast), members (repeated accounts), source.
Result<HttpResponse> show_jury_terms(const App& app, const Request& request);
Result<HttpResponse> begin_jury(const App& app, const Request& request, const StaffForm& form);
// GET /staff/jury/ID
Result<HttpResponse> show_jury(const App& app, const Request& request);
// GET /staff/jury/ID/candidate?n=INDEX&clause=CLAUSE: one cell of the table, or with no clause all of it.
Result<HttpResponse> show_jury_cell(const App& app, const Request& request);

// POST /staff/jury/ID/notices: person, number. Answers 200 with the notice to print, its code on it.
Result<HttpResponse> give_notice(const App& app, const Request& request, const StaffForm& form);
// GET /staff/jury/ID/notices/NOTICE, …/paper to be printed and …/paper/docx: without the code. POST …/code: the
// paper with a new one.
Result<HttpResponse> show_notice(const App& app, const Request& request);
Result<HttpResponse> print_notice(const App& app, const Request& request);
Result<HttpResponse> download_notice(const App& app, const Request& request);
Result<HttpResponse> renew_code(const App& app, const Request& request, const StaffForm& form);
// POST /staff/jury/ID/notices/NOTICE/reply: text, day. A reply that came on paper.
Result<HttpResponse> take_reply(const App& app, const Request& request, const StaffForm& form);

// POST /staff/jury/ID/votes: voice-N (yes, no, abstain) for candidate N of the decision.
Result<HttpResponse> take_votes(const App& app, const Request& request, const StaffForm& form);
// POST /staff/jury/ID/conflicts: subject, reason.
Result<HttpResponse> take_conflict(const App& app, const Request& request, const StaffForm& form);
// POST /staff/jury/ID/close: confirm=yes.
Result<HttpResponse> close_votes(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/jury/ID/ruling: decided_by, number, day, result-N (yes, no), grounds-N.
Result<HttpResponse> show_ruling_form(const App& app, const Request& request);
Result<HttpResponse> take_ruling(const App& app, const Request& request, const StaffForm& form);

// GET /staff/jury/ID/papers/PAPER (proposal, minutes, lost_points, remedy, monthly_reports) and …/docx. What
// stands above and below is the office's letterhead; the address may say otherwise: number, signer_authority,
// signer, signer_name.
Result<HttpResponse> show_jury_paper(const App& app, const Request& request);
Result<HttpResponse> download_jury_paper(const App& app, const Request& request);
// GET and POST /staff/letterhead: above, authority, symbol, place, signer_authority, signer, signer_name, recipients.
Result<HttpResponse> show_letterhead(const App& app, const Request& request);
Result<HttpResponse> change_letterhead(const App& app, const Request& request, const StaffForm& form);
// GET and POST /staff/jury/ID/remedy: criterion, measure, responsible, due; POST …/remedy/MEASURE: percent, note.
Result<HttpResponse> show_remedy_plan(const App& app, const Request& request);
Result<HttpResponse> add_remedy(const App& app, const Request& request, const StaffForm& form);
Result<HttpResponse> report_remedy(const App& app, const Request& request, const StaffForm& form);

// GET /staff/awards/missing?unit=KEY&year=YEAR: what every directive lacks, by whoever can supply it.
Result<HttpResponse> show_missing(const App& app, const Request& request);

// GET and POST /own-record: code. POST /own-record/reply: code, text. For a stranger with a reading code.
Result<HttpResponse> show_own_record_door(const App& app, const Request& request);
Result<HttpResponse> show_own_record(const App& app, const Request& request);
Result<HttpResponse> reply_to_notice(const App& app, const Request& request);

}  // namespace khaosat
