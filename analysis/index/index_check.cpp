// What makes a model unusable: check_model() of index_model.h.
#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/index/aggregators.h"
#include "analysis/index/index_model.h"
#include "analysis/index/normalisations.h"
#include "analysis/index/treatment.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::index {
namespace {

constexpr double kWeightTolerance = 1e-9;

class Checker {
 public:
  Checker(const IndexModel& model, std::string file, Faults& faults)
      : model_(model), file_(std::move(file)), faults_(faults) {
    for (const Node& node : model_.nodes) by_id_.emplace(node.id, &node);
  }

  void run() {
    if (model_.nodes.empty()) return complain("/nodes", "there is no node; a model needs a root and leaves");
    check_parameters();
    const bool sound_ids = check_ids();
    const bool sound_tree = check_parents();
    for (const Node& node : model_.nodes) check_node(node);
    if (sound_ids && sound_tree) check_structures();
  }

 private:
  void complain(const std::string& place, std::string message,
                ErrorCode code = ErrorCode::definition_invalid) {
    faults_.push_back({file_, place, code, std::move(message)});
  }

  const Node* find(const std::string& id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nullptr : found->second;
  }

  static std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
    if (const auto near = nearest(word, known)) return "; did you mean \"" + *near + "\"?";
    std::string list;
    for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
    return known.size() <= 15 ? "; known: " + list : "";
  }

  void check_parameters() {
    std::set<std::string> seen;
    for (std::size_t k = 0; k < model_.parameters.size(); ++k) {
      const Parameter& parameter = model_.parameters[k];
      const std::string place = "/parameters/" + std::to_string(k);
      if (!seen.insert(parameter.id).second)
        complain(place + "/id", "the parameter \"" + parameter.id + "\" stands twice; rename one");
      if (!(parameter.low <= parameter.value && parameter.value <= parameter.high))
        complain(place + "/value", "the value lies outside [" + json_number(parameter.low) + ", " +
                                       json_number(parameter.high) + "], its own limits");
    }
  }

