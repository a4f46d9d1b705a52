// Whether two years of an index measure the same thing, node by node. A score may be set beside last
// year's only if nothing below it was asked, counted, anchored, weighted or combined otherwise.
// Pure; thread safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"

namespace khaosat::change {

enum class ObstacleKind {
  question_changed,    // another question, or the questionnaire's own comparison says: another measure
  counting_changed,    // other options count, or with other scores
  source_changed,      // from answers to tables, another column, another way to fill in
  anchor_changed,      // the ends of the scale
  scoring_changed,     // the way from value to score
  weights_changed,
  aggregation_changed,
  structure_changed,   // children added or removed, or the node itself
  series_break,        // the model says that its source is not comparable
  relative_score       // scored against the other units of each year
};
std::string_view name_of(ObstacleKind kind);

struct Obstacle {
  ObstacleKind kind = ObstacleKind::structure_changed;
  std::string node;    // where it is: the node itself or one below it
  std::string detail;  // what changed, in English
};

struct NodeComparability {
  std::string node;
  std::vector<Obstacle> obstacles;  // empty: comparable
  std::vector<std::string> notes;   // comparable, but every figure must say so (wording, order …)
};

// What the questionnaires say about their questions, by id. Made from a QuestionnaireDiff.
struct QuestionChanges {
  std::map<std::string, std::string> broken;
  std::map<std::string, std::string> noted;
};

// The same model or two versions of it, each with the year of its run. One entry for each node of the
// later year in its order, then nodes that only the earlier year has.
std::vector<NodeComparability> compare_models(const index::IndexModel& before_model, const index::IndexRun& before,
                                              const index::IndexModel& after_model, const index::IndexRun& after,
                                              const QuestionChanges& questions);

}  // namespace khaosat::change
