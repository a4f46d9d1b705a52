#include "analysis/index/index_engine.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "analysis/estimate/interval.h"
#include "analysis/index/aggregators.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/principal_component.h"
#include "analysis/index/survey_frame.h"
#include "analysis/index/treatment.h"
#include "base/json_text.h"

namespace khaosat::index {
namespace {

// The work on one unit and node: what becomes a NodeScore, with influences.
struct Work {
  NodeScore score;
  estimate::LinearizedByPsu linear;
  // Of a share: before scoring, for its own kind of interval.
  std::optional<estimate::LinearizedByPsu> share;
  bool survey = false;  // something below rests on answers
  bool other = false;   // something below does not

  void no_value(ScoreState state, std::string reason) {
    score.state = state;
    score.reason = std::move(reason);
    linear = {};
  }
  void note(ScoreNote added) { score.notes = score.notes | added; }
};

struct Range {
  std::optional<double> low;
  std::optional<double> high;
};

class Engine {
 public:
  Engine(const IndexModel& model, const IndexInput& input, const ComputeOptions& options)
      : model_(model), input_(input), options_(options), tree_(model.tree(input.year)) {}

  Result<IndexRun> run() {
    if (tree_.places.empty())
      return fail(ErrorCode::not_comparable,
                  "the model " + model_.identity.label() + " has no structure for " +
                      std::to_string(input_.year));
    describe_model();
    TRY_VOID(take_parameters());
    TRY_VOID(take_units());
    TRY_VOID(take_survey());
    run_.input_hash = hash_of(input_);
    work_.assign(tree_.places.size(), std::vector<Work>(run_.units.size()));
    ranges_.resize(tree_.places.size());
    for (std::size_t place = tree_.places.size(); place-- > 0;) {
      const Node& node = node_at(place);
      if (node.leaf) {
        fill_leaf(place);
        treat(place);
      } else {
        TRY_VOID(aggregate(place));
      }
      TRY_VOID(score(place));
    }
    for (std::size_t place = 0; place < tree_.places.size(); ++place) {
      TRY_VOID(estimate(place));
      rank(place);
    }
    return std::move(run_);
  }

 private:
  const Node& node_at(std::size_t place) const { return model_.nodes[tree_.places[place].node]; }

  void describe_model() {
    run_.model = model_.identity;
    run_.title = model_.title;
    run_.issuer = model_.source.issuer;
    run_.example = model_.example;
    run_.unit_of_scale = model_.unit_of_scale;
    run_.scale_low = model_.scale_low;
    run_.scale_high = model_.scale_high;
    run_.questionnaire = input_.questionnaire;
    run_.year = input_.year;
    run_.variant = options_.variant;
    run_.program = options_.program;
    run_.level = model_.interval_level;
    for (std::size_t place = 0; place < tree_.places.size(); ++place) {
      const Node& node = node_at(place);
      RunNode described;
      described.id = node.id;
      described.code = node.code;
      described.children = tree_.places[place].children;
      described.title = node.title;
      described.responsible = node.responsible;
      described.aggregate = node.aggregate;
      if (node.leaf) {
        described.source = name_of(node.leaf->source);
        if (node.leaf->source == LeafSource::survey) described.question = node.leaf->survey.question;
      }
      described.scoring = node.scoring.method;
      described.maximum = node.maximum;
      run_.nodes.push_back(std::move(described));
    }
    for (std::size_t place = 0; place < tree_.places.size(); ++place)
      for (const std::size_t child : tree_.places[place].children) run_.nodes[child].parent = place;
  }

  Result<void> take_parameters() {
    for (const Parameter& parameter : model_.parameters)
      run_.parameters.push_back({parameter.id, parameter.title, parameter.value, parameter.value,
                                 parameter.assumption});
    if (!options_.parameters.empty() && options_.variant.empty())
      return fail(ErrorCode::missing_field,
                  "other parameters need a name for the variant, so that nobody takes it for the model's own");
    for (const auto& [id, value] : options_.parameters) {
      const Parameter* parameter = model_.parameter(id);
      if (parameter == nullptr)
        return fail(ErrorCode::definition_unknown,
                    "the model " + model_.identity.label() + " has no parameter \"" + id + "\"");
      if (!(parameter->low <= value && value <= parameter->high))
        return fail(ErrorCode::out_of_range, "parameter " + id + " must lie in [" +
                                                 json_number(parameter->low) + ", " +
                                                 json_number(parameter->high) + "]");
      for (RunParameter& used : run_.parameters)
        if (used.id == id) used.value = value;
    }
    return {};
  }

