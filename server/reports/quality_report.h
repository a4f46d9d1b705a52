// How forms were filled in, as plain text for people. Takes what may be published only. Pure; thread safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "analysis/disclosure/published_quality.h"
#include "analysis/disclosure/published_run.h"

namespace khaosat {

// "7", "1–4", "0".
std::string range_text(const disclosure::CountRange& range);
// A flag in words: "gần như chép lại".
std::string flag_text(quality::Flag flag, std::string_view language);

// `name_of`: a unit's name by id. `with_all` and `without_flagged` may be null.
std::string quality_text(const disclosure::PublishedQuality& quality, const std::function<std::string(const std::string&)>& name_of,
                         const disclosure::PublishedRun* with_all, const disclosure::PublishedRun* without_flagged,
                         std::string_view language);

}  // namespace khaosat
