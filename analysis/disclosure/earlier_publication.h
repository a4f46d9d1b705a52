// What of an earlier publication matters to the next one: which figures were told, and how many people
// stood behind them. Whoever holds both could otherwise subtract.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/disclosure/published_run.h"
#include "base/result.h"

namespace khaosat::disclosure {

struct EarlierFigure {
  std::uint64_t n_low = 0;  // as it was told: equal ends, or a range
  std::uint64_t n_high = 0;
  std::optional<double> value;
};

struct EarlierPublication {
  DefinitionIdentity model;
  int year = 0;
  std::string input_hash;  // the same input: the same people, nothing to subtract
  // Figures told, survey values only: by unit and node, and leaves also by unit and question, because
  // another model may tell the same question.
  std::map<std::pair<std::string, std::string>, EarlierFigure> by_node;
  std::map<std::pair<std::string, std::string>, EarlierFigure> by_question;
};

EarlierPublication earlier_publication(const PublishedRun& run);
// From to_json(PublishedRun). Refuses bad_json and what is no published run.
Result<EarlierPublication> read_earlier_publication(std::string_view json);

}  // namespace khaosat::disclosure