  double number_of(const Weight& weight) const {
    if (weight.parameter.empty()) return weight.number;
    for (const RunParameter& parameter : run_.parameters)
      if (parameter.id == weight.parameter)
        return weight.one_minus ? 1 - parameter.value : parameter.value;
    return 0;
  }

  Result<void> take_units() {
    std::set<std::string> known;
    const auto add = [&](UnitScores unit) -> Result<void> {
      if (!known.insert(unit.id).second)
        return fail(ErrorCode::already_exists, "the unit stands twice; keep one", "unit " + unit.id);
      unit.scores.resize(tree_.places.size());
      run_.units.push_back(std::move(unit));
      return {};
    };
    for (const UnitInput& unit : input_.units) TRY_VOID(add({unit.id, unit.name, false, {}, false, 0, {}}));
    if (input_.survey) {
      for (const auto& [key, cell] : input_.survey->cells())
        if (!known.contains(key.unit)) TRY_VOID(add({key.unit, key.unit, false, {}, false, 0, {}}));
    }
    for (const UnitGroup& group : input_.groups) {
      for (const std::string& member : group.members)
        if (!known.contains(member))
          return fail(ErrorCode::definition_unknown, "the group names a unit that is not there",
                      "group " + group.id + ", unit " + member);
      TRY_VOID(add({group.id, group.name, true, group.members, false, 0, {}}));
    }
    return {};
  }

  Result<void> take_survey() {
    bool wanted = false;
    for (std::size_t place = 0; place < tree_.places.size(); ++place) {
      const Node& node = node_at(place);
      if (!node.leaf || node.leaf->source != LeafSource::survey) continue;
      wanted = true;
      if (!input_.survey)
        return fail(ErrorCode::not_comparable,
                    "the model " + model_.identity.label() + " needs survey answers and there are none");
      const std::vector<std::string>& items = input_.survey->items();
      const auto found = std::find(items.begin(), items.end(), node.id);
      if (found == items.end())
        return fail(ErrorCode::not_comparable, "the survey sums lack the item " + node.id);
      item_of_place_[place] = static_cast<std::size_t>(found - items.begin());
    }
    if (!wanted) {
      run_.design = "no_survey";
      return {};
    }
    if (input_.questionnaire && input_.questionnaire->id != model_.questionnaire)
      return fail(ErrorCode::not_comparable, "the answers come from the questionnaire " +
                                                 input_.questionnaire->label() + ", the model reads " +
                                                 model_.questionnaire);
    frame_ = TRY(SurveyFrame::create(input_, run_));
    for (UnitScores& unit : run_.units) {
      const std::vector<std::string> own = {unit.id};
      cells_.push_back(frame_->cells_of(unit.group ? unit.members : own));
      unit.surveyed = !cells_.back().empty();
      for (const UnitPsu& psu : cells_.back())
        for (const sums::CellSums* cell : psu.cells) unit.respondents += cell->respondents;
      degrees_.push_back(0);
      if (!frame_->design()) continue;
      std::vector<std::uint32_t> psus;
      for (const UnitPsu& psu : cells_.back()) psus.push_back(psu.psu);
      degrees_.back() = estimate::degrees_of_freedom(*frame_->design(), psus);
    }
    return {};
  }

  // --- leaves

  void fill_leaf(std::size_t place) {
    const Leaf& leaf = *node_at(place).leaf;
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
      Work& work = work_[place][unit];
      if (leaf.source == LeafSource::survey) {
        fill_survey(place, unit, work);
      } else {
        fill_column(leaf, node_at(place).maximum, unit, work);
      }
    }
    if (leaf.source == LeafSource::survey) {
      if (leaf.survey.value == SurveyValue::share) {
        ranges_[place] = {0, 1};
      } else if (!leaf.survey.option_scores.empty()) {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const auto* scores : {&leaf.survey.option_scores, &leaf.survey.absence_scores}) {
          for (const auto& [option, value] : *scores) {
            low = std::min(low, value);
            high = std::max(high, value);
          }
        }
        ranges_[place] = {low, high};
      }
    }
  }

