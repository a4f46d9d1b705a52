#include "analysis/quality/ceiling.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analysis/estimate/distributions.h"

namespace khaosat::quality {

namespace {

// Best answers among answered items, with how many people had just that.
struct Bar {
  int answered = 0;
  int best = 0;
  double people = 0;
};

double log_choose(int n, int k) { return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0); }

struct BetaBinomial {
  double mean = 0.5;
  double likeness = 0.1;  // correlation between answers of one person

  double log_likelihood(const Bar& bar) const {
    const double a = mean * (1 - likeness) / likeness;
    const double b = (1 - mean) * (1 - likeness) / likeness;
    return log_choose(bar.answered, bar.best) + std::lgamma(bar.best + a) + std::lgamma(bar.answered - bar.best + b) -
           std::lgamma(bar.answered + a + b) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b);
  }
};

double log_binomial(const Bar& bar, double chance) {
  return log_choose(bar.answered, bar.best) + bar.best * std::log(chance) + (bar.answered - bar.best) * std::log1p(-chance);
}

double logit(double share) { return std::log(share / (1 - share)); }
double share_of(double logit) { return 1 / (1 + std::exp(-logit)); }

// Uphill in steps that halve: two dimensions, a smooth hill, and the same path on every machine.
BetaBinomial fitted(const std::vector<Bar>& bars, const std::vector<double>& weight, BetaBinomial start, double* reached) {
  const auto height = [&](const BetaBinomial& at) {
    double sum = 0;
    for (std::size_t bar = 0; bar < bars.size(); ++bar)
      if (weight[bar] > 0) sum += weight[bar] * at.log_likelihood(bars[bar]);
    return sum;
  };
  double best = height(start);
  double mean = logit(start.mean);
  double likeness = logit(start.likeness);
  for (double step = 0.8; step > 0.02; step /= 2) {
    for (bool moved = true; moved;) {
      moved = false;
      for (const auto& [x, y] : {std::pair{step, 0.0}, {-step, 0.0}, {0.0, step}, {0.0, -step}}) {
        const BetaBinomial next{share_of(mean + x), share_of(likeness + y)};
        if (next.mean < 0.002 || next.mean > 0.998 || next.likeness < 0.002 || next.likeness > 0.9) continue;
        const double there = height(next);
        if (there <= best + 1e-9) continue;
        best = there;
        mean += x;
        likeness += y;
        moved = true;
        break;
      }
    }
  }
  if (reached) *reached = best;
  return {share_of(mean), share_of(likeness)};
}

struct Script {
  double gain = 0;
  double share = 0;   // of people
  double chance = 0;  // of a best answer
  BetaBinomial others;

  // Log odds that a person follows the script.
  double log_odds(const Bar& bar) const {
    return std::log(share) + log_binomial(bar, chance) - std::log1p(-share) - others.log_likelihood(bar);
  }
};

Script find_script(const std::vector<Bar>& bars) {
  double people = 0;
  double best = 0;
  double answered = 0;
  std::vector<double> all;
  for (const Bar& bar : bars) {
    people += bar.people;
    best += bar.people * bar.best;
    answered += bar.people * bar.answered;
    all.push_back(bar.people);
  }
  double alone = 0;
  const BetaBinomial single = fitted(bars, all, {std::clamp(best / answered, 0.01, 0.99), 0.1}, &alone);
  Script found;
  for (const double start : {0.7, 0.8, 0.9, 0.97}) {
    Script script{0, 0.3, start, {std::min(single.mean, 0.5), single.likeness}};
    double reached = -1e300;
    for (int round = 0; round < 40; ++round) {
      double height = 0;
      double scripted = 0;
      double scripted_best = 0;
      double scripted_answered = 0;
      std::vector<double> rest;
      for (const Bar& bar : bars) {
        const double first = std::log(script.share) + log_binomial(bar, script.chance);
        const double second = std::log1p(-script.share) + script.others.log_likelihood(bar);
        const double larger = std::max(first, second);
        const double sum = larger + std::log(std::exp(first - larger) + std::exp(second - larger));
        const double part = std::exp(first - sum) * bar.people;
        height += bar.people * sum;
        scripted += part;
        scripted_best += part * bar.best;
        scripted_answered += part * bar.answered;
        rest.push_back(bar.people - part);
      }
      if (height - reached < 1e-3) break;
      reached = height;
      if (scripted_answered <= 0) break;
      script.share = std::clamp(scripted / people, 1e-4, 0.98);
      script.chance = std::clamp(scripted_best / scripted_answered, 0.6, 0.995);
      script.others = fitted(bars, rest, script.others, nullptr);
    }
    script.gain = 2 * (reached - alone);
    if (script.gain > found.gain && script.chance > script.others.mean + 0.15) found = script;
  }
  return found;
}

