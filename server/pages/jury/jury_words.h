// Pieces that several pages of a jury show.
#pragma once

#include <string>
#include <utility>
#include <vector>

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

// One negative word about a person, and what it rests on.
struct SaidLink {
  std::string criterion;
  std::string points;     // "0/4"
  std::string holder;     // may be empty: nobody is recorded
  std::string documents;  // may be empty
};
struct SaidWord {
  bool is_duty = false;  // to mend something; else a clause that is not met
  std::string place;     // clause and where it stands; may be empty
  std::string quote;
  std::string what;
  std::string found;
  std::string lost;  // "mất 4 điểm …"; duties only
  std::vector<SaidLink> chain;
  std::vector<std::pair<std::string, std::string>> rests_on;  // a fact and its papers; only without a chain
};
std::vector<SaidWord> negative_words(const App& app, const Request& request, const OpenedCase& opened, const PersonHeard& heard);
// words[what, found, place, is_duty, chain[criterion, points, holder, documents]]: what is said about a
// person, each with criterion → points → responsible → document.
void put_negative_words(View& view, const App& app, const Request& request, const OpenedCase& opened, const PersonHeard& heard);
// "state" in words, "state_kind" as a badge (good, open, bad), notice and reply dates.
void put_hearing(View& view, const App& app, const Request& request, const PersonHeard& heard);
// What the person replied; removed content says so.
std::string reply_text(const App& app, const Request& request, const JuryReply& reply);

}  // namespace khaosat
