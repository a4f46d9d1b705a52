// Counts of the population by category, as an office hands them in: a table made from the civil register. Never a
// person: a row is a combination of categories and how many people it has. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/population_classes.h"
#include "base/fault.h"
#include "server/survey/campaign.h"
#include "server/survey/questionnaire.h"
#include "server/survey/unit_register.h"

namespace khaosat {

// CSV with the column people, a column for each question whose options are the categories (id or Vietnamese
// words of an option), and unit (id or name; may be left out where there is one) or psu, whose counts are
// added up to their unit: base weights know each place already, and a class within a place is too few people.
// A cell of a question left empty: the row counts people over all its options. Rows that name the same
// questions are one margin; several margins are raked.
//
// Faults: columns; unknown units, places, questions, options; a question that is no trait of a person with options to choose
// from, or asked only of those who agree and not in this campaign; a combination twice or missing; units without counts;
// counts that are no whole numbers up to 100 million; margins or a unit of them with different totals; a total more
// than a tenth away from the people in the frame, where all places are in the sample: another population.
index::Population read_population(std::string_view csv, const Campaign& campaign, const Questionnaire& questionnaire,
                                  const UnitRegister& units, Faults& faults);

// The same table written out, as read_population() reads it.
std::string population_csv(const index::Population& population);
// A table to fill in: the traits asked about sex and age if there are such, otherwise the first two; no counts.
std::string population_template(const Campaign& campaign, const Questionnaire& questionnaire);
// Questions that may be named, by id.
std::vector<std::string> population_questions(const Campaign& campaign, const Questionnaire& questionnaire);

// The document that is kept; the source of what is read is the digest of the document.
std::string to_json(const index::Population& population);
Result<index::Population> read_population_json(std::string_view json);

}  // namespace khaosat
