// A comparison of two years, and how firm an order of units is, as plain text for people. Takes what may
// be published only. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

#include "analysis/disclosure/published_change.h"
#include "analysis/robustness/rank_table.h"
#include "analysis/robustness/robustness.h"

namespace khaosat {

// `language`: "vi" or "en".
std::string change_text(const disclosure::PublishedChange& change, std::string_view language);
std::string rank_text(const robustness::RankTable& table, std::string_view language);
std::string robustness_text(const robustness::Robustness& result, std::string_view language);

// Why two years cannot be compared, or a figure is not told, in words.
std::string reason_text(std::string_view reason, std::string_view language);

}  // namespace khaosat
