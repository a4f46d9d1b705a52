// The views of results: a published run as rows, cells and pictures of a template.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/disclosure/published_run.h"
#include "analysis/robustness/rank_table.h"
#include "server/pages/staff_session.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

// overall[unit, href, cell, ranks]: the index itself, a row per unit; ranks are those it may have.
void put_overall(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run,
                 const std::optional<robustness::RankTable>& ranks);
// "69", or "65–69" where exactly is not told; "–" where no survey stands behind it.
std::string people_text(const disclosure::PublishedScore& score);
// Nobody answered here, or too few, and they were counted with another unit.
bool is_without_answers(const disclosure::PublishedUnit& unit);
// In a person's words, why a node of the unit has no value.
std::string nothing_text(const App& app, const Request& request, const disclosure::PublishedRun& run, const disclosure::PublishedUnit& unit, std::size_t node);
// A set of ranks as a text.
std::string rank_text(const ranks::RankSet& set);
// blocks[heads[unit], rows[title, cells]]: parts and factors, a column per unit, a few units at a time.
void put_matrix(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run);
// Where a unit's results are shown ("unit"), or how its answers were spread ("answers").
std::string unit_href(std::string_view campaign, std::string_view model, std::string_view unit, std::string_view page = "unit");
// rows[title, cell, opens, question_id]: everything about one unit, down to the questions; without_answers or is_joined[joined_name,
// joined_href] where it has none of its own.
void put_unit(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run,
              const disclosure::PublishedUnit& unit, const Questionnaire& questionnaire);
// What it takes to compute the same again: parameters, assumptions, hashes, program.
void put_origin(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run);

}  // namespace khaosat
