#include "server/pages/jury/jury_papers.h"

#include <algorithm>

#include "base/text.h"
#include "server/pages/design.h"
#include "server/pages/shown_number.h"
#include "server/pages/staff_decision_view.h"
#include "server/pages/staff_page.h"
#include "server/services/letterhead.h"
#include "server/services/jury/lost_points.h"
#include "server/services/jury/remedy_plan.h"

namespace khaosat {

namespace {

using exports::OfficePaper;
using exports::PaperTable;

class Making {
 public:
  Making(const App& app, const Request& request, const OpenedCase& opened) : app_(app), request_(request), opened_(opened) {}

  OfficePaper proposal() {
    OfficePaper paper = begin("proposal");
    for (const auto& award : opened_.rules().awards) {
      if (award.is_check) continue;
      PaperTable table{{word("number"), word("candidate"), word("kind"), word("verdict"), word("votes"), word("result")}, {7, 31, 13, 17, 17, 15}, {}};
      PaperTable open{{word("number"), word("candidate"), word("missing")}, {7, 33, 60}, {}};
      for (const auto& candidate : opened_.decision().candidates) {
        if (candidate.award != award.id) continue;
        if (candidate.verdict == awards::Verdict::undetermined) open.rows.push_back({number(open), candidate.name, missing_of(candidate.reason)});
        if (!listed(candidate)) continue;
        table.rows.push_back({number(table), candidate.name, kind_of(candidate.kind), awards::words_of(candidate.verdict).in(language()), votes_of(candidate), result_of(candidate)});
      }
      paper.heading(award.title.in(language()));
      for (const auto& selection : opened_.decision().selections) {
        if (selection.award == award.id && !selection.arithmetic.empty()) paper.item(word("seats") + " (" + kind_of(selection.kind) + "): " + selection.arithmetic.in(language()));
      }
      if (table.rows.empty()) paper.paragraph(word("nobody"));
      else paper.table(std::move(table));
      if (!open.rows.empty()) paper.paragraph(word("open_lead")).table(std::move(open));
    }
    readings(paper);
    return paper;
  }

  Result<OfficePaper> minutes() {
    OfficePaper paper = begin("minutes");
    const JuryCase& one = opened_.jury;
    std::string members;
    for (const auto& member : one.terms.members) {
      const auto account = TRY(app_.store.registry().account(member));
      members += (members.empty() ? "" : ", ") + (account ? account->display_name : member);
    }
    paper.paragraph(word("meeting_begins")).paragraph(word("meeting_place"));
    paper.heading(word("part_members")).paragraph(members + ".");
    paper.paragraph(say(app_, request_, "staff.jury.terms", {{"days", std::to_string(one.terms.reply_days)}, {"percent", std::to_string(one.terms.needed_percent)},
                                                              {"base", say(app_, request_, "staff.jury.base_" + one.terms.base)}}) + (one.terms.source.empty() ? "" : " (" + one.terms.source + ")"));
    paper.heading(word("part_verdicts"));
    PaperTable table{{word("number"), word("candidate"), word("verdict"), word("because")}, {7, 27, 18, 48}, {}};
    for (const auto* candidate : opened_.to_vote_on()) {
      table.rows.push_back({number(table), candidate->name, awards::words_of(candidate->verdict).in(language()), because(candidate->reason)});
    }
    if (!table.rows.empty()) paper.table(std::move(table));
    paper.heading(word("part_heard"));
    const auto heard = opened_.hearings(vietnam_date(app_.clock.now()));
    if (heard.empty()) paper.paragraph(say(app_, request_, "staff.jury.no_person"));
    for (const auto& who : heard) {
      View state;
      put_hearing(state, app_, request_, who);
      std::string line = who.name + ": " + (who.notice == nullptr ? say(app_, request_, "staff.jury.heard_not_told")
                                                                  : word("told_on") + " " + shown_date(who.notice->day) + ", " + word("until") + " " + shown_date(who.notice->due));
      for (const auto* reply : who.replies) line += "; " + word("replied_on") + " " + shown_date(reply->day) + (reply->day > who.notice->due ? " (" + say(app_, request_, "staff.jury.late") + ")" : "");
      if (who.state == HearingState::time_over) line += "; " + say(app_, request_, "staff.jury.heard_time_over");
      paper.item(line + ".");
    }
    if (!one.conflicts.empty()) {
      paper.heading(word("part_conflicts"));
      for (const auto& conflict : one.conflicts) paper.item(TRY(display_name(conflict.account)) + " – " + name_in(opened_, conflict.subject) + ": " + conflict.reason);
    }
    paper.heading(word("part_votes"));
    if (one.closed.empty()) {
      paper.paragraph(word("not_voted"));
    } else {
      PaperTable votes{{word("number"), word("candidate"), word("votes"), word("needed"), word("result")}, {7, 28, 31, 20, 14}, {}};
      for (const auto* candidate : opened_.to_vote_on()) {
        const Tally sum = tally(one, candidate->award, candidate->subject);
        votes.rows.push_back({number(votes), candidate->name, votes_of(*candidate),
                              std::to_string(one.terms.needed_percent) + " % × " + std::to_string(sum.base) + " → " + std::to_string(sum.needed),
                              say(app_, request_, sum.carried ? "staff.jury.carried" : "staff.jury.not_carried")});
      }
      paper.table(std::move(votes));
    }
    if (one.ruling) {
      paper.heading(word("part_ruling")).paragraph(one.ruling->number + ", " + shown_date(one.ruling->day) + ", " + one.ruling->decided_by + ".");
      for (const auto& result : one.ruling->results) {
        if (result.awarded || !result.grounds.empty()) paper.item(name_in(opened_, result.subject) + ": " + say(app_, request_, result.awarded ? "staff.jury.awarded" : "staff.jury.refused") + (result.grounds.empty() ? "" : ". " + result.grounds));
      }
    }
    readings(paper);
    paper.paragraph(word("meeting_ends"));
    return paper;
  }

