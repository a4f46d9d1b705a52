// What a unit was made from and what became of it, in words, and what is recorded about the units before it.
#pragma once

#include <string>
#include <vector>

#include "analysis/awards/lineage.h"
#include "server/pages/facts/fact_words.h"

namespace khaosat {

// "từ 01/07/2025", "đến hết 30/06/2025", "không ghi ngày"
std::string span_words(const App& app, const Request& request, const awards::Subject& unit);
// What the change was, in a word: several into one, one into several, the same place under another name.
std::string change_word(const App& app, const Request& request, const awards::Lineage& lineage, const awards::Subject& unit);

// Sets lineage[], any_lineage: sentences about the unit with this key, each naming a unit with the address
// of the same page (`page`, without a query) for it. Nothing for a unit that never changed.
void put_lineage(View& view, const App& app, const Request& request, const std::string& unit, int year, const std::string& page);

// Of the units that this one was made from, as the register knows them. They are other units: what is said
// about them is never said about this one.
std::vector<const awards::Subject*> units_before(const App& app, const std::string& unit);

}  // namespace khaosat