// Of each respondent the answers within the best `share` of the scale.
std::vector<Bar> bars_of(const AnswerSheet& sheet, bool quarter) {
  std::vector<Bar> bars(sheet.size());
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    const std::uint8_t* row = sheet.row(who);
    for (std::size_t at = 0; at < sheet.items.size(); ++at) {
      const Item& item = sheet.items[at];
      if (item.direction == Direction::none || row[at] == kNoAnswer) continue;
      const int best_options = quarter ? std::max(1, (item.options + 1) / 4) : 1;
      const int from_best = item.direction == Direction::down ? row[at] : item.options - 1 - row[at];
      ++bars[who].answered;
      if (from_best < best_options) ++bars[who].best;
    }
  }
  return bars;
}

class CeilingTest {
 public:
  CeilingTest(const AnswerSheet& sheet, const std::vector<bool>& left_out, const CeilingOptions& options, Ceiling& result)
      : sheet_(sheet), left_out_(left_out), options_(options), result_(result) {}

  void run(bool quarter, std::size_t tests) {
    bars_ = bars_of(sheet_, quarter);
    threshold_ = estimate::chi_squared_quantile(1 - options_.expected_false / static_cast<double>(tests), 2);
    tests_ = tests;
    std::vector<std::vector<std::uint32_t>> members(sheet_.places.size());
    for (std::uint32_t who = 0; who < sheet_.size(); ++who)
      if (usable(who)) members[sheet_.place[who]].push_back(who);
    std::vector<Script> scripts(members.size());
    std::vector<bool> tested(members.size(), false);
    for (std::size_t place = 0; place < members.size(); ++place) {
      tested[place] = members[place].size() >= options_.least_people;
      if (tested[place]) scripts[place] = script_of(members[place]);
    }
    // Where honest answers are not quite beta-binomial, every place gains something; a place is then measured
    // against that (genomic control, Devlin & Roeder 1999, with the median of the other places).
    std::vector<double> gains;
    for (const Script& script : scripts) gains.push_back(script.gain);
    for (std::size_t place = 0; place < members.size(); ++place) {
      if (!tested[place]) continue;
      std::vector<double> others;
      for (std::size_t other = 0; other < gains.size(); ++other)
        if (other != place && tested[other]) others.push_back(gains[other]);
      std::sort(others.begin(), others.end());
      const double usual = others.empty() ? 0 : 0.5 * (others[(others.size() - 1) / 2] + others[others.size() / 2]);
      scripts[place].gain = gains[place] / std::max(1.0, usual / estimate::chi_squared_quantile(0.5, 2));
      look_at(place, members[place], scripts[place]);
    }
  }

 private:
  bool usable(std::size_t who) const { return !left_out_[who] && bars_[who].answered >= static_cast<int>(options_.least_items); }

  Script script_of(const std::vector<std::uint32_t>& members) const {
    std::map<std::pair<int, int>, double> counted;
    for (const auto who : members) counted[{bars_[who].answered, bars_[who].best}] += 1;
    std::vector<Bar> bars;
    for (const auto& [key, people] : counted) bars.push_back({key.first, key.second, people});
    return find_script(bars);
  }

