#include "analysis/quality/quality.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace khaosat::quality {

namespace {

Result<void> check(const AnswerSheet& sheet) {
  const std::size_t n = sheet.size();
  if (n == 0) return fail(ErrorCode::too_few_answers, "there are no answers to look at");
  if (sheet.items.empty() || sheet.group.size() != n || sheet.codes.size() != n * sheet.items.size() ||
      (!sheet.seconds.empty() && sheet.seconds.size() != n)) {
    return fail(ErrorCode::design_invalid, "the columns of the answers differ in length");
  }
  for (std::size_t who = 0; who < n; ++who) {
    if (sheet.place[who] >= sheet.places.size() || sheet.group[who] >= sheet.groups.size()) {
      return fail(ErrorCode::design_invalid, "a respondent of an unknown place or group");
    }
    for (std::size_t item = 0; item < sheet.items.size(); ++item) {
      const std::uint8_t code = sheet.row(who)[item];
      if (code != kNoAnswer && code >= sheet.items[item].options) {
        return fail(ErrorCode::design_invalid, "an answer beyond the options of its item", sheet.items[item].id);
      }
    }
  }
  for (const Item& item : sheet.items) {
    if (item.options < 2 || item.options > 200) return fail(ErrorCode::design_invalid, "an item needs 2 to 200 options", item.id);
  }
  for (const ContradictionPair& pair : sheet.contradictions) {
    if (pair.first_item >= sheet.items.size() || pair.second_item >= sheet.items.size()) {
      return fail(ErrorCode::design_invalid, "a contradiction of an item that is not there");
    }
  }
  if (sheet.pair_states.size() != n * sheet.pairs.size() || (!sheet.interviewer.empty() && sheet.interviewer.size() != n)) {
    return fail(ErrorCode::design_invalid, "the columns of the answers differ in length");
  }
  for (const std::uint32_t interviewer : sheet.interviewer) {
    if (interviewer != kNobody && interviewer >= sheet.interviewers.size()) return fail(ErrorCode::design_invalid, "an unknown interviewer");
  }
  return {};
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return 0.5 * (values[(n - 1) / 2] + values[n / 2]);
}

// Times under a third of the median, and more than 3.5 robust deviations of the logarithm below it (Leys et
// al. 2013: median and median absolute deviation).
std::vector<bool> fast_ones(const std::vector<double>& seconds) {
  std::vector<bool> fast(seconds.size(), false);
  std::vector<double> logs;
  for (const double time : seconds)
    if (std::isfinite(time) && time > 0) logs.push_back(std::log(time));
  if (logs.size() < 10) return fast;
  const double middle = *median(logs);
  std::vector<double> apart;
  for (const double value : logs) apart.push_back(std::abs(value - middle));
  const double deviation = 1.4826 * *median(apart);
  for (std::size_t who = 0; who < seconds.size(); ++who) {
    if (!std::isfinite(seconds[who]) || seconds[who] <= 0) continue;
    const double below = middle - std::log(seconds[who]);
    fast[who] = below > std::log(3.0) && below > 3.5 * deviation;
  }
  return fast;
}

struct Moments {
  double n = 0;
  double sum = 0;
  double squares = 0;

  void add(double value) {
    n += 1;
    sum += value;
    squares += value * value;
  }
  void add(const Moments& other, double sign) {
    n += sign * other.n;
    sum += sign * other.sum;
    squares += sign * other.squares;
  }
  bool enough() const { return n >= 2; }
  double deviation() const { return std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1))); }
};

void put_spreads(const AnswerSheet& sheet, std::vector<PlaceQuality>& places) {
  const std::size_t items = sheet.items.size();
  std::vector<Moments> by(places.size() * items);
  std::vector<Moments> all(items);
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    for (std::size_t item = 0; item < items; ++item) {
      const std::uint8_t code = sheet.row(who)[item];
      if (code == kNoAnswer) continue;
      by[sheet.place[who] * items + item].add(code);
      all[item].add(code);
    }
  }
  for (std::size_t place = 0; place < places.size(); ++place) {
    Moments here;
    Moments there;
    for (std::size_t item = 0; item < items; ++item) {
      const Moments& own = by[place * items + item];
      Moments rest = all[item];
      rest.add(own, -1);
      if (own.enough()) here.add(own.deviation());
      if (rest.enough()) there.add(rest.deviation());
    }
    if (here.n > 0) places[place].item_spread = here.sum / here.n;
    if (there.n > 0) places[place].item_spread_elsewhere = there.sum / there.n;
  }
}

void put_groups(const AnswerSheet& sheet, const std::vector<double>& level, QualityReport& report) {
  report.place_effect = effect_of(level, sheet.place);
  report.group_effect = effect_within(level, sheet.group, sheet.place);
  std::vector<std::vector<double>> values(report.places.size());
  std::vector<std::vector<std::uint32_t>> groups(report.places.size());
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    values[sheet.place[who]].push_back(level[who]);
    groups[sheet.place[who]].push_back(sheet.group[who]);
  }
  for (std::size_t place = 0; place < report.places.size(); ++place)
    report.places[place].group_effect = effect_of(values[place], groups[place]);
}

