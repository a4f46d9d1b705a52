// How figures that may be told are told: rounded, with n as coarse as it must be, with the ranks they may have. Of use
// inside this folder only; what may be told is decided by publish() and publish_what_if().
#pragma once

#include <cstdint>

#include "analysis/disclosure/published_run.h"
#include "analysis/index/index_run.h"

namespace khaosat::disclosure {

double rounded(double value, int decimals);
// Counts from the minimum up to `alone_below` are told as a range.
void tell_count(std::uint64_t n, const DisclosureRules& rules, std::uint64_t& low, std::uint64_t& high);
// A score with a value; `survey`: people are behind it.
void tell_value(const index::NodeScore& score, bool survey, const DisclosureRules& rules, PublishedScore& out);
// All but units.
void describe(const index::IndexRun& run, const DisclosureRules& rules, PublishedRun& published);
// Beside the index of a unit stands the one without calibration, where the two together point at nobody.
void tell_calibration(const index::IndexRun& run, PublishedRun& published);
// Among the published ones only: a rank left free would tell where the hidden one stands. A node whose score rests on
// answers in any unit has sampled figures; beside them the exact ones of other units have no place.
void tell_ranks(const index::IndexRun& run, PublishedRun& published);

}  // namespace khaosat::disclosure
