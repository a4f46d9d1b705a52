#include "analysis/index/index_model_json.h"

#include <nlohmann/json.hpp>

#include "analysis/index/index_leaf_json.h"
#include "analysis/index/normalisations.h"
#include "base/definition_json.h"

namespace khaosat::index {
namespace {

Years read_years(const DefinitionNode& object) {
  Years years;
  const DefinitionNode node = object.member("years");
  if (!node.exists()) return years;
  const auto wrong = [&] {
    node.fault(ErrorCode::wrong_type, "write [first year, last year]; null as last year: still valid");
  };
  if (!node.is_array() || node.value().size() != 2) {
    wrong();
    return years;
  }
  const auto read = [&](std::size_t at, int fallback) {
    const nlohmann::json& value = node.value()[at];
    if (at == 1 && value.is_null()) return fallback;
    if (value.is_number_integer() && value >= 1900 && value <= 2200) return value.get<int>();
    wrong();
    return fallback;
  };
  years.from = read(0, 0);
  years.to = read(1, 9999);
  return years;
}

Weight read_weight(const DefinitionNode& object) {
  Weight weight;
  const DefinitionNode node = object.member("weight");
  if (!node.exists()) return weight;
  weight.given = true;
  if (node.is_object()) {
    node.only_keys({"parameter", "one_minus"});
    weight.one_minus = node.member("one_minus").exists();
    if (weight.one_minus == node.member("parameter").exists()) {
      node.fault(ErrorCode::wrong_type, "write {\"parameter\": id} or {\"one_minus\": id}");
    }
    weight.parameter = node.required_id(weight.one_minus ? "one_minus" : "parameter");
    if (weight.parameter.empty()) weight.parameter = "?";
  } else {
    weight.number = object.required_number("weight", 0, kHuge);
  }
  return weight;
}

Scoring read_scoring(const DefinitionNode& object, const std::optional<double>& maximum) {
  Scoring scoring;
  if (maximum) scoring.to_high = *maximum;
  const DefinitionNode node = object.member("scoring");
  if (!node.exists()) return scoring;
  node.only_keys({"method", "to", "clamp", "multiply", "divide", "add", "target", "reference_unit",
                  "ties", "anchors", "reason"});
  scoring.method = node.required_text("method", 64);
  scoring.clamp = node.optional_bool("clamp", false);
  scoring.multiply = node.optional_number("multiply", 1, -kHuge, kHuge);
  scoring.divide = node.optional_number("divide", 1, -kHuge, kHuge);
  scoring.add = node.optional_number("add", 0, -kHuge, kHuge);
  scoring.target = node.optional_number("target", 0, -kHuge, kHuge);
  scoring.reference_unit = node.optional_text("reference_unit", {}, 64);
  scoring.reason = node.optional_text("reason");
  if (node.member("ties").exists()) {
    const std::string ties = node.required_text("ties", 64);
    const auto rule = find_tie_rule(ties);
    if (!rule) node.member("ties").fault(ErrorCode::unknown_option, "write \"lowest\", \"mean\", \"highest\" or \"dense\"");
    scoring.ties = rule.value_or(TieRule::lowest);
  }
  if (scoring.method == "distance_to_target" && !node.member("target").exists()) {
    node.fault(ErrorCode::missing_field, "\"target\" is missing; add the number to reach");
  }
  if (scoring.method == "distance_to_reference" && scoring.reference_unit.empty()) {
    node.fault(ErrorCode::missing_field, "\"reference_unit\" is missing; name the unit to measure against");
  }
  const std::vector<DefinitionNode> to = node.optional_items("to");
  if (node.member("to").exists()) {
    if (to.size() == 2 && to[0].as_number() && to[1].as_number()) {
      scoring.to_low = *to[0].as_number();
      scoring.to_high = *to[1].as_number();
    } else {
      node.member("to").fault(ErrorCode::wrong_type, "write [lowest score, highest score]");
    }
  }
  for (const DefinitionNode& item : node.optional_items("anchors")) {
    item.only_keys({"version", "lo", "hi", "years", "author", "reason"});
    Anchor anchor;
    anchor.version = static_cast<int>(item.optional_integer("version", 1, 1, 10000));
    anchor.low = item.required_number("lo", -kHuge, kHuge);
    anchor.high = item.required_number("hi", -kHuge, kHuge);
    anchor.years = read_years(item);
    anchor.author = item.required_text("author");
    anchor.reason = item.required_text("reason");
    scoring.anchors.push_back(std::move(anchor));
  }
  return scoring;
}

void read_missing(const DefinitionNode& object, Node& node) {
  const DefinitionNode missing = object.member("missing");
  if (!missing.exists()) return;
  missing.only_keys({"policy", "minimum_share"});
  const std::string policy = missing.required_text("policy", 64);
  if (policy == "reweight") {
    node.missing = MissingPolicy::reweight;
    node.minimum_share = missing.required_number("minimum_share", 0, 1);
  } else if (policy != "withhold" && !policy.empty()) {
    missing.member("policy").fault(ErrorCode::unknown_option, "\"" + policy +
                                                                 "\" is not a policy; write \"withhold\" or \"reweight\"");
  }
}

void read_inner(const DefinitionNode& object, Node& node) {
  node.aggregate = object.optional_text("aggregate", {}, 64);
  node.power = object.optional_number("power", 1, -100, 100);
  if (node.aggregate == "power_mean" && !object.member("power").exists()) {
    object.fault(ErrorCode::missing_field, "\"power\" is missing; add the exponent of the mean");
  }
  if (object.member("weights_total").exists()) {
    node.weights_total = object.required_number("weights_total", 0, kHuge);
  }
  const std::string weights = object.optional_text("weights", "given", 64);
  if (weights == "equal") {
    node.weighting = Weighting::equal;
  } else if (weights == "pca") {
    node.weighting = Weighting::pca;
  } else if (weights == "balanced") {
    node.weighting = Weighting::balanced;
  } else if (weights != "given") {
    object.member("weights").fault(ErrorCode::unknown_option, "\"" + weights +
                                                                  "\" is not known; write \"given\", \"equal\", \"pca\" or \"balanced\"");
  }
  read_missing(object, node);
}

Transform read_transform(const DefinitionNode& object, const char* member, Transform otherwise) {
  const DefinitionNode node = object.member(member);
  if (!node.exists()) return otherwise;
  node.only_keys({"method", "lambda"});
  Transform transform;
  transform.method = node.required_text("method", 64);
  transform.lambda = node.optional_number("lambda", 0, -10, 10);
  if ((transform.method == "box_cox") != node.member("lambda").exists())
    node.fault(ErrorCode::missing_field, "\"lambda\" belongs to \"box_cox\", and box_cox needs it");
  return transform;
}

void read_treatment(const DefinitionNode& object, Node& node) {
  const DefinitionNode impute = object.member("impute");
  if (impute.exists()) {
    impute.only_keys({"method", "group", "on", "most_years"});
    node.imputation.method = impute.required_text("method", 64);
    node.imputation.group = impute.optional_text("group", {}, 200);
    node.imputation.on = impute.optional_texts("on");
    node.imputation.most_years = static_cast<int>(impute.optional_integer("most_years", 5, 1, 100));
  }
  node.transform = read_transform(object, "transform", {});
  const DefinitionNode outliers = object.member("outliers");
  if (outliers.exists()) {
    outliers.only_keys({"most_points", "largest_skew", "largest_kurtosis", "last_resort"});
    node.outliers.on = true;
    node.outliers.most_points = static_cast<int>(outliers.optional_integer("most_points", 5, 1, 1000));
    node.outliers.largest_skew = outliers.optional_number("largest_skew", 2, 0, 1000);
    node.outliers.largest_kurtosis = outliers.optional_number("largest_kurtosis", 3.5, 0, 1000);
    node.outliers.last_resort = read_transform(outliers, "last_resort", node.outliers.last_resort);
    if (node.outliers.last_resort.method == "none") node.outliers.last_resort = {};
  }
}

// One definition; several nodes if its source lists several questions.
void read_node(const DefinitionNode& object, std::vector<Node>& nodes) {
  object.only_keys({"id", "parent", "code", "title", "note", "responsible", "clause", "years", "breaks",
                    "weight", "max_points", "direction", "scoring", "assumption", "aggregate", "power",
                    "weights", "weights_total", "missing", "source", "impute", "outliers", "transform"});
  Node node;
  node.pointer = object.pointer();
  node.id = object.required_id("id");
  node.parent = object.optional_id("parent");
  node.code = object.optional_text("code", {}, 64);
  node.title = object.required_local_text("title", 400);
  node.note = object.optional_local_text("note");
  node.responsible = object.optional_text("responsible", {}, 400);
  node.clause = object.optional_text("clause", {}, 400);
  node.assumption = object.optional_local_text("assumption");
  node.years = read_years(object);
  for (const DefinitionNode& item : object.optional_items("breaks")) {
    item.only_keys({"year", "note"});
    node.breaks.push_back({static_cast<int>(item.required_integer("year", 1900, 2200)),
                           item.optional_local_text("note")});
  }
  node.weight = read_weight(object);
  if (object.member("max_points").exists()) {
    node.maximum = object.required_number("max_points", 0, kHuge);
  }
  node.direction = static_cast<int>(object.optional_integer("direction", 1, -1, 1));
  if (node.direction == 0) {
    object.member("direction").fault(ErrorCode::out_of_range, "write 1 (large is good) or -1 (small is good)");
    node.direction = 1;
  }
  node.scoring = read_scoring(object, node.maximum);
  read_inner(object, node);
  read_treatment(object, node);
  std::optional<LeafRead> read = read_leaf(object);
  if (!read) {
    nodes.push_back(std::move(node));
    return;
  }
  if (read->questions.size() <= 1) {
    read->leaf.survey.question = read->questions.empty() ? "" : read->questions[0];
    node.leaf = std::move(read->leaf);
    nodes.push_back(std::move(node));
    return;
  }
  // A list of questions: an inner node with one leaf for each, so that the score opens down to the
  // question. The scoring goes to the questions; the node itself is their mean.
  Node parent = node;
  parent.scoring = Scoring{};
  parent.direction = 1;
  if (parent.aggregate.empty()) parent.aggregate = "mean";
  nodes.push_back(parent);
  for (const std::string& question : read->questions) {
    Node child;
    child.id = node.id + "." + question;
    child.parent = node.id;
    child.pointer = node.pointer;
    child.title = LocalText(question);
    child.years = node.years;
    child.breaks = node.breaks;
    child.direction = node.direction;
    child.maximum = node.maximum;
    child.scoring = node.scoring;
    child.leaf = read->leaf;
    child.leaf->survey.question = question;
    nodes.push_back(std::move(child));
  }
}

std::vector<Parameter> read_parameters(const DefinitionNode& root) {
  std::vector<Parameter> parameters;
  for (const DefinitionNode& item : root.optional_items("parameters")) {
    item.only_keys({"id", "title", "value", "low", "high", "author", "assumption"});
    Parameter parameter;
    parameter.id = item.required_id("id");
    parameter.title = item.required_local_text("title", 400);
    parameter.value = item.required_number("value", -kHuge, kHuge);
    parameter.low = item.optional_number("low", 0, -kHuge, kHuge);
    parameter.high = item.optional_number("high", 1, -kHuge, kHuge);
    parameter.author = item.optional_text("author");
    parameter.assumption = item.optional_local_text("assumption");
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

IndexModel read_root(const DefinitionNode& root, const std::string& hash) {
  root.only_keys({"$schema", "schema", "id", "version", "title", "summary", "source", "example", "questionnaire",
                  "unit_of_scale", "scale", "interval_level", "screen_minimum_share",
                  "screen_minimum_nonzero_share", "parameters", "nodes"});
  IndexModel model;
  const std::string schema = root.required_text("schema", 64);
  if (!schema.empty() && schema != "khaosat/index_model/1") {
    root.member("schema").fault(ErrorCode::definition_invalid, "write \"khaosat/index_model/1\"");
  }
  model.identity.id = root.required_id("id");
  model.identity.version = static_cast<int>(root.required_integer("version", 1, 1'000'000));
  model.identity.hash = hash;
  model.title = root.required_local_text("title", 400);
  model.summary = root.optional_local_text("summary");
  const DefinitionNode source = root.required_object("source");
  source.only_keys({"issuer", "number", "date", "note"});
  model.source.issuer = source.required_text("issuer", 400);
  model.source.number = source.optional_text("number", {}, 200);
  model.source.date = source.optional_date("date");
  model.source.note = source.optional_local_text("note");
  model.example = root.optional_bool("example", false);
  const DefinitionNode questionnaire = root.member("questionnaire");
  if (questionnaire.exists()) {
    questionnaire.only_keys({"id", "version"});
    model.questionnaire = questionnaire.required_id("id");
    model.questionnaire_version =
        static_cast<int>(questionnaire.required_integer("version", 1, 1'000'000));
  }
  model.unit_of_scale = root.optional_local_text("unit_of_scale", 64);
  const std::vector<DefinitionNode> scale = root.required_items("scale");
  if (scale.size() == 2 && scale[0].as_number() && scale[1].as_number()) {
    model.scale_low = *scale[0].as_number();
    model.scale_high = *scale[1].as_number();
  } else if (root.member("scale").is_array()) {
    root.member("scale").fault(ErrorCode::wrong_type, "write [lowest, highest] value of the index");
  }
  model.interval_level = root.optional_number("interval_level", 0.95, 0.5, 0.9999);
  model.screen_minimum_share = root.optional_number("screen_minimum_share", 0, 0, 1);
  model.screen_minimum_nonzero_share = root.optional_number("screen_minimum_nonzero_share", 0, 0, 1);
  model.parameters = read_parameters(root);
  const std::vector<DefinitionNode> nodes = root.required_items("nodes");
  if (nodes.size() > kMostNodes) {
    root.member("nodes").fault(ErrorCode::too_large, "more than " + std::to_string(kMostNodes) + " nodes");
    return model;
  }
  for (const DefinitionNode& node : nodes) read_node(node, model.nodes);
  if (model.nodes.size() > kMostNodes) {
    root.member("nodes").fault(ErrorCode::too_large,
                               "more than " + std::to_string(kMostNodes) + " nodes with their questions");
    model.nodes.clear();
  }
  model.nodes.shrink_to_fit();  // models stay as long as the program runs
  return model;
}

}  // namespace

ReadModel read_index_model(std::string file, std::string_view text) {
  DefinitionFile definition = parse_definition(file, text);
  const DefinitionNode root = definition.root();
  ReadModel read;
  if (root.exists()) {
    IndexModel model = read_root(root, definition.hash());
    if (!model.nodes.empty() || definition.faults().empty()) check_model(model, file, definition.faults());
    if (definition.faults().empty()) read.model = std::move(model);
  }
  read.faults = std::move(definition.faults());
  return read;
}

}  // namespace khaosat::index
