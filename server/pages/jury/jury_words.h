// Pieces that several pages of a jury show.
#pragma once

#include <string>

#include "server/pages/app.h"
#include "server/pages/staff_session.h"
#include "server/services/jury/jury_book.h"

namespace khaosat {

std::string jury_address(const std::string& id);
// The person's name in the decision's facts, or its key.
std::string name_in(const OpenedCase& opened, const std::string& key);
std::string award_title(const OpenedCase& opened, const std::string& award, const std::string& language);
// Opens the case and notes in the journal that facts about people were read.
Result<OpenedCase> open_and_note(const App& app, const Request& request, const std::string& purpose);

// words[what, found, place, is_duty, chain[criterion, points, holder, documents]]: what is said about a
// person, each with criterion → points → responsible → document.
void put_negative_words(View& view, const App& app, const Request& request, const OpenedCase& opened, const PersonHeard& heard);
// "state" in words, "state_kind" as a badge (good, open, bad), notice and reply dates.
void put_hearing(View& view, const App& app, const Request& request, const PersonHeard& heard);
// What the person replied; removed content says so.
std::string reply_text(const App& app, const Request& request, const JuryReply& reply);

}  // namespace khaosat