  void fill_survey(std::size_t place, std::size_t unit, Work& work) {
    work.survey = true;
    if (!run_.units[unit].surveyed) return work.no_value(ScoreState::missing, "no_data");
    const LeafSums sums = frame_->leaf(cells_[unit], item_of_place_.at(place));
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
    work.score.state = ScoreState::value;
    work.score.raw = work.linear.value;
    if (frame_->design() && node_at(place).leaf->survey.value == SurveyValue::share)
      work.share = work.linear;
  }

  void fill_column(const Leaf& leaf, const std::optional<double>& maximum, std::size_t unit,
                   Work& work) {
    work.other = true;
    if (unit >= input_.units.size()) return work.no_value(ScoreState::missing, "no_data");
    const UnitInput& data = input_.units[unit];
    const auto find = [&](const std::string& column) {
      const auto found = data.columns.find(column);
      return found == data.columns.end() ? Datum{} : found->second;
    };
    Datum datum;
    if (leaf.source == LeafSource::administrative) {
      datum = find(leaf.numerator);
      if (!leaf.denominator.empty() && datum.state == Datum::State::number) {
        const Datum below = find(leaf.denominator);
        if (below.state != Datum::State::number) {
          datum = below;
        } else if (below.number == 0) {
          return work.no_value(ScoreState::missing, "denominator_zero");
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
    if (datum.state == Datum::State::withheld) return work.no_value(ScoreState::withheld, "not_published");
    if (datum.state == Datum::State::absent) return work.no_value(ScoreState::missing, "not_recorded");
    const bool points = leaf.source == LeafSource::assessed && maximum;
    if (!std::isfinite(datum.number) || (points && (datum.number < 0 || datum.number > *maximum)))
      return work.no_value(ScoreState::missing, "out_of_range");
    work.score.state = ScoreState::value;
    work.score.raw = datum.number;
    work.linear.value = datum.number;
  }

  RawValues raw_values(std::size_t place) const {
    RawValues values;
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
      const Work& work = work_[place][unit];
      const bool counts = work.score.state == ScoreState::value && !run_.units[unit].group;
      values.push_back(counts ? std::optional<double>(work.linear.value) : std::nullopt);
    }
    return values;
  }

  void treat(std::size_t place) {
    const Node& node = node_at(place);
    if (node.imputation.method.empty() && !node.outliers.on) return;
    std::vector<std::string> groups;
    for (std::size_t unit = 0; unit < input_.units.size(); ++unit) {
      const auto found = input_.units[unit].groups.find(node.imputation.group);
      groups.push_back(found == input_.units[unit].groups.end() ? "" : found->second);
    }
    RawValues values = raw_values(place);
    values.resize(input_.units.size());
    const Treatment filled = impute(values, node.imputation, groups);
    const Treatment tamed = treat_outliers(values, node.outliers);
    for (std::size_t unit = 0; unit < values.size(); ++unit) {
      if (!values[unit]) continue;
      Work& work = work_[place][unit];
      work.score.state = ScoreState::value;
      work.score.reason.clear();
      work.score.raw = *values[unit];
      work.linear.value = *values[unit];
    }
    for (const std::size_t unit : filled.changed) work_[place][unit].note(ScoreNote::imputed);
    for (const std::size_t unit : tamed.changed) work_[place][unit].note(ScoreNote::treated);
    for (const Treatment* done : {&filled, &tamed})
      if (!done->words.empty()) run_.nodes[place].steps.push_back(done->words);
  }

  // --- inner nodes

  Result<std::vector<double>> weights_of(std::size_t place) {
    const Node& node = node_at(place);
    const std::vector<std::size_t>& children = tree_.places[place].children;
    std::vector<double> weights(children.size(), 1);
    if (!find_aggregator(node.aggregate)->takes_weights || node.weighting == Weighting::equal) return weights;
    if (node.weighting == Weighting::given) {
      for (std::size_t k = 0; k < children.size(); ++k) weights[k] = number_of(node_at(children[k]).weight);
      return weights;
    }
    std::vector<std::vector<double>> columns(children.size());
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
      const bool complete = !run_.units[unit].group &&
                            std::all_of(children.begin(), children.end(), [&](std::size_t child) {
                              return work_[child][unit].score.state == ScoreState::value;
                            });
      for (std::size_t k = 0; complete && k < children.size(); ++k)
        columns[k].push_back(work_[children[k]][unit].linear.value);
    }
    const auto components = principal_components(columns);
    if (!components) {
      Error error = components.error();
      error.where = "node " + node.id;
      return fail(std::move(error));
    }
    std::string words = "weights from the first principal component:";
    for (std::size_t k = 0; k < children.size(); ++k) {
      if (components->first[k] < 0)
        return fail(ErrorCode::out_of_range,
                    "the first principal component gives " + node_at(children[k]).id +
                        " a negative weight: it moves against the others; use given or equal weights",
                    "node " + node.id);
      weights[k] = components->first[k];
      words += " " + node_at(children[k]).id + " " + json_number(weights[k]);
    }
    run_.nodes[place].steps.push_back(words);
    return weights;
  }

  Result<void> aggregate(std::size_t place) {
    const Node& node = node_at(place);
    const Aggregator& aggregator = *find_aggregator(node.aggregate);
    const std::vector<double> weights = TRY(weights_of(place));
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) combine(place, unit, aggregator, weights);
    set_range(place, aggregator, weights);
    return {};
  }

