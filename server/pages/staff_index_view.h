// The views of results: a published run as rows, cells and pictures of a template.
#pragma once

#include <optional>

#include "analysis/disclosure/published_run.h"
#include "analysis/robustness/rank_table.h"
#include "server/pages/staff_session.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

// overall[unit, href, cell, ranks]: the index itself, a row per unit; ranks are those it may have.
void put_overall(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run,
                 const std::optional<robustness::RankTable>& ranks);
// A set of ranks as a text.
std::string rank_text(const ranks::RankSet& set);
// blocks[heads[unit], rows[title, cells]]: parts and factors, a column per unit, a few units at a time.
void put_matrix(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run);
// rows[title, cell]: everything about one unit, down to the questions.
void put_unit(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run,
              const disclosure::PublishedUnit& unit, const Questionnaire& questionnaire);
// What it takes to compute the same again: parameters, assumptions, hashes, program.
void put_origin(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run);

}  // namespace khaosat
