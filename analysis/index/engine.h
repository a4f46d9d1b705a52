// One computation of an index, step by step: what goes in is taken, leaves are filled, parents are
// made of their children, values become scores, scores get errors and ranks. Internal to
// analysis/index; used by compute() only. One object, one run; units are read on several threads.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/index/aggregators.h"
#include "analysis/index/index_engine.h"
#include "analysis/index/survey_frame.h"
#include "analysis/index/treatment.h"

namespace khaosat::index {

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

  Result<IndexRun> run();

 private:
  const Node& node_at(std::size_t place) const { return model_.nodes[tree_.places[place].node]; }

  // index_engine.cpp: what goes in
  void describe_model();
  Result<void> take_parameters();
  Result<void> take_units();
  Result<void> take_survey();
  Result<std::string> survey_digest() const;

  // engine_leaves.cpp: answers
  Result<void> read_survey();
  Result<void> read_units(std::size_t first, std::size_t last);

  // engine_leaves.cpp
  void fill_leaf(std::size_t place);
  void fill_survey(std::size_t place, std::size_t unit, std::size_t item, const LeafSums& sums, Work& work);
  void fill_column(const Leaf& leaf, const std::optional<double>& maximum, std::size_t unit,
                   Work& work);
  static bool fill_from(const std::map<std::string, Datum>& columns, const Leaf& leaf,
                        const std::optional<double>& maximum, Work& work);

  // engine_treatment.cpp
  void screen();
  bool counts(std::size_t place, std::size_t unit) const;
  RawValues raw_values(std::size_t place) const;
  Result<void> treat(std::size_t place);
  void carry_forward(std::size_t place);

  // engine_nodes.cpp
  double number_of(const Weight& weight) const;
  Result<std::vector<double>> weights_of(std::size_t place);
  std::vector<std::vector<double>> complete_scores(const std::vector<std::size_t>& children) const;
  Result<void> aggregate(std::size_t place);
  void rank_pairs(std::size_t place, const Aggregator& aggregator, const std::vector<double>& weights);
  void combine(std::size_t place, std::size_t unit, const Aggregator& aggregator,
               const std::vector<double>& weights);
  void set_range(std::size_t place, const Aggregator& aggregator,
                 const std::vector<double>& weights);
  Result<void> score(std::size_t place);
  Result<void> score_relatively(std::size_t place);

  // engine_results.cpp
  Result<void> estimate(std::size_t place);
  Result<estimate::Estimate> estimate_share(std::size_t place, const Work& work,
                                            const estimate::EstimateOptions& asked) const;
  void limit(std::size_t place, NodeScore& score) const;
  void rank(std::size_t place);

  const IndexModel& model_;
  const IndexInput& input_;
  const ComputeOptions& options_;
  IndexTree tree_;
  IndexRun run_;
  std::optional<SurveyFrame> frame_;
  std::map<std::size_t, std::size_t> item_of_place_;
  std::shared_ptr<const sums::SurveySums> survey_;  // null: none
  std::vector<std::vector<CellRange>> cells_;  // per unit, of a group those of its members
  std::vector<Digest> digests_;                // per unit, of its cells
  std::vector<double> degrees_;                // per unit
  std::vector<std::vector<Work>> work_;      // place, unit
  std::vector<Range> ranges_;                // per place
  std::vector<bool> screened_;               // per unit
};

}  // namespace khaosat::index