  void combine(std::size_t place, std::size_t unit, const Aggregator& aggregator,
               const std::vector<double>& weights) {
    const Node& node = node_at(place);
    const std::vector<std::size_t>& children = tree_.places[place].children;
    Work& work = work_[place][unit];
    std::vector<estimate::LinearizedByPsu> parts;
    std::vector<double> scores;
    std::vector<double> used;
    work.score.weights.assign(children.size(), 0);
    bool withheld = false;
    std::size_t wanted = 0;
    bool alike = true;
    for (std::size_t k = 0; k < children.size(); ++k) {
      const Work& child = work_[children[k]][unit];
      work.survey = work.survey || child.survey;
      work.other = work.other || child.other;
      work.score.answers += child.score.answers;
      work.score.absent.add(child.score.absent);
      if (weights[k] == 0) continue;
      ++wanted;
      if (child.score.state != ScoreState::value) {
        withheld = withheld || child.score.state == ScoreState::withheld;
        continue;
      }
      parts.push_back(child.linear);
      scores.push_back(child.linear.value);
      used.push_back(weights[k]);
      work.score.weights[k] = weights[k];
      constexpr ScoreNote kHandedUp = ScoreNote::reweighted | ScoreNote::imputed | ScoreNote::treated |
                                      ScoreNote::clamped | ScoreNote::relative;
      work.score.notes = work.score.notes |
                         static_cast<ScoreNote>(static_cast<std::uint32_t>(child.score.notes) &
                                                static_cast<std::uint32_t>(kHandedUp));
      if (!child.survey) continue;
      if (child.score.estimate.n > work.score.estimate.n) {
        work.score.estimate.n = child.score.estimate.n;
        work.score.estimate.n_missing = child.score.estimate.n_missing;
      }
      work.score.n_least = work.score.n_least == 0
                               ? child.score.n_least
                               : std::min(work.score.n_least, child.score.n_least);
      alike = alike && child.score.all_alike;
    }
    work.score.all_alike = work.survey && alike && !scores.empty();
    if (scores.size() < wanted || scores.empty()) {
      const bool enough = node.missing == MissingPolicy::reweight && !scores.empty() &&
                          static_cast<double>(scores.size()) >=
                              node.minimum_share * static_cast<double>(wanted) - 1e-9;
      if (!enough) {
        work.score.weights.clear();
        return work.no_value(withheld ? ScoreState::withheld : ScoreState::missing,
                             node.missing == MissingPolicy::reweight ? "too_few_children"
                                                                     : "child_without_value");
      }
      work.note(ScoreNote::reweighted);
    }
    if (node.weighting == Weighting::pca) work.note(ScoreNote::relative);
    const auto combined = aggregator.combine(scores, used, node.power);
    if (!combined || !std::isfinite(combined->value)) return work.no_value(ScoreState::missing, "out_of_range");
    work.linear = estimate::combine(combined->value, parts, combined->gradient);
    work.score.state = ScoreState::value;
    work.score.raw = combined->value;
    if (aggregator.is_mean) {
      double total = 0;
      for (const double weight : work.score.weights) total += weight;
      for (double& weight : work.score.weights) weight /= total;
    }
  }

