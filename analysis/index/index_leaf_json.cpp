#include "analysis/index/index_leaf_json.h"

namespace khaosat::index {
namespace {

std::map<std::string, double> read_scores(const DefinitionNode& object) {
  std::map<std::string, double> scores;
  for (const std::string& key : object.keys()) {
    scores[key] = object.required_number(key, -kHuge, kHuge);
  }
  return scores;
}

struct SurveySource {
  SurveyLeaf leaf;
  std::vector<std::string> questions;
};

SurveySource read_survey(const DefinitionNode& node) {
  node.only_keys({"question", "questions", "share_of", "scores", "absence_scores", "minimum_answered"});
  SurveySource source;
  if (node.member("questions").exists()) {
    source.questions = node.optional_texts("questions");
    if (source.questions.empty()) {
      node.member("questions").fault(ErrorCode::missing_field, "name at least one question");
    }
    if (node.member("question").exists()) {
      node.fault(ErrorCode::definition_invalid, "write \"question\" or \"questions\", not both");
    }
  } else {
    source.questions = {node.required_id("question")};
  }
  SurveyLeaf& leaf = source.leaf;
  const DefinitionNode scores = node.member("scores");
  if (node.member("share_of").exists()) {
    leaf.value = SurveyValue::share;
    leaf.chosen = node.optional_texts("share_of");
    if (scores.exists()) {
      scores.fault(ErrorCode::definition_invalid, "a share needs no scores; keep \"share_of\" or \"scores\"");
    }
  } else if (scores.is_object()) {
    leaf.option_scores = read_scores(scores);
    if (leaf.option_scores.empty()) {
      scores.fault(ErrorCode::missing_field, "give a score to every option, or drop \"scores\" to use the scale's");
    }
  } else if (scores.exists()) {
    scores.fault(ErrorCode::wrong_type, "write {\"option\": score, …}, or drop it to use the scale's scores");
  }
  const DefinitionNode absences = node.member("absence_scores");
  if (absences.exists()) {
    absences.only_keys({"no_experience", "dont_know", "declined"});
    leaf.absence_scores = read_scores(absences);
  }
  leaf.minimum_answered = static_cast<std::uint64_t>(
      node.optional_integer("minimum_answered", 1, 1, 1'000'000));
  return source;
}

}  // namespace

std::optional<LeafRead> read_leaf(const DefinitionNode& object) {
  const DefinitionNode node = object.member("source");
  if (!node.exists()) return std::nullopt;
  node.only_keys({"survey", "assessed", "administrative", "published"});
  LeafRead read;
  const std::vector<std::string> kinds = node.keys();
  if (!node.is_object() || kinds.size() != 1) {
    node.fault(ErrorCode::wrong_type,
               "name one source: \"survey\", \"assessed\", \"administrative\" or \"published\"");
    return read;
  }
  const DefinitionNode inside = node.required_object(kinds[0]);
  Leaf& leaf = read.leaf;
  if (kinds[0] == "survey") {
    leaf.source = LeafSource::survey;
    SurveySource survey = read_survey(inside);
    leaf.survey = std::move(survey.leaf);
    read.questions = std::move(survey.questions);
  } else if (kinds[0] == "administrative") {
    leaf.source = LeafSource::administrative;
    inside.only_keys({"numerator", "denominator"});
    leaf.numerator = inside.required_text("numerator", 200);
    leaf.denominator = inside.optional_text("denominator", {}, 200);
  } else {
    leaf.source = kinds[0] == "assessed" ? LeafSource::assessed : LeafSource::published;
    inside.only_keys({"column", "columns"});
    leaf.columns = inside.optional_texts("columns");
    if (leaf.columns.empty()) leaf.columns = {inside.required_text("column", 200)};
  }
  return read;
}

}  // namespace khaosat::index
