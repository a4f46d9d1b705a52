// Facts in and out of files. Both forms have the same fields; docs/award_rules.md lists them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/fact_book.h"

namespace khaosat::awards {

// Columns of the table, in the order written. "record" and "subject" are required.
const std::vector<std::string>& fact_columns();

// record = subject | fact | register. Faults name row and column.
FactRows read_fact_rows_csv(const std::string& file, std::string_view text, Faults& faults);
// {"subjects": [{…}], "facts": [{…}], "registers": [{…}]}, members named as the columns.
FactRows read_fact_rows_json(const std::string& file, std::string_view text, Faults& faults);

// The two steps in one: rows, then FactBook::build().
FactBook read_facts_csv(const std::string& file, std::string_view text, const Ladders& ladders,
                        Faults& faults);
FactBook read_facts_json(const std::string& file, std::string_view text, const Ladders& ladders,
                         Faults& faults);

std::string to_csv(const FactBook& facts);
std::string to_json(const FactBook& facts);

}  // namespace khaosat::awards