  // To the person named: what is said, why, from which papers, and what he may do until when.
  OfficePaper notice(const JuryNotice& one, const std::string& code) {
    OfficePaper paper = begin("notice");
    paper.blocks.insert(paper.blocks.begin(), {exports::PaperBlock::Kind::centred, say(app_, request_, "papers.notice_to", {{"name", name_in(opened_, one.person)}}), {}});
    paper.paragraph(say(app_, request_, "papers.notice_why", {{"year", std::to_string(opened_.jury.year)}, {"unit", name_in(opened_, opened_.jury.unit)}}));
    const auto heard = opened_.hearings(vietnam_date(app_.clock.now()));
    const auto who = std::find_if(heard.begin(), heard.end(), [&](const auto& each) { return each.person == one.person; });
    if (who != heard.end()) {
      for (const auto& said : negative_words(app_, request_, opened_, *who)) put_said(paper, said);
    }
    paper.heading(word("notice_rights"));
    paper.paragraph(say(app_, request_, "papers.notice_until", {{"day", shown_date(one.due)}, {"days", std::to_string(opened_.jury.terms.reply_days)}}) + (one.due_is_sure ? "" : " " + say(app_, request_, "staff.privacy.due_not_sure")));
    paper.paragraph(word("notice_how"));
    paper.paragraph(word("notice_after"));
    if (!code.empty()) paper.code(code);
    else paper.paragraph(word("notice_no_code"));
    return paper;
  }

  OfficePaper lost_points() {
    OfficePaper paper = begin("lost_points");
    PaperTable table{{word("number"), word("unit"), word("criterion"), word("points"), word("lost"), word("responsible"), word("document")}, {7, 15, 12, 10, 8, 22, 26}, {}};
    double sum = 0;
    for (const auto& lost : lost_criteria(opened_.rebuilt->facts, opened_.decision())) {
      sum += lost.maximum - lost.points;
      table.rows.push_back({number(table), lost.unit_name, lost.criterion + " (" + lost.period + ")", shown_number(lost.points) + "/" + shown_number(lost.maximum),
                            shown_number(lost.maximum - lost.points), lost.holder_names.empty() ? word("nobody_holds") : lost.holder_names,
                            lost.scored_by + (lost.assigned_by.empty() ? "" : "; " + lost.assigned_by)});
    }
    if (table.rows.empty()) return std::move(paper.paragraph(word("no_loss")));
    paper.paragraph(word("loss_sum") + " " + shown_number(sum) + ".");
    return std::move(paper.table(std::move(table)));
  }

