// The papers of a case, made from what is kept: as data, for the printer and as DOCX.
#pragma once

#include <string>
#include <vector>

#include "server/exports/office_paper.h"
#include "server/pages/jury/jury_words.h"

namespace khaosat {

// proposal, minutes, lost_points, remedy, monthly_reports
const std::vector<std::string>& jury_papers();
// The body of the paper and what it is called; the head and who signs come from letterhead(). not_found.
Result<exports::OfficePaper> jury_paper(const App& app, const Request& request, const OpenedCase& opened, const std::string& name);
struct PaperHead {
  std::string kind;    // one of jury_papers(), or "notice"
  std::string number;  // "15", "15/TB-UBND", empty: to be filled in by hand
  std::string day;
};
// Name of the office, number, place and day, signature: the letterhead kept, where the address of the page says
// nothing else (number, signer_authority, signer, signer_name).
Result<void> put_letterhead(exports::OfficePaper& paper, const App& app, const Request& request, const OpenedCase& opened, const PaperHead& head);
// The notice to a person, whole. `code` may be empty: it is known only when it was made.
Result<exports::OfficePaper> notice_paper(const App& app, const Request& request, const OpenedCase& opened, const JuryNotice& notice, const std::string& code);
// What stands around a paper on the screen, not on paper.
struct PaperAround {
  std::string back;
  std::string here;
  std::string docx;       // may be empty
  std::string notice;     // may be empty
  bool asks_head = true;  // number and signature may be given
};
HttpResponse paper_page(const App& app, const Request& request, const exports::OfficePaper& paper, const PaperAround& around);
// A view of the paper for templates/pages/office_paper.
View view_of_paper(const exports::OfficePaper& paper);

}  // namespace khaosat