  void look_at(std::size_t place, const std::vector<std::uint32_t>& members, const Script& script) {
    PlaceCeiling& out = result_.places[place];
    out.tested = true;
    out.threshold = threshold_;
    out.gain = std::max(out.gain, script.gain);
    if (script.gain < threshold_) return;
    std::vector<std::uint32_t> flagged;
    double least = 1;
    for (const auto who : members) {
      if (script.log_odds(bars_[who]) < std::log(options_.odds) || bars_[who].best < 0.5 * bars_[who].answered) continue;
      flagged.push_back(who);
      least = std::min(least, static_cast<double>(bars_[who].best) / bars_[who].answered);
    }
    if (flagged.size() < options_.least_flagged || is_common(place, members, least, script)) return;
    for (const auto who : flagged) result_.suspicious[who] = true;
  }

  // Whether other places have such people as well. Honest places differ more than people of one place do, so
  // the yardstick is not their mean but the second highest of them: one other place may be coached, too. Near
  // the end of the scale honest people cannot differ any more; there it is the highest.
  bool is_common(std::size_t place, const std::vector<std::uint32_t>& members, double least, const Script& script) const {
    const bool saturated = script.chance > options_.saturated;
    // No honest spread comes near this, whatever others do.
    if (!saturated && script.gain > options_.overwhelming * threshold_) return false;
    std::vector<double> people(sheet_.places.size(), 0);
    std::vector<double> such(sheet_.places.size(), 0);
    for (std::size_t who = 0; who < sheet_.size(); ++who) {
      if (!usable(who)) continue;
      people[sheet_.place[who]] += 1;
      such[sheet_.place[who]] += static_cast<double>(bars_[who].best) / bars_[who].answered >= least;
    }
    std::vector<double> shares;
    for (std::size_t other = 0; other < people.size(); ++other)
      // As a cautious person would put it, so that few people elsewhere prove little.
      if (other != place && people[other] > 0) shares.push_back((such[other] + 1) / (people[other] + 2));
    if (shares.empty()) return saturated;
    std::sort(shares.rbegin(), shares.rend());
    const bool second = shares.size() >= 4 && !saturated;
    const double share = std::min(0.999, shares[second ? 1 : 0]);
    const double n = static_cast<double>(members.size());
    const double p = estimate::beta_cdf(share, such[place], n - such[place] + 1);
    return p > options_.expected_false / static_cast<double>(tests_);
  }

  const AnswerSheet& sheet_;
  const std::vector<bool>& left_out_;
  const CeilingOptions& options_;
  Ceiling& result_;
  std::vector<Bar> bars_;
  double threshold_ = 0;
  std::size_t tests_ = 1;
};

}  // namespace

Ceiling ceiling(const AnswerSheet& sheet, const std::vector<bool>& left_out, const CeilingOptions& options) {
  Ceiling result;
  result.places.resize(sheet.places.size());
  result.suspicious.assign(sheet.size(), false);
  const std::vector<Bar> bars = bars_of(sheet, false);
  std::vector<double> best(sheet.places.size(), 0);
  std::vector<double> answered(sheet.places.size(), 0);
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    const Bar& bar = bars[who];
    const bool enough = bar.answered >= static_cast<int>(options.least_items);
    result.top_share.push_back(enough ? static_cast<double>(bar.best) / bar.answered : -1);
    best[sheet.place[who]] += bar.best;
    answered[sheet.place[who]] += bar.answered;
    if (enough && bar.best >= 0.8 * bar.answered) ++result.places[sheet.place[who]].mostly_top;
  }
  for (std::size_t place = 0; place < sheet.places.size(); ++place)
    if (answered[place] > 0) result.places[place].top_share = best[place] / answered[place];
  std::size_t directed = 0;
  bool long_scale = false;
  for (const Item& item : sheet.items) {
    directed += item.direction != Direction::none;
    long_scale = long_scale || (item.direction != Direction::none && item.options >= 6);
  }
  if (directed < options.least_items) return result;
  const std::size_t tests = sheet.places.size() * (long_scale ? 2 : 1);
  CeilingTest test(sheet, left_out, options, result);
  test.run(false, tests);
  if (long_scale) test.run(true, tests);
  return result;
}

}  // namespace khaosat::quality
