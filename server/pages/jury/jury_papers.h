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
// Name of the office, number, place and day, signature: what the address of the page says, or what can be
// taken from the case.
void put_letterhead(exports::OfficePaper& paper, const App& app, const Request& request, const OpenedCase& opened, const std::string& name);
// A view of the paper for templates/pages/office_paper.
View view_of_paper(const exports::OfficePaper& paper);

}  // namespace khaosat
