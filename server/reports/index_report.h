// An index run as tables and pictures for people: rows in reading order, numbers as they are written,
// intervals as positions on a line. Takes what may be published only. Pure; thread safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/disclosure/published_run.h"

namespace khaosat {

// "72,4" in Vietnamese, "72.4" in English; no decimals when it is a whole number of many.
std::string decimal_text(double value, int decimals, std::string_view language);

struct IndexRow {
  std::size_t node = 0;  // in PublishedRun::nodes
  int depth = 0;         // 0: the index itself
  bool is_item = false;  // a question
};

// Every node, each after its parent, brothers in file order; items only if wanted.
std::vector<IndexRow> index_rows(const disclosure::PublishedRun& run, bool with_items);

// The scale from left to right over `width` units; whole units, because a screen shows no less.
struct IntervalPicture {
  static constexpr int kWidth = 200;
  int low = 0;   // of the interval; equal to `at` without one
  int at = 0;
  int high = 0;
  bool with_interval = false;
};
std::optional<IntervalPicture> interval_picture(const disclosure::PublishedScore& score, double scale_low, double scale_high);

// Percent of respondents who were asked and gave no score, all kinds together; nothing when the group
// is too small to say, or no survey stands behind it.
std::optional<int> missing_percent(const disclosure::PublishedScore& score);

}  // namespace khaosat
