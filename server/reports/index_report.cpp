#include "server/reports/index_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "analysis/sums/sums_table.h"

namespace khaosat {

namespace {

void add_rows(const disclosure::PublishedRun& run, std::size_t node, int depth, bool with_items, std::vector<IndexRow>& rows) {
  const auto& described = run.nodes[node];
  const bool is_item = described.children.empty() && !described.question.empty();
  if (is_item && !with_items) return;
  rows.push_back({node, depth, is_item});
  for (const auto child : described.children) add_rows(run, child, depth + 1, with_items, rows);
}

int position(double value, double low, double high) {
  const double share = std::clamp((value - low) / (high - low), 0.0, 1.0);
  return static_cast<int>(std::lround(share * IntervalPicture::kWidth));
}

}  // namespace

std::string decimal_text(double value, int decimals, std::string_view language) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  std::string written = text;
  if (written.find_first_not_of("-0.") == std::string::npos && written.front() == '-') written.erase(0, 1);
  if (language != "en") std::replace(written.begin(), written.end(), '.', ',');
  return written;
}

std::vector<IndexRow> index_rows(const disclosure::PublishedRun& run, bool with_items) {
  std::vector<IndexRow> rows;
  for (std::size_t i = 0; i < run.nodes.size(); ++i) {
    if (!run.nodes[i].parent) add_rows(run, i, 0, with_items, rows);
  }
  return rows;
}

std::optional<IntervalPicture> interval_picture(const disclosure::PublishedScore& score, double scale_low, double scale_high) {
  if (score.state != disclosure::PublishedState::value || !score.value || !(scale_high > scale_low)) return std::nullopt;
  IntervalPicture picture;
  picture.at = picture.low = picture.high = position(*score.value, scale_low, scale_high);
  if (score.lower && score.upper) {
    picture.with_interval = true;
    picture.low = position(*score.lower, scale_low, scale_high);
    picture.high = position(*score.upper, scale_low, scale_high);
  }
  return picture;
}

std::optional<int> missing_percent(const disclosure::PublishedScore& score) {
  if (score.missing_percent.size() != sums::kAbsenceKinds) return std::nullopt;
  int total = 0;
  for (std::size_t kind = 0; kind < sums::kAbsenceKinds; ++kind) {
    if (static_cast<sums::Absence>(kind) != sums::Absence::not_asked) total += score.missing_percent[kind];
  }
  return total;
}

}  // namespace khaosat