  Result<OfficePaper> remedy() {
    OfficePaper paper = begin("remedy");
    RemedyPlan plan(app_.store, app_.clock);
    const std::string today = vietnam_date(app_.clock.now());
    PaperTable table{{word("number"), word("criterion"), word("measure"), word("responsible"), word("due"), word("progress")}, {7, 10, 29, 18, 14, 22}, {}};
    for (const auto& one : TRY(plan.measures(opened_.jury.id))) {
      std::string progress = one.progress.empty() ? word("no_progress") : "";
      for (const auto& step : one.progress) progress += (progress.empty() ? "" : "\n") + shown_date(step.day) + ": " + std::to_string(step.percent) + " %, " + step.note;
      if (!one.closed.empty()) progress += "\n" + shown_date(one.closed) + ": " + word("measure_closed") + " " + one.closed_reason;
      if (!one.is_settled() && one.due < today) progress += "\n" + word("overdue");
      table.rows.push_back({number(table), one.criterion, one.measure, name_in(opened_, one.responsible), shown_date(one.due), progress});
    }
    if (table.rows.empty()) return std::move(paper.paragraph(word("no_measure")));
    return std::move(paper.table(std::move(table)));
  }

  OfficePaper monthly_reports() {
    OfficePaper paper = begin("monthly_reports");
    PaperTable sums{{word("unit"), word("reports_due"), word("on_time"), word("late"), word("absent"), word("good"), word("acceptable"), word("poor")}, {30, 10, 10, 10, 10, 10, 10, 10}, {}};
    for (const auto& one : opened_.decision().reports) {
      sums.rows.push_back({one.name, std::to_string(one.due), std::to_string(one.on_time), std::to_string(one.late), std::to_string(one.missing), std::to_string(one.good), std::to_string(one.acceptable), std::to_string(one.poor)});
    }
    if (!sums.rows.empty()) paper.table(std::move(sums));
    PaperTable each{{word("number"), word("unit"), word("month"), word("due"), word("received"), word("quality"), word("note")}, {7, 25, 13, 14, 14, 13, 14}, {}};
    for (const auto* fact : opened_.rebuilt->facts.facts_named("monthly_report")) {
      if (!fact->period.lies_in_year(opened_.decision().year)) continue;
      const auto detail = [&](const char* name) {
        const auto found = fact->details.find(name);
        return found == fact->details.end() ? std::string() : found->second;
      };
      const std::string done = detail("done");
      const std::string quality = detail("quality");
      each.rows.push_back({number(each), name_in(opened_, fact->subject), fact->period.text(), shown_date(detail("due")), done.empty() ? "" : shown_date(done),
                           quality.empty() ? "" : say(app_, request_, "staff.fact.quality_" + quality), done > detail("due") ? word("late") : ""});
    }
    if (each.rows.empty()) return std::move(paper.paragraph(word("no_report")));
    return std::move(paper.table(std::move(each)));
  }

 private:
  void put_said(OfficePaper& paper, const SaidWord& said) {
    std::string text = say(app_, request_, said.is_duty ? "staff.jury.to_do" : "staff.jury.not_met") + " " + said.what + (said.place.empty() ? "" : " – " + said.place) + ". ";
    if (!said.quote.empty()) text += "“" + said.quote + "”. ";
    paper.item(text + said.found + (said.lost.empty() ? "" : " " + said.lost));
    if (!said.chain.empty()) {
      PaperTable table{{word("criterion"), word("points"), word("responsible"), word("document")}, {14, 12, 34, 40}, {}};
      for (const auto& link : said.chain) {
        table.rows.push_back({link.criterion, link.points, link.holder.empty() ? word("nobody_holds") : link.holder, link.documents.empty() ? say(app_, request_, "staff.jury.no_document") : link.documents});
      }
      paper.table(std::move(table));
    }
    for (const auto& [rest, documents] : said.rests_on) paper.item(rest + (documents.empty() ? "" : ": " + documents) + ".");
  }

  const std::string& language() const { return request_.language; }
  std::string word(const std::string& key) const { return say(app_, request_, "papers." + key); }
  static std::string number(const PaperTable& table) { return std::to_string(table.rows.size() + 1); }
  std::string kind_of(awards::SubjectKind kind) const { return say(app_, request_, "staff.decision.kind." + std::string(awards::name_of(kind))); }
  Result<std::string> display_name(const std::string& account) const {
    const auto found = TRY(app_.store.registry().account(account));
    return found ? found->display_name : account;
  }

