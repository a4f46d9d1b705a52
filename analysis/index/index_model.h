// An index as data: a tree of criteria, where each leaf gets its value, how values become scores and
// scores become their parent's score, and which structure holds in which year. Read by
// read_index_model() (index_model_json.h); immutable afterwards; thread safe to read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "base/ids.h"
#include "base/local_text.h"

namespace khaosat::index {

// Both ends belong to it.
struct Years {
  int from = 0;
  int to = 9999;
  bool contain(int year) const { return from <= year && year <= to; }
  bool overlap(const Years& other) const { return from <= other.to && other.from <= to; }
};

// A number of the model that somebody had to decide. Printed with every result.
struct Parameter {
  std::string id;
  LocalText title;
  double value = 0;
  double low = 0;
  double high = 1;
  std::string author;
  // Set when no source settles the value: says so, and why this one was taken.
  LocalText assumption;
};

// A number, a parameter, or one minus a parameter.
struct Weight {
  bool given = false;
  double number = 1;
  std::string parameter;
  bool one_minus = false;
};

enum class LeafSource { survey, assessed, administrative, published };
std::string_view name_of(LeafSource source);

enum class SurveyValue {
  share,  // of those who answered: who chose one of `chosen`
  mean    // of the scores of the chosen options, or of the number typed
};

struct SurveyLeaf {
  std::string question;
  SurveyValue value = SurveyValue::mean;
  std::vector<std::string> chosen;               // share: option ids
  std::map<std::string, double> option_scores;   // mean: empty = the scale's scores, or the number
  std::map<std::string, double> absence_scores;  // absences that count as an answer, if any
  std::uint64_t minimum_answered = 1;            // fewer valid answers: no value
};

struct Leaf {
  LeafSource source = LeafSource::published;
  SurveyLeaf survey;
  // assessed, published: names the column may have, the first present is taken.
  std::vector<std::string> columns;
  // administrative: numerator / denominator; no denominator: the numerator alone.
  std::string numerator;
  std::string denominator;
};

// What holds when a value is rescaled: who set it, why, and for which years.
struct Anchor {
  int version = 1;
  double low = 0;   // where the scale begins
  double high = 1;  // where it ends
  Years years;
  std::string author;
  std::string reason;
};

// Which rank equal values share, counted from the smallest value up.
enum class TieRule { lowest, mean, highest, dense };

// See normalisations.h for the methods and what they use of this.
struct Scoring {
  std::string method = "none";
  double to_low = 0;
  double to_high = 1;
  bool clamp = false;
  double multiply = 1;
  double divide = 1;
  double add = 0;
  double target = 0;
  std::string reference_unit;
  TieRule ties = TieRule::lowest;
  std::vector<Anchor> anchors;
  // Why scores may depend on the other units of this run; required for methods that do.
  std::string reason;

  const Anchor* anchor(int year) const;
};

struct Imputation {
  std::string method;           // empty, or one of imputation_methods() (treatment.h)
  std::string group;            // name of the grouping column
  std::vector<std::string> on;  // regression: columns that explain the value
  int most_years = 5;           // earlier_value: how old it may be
};

// A curve for all values of a leaf; see transforms.h for the methods.
struct Transform {
  std::string method;  // empty: none
  double lambda = 0;   // of box_cox
};

// Winsorising until the skew or the kurtosis is acceptable, then a curve as last resort.
struct OutlierRule {
  bool on = false;
  int most_points = 5;
  double largest_skew = 2;
  double largest_kurtosis = 3.5;
  Transform last_resort = {"log_ct", 0};
};

enum class MissingPolicy {
  withhold,  // one child without a value: the parent has none (default)
  reweight   // the others stand in, if they make up `minimum_share` of the children
};

enum class Weighting {
  given,
  equal,
  pca,      // first principal component of the children
  balanced  // correlations with the parent as the children's weights say; all alike if they have none
};
// The weights come from the units of the run.
constexpr bool is_from_data(Weighting weighting) { return weighting == Weighting::pca || weighting == Weighting::balanced; }

struct LevelBreak {
  int year = 0;  // values of this year and later are not comparable with earlier ones
  LocalText note;
};

struct Node {
  std::string id;  // unique in the file; questions of a list become "<id>.<question>"
  std::string parent;  // empty: the root
  std::string code;    // as printed by the publisher; may change its meaning from year to year
  LocalText title;
  LocalText note;
  std::string responsible;  // body that answers for it, for award rules
  std::string clause;       // where its source says so
  Years years;
  std::vector<LevelBreak> breaks;
  Weight weight;
  std::optional<double> maximum;  // max_points: scores run from 0 to this
  int direction = 1;              // -1: a small value is good
  Scoring scoring;
  LocalText assumption;
  // Inner nodes only.
  std::string aggregate;
  double power = 1;
  Weighting weighting = Weighting::given;
  std::optional<double> weights_total;  // what weights add up to, if neither 1 nor 100
  MissingPolicy missing = MissingPolicy::withhold;
  double minimum_share = 1;
  // Leaves only.
  std::optional<Leaf> leaf;
  Imputation imputation;
  OutlierRule outliers;
  Transform transform;

  std::string pointer;  // JSON pointer of its definition, for messages
};

struct ModelSource {
  std::string issuer;
  std::string number;
  std::string date;
  LocalText note;
};

// The nodes of one year, the root first, every parent before its children in file order. Walk
// backwards to have the children first. Empty outside the years of the model.
struct IndexTree {
  struct Place {
    std::size_t node = 0;               // index in IndexModel::nodes
    std::vector<std::size_t> children;  // indexes in `places`, in file order
  };
  std::vector<Place> places;
};

struct IndexModel {
  DefinitionIdentity identity;
  LocalText title;
  LocalText summary;
  ModelSource source;
  bool example = false;  // shows how such an index is written; nobody's official scorecard
  std::string questionnaire;  // id; empty without survey leaves
  int questionnaire_version = 0;
  LocalText unit_of_scale;  // "%", "điểm"
  double scale_low = 0;
  double scale_high = 100;
  double interval_level = 0.95;
  // Share of leaves that must have been measured (not filled in), and share of those that must be other
  // than zero, before anything is computed for a unit; 0: no screening. Others do not see screened units.
  double screen_minimum_share = 0;
  double screen_minimum_nonzero_share = 0;
  std::vector<Parameter> parameters;
  std::vector<Node> nodes;  // in file order

  const Node* find(std::string_view id) const;
  const Parameter* parameter(std::string_view id) const;
  // Years covered by the structure; a year outside has no tree.
  Years years() const;
  // The nodes of that year. The model must be sound (check_model found no fault).
  IndexTree tree(int year) const;
};

// Everything that makes a model unusable or ambiguous, in every period of its structure: parents,
// cycles, roots, weights, points, anchors, methods. `file` is for the messages.
void check_model(const IndexModel& model, const std::string& file, Faults& faults);

// What an index must know of a questionnaire; filled by whoever holds both.
struct QuestionFacts {
  std::vector<std::string> options;        // ids; empty for numbers
  std::map<std::string, double> scores;    // of the scale, by option
  bool number = false;
};
struct QuestionnaireFacts {
  std::string id;
  int version = 0;
  std::map<std::string, QuestionFacts> questions;
};
// Names every question and option that the model uses and the questionnaire lacks.
void cross_check(const IndexModel& model, const QuestionnaireFacts& questionnaire,
                 const std::string& file, Faults& faults);

}  // namespace khaosat::index