  // Aggregators never fall when a child rises, so the ends of the range come from the ends below.
  void set_range(std::size_t place, const Aggregator& aggregator, const std::vector<double>& weights) {
    std::vector<double> lows;
    std::vector<double> highs;
    std::vector<double> used;
    const std::vector<std::size_t>& children = tree_.places[place].children;
    for (std::size_t k = 0; k < children.size(); ++k) {
      const Range& range = ranges_[children[k]];
      if (!range.low || !range.high) return;
      if (weights[k] == 0) continue;
      lows.push_back(*range.low);
      highs.push_back(*range.high);
      used.push_back(weights[k]);
    }
    if (lows.empty()) return;
    const auto low = aggregator.combine(lows, used, node_at(place).power);
    const auto high = aggregator.combine(highs, used, node_at(place).power);
    if (low) ranges_[place].low = low->value;
    if (high) ranges_[place].high = high->value;
  }

  // --- scores

  Result<void> score(std::size_t place) {
    const Node& node = node_at(place);
    const Normalisation& method = *find_normalisation(node.scoring.method);
    if (method.relative) return score_relatively(place);
    for (Work& work : work_[place]) {
      if (work.score.state != ScoreState::value) continue;
      const auto scored = score_fixed(work.linear.value, node.scoring, node.direction, input_.year);
      if (!scored) {
        work.no_value(ScoreState::missing, std::string(name_of(scored.error().code)));
        continue;
      }
      for (estimate::PsuInfluence& entry : work.linear.influence) entry.influence *= scored->slope;
      work.linear.value = scored->value;
      if (scored->clamped) work.note(ScoreNote::clamped);
    }
    Range& range = ranges_[place];
    if (node.scoring.method == "min_max") {
      const Anchor& anchor = *node.scoring.anchor(input_.year);
      run_.nodes[place].steps.push_back("anchor version " + std::to_string(anchor.version) + ": " +
                                        json_number(anchor.low) + " to " + json_number(anchor.high) +
                                        " (" + anchor.author + ": " + anchor.reason + ")");
      if (node.scoring.clamp) range = {node.scoring.to_low, node.scoring.to_high};
    }
    if (range.low && range.high && !(node.scoring.method == "min_max" && node.scoring.clamp)) {
      const auto one = score_fixed(*range.low, node.scoring, node.direction, input_.year);
      const auto other = score_fixed(*range.high, node.scoring, node.direction, input_.year);
      range = {};
      if (one && other) range = {std::min(one->value, other->value), std::max(one->value, other->value)};
    }
    return {};
  }