  OfficePaper begin(const std::string& name) const {
    OfficePaper paper;
    paper.language = language();
    paper.kind = word(name + "_kind");
    paper.subject = say(app_, request_, "papers." + name + "_subject", {{"year", std::to_string(opened_.decision().year)}, {"unit", name_in(opened_, opened_.jury.unit)}});
    paper.paragraph(say(app_, request_, "papers.ground", {{"number", opened_.rules().number}, {"issuer", opened_.rules().issuer}, {"day", shown_date(opened_.rules().date)}, {"date", shown_date(opened_.decision().date)}}));
    return paper;
  }
  void readings(OfficePaper& paper) const {
    bool any = false;
    for (const auto& use : opened_.decision().readings) {
      if (use.is_default && !use.value.empty()) continue;
      if (!std::exchange(any, true)) paper.heading(word("part_readings"));
      const std::string value = use.value.empty() ? say(app_, request_, "staff.decision.not_decided") : use.meaning.empty() ? use.value : use.meaning.in(language());
      paper.item(use.title.in(language()) + ": " + value + (use.chosen_by.empty() || use.value.empty() ? "" : " (" + use.chosen_by + ")") + ".");
    }
    paper.paragraph(say(app_, request_, "papers.digest", {{"rules", opened_.decision().rule_set + "/" + std::to_string(opened_.decision().rule_set_version)}, {"hash", opened_.record.hash.substr(0, 16)}}));
  }
  bool listed(const awards::CandidateDecision& candidate) const {
    if (JuryBook::is_proposed(opened_, candidate)) return true;
    if (!opened_.jury.ruling) return false;
    const auto& results = opened_.jury.ruling->results;
    return std::any_of(results.begin(), results.end(), [&](const auto& one) { return one.awarded && one.award == candidate.award && one.subject == candidate.subject; });
  }
  std::string votes_of(const awards::CandidateDecision& candidate) const {
    if (opened_.jury.closed.empty()) return word("not_yet");
    const Tally sum = tally(opened_.jury, candidate.award, candidate.subject);
    return say(app_, request_, "papers.vote_counts", {{"yes", std::to_string(sum.yes)}, {"no", std::to_string(sum.no)}, {"abstain", std::to_string(sum.abstain)}});
  }
  std::string result_of(const awards::CandidateDecision& candidate) const {
    if (!opened_.jury.ruling) return word("proposed");
    for (const auto& one : opened_.jury.ruling->results) {
      if (one.award == candidate.award && one.subject == candidate.subject) return say(app_, request_, one.awarded ? "staff.jury.awarded" : "staff.jury.refused");
    }
    return "";
  }
  std::string because(const awards::Reason& reason) const {
    if (reason.verdict == awards::Verdict::pass) return word("all_met");
    if (reason.verdict == awards::Verdict::undetermined) return missing_of(reason);
    std::string text;
    for (const auto* leaf : failing_leaves(reason)) text += (text.empty() ? "" : "\n") + leaf->clause + ": " + leaf->found.in(language());
    return text;
  }
  void collect_missing(const awards::Reason& reason, std::vector<std::string>& into) const {
    if (reason.verdict != awards::Verdict::undetermined) return;
    for (const auto& one : reason.missing) {
      const std::string line = one.what.in(language()) + (one.supplier.empty() ? "" : " (" + one.supplier.in(language()) + ")");
      if (std::find(into.begin(), into.end(), line) == into.end()) into.push_back(line);
    }
    for (const auto& child : reason.children) collect_missing(child, into);
  }
  std::string missing_of(const awards::Reason& reason) const {
    std::vector<std::string> lines;
    collect_missing(reason, lines);
    std::string text;
    for (const auto& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }

  const App& app_;
  const Request& request_;
  const OpenedCase& opened_;
};

std::string asked(const Request& request, std::string_view name, const std::string& otherwise) {
  const auto value = request.query.one(name);
  return value && !trim(*value).empty() ? std::string(trim(*value)) : otherwise;
}

}  // namespace

const std::vector<std::string>& jury_papers() {
  static const std::vector<std::string> names{"proposal", "minutes", "lost_points", "remedy", "monthly_reports"};
  return names;
}

Result<OfficePaper> jury_paper(const App& app, const Request& request, const OpenedCase& opened, const std::string& name) {
  Making making(app, request, opened);
  if (name == "proposal") return making.proposal();
  if (name == "minutes") return making.minutes();
  if (name == "lost_points") return making.lost_points();
  if (name == "remedy") return making.remedy();
  if (name == "monthly_reports") return making.monthly_reports();
  return fail(ErrorCode::not_found, "no such paper", name);
}

Result<OfficePaper> notice_paper(const App& app, const Request& request, const OpenedCase& opened, const JuryNotice& notice, const std::string& code) {
  OfficePaper paper = Making(app, request, opened).notice(notice, code);
  TRY_VOID(put_letterhead(paper, app, request, opened, {"notice", notice.number, notice.day}));
  paper.recipients.insert(paper.recipients.begin(), say(app, request, "papers.recipient_above"));
  return paper;
}

Result<void> put_letterhead(OfficePaper& paper, const App& app, const Request& request, const OpenedCase& opened, const PaperHead& head) {
  const auto stored = TRY(letterhead(app.store));
  const Letterhead office = stored.value_or(Letterhead());
  const auto either = [](const std::string& kept, const std::string& otherwise) { return kept.empty() ? otherwise : kept; };
  paper.authority_above = office.above;
  paper.authority = either(office.authority, say(app, request, "papers.authority", {{"unit", name_in(opened, opened.jury.unit)}}));
  const std::string sign = "/" + say(app, request, "papers." + head.kind + "_sign") + "-" + either(office.symbol, "UBND");
  std::string number = asked(request, "number", head.number);
  // "15" alone is the number; what goes with it is known.
  if (number.find('/') == std::string::npos) number = either(number, "……") + sign;
  paper.number = say(app, request, "papers.number_line") + " " + number;
  paper.place_and_day = say(app, request, "papers.place_and_day", {{"place", either(office.place, "…………")}, {"day", head.day.substr(8, 2)}, {"month", head.day.substr(5, 2)}, {"year", head.day.substr(0, 4)}});
  paper.signer_authority = asked(request, "signer_authority", office.signer_authority);
  paper.signer = asked(request, "signer", either(office.signer, say(app, request, "papers.signer")));
  paper.signer_name = asked(request, "signer_name", office.signer_name);
  if (head.kind == "minutes") {
    paper.left_signer = say(app, request, "papers.secretary");
    paper.signer_authority.clear();
    paper.signer = asked(request, "signer", say(app, request, "papers.chair"));
    paper.signer_name = asked(request, "signer_name", "");
  }
  if (head.kind != "notice") paper.recipients.push_back(say(app, request, "papers.recipient_jury"));
  for (const auto& line : split(office.recipients, '\n')) {
    if (!trim(line).empty()) paper.recipients.push_back(std::string(trim(line)));
  }
  paper.recipients.push_back(say(app, request, "papers.recipient_file"));
  return {};
}

View view_of_paper(const OfficePaper& paper) {
  View view;
  view.set("above", paper.authority_above).set("any_above", !paper.authority_above.empty()).set("authority", paper.authority).set("number", paper.number);
  view.set("place_and_day", paper.place_and_day).set("paper_kind", paper.kind).set("paper_subject", paper.subject);
  view.set("left_signer", paper.left_signer).set("any_left_signer", !paper.left_signer.empty()).set("signer_authority", paper.signer_authority).set("any_signer_authority", !paper.signer_authority.empty());
  view.set("signer", paper.signer).set("signer_name", paper.signer_name);
  for (const auto& one : paper.recipients) view.add("recipients", View().set("recipient", one));
  int tables = 0;
  for (const auto& block : paper.blocks) {
    using Kind = exports::PaperBlock::Kind;
    View part;
    part.set("is_paragraph", block.kind == Kind::paragraph).set("is_heading", block.kind == Kind::heading).set("is_item", block.kind == Kind::item).set("is_table", block.kind == Kind::table);
    part.set("is_centred", block.kind == Kind::centred).set("is_code", block.kind == Kind::code);
    part.set("text", block.text);
    if (block.kind == Kind::table) part.set("table_name", paper.subject + " (" + std::to_string(++tables) + ")");
    for (std::size_t i = 0; i < block.table.heads.size(); ++i) part.add("heads", View().set("head", block.table.heads[i]));
    for (const int width : block.table.widths) part.add("columns", View().set("width", width));
    for (const auto& row : block.table.rows) {
      View line;
      for (const auto& cell : row) line.add("cells", View().set("cell", cell));
      part.add("rows", std::move(line));
    }
    view.add("blocks", std::move(part));
  }
  return view;
}

}  // namespace khaosat
