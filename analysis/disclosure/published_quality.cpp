#include "analysis/disclosure/published_quality.h"

#include <algorithm>
#include <cmath>

namespace khaosat::disclosure {

namespace {

CountRange told(std::uint64_t count, std::uint64_t of, const DisclosureRules& rules) {
  if (count == 0) return {0, 0};
  if (count < rules.minimum) return {1, std::min(rules.minimum - 1, of)};
  if (of - count < rules.minimum) return {of - rules.minimum + 1, of};
  return {count, count};
}

int percent(double share, std::uint64_t n, const DisclosureRules& rules) {
  const double step = n < rules.whole_percent_from ? 5 : 1;
  return static_cast<int>(std::lround(100 * share / step) * static_cast<long>(step));
}

void add(CountRange& sum, const CountRange& part) {
  sum.low += part.low;
  sum.high += part.high;
}

double thousandths(double p) { return std::round(p * 1000) / 1000; }

PublishedPlace publish_place(const quality::PlaceQuality& place, const quality::QualityReport& report, const DisclosureRules& rules) {
  PublishedPlace out;
  const std::uint64_t n = place.respondents;
  if (n < rules.minimum) {
    out.respondents = {0, rules.minimum - 1};
    return out;
  }
  out.shown = true;
  out.respondents = n < rules.alone_below ? CountRange{rules.minimum, rules.alone_below - 1} : CountRange{n, n};
  if (n < rules.alone_below) {
    // As with means: a small group is told as one, without figures that would fix its members' answers.
    out.flagged = {0, n < rules.alone_below ? rules.alone_below - 1 : n};
    if (place.flagged == 0) out.flagged = {0, 0};
    for (std::size_t flag = 0; flag < quality::kFlags; ++flag) out.by_flag[flag] = place.by_flag[flag] == 0 ? CountRange{} : out.flagged;
    return out;
  }
  out.flagged = told(place.flagged, n, rules);
  for (std::size_t flag = 0; flag < quality::kFlags; ++flag) out.by_flag[flag] = told(place.by_flag[flag], n, rules);
  out.one_answer_throughout = told(place.one_answer_throughout, n, rules);
  out.missing_percent = percent(place.missing_share, n, rules);
  // A share of 0 or 1 would tell everybody's answers.
  if (report.with_directions) out.top_percent = std::clamp(percent(place.ceiling.top_share, n, rules), 5, 95);
  if (place.item_spread && place.item_spread_elsewhere && *place.item_spread > 0 && *place.item_spread_elsewhere > 0)
    out.spread_ratio = std::round(100 * *place.item_spread / *place.item_spread_elsewhere) / 100;
  if (place.group_effect && place.group_effect->denominator_df >= static_cast<double>(rules.minimum)) {
    out.group_percent = percent(place.group_effect->share, n, rules);
    out.group_p = thousandths(place.group_effect->p);
  }
  if (place.median_seconds) out.median_seconds = static_cast<int>(std::lround(*place.median_seconds / 10) * 10);
  return out;
}

std::string name_of(quality::MatchCalibration calibration) {
  switch (calibration) {
    case quality::MatchCalibration::places: return "places";
    case quality::MatchCalibration::groups: return "groups";
    case quality::MatchCalibration::permutation: return "permutation";
    case quality::MatchCalibration::none: return "none";
  }
  return "";
}

}  // namespace

PublishedQuality publish_quality(const quality::AnswerSheet& sheet, const quality::QualityReport& report, const DisclosureRules& rules) {
  PublishedQuality out;
  out.items = report.items;
  out.with_times = report.with_times;
  out.with_contradictions = report.with_contradictions;
  out.with_directions = report.with_directions;
  out.calibration = name_of(report.match.calibration);
  out.in_blocks = report.match.in_blocks;
  out.threshold_percent = static_cast<int>(std::lround(100 * report.match.threshold));
  out.rules = rules;
  for (std::size_t at = 0; at < report.places.size(); ++at) {
    PublishedPlace place = publish_place(report.places[at], report, rules);
    place.id = sheet.places[at];
    add(out.flagged, place.flagged);
    for (std::size_t flag = 0; flag < quality::kFlags; ++flag) add(out.by_flag[flag], place.by_flag[flag]);
    out.places.push_back(std::move(place));
  }
  // Effects over all places rest on everybody; one small place does not show in them.
  if (report.respondents >= 2 * rules.alone_below) {
    if (report.place_effect) out.place_percent = percent(report.place_effect->share, report.respondents, rules);
    if (report.group_effect) {
      out.group_percent = percent(report.group_effect->share, report.respondents, rules);
      out.group_p = thousandths(report.group_effect->p);
    }
  }
  std::sort(out.places.begin(), out.places.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return out;
}

}  // namespace khaosat::disclosure