  Result<void> score_relatively(std::size_t place) {
    const Node& node = node_at(place);
    std::vector<std::string> ids;
    for (const UnitScores& unit : run_.units) ids.push_back(unit.id);
    const auto scores = score_relative(raw_values(place), ids, node.scoring, node.direction);
    if (!scores) {
      Error error = scores.error();
      error.where = "node " + node.id;
      return fail(std::move(error));
    }
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
      Work& work = work_[place][unit];
      if (work.score.state != ScoreState::value) continue;
      if (!(*scores)[unit]) {
        work.no_value(ScoreState::missing, "no_data");  // a group among units
        continue;
      }
      work.linear.value = *(*scores)[unit];
      work.linear.influence.clear();
      work.note(ScoreNote::relative);
    }
    ranges_[place] = {};
    run_.nodes[place].steps.push_back("scored against the other units of this run by " +
                                      node.scoring.method + ": " + node.scoring.reason);
    return {};
  }

  // --- results

  bool screened(std::size_t unit) const {
    if (model_.screen_minimum_share <= 0) return false;
    double leaves = 0;
    double present = 0;
    for (std::size_t place = 0; place < tree_.places.size(); ++place) {
      if (!node_at(place).leaf) continue;
      ++leaves;
      if (work_[place][unit].score.state == ScoreState::value) ++present;
    }
    return present < model_.screen_minimum_share * leaves - 1e-9;
  }

  Result<void> estimate(std::size_t place) {
    run_.nodes[place].lowest = ranges_[place].low;
    run_.nodes[place].highest = ranges_[place].high;
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
      Work& work = work_[place][unit];
      if (!node_at(place).leaf && work.score.state == ScoreState::value && screened(unit))
        work.no_value(ScoreState::missing, "unit_screened");
      NodeScore& score = run_.units[unit].scores[place];
      score = std::move(work.score);
      if (score.state != ScoreState::value) continue;
      const std::uint64_t n = score.estimate.n;
      const std::uint64_t n_missing = score.estimate.n_missing;
      const bool relative = has(score.notes, ScoreNote::relative);
      if (work.survey && work.other) score.notes = score.notes | ScoreNote::survey_part;
      if (!work.survey || relative || !frame_->design()) {
        const estimate::EstimateFlag why = work.survey && !frame_->design()
                                               ? estimate::EstimateFlag::no_probability_sample
                                               : estimate::EstimateFlag::none;
        score.estimate = estimate::without_error(work.linear.value, why, n, n_missing);
        score.estimate.level = run_.level;
        continue;
      }
      const estimate::EstimateOptions asked{run_.level, degrees_[unit], n, n_missing};
      score.estimate = work.share ? TRY(estimate_share(place, work, asked))
                                  : TRY(estimate::estimate_from(*frame_->design(), work.linear, asked));
      score.influence = std::move(work.linear.influence);
      limit(place, score);
    }
    return {};
  }

  // Shares near 0 or 1 and small samples need intervals of their own (statistics: Korn & Graubard
  // 1998); the ends are scored like any value.
  Result<estimate::Estimate> estimate_share(std::size_t place, const Work& work,
                                            const estimate::EstimateOptions& asked) const {
    estimate::Estimate share = TRY(estimate::estimate_proportion(*frame_->design(), *work.share, asked));
    const Node& node = node_at(place);
    const auto scored = [&](double value) { return score_fixed(value, node.scoring, node.direction, input_.year); };
    if (share.standard_error) *share.standard_error *= std::fabs(TRY(scored(share.value)).slope);
    if (share.lower && share.upper) {
      const double one = TRY(scored(*share.lower)).value;
      const double other = TRY(scored(*share.upper)).value;
      share.lower = std::min(one, other);
      share.upper = std::max(one, other);
    }
    share.value = work.linear.value;
    return share;
  }

  // No score can lie outside the possible range, so nothing is lost by not claiming that it may.
  void limit(std::size_t place, NodeScore& score) const {
    const Range& range = ranges_[place];
    estimate::Estimate& estimate = score.estimate;
    if (range.low && estimate.lower && *estimate.lower < *range.low) {
      estimate.lower = *range.low;
      score.notes = score.notes | ScoreNote::limited;
    }
    if (range.high && estimate.upper && *estimate.upper > *range.high) {
      estimate.upper = *range.high;
      score.notes = score.notes | ScoreNote::limited;
    }
  }

  void rank(std::size_t place) {
    std::vector<std::optional<double>> values;
    for (const UnitScores& unit : run_.units) {
      const NodeScore& score = unit.scores[place];
      const bool counts = score.state == ScoreState::value && !unit.group;
      // Negated: ranks ascend from the best.
      values.push_back(counts ? std::optional<double>(-score.estimate.value) : std::nullopt);
    }
    const auto ranks = ascending_ranks(values, false);
    for (std::size_t unit = 0; unit < run_.units.size(); ++unit) {
      if (!ranks[unit]) continue;
      run_.units[unit].scores[place].rank = static_cast<std::uint32_t>(*ranks[unit]);
      ++run_.nodes[place].ranked;
    }
  }

  const IndexModel& model_;
  const IndexInput& input_;
  const ComputeOptions& options_;
  IndexTree tree_;
  IndexRun run_;
  std::optional<SurveyFrame> frame_;
  std::map<std::size_t, std::size_t> item_of_place_;
  std::vector<std::vector<UnitPsu>> cells_;   // per unit
  std::vector<double> degrees_;               // per unit
  std::vector<std::vector<Work>> work_;       // place, unit
  std::vector<Range> ranges_;                 // per place
};

}  // namespace

Result<IndexRun> compute(const IndexModel& model, const IndexInput& input,
                         const ComputeOptions& options) {
  return Engine(model, input, options).run();
}

}  // namespace khaosat::index