void put_interviewers(const AnswerSheet& sheet, const std::vector<double>& level, QualityReport& report) {
  if (sheet.interviewer.empty()) return;
  std::vector<double> known = level;
  struct Mean {
    double n = 0;
    double sum = 0;
    std::uint32_t interviewer = 0;
    std::uint32_t place = 0;
  };
  std::map<std::uint32_t, Mean> villages;
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    if (sheet.interviewer[who] == kNobody) known[who] = std::nan("");
    if (std::isnan(known[who])) continue;
    Mean& mean = villages[sheet.group[who]];
    mean.n += 1;
    mean.sum += known[who];
    mean.interviewer = sheet.interviewer[who];
    mean.place = sheet.place[who];
  }
  report.interviewer_effect = effect_within(known, sheet.interviewer, sheet.place);
  std::vector<double> means;
  std::vector<std::uint32_t> interviewers;
  std::vector<std::uint32_t> places;
  for (const auto& [group, mean] : villages) {
    means.push_back(mean.sum / mean.n);
    interviewers.push_back(mean.interviewer);
    places.push_back(mean.place);
  }
  report.interviewer_villages = effect_within(means, interviewers, places);
}

void count_pairs(const AnswerSheet& sheet, QualityReport& report) {
  report.pairs.resize(sheet.pairs.size());
  for (std::size_t at = 0; at < sheet.pair_states.size(); ++at) {
    PairCount& pair = report.pairs[at % sheet.pairs.size()];
    pair.answered += sheet.pair_states[at] != PairState::unanswered;
    pair.contradictory += sheet.pair_states[at] == PairState::contradictory;
  }
}

void count(const AnswerSheet& sheet, const std::vector<RespondentIndices>& indices, const std::vector<bool>& straight, QualityReport& report) {
  const std::size_t places = report.places.size();
  std::vector<std::vector<double>> runs(places);
  std::vector<std::vector<double>> spreads(places);
  std::vector<std::vector<double>> times(places);
  std::vector<double> missing(places, 0);
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    const std::size_t at = sheet.place[who];
    PlaceQuality& place = report.places[at];
    ++place.respondents;
    place.flagged += report.flags[who] != 0;
    for (std::size_t flag = 0; flag < kFlags; ++flag) place.by_flag[flag] += has(report.flags[who], static_cast<Flag>(flag));
    place.one_answer_throughout += straight[who] && !has(report.flags[who], Flag::straight_line);
    runs[at].push_back(indices[who].longest_run);
    if (indices[who].keyed_variability) spreads[at].push_back(*indices[who].keyed_variability);
    if (report.with_times && std::isfinite(sheet.seconds[who])) times[at].push_back(sheet.seconds[who]);
    for (std::size_t item = 0; item < sheet.items.size(); ++item)
      missing[at] += sheet.items[item].always_asked && sheet.row(who)[item] == kNoAnswer;
  }
  const auto always = static_cast<std::uint64_t>(std::count_if(sheet.items.begin(), sheet.items.end(), [](const Item& item) { return item.always_asked; }));
  for (std::size_t at = 0; at < places; ++at) {
    PlaceQuality& place = report.places[at];
    place.median_run = median(std::move(runs[at]));
    place.median_variability = median(std::move(spreads[at]));
    place.median_seconds = median(std::move(times[at]));
    if (place.respondents > 0 && always > 0) place.missing_share = missing[at] / static_cast<double>(place.respondents * always);
  }
}

}  // namespace

std::string_view name_of(Flag flag) {
  switch (flag) {
    case Flag::near_copy: return "near_copy";
    case Flag::ceiling: return "ceiling";
    case Flag::straight_line: return "straight_line";
    case Flag::contradiction: return "contradiction";
    case Flag::fast: return "fast";
  }
  return "";
}

Result<QualityReport> assess(const AnswerSheet& sheet, const QualityOptions& options) {
  TRY_VOID(check(sheet));
  QualityReport report;
  const std::size_t n = sheet.size();
  report.respondents = n;
  report.items = sheet.items.size();
  report.with_times = !sheet.seconds.empty();
  report.with_contradictions = !sheet.contradictions.empty() || !sheet.pairs.empty();
  for (const Item& item : sheet.items) report.with_directions = report.with_directions || item.direction != Direction::none;
  double bits = 0;
  for (const Item& item : sheet.items) bits += std::log2(static_cast<double>(item.options));
  report.few_items = bits < kFewBits;
  report.flags.assign(n, 0);
  report.places.resize(sheet.places.size());

  const auto indices = respondent_indices(sheet);
  std::vector<bool> straight(n, false);
  std::vector<double> level(n, std::nan(""));
  const auto raise = [&](std::size_t who, Flag flag) {
    report.flags[who] = static_cast<FlagSet>(report.flags[who] | (1U << static_cast<unsigned>(flag)));
  };
  for (std::size_t who = 0; who < n; ++who) {
    const RespondentIndices& one = indices[who];
    straight[who] = one.answered >= 8 && one.longest_line >= options.straight_share * one.answered;
    if (straight[who] && one.line_contradicts) raise(who, Flag::straight_line);
    if (one.contradicts_alone || (one.contradictions >= 2 && 2 * one.contradictions >= one.pairs_answered)) raise(who, Flag::contradiction);
    if (one.keyed_mean) level[who] = *one.keyed_mean;
  }
  report.match = percent_match(sheet, canonical_order(sheet), straight, options.match);
  const Ceiling top = ceiling(sheet, straight, options.ceiling);
  const std::vector<bool> fast = fast_ones(sheet.seconds);
  for (std::size_t who = 0; who < n; ++who) {
    if (report.match.suspicious[who]) raise(who, Flag::near_copy);
    if (top.suspicious[who]) raise(who, Flag::ceiling);
    if (report.with_times && fast[who]) raise(who, Flag::fast);
  }
  for (std::size_t place = 0; place < top.places.size(); ++place) report.places[place].ceiling = top.places[place];
  put_spreads(sheet, report.places);
  put_groups(sheet, level, report);
  put_interviewers(sheet, level, report);
  count_pairs(sheet, report);
  count(sheet, indices, straight, report);
  return report;
}

}  // namespace khaosat::quality
