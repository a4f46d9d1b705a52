#include "analysis/disclosure/published_quality.h"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/distributions.h"
#include "analysis/estimate/interval.h"

namespace khaosat::disclosure {

namespace {

CountRange told(std::uint64_t count, std::uint64_t of, const DisclosureRules& rules) {
  if (count == 0) return {0, 0};
  if (count < rules.minimum) return {1, std::min(rules.minimum - 1, of)};
  if (of - count < rules.minimum) return {of - rules.minimum + 1, of};
  return {count, count};
}

// How many carry any flag follows in part from how many carry each: where one of these is a range, an exact number
// of all would narrow it.
CountRange told_of_all(std::uint64_t count, std::uint64_t of, const std::array<CountRange, quality::kFlags>& by_flag, const DisclosureRules& rules) {
  const CountRange own = told(count, of, rules);
  const bool all_exact = own.low == own.high && std::all_of(by_flag.begin(), by_flag.end(), [](const auto& one) { return one.low == one.high; });
  if (all_exact) return own;
  CountRange wide{0, 0};
  for (const auto& one : by_flag) {
    wide.low = std::max(wide.low, one.low);
    wide.high += one.high;
  }
  wide.high = std::min(wide.high, of);
  return wide;
}

std::uint64_t in_fives(std::uint64_t count) { return count - count % 5; }

PublishedPercent share_of(double share, double lower, double upper, std::uint64_t n, const DisclosureRules& rules) {
  const double step = n < rules.whole_percent_from ? 5 : 1;
  return {static_cast<int>(step * std::lround(100 * share / step)), static_cast<int>(step * std::floor(100 * lower / step)),
          static_cast<int>(step * std::ceil(100 * upper / step))};
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
double rounded(double value, double step) { return std::round(value / step) * step; }

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
  for (std::size_t flag = 0; flag < quality::kFlags; ++flag) out.by_flag[flag] = told(place.by_flag[flag], n, rules);
  out.flagged = told_of_all(place.flagged, n, out.by_flag, rules);
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
  out.few_items = report.few_items;
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
    const auto share = [&](const std::optional<quality::Effect>& effect) -> std::optional<PublishedPercent> {
      if (!effect) return std::nullopt;
      return share_of(effect->share, effect->share_lower, effect->share_upper, report.respondents, rules);
    };
    out.place_share = share(report.place_effect);
    out.group_share = share(report.group_effect);
    if (report.place_effect) out.place_p = thousandths(report.place_effect->p);
    if (sheet.interviewers.size() >= 3) {
      out.interviewer_share = share(report.interviewer_effect);
      if (out.interviewer_share && report.interviewer_villages) out.interviewer_p = thousandths(report.interviewer_villages->p);
    }
    for (std::size_t pair = 0; pair < report.pairs.size(); ++pair) {
      const auto& count = report.pairs[pair];
      PublishedPair one{sheet.pairs[pair].id, in_fives(count.answered), std::nullopt};
      if (count.answered >= 2 * rules.alone_below)
        one.percent = std::clamp(5 * static_cast<int>(std::lround(20.0 * static_cast<double>(count.contradictory) / static_cast<double>(count.answered))), 5, 95);
      out.pairs.push_back(std::move(one));
    }
  }
  std::sort(out.places.begin(), out.places.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return out;
}

void publish_visits(PublishedQuality& quality, const std::vector<InterviewerVisits>& visits) {
  double met = 0;
  double refused = 0;
  std::vector<const InterviewerVisits*> large;
  for (const auto& one : visits) {
    PublishedInterviewer shown{one.label, in_fives(one.interviewed), std::nullopt};
    const std::uint64_t n = one.interviewed + one.refused;
    if (n >= quality.rules.alone_below) {
      const double share = static_cast<double>(one.refused) / static_cast<double>(n);
      const auto interval = estimate::wilson(share, static_cast<double>(n), estimate::normal_quantile(0.975));
      shown.refused = share_of(share, interval.lower, interval.upper, 0, quality.rules);  // always to 5 points
      large.push_back(&one);
      met += static_cast<double>(n);
      refused += static_cast<double>(one.refused);
    }
    quality.interviewers.push_back(std::move(shown));
  }
  if (large.size() < 2 || refused <= 0 || refused >= met) return;
  double squares = 0;  // Pearson 1900
  for (const auto* one : large) {
    const double n = static_cast<double>(one->interviewed + one->refused);
    const double expected = n * refused / met;
    const double apart = static_cast<double>(one->refused) - expected;
    squares += apart * apart * (1 / expected + 1 / (n - expected));
  }
  quality.refusal_p = rounded(estimate::chi_squared_upper(squares, static_cast<double>(large.size() - 1)), 0.01);
}

void publish_back_check(PublishedQuality& quality, const quality::BackCheck& check) {
  const auto& rules = quality.rules;
  const std::uint64_t n = check.agreement.n;
  // A share of drawn people could be known by name; a share of few would say who answered.
  if (n < 2 * rules.alone_below) return;
  PublishedBackCheck out;
  out.people = in_fives(n);
  out.agreed = share_of(check.agreement.observed, check.agreed.lower, check.agreed.upper, n, rules);
  if (check.agreement.kappa && check.agreement.interval) {
    out.kappa = rounded(*check.agreement.kappa, 0.1);
    out.kappa_lower = std::floor(check.agreement.interval->lower * 10) / 10;
    out.kappa_upper = std::ceil(check.agreement.interval->upper * 10) / 10;
  }
  if (check.confirmed && check.reported_interviewed >= 2 * rules.alone_below)
    out.confirmed = share_of(*check.confirmed, check.confirmed_interval->lower, check.confirmed_interval->upper, check.reported_interviewed, rules);
  quality.back_check = out;
}

void publish_response(PublishedQuality& quality, const quality::ResponseIndicator& indicator, std::uint64_t invited, std::uint64_t answered) {
  const auto& rules = quality.rules;
  // Of two places R and the rate would give the counts of both.
  std::size_t cells = 0;
  for (const auto& part : indicator.partial) cells += !part.category.empty();
  if (cells < 3 || answered < 2 * rules.alone_below || (invited > answered && invited - answered < rules.minimum)) return;
  quality.response = PublishedResponse{percent(indicator.rate, invited, rules), rounded(indicator.r, 0.01), rounded(indicator.adjusted_r, 0.01)};
}

}  // namespace khaosat::disclosure