  // Ids and, within the same years, codes are unique.
  bool check_ids() {
    bool sound = true;
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const Node& node = model_.nodes[i];
      for (std::size_t j = 0; j < i; ++j) {
        const Node& other = model_.nodes[j];
        if (node.id == other.id) {
          complain(node.pointer + "/id", "the id \"" + node.id +
                                             "\" stands twice; if the meaning changed from one year to the "
                                             "next, give the later node its own id and the same code");
          sound = false;
          break;
        }
        if (!node.code.empty() && node.code == other.code && node.years.overlap(other.years)) {
          complain(node.pointer + "/years", "the code " + node.code + " is also that of \"" + other.id +
                                                "\" in some of the same years; end one before the other begins");
          break;
        }
      }
      if (node.years.from > node.years.to)
        complain(node.pointer + "/years", "the first year lies after the last");
    }
    return sound;
  }

  bool check_parents() {
    std::vector<std::string> ids;
    for (const Node& node : model_.nodes) ids.push_back(node.id);
    bool sound = true;
    for (const Node& node : model_.nodes) {
      if (node.parent.empty()) continue;
      const Node* parent = find(node.parent);
      if (parent == nullptr) {
        complain(node.pointer + "/parent",
                 "there is no node \"" + node.parent + "\"" + did_you_mean(node.parent, ids));
        sound = false;
      } else if (parent->leaf) {
        complain(node.pointer + "/parent", "\"" + node.parent +
                                               "\" takes its value from a source and cannot have children; "
                                               "drop its \"source\" or choose another parent");
        sound = false;
      }
    }
    return sound && check_cycles() && check_roots();
  }

  // Walks up from each node until the root or a node known to lead there.
  bool check_cycles() {
    std::set<const Node*> leads_to_root;
    for (const Node& node : model_.nodes) {
      std::set<const Node*> walked;
      const Node* at = &node;
      while (!at->parent.empty() && !leads_to_root.contains(at) && walked.insert(at).second)
        at = find(at->parent);
      if (!at->parent.empty() && !leads_to_root.contains(at)) {
        complain(at->pointer + "/parent", "\"" + at->id +
                                              "\" is its own ancestor; give one node of the circle another parent");
        return false;
      }
      leads_to_root.insert(walked.begin(), walked.end());
      leads_to_root.insert(at);
    }
    return true;
  }

  bool check_roots() {
    std::vector<const Node*> roots;
    for (const Node& node : model_.nodes)
      if (node.parent.empty()) roots.push_back(&node);
    if (roots.empty()) {
      complain("/nodes", "every node has a parent; one node, the index itself, must have none");
      return false;
    }
    for (std::size_t k = 1; k < roots.size(); ++k)
      complain(roots[k]->pointer, "\"" + roots[0]->id + "\" and \"" + roots[k]->id +
                                      "\" both have no parent; a model has one root");
    if (roots[0]->leaf && model_.nodes.size() > 1)
      complain(roots[0]->pointer + "/source", "the root cannot be a leaf while there are other nodes");
    return roots.size() == 1;
  }

  void check_node(const Node& node) {
    if (node.leaf) {
      if (!node.aggregate.empty())
        complain(node.pointer + "/aggregate", "a node with a source has nothing to aggregate; drop one of the two");
      check_leaf(node);
    } else {
      const Aggregator* aggregator = find_aggregator(node.aggregate);
      if (node.aggregate.empty()) {
        complain(node.pointer, "\"" + node.id +
                                   "\" needs either \"source\" (a leaf) or \"aggregate\" (how its children combine)");
      } else if (aggregator == nullptr) {
        complain(node.pointer + "/aggregate", "unknown way to aggregate \"" + node.aggregate + "\"" +
                                                  did_you_mean(node.aggregate, aggregator_names()));
      } else if (node.missing == MissingPolicy::reweight && !aggregator->is_mean) {
        complain(node.pointer + "/missing", "\"" + node.aggregate + "\" cannot reweight: without a child it would "
                                            "silently be another number; use \"withhold\" or a mean");
      } else if (node.weighting == Weighting::balanced && node.aggregate != "weighted_mean" &&
                 node.aggregate != "weighted_sum") {
        complain(node.pointer + "/weights", "\"balanced\" weights are for weighted_mean and weighted_sum");
      }
    }
    check_scoring(node);
    check_weight(node);
  }

  void check_leaf(const Node& node) {
    const Leaf& leaf = *node.leaf;
    const bool survey = leaf.source == LeafSource::survey;
    if (survey && model_.questionnaire.empty())
      complain(node.pointer + "/source/survey",
               "the model uses questions but names no questionnaire; add \"questionnaire\": {\"id\", \"version\"}");
    if (survey && leaf.survey.value == SurveyValue::share && leaf.survey.chosen.empty())
      complain(node.pointer + "/source/survey/share_of", "name at least one option");
    if (survey && (node.outliers.on || !node.imputation.method.empty() || !node.transform.method.empty()))
      complain(node.pointer, "survey values are estimates with an error; they are neither imputed nor "
                             "winsorised nor bent. Drop \"impute\", \"outliers\" and \"transform\"");
    check_imputation(node);
    check_transform(node.pointer + "/transform/method", node.transform);
    check_transform(node.pointer + "/outliers/last_resort/method", node.outliers.last_resort);
  }

  void check_imputation(const Node& node) {
    const Imputation& rule = node.imputation;
    const auto methods = imputation_methods();
    if (!rule.method.empty() && std::find(methods.begin(), methods.end(), rule.method) == methods.end())
      complain(node.pointer + "/impute/method", "unknown way to impute \"" + rule.method + "\"" +
                                                    did_you_mean(rule.method, {methods.begin(), methods.end()}));
    if (rule.method.starts_with("group_") != !rule.group.empty())
      complain(node.pointer + "/impute/group", "group_mean and group_median need the column that holds the groups; "
                                               "the other methods do not");
    if ((rule.method == "regression") != !rule.on.empty())
      complain(node.pointer + "/impute/on", "\"on\" names the columns that explain the value: regression needs it, "
                                            "the other methods do not");
  }

  void check_transform(const std::string& place, const Transform& transform) {
    if (!transform.method.empty() && find_transform(transform.method) == nullptr)
      complain(place, "there is no curve \"" + transform.method + "\"" + did_you_mean(transform.method, transform_names()));
  }

  void check_scoring(const Node& node) {
    const Scoring& scoring = node.scoring;
    const std::string place = node.pointer + "/scoring";
    const Normalisation* method = find_normalisation(scoring.method);
    if (method == nullptr) {
      complain(place + "/method", "unknown way to score \"" + scoring.method + "\"" +
                                      did_you_mean(scoring.method, normalisation_names()));
      return;
    }
    if (method->relative && scoring.reason.empty())
      complain(place + "/reason", "\"" + scoring.method +
                                      "\" moves a unit's score when others change; say in \"reason\" why "
                                      "the model wants that, or use fixed anchors");
    if (scoring.ties != TieRule::lowest && !method->uses_ranks)
      complain(place + "/ties", "\"" + scoring.method + "\" makes no ranks; drop \"ties\"");
    if (scoring.method == "z_score" && !(scoring.multiply > 0))
      complain(place + "/multiply", "a standard deviation above 0 is needed; use \"direction\": -1 if small is good");
    if (scoring.divide == 0) complain(place + "/divide", "cannot divide by 0");
    if (scoring.method == "linear" && scoring.multiply == 0)
      complain(place + "/multiply", "times 0 would give every unit the same score");
    if (method->uses_range && scoring.to_low == scoring.to_high)
      complain(place + "/to", "the range has no width; give two different ends", ErrorCode::anchor_degenerate);
    if (method->needs_anchors) check_anchors(node);
    if (!method->needs_anchors && !scoring.anchors.empty())
      complain(place + "/anchors", "\"" + scoring.method + "\" uses no anchors; drop them or use min_max");
  }

  void check_anchors(const Node& node) {
    const std::vector<Anchor>& anchors = node.scoring.anchors;
    const std::string place = node.pointer + "/scoring/anchors";
    for (std::size_t k = 0; k < anchors.size(); ++k) {
      const std::string here = place + "/" + std::to_string(k);
      if (anchors[k].low == anchors[k].high)
        complain(here, "lo and hi are both " + json_number(anchors[k].low) +
                           "; an anchor needs two different ends", ErrorCode::anchor_degenerate);
      else if (anchors[k].low > anchors[k].high)
        complain(here, "lo is above hi; write the smaller first and say \"direction\": -1 if small is good");
      for (std::size_t j = 0; j < k; ++j)
        if (anchors[j].version == anchors[k].version && anchors[j].years.overlap(anchors[k].years))
          complain(here + "/years", "version " + std::to_string(anchors[k].version) +
                                        " has another anchor for some of these years; raise the version or end one");
    }
    // Every year in which the node counts, at each place where anchors begin or end.
    std::set<int> years = {node.years.from};
    for (const Anchor& anchor : anchors) {
      years.insert(anchor.years.from);
      if (anchor.years.to < 9999) years.insert(anchor.years.to + 1);
    }
    for (const int year : years) {
      if (!node.years.contain(year) || node.scoring.anchor(year) != nullptr) continue;
      complain(place, "no anchor holds in " + (year == 0 ? std::string("every year") : std::to_string(year)) +
                          "; add one, or limit the years of the node", ErrorCode::anchor_degenerate);
      break;
    }
  }

  void check_weight(const Node& node) {
    if (node.weight.parameter.empty()) {
      if (!std::isfinite(node.weight.number) || node.weight.number < 0)
        complain(node.pointer + "/weight", "a weight is a number from 0 up");
      return;
    }
    if (model_.parameter(node.weight.parameter) != nullptr) return;
    std::vector<std::string> known;
    for (const Parameter& parameter : model_.parameters) known.push_back(parameter.id);
    complain(node.pointer + "/weight", "there is no parameter \"" + node.weight.parameter + "\"" +
                                           did_you_mean(node.weight.parameter, known));
  }

  // The structure changes only where some node begins or ends: each such year is looked at once.
  void check_structures() {
    const Years all = model_.years();
    std::set<int> years = {all.from};
    for (const Node& node : model_.nodes) {
      years.insert(node.years.from);
      if (node.years.to < 9999) years.insert(node.years.to + 1);
      const Node* parent = node.parent.empty() ? nullptr : find(node.parent);
      if (parent != nullptr &&
          (node.years.from < parent->years.from || node.years.to > parent->years.to))
        complain(node.pointer + "/years", "the node exists in years when its parent \"" + parent->id +
                                              "\" does not; shorten its years");
    }
    std::set<std::string> complained;
    for (const int year : years)
      if (all.contain(year)) check_structure(year, complained);
  }

  void check_structure(int year, std::set<std::string>& complained) {
    const std::string when = year == 0 ? "" : " in " + std::to_string(year);
    std::map<std::string, std::vector<const Node*>> children;
    for (const Node& node : model_.nodes)
      if (node.years.contain(year) && !node.parent.empty()) children[node.parent].push_back(&node);
    for (const Node& node : model_.nodes) {
      if (node.leaf || !node.years.contain(year)) continue;
      const auto found = children.find(node.id);
      if (found == children.end()) {
        if (complained.insert(node.id).second)
          complain(node.pointer, "\"" + node.id + "\" has no children" + when + "; add some or a source");
        continue;
      }
      const std::string message = wrong_weights(node, found->second);
      if (!message.empty() && complained.insert(node.id).second)
        complain(node.pointer, message + when);
      const std::string points = wrong_points(node, found->second);
      if (!points.empty() && complained.insert(node.id + "/points").second)
        complain(node.pointer + "/max_points", points + when);
    }
  }

  double value_of(const Weight& weight) const {
    if (weight.parameter.empty()) return weight.number;
    const Parameter* parameter = model_.parameter(weight.parameter);
    if (parameter == nullptr) return 0;
    return weight.one_minus ? 1 - parameter->value : parameter->value;
  }

  std::string wrong_weights(const Node& node, const std::vector<const Node*>& children) const {
    const Aggregator* aggregator = find_aggregator(node.aggregate);
    if (aggregator == nullptr) return {};
    std::size_t given = 0;
    double sum = 0;
    for (const Node* child : children) {
      if (child->weight.given) ++given;
      sum += value_of(child->weight);
    }
    const bool wants = aggregator->takes_weights && node.weighting == Weighting::given;
    if (aggregator->takes_weights && node.weighting == Weighting::balanced) {
      const bool positive = std::all_of(children.begin(), children.end(), [&](const Node* child) { return value_of(child->weight) > 0; });
      if (given == 0 || (given == children.size() && positive)) return {};
      return "\"balanced\" takes no weights below \"" + node.id + "\", or a positive one for each child: the say it shall have";
    }
    if (!wants)
      return given == 0 ? ""
                        : "the children of \"" + node.id + "\" have weights that " +
                              (aggregator->takes_weights ? "\"weights\" ignores" : "\"" + node.aggregate + "\" ignores") +
                              "; drop them, or use a weighted aggregate with given weights";
    if (given != children.size())
      return std::to_string(children.size() - given) + " of the " + std::to_string(children.size()) +
             " children of \"" + node.id + "\" have no weight; give each one, or say \"weights\": \"equal\"";
    if (node.weights_total) {
      if (std::fabs(sum - *node.weights_total) > kWeightTolerance * std::max(1.0, *node.weights_total))
        return "the weights below \"" + node.id + "\" add up to " + json_number(sum) + ", not to the stated " +
               json_number(*node.weights_total);
      return {};
    }
    if (std::fabs(sum - 1) > kWeightTolerance && std::fabs(sum - 100) > 100 * kWeightTolerance)
      return "the weights below \"" + node.id + "\" add up to " + json_number(sum) +
             ", neither 1 nor 100; correct them or state \"weights_total\"";
    return {};
  }

  static std::string wrong_points(const Node& node, const std::vector<const Node*>& children) {
    if (!node.maximum || node.aggregate != "sum") return {};
    double sum = 0;
    for (const Node* child : children) {
      if (!child->maximum)
        return "\"" + child->id + "\" has no max_points, so the points of \"" + node.id + "\" cannot be checked";
      sum += *child->maximum;
    }
    if (std::fabs(sum - *node.maximum) > kWeightTolerance * std::max(1.0, *node.maximum))
      return "the points below \"" + node.id + "\" add up to " + json_number(sum) + ", not to its " +
             json_number(*node.maximum);
    return {};
  }

  const IndexModel& model_;
  std::string file_;
  Faults& faults_;
  std::map<std::string, const Node*> by_id_;
};

}  // namespace

void check_model(const IndexModel& model, const std::string& file, Faults& faults) {
  Checker(model, file, faults).run();
}

}  // namespace khaosat::index
