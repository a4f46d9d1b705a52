// Leaves: the value of every unit from answers or tables, filling in, taming.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <thread>

#include "analysis/index/engine.h"

namespace khaosat::index {
namespace {

// What one answer can count; nothing where any number may be typed.
struct AnswerScale {
  double low = 0;
  double high = 1;
  double step = 1;  // between the two that are nearest
};
std::optional<AnswerScale> scale_of(const SurveyLeaf& leaf) {
  if (leaf.value == SurveyValue::share) return AnswerScale{};
  if (leaf.option_scores.empty()) return std::nullopt;
  std::set<double> values;
  for (const auto* scores : {&leaf.option_scores, &leaf.absence_scores})
    for (const auto& [option, value] : *scores) values.insert(value);
  AnswerScale scale{*values.begin(), *values.rbegin(), *values.rbegin() - *values.begin()};
  for (auto at = values.begin(), next = std::next(at); next != values.end(); ++at, ++next) scale.step = std::min(scale.step, *next - *at);
  return scale;
}

}  // namespace

void Engine::fill_leaf(std::size_t place) {
  const Leaf& leaf = *node_at(place).leaf;
  for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
    Work& work = work_[place][unit];
    // Answers have been read, unit by unit.
    if (leaf.source != LeafSource::survey) fill_column(leaf, node_at(place).maximum, unit, work);
  }
  if (leaf.source == LeafSource::survey) {
    if (const auto scale = scale_of(leaf.survey)) {
      ranges_[place] = {scale->low, scale->high};
      if (scale->high > scale->low) run_.nodes[place].step = scale->step / (scale->high - scale->low);
    }
  }
}

void Engine::fill_survey(std::size_t place, std::size_t unit, std::size_t item, const LeafSums& sums, Work& work) {
  work.survey = true;
  if (!run_.units[unit].surveyed) return work.no_value(ScoreState::missing, "no_data");
  work.score.answers = sums.n;
  work.score.n_least = sums.n;
  work.score.absent = sums.absent;
  work.score.all_alike = sums.all_alike;
  work.score.estimate.n = sums.n;
  work.score.estimate.n_missing = sums.absent.total();
  if (sums.n > 0 && sums.n < node_at(place).leaf->survey.minimum_answered)
    return work.no_value(ScoreState::missing, "too_few_answers");
  auto mean = estimate::mean_from_sums(sums.by_psu);
  if (!mean) return work.no_value(ScoreState::missing, std::string(name_of(mean.error().code)));
  work.linear = std::move(*mean);
  if (!frame_->design()) work.linear.influence.clear();
  if (frame_->by_person()) {
    const UnitScores& whole = run_.units[unit];
    work.linear.influence = frame_->person_influence(item, whole.group ? whole.members : std::vector<std::string>{whole.id}, work.linear.value);
  }
  work.score.state = ScoreState::value;
  work.score.raw = work.linear.value;
  if (const auto scale = scale_of(node_at(place).leaf->survey); scale && scale->high > scale->low) {
    const double away = std::min(sums.highest - work.linear.value, work.linear.value - sums.lowest);
    work.score.away_from_alike = std::max(0.0, away) / (scale->high - scale->low);
  }
  if (frame_->design() && node_at(place).leaf->survey.value == SurveyValue::share)
    work.share = work.linear;
}

// The units [first, last). Different units share nothing they write to.
Result<void> Engine::read_units(std::size_t first, std::size_t last) {
  SurveyFrame::UnitReader reader(*frame_);
  const LeafSums none;
  for (std::size_t unit = first; unit < last; ++unit) {
    const bool surveyed = run_.units[unit].surveyed;
    if (surveyed && run_.units[unit].group) {
      TRY_VOID(reader.read_group(cells_[unit]));
    } else if (surveyed) {
      TRY_VOID(reader.read(cells_[unit].front()));
      digests_[unit] = reader.digest();
    }
    for (const auto& [place, item] : item_of_place_)
      fill_survey(place, unit, item, surveyed ? reader.leaf(item) : none, work_[place][unit]);
  }
  return {};
}

Result<void> Engine::read_survey() {
  if (!frame_) return {};
  const unsigned parts = std::clamp(options_.threads, 1U, 64U);
  digests_.resize(run_.units.size());
  std::size_t cells = 0;
  for (const auto& ranges : cells_)
    for (const CellRange& range : ranges) cells += range.last - range.first;
  // Whole units for each thread, of about equal cells.
  std::vector<std::size_t> bounds = {0};
  std::size_t before = 0;
  for (std::size_t unit = 0; unit < cells_.size(); ++unit) {
    if (bounds.size() < parts && before * parts >= cells * bounds.size() && unit > bounds.back()) bounds.push_back(unit);
    for (const CellRange& range : cells_[unit]) before += range.last - range.first;
  }
  bounds.push_back(cells_.size());
  std::vector<Result<void>> found(bounds.size() - 1);
  std::vector<std::thread> helpers;
  for (std::size_t part = 1; part < found.size(); ++part)
    helpers.emplace_back([&, part] { found[part] = read_units(bounds[part], bounds[part + 1]); });
  found[0] = read_units(bounds[0], bounds[1]);
  for (std::thread& helper : helpers) helper.join();
  for (Result<void>& part : found) TRY_VOID(std::move(part));
  return {};
}

namespace {

struct ColumnValue {
  ScoreState state = ScoreState::value;
  const char* reason = "";
  double number = 0;
};

// What the columns of one unit and year say of a leaf.
ColumnValue value_from(const std::map<std::string, Datum>& columns, const Leaf& leaf, const std::optional<double>& maximum) {
  const auto find = [&](const std::string& column) {
    const auto found = columns.find(column);
    return found == columns.end() ? Datum{} : found->second;
  };
  Datum datum;
  if (leaf.source == LeafSource::administrative) {
    datum = find(leaf.numerator);
    if (!leaf.denominator.empty() && datum.state == Datum::State::number) {
      const Datum below = find(leaf.denominator);
      if (below.state != Datum::State::number) {
        datum = below;
      } else if (below.number == 0) {
        return {ScoreState::missing, "denominator_zero"};
      } else {
        datum.number /= below.number;
      }
    }
  } else {
    for (const std::string& column : leaf.columns) {
      datum = find(column);
      if (datum.state != Datum::State::absent) break;
    }
  }
  if (datum.state == Datum::State::withheld) return {ScoreState::withheld, "not_published"};
  if (datum.state == Datum::State::absent) return {ScoreState::missing, "not_recorded"};
  const bool points = leaf.source == LeafSource::assessed && maximum;
  if (!std::isfinite(datum.number) || (points && (datum.number < 0 || datum.number > *maximum)))
    return {ScoreState::missing, "out_of_range"};
  return {ScoreState::value, "", datum.number};
}

}  // namespace

void Engine::fill_column(const Leaf& leaf, const std::optional<double>& maximum, std::size_t unit,
                         Work& work) {
  work.other = true;
  if (unit >= input_.units.size()) return work.no_value(ScoreState::missing, "no_data");
  fill_from(input_.units[unit].columns, leaf, maximum, work);
}

bool Engine::fill_from(const std::map<std::string, Datum>& columns, const Leaf& leaf,
                       const std::optional<double>& maximum, Work& work) {
  const ColumnValue value = value_from(columns, leaf, maximum);
  if (value.state != ScoreState::value) {
    work.no_value(value.state, value.reason);
    return false;
  }
  work.score.state = ScoreState::value;
  work.score.reason.clear();
  work.score.raw = value.number;
  work.linear.value = value.number;
  return true;
}

}  // namespace khaosat::index
