#include <cmath>
#include <set>

#include "analysis/scorecards/scorecard_set.h"
#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat::scorecards {

namespace {

constexpr double kMostPoints = 10'000;

class SetReader {
 public:
  ScorecardSet read(const DefinitionNode& root, std::string hash) {
    root.only_keys({"$schema", "schema", "id", "version", "example", "title", "summary", "source", "rounding", "fields", "bonus", "penalty"});
    if (root.required_text("schema") != "khaosat/scorecard/1") {
      root.member("schema").fault(ErrorCode::definition_invalid, "\"schema\" must be \"khaosat/scorecard/1\"");
    }
    set_.identity = {root.required_id("id"), static_cast<int>(root.required_integer("version", 1, 1'000'000)), std::move(hash)};
    set_.example = root.optional_bool("example", false);
    set_.title = root.required_local_text("title");
    set_.summary = root.optional_local_text("summary");
    read_source(root.required_object("source"));
    set_.decimals = static_cast<int>(root.optional_integer("rounding", 2, 0, 6));
    int number = 0;
    for (const auto& field : root.required_items("fields")) read_item(field, ItemKind::field, std::nullopt, std::to_string(++number));
    set_.bonus_cap = read_adjustments(root.member("bonus"), ItemKind::bonus, "T");
    set_.penalty_cap = read_adjustments(root.member("penalty"), ItemKind::penalty, "P");
    return std::move(set_);
  }

 private:
  void read_source(const DefinitionNode& source) {
    if (!source.exists()) return;
    source.only_keys({"issuer", "number", "date", "note"});
    set_.issuer = source.required_text("issuer", 400);
    set_.number = source.optional_text("number", {}, 400);
    set_.date = source.optional_date("date");
    set_.note = source.optional_local_text("note");
  }

  void read_item(const DefinitionNode& node, ItemKind kind, std::optional<std::size_t> parent, std::string code) {
    const char* below = kind == ItemKind::field ? "criteria" : "subcriteria";
    if (kind == ItemKind::field) node.only_keys({"id", "title", "note", "maximum", "criteria"});
    else if (kind == ItemKind::criterion) node.only_keys({"id", "title", "note", "maximum", "evidence", "ratio", "survey", "subcriteria"});
    else node.only_keys({"id", "title", "note", "maximum", "evidence", "ratio", "survey"});

    const std::size_t index = add(node, kind, parent, std::move(code));
    if (kind == ItemKind::field || (kind == ItemKind::criterion && node.member(below).exists())) {
      for (const char* key : {"ratio", "survey", "evidence"}) {
        if (node.member(key).exists()) {
          node.member(key).fault(ErrorCode::definition_invalid, "points are given below this place; say it there");
        }
      }
      int number = 0;
      for (const auto& child : node.required_items(below)) {
        read_item(child, kind == ItemKind::field ? ItemKind::criterion : ItemKind::subcriterion, index,
                  set_.items[index].code + "." + std::to_string(++number));
      }
      check_sum(node, index);
      return;
    }
    read_points(node, set_.items[index]);
  }

  std::size_t add(const DefinitionNode& node, ItemKind kind, std::optional<std::size_t> parent, std::string code) {
    Item item;
    item.id = node.required_id("id");
    if (!item.id.empty() && !ids_.insert(item.id).second) {
      node.member("id").fault(ErrorCode::duplicate_key, "\"" + item.id + "\" stands twice in this scorecard");
    }
    item.code = std::move(code);
    item.kind = kind;
    item.parent = parent;
    item.title = node.required_local_text("title");
    item.note = node.optional_local_text("note");
    item.maximum = node.required_number("maximum", 0, kMostPoints);
    if (item.maximum <= 0) node.member("maximum").fault(ErrorCode::out_of_range, "a maximum is above 0");
    const std::size_t index = set_.items.size();
    if (parent) set_.items[*parent].children.push_back(index);
    set_.items.push_back(std::move(item));
    return index;
  }

  void check_sum(const DefinitionNode& node, std::size_t index) const {
    const Item& item = set_.items[index];
    if (item.children.empty()) return;
    double sum = 0;
    for (const std::size_t child : item.children) sum += set_.items[child].maximum;
    if (std::abs(sum - item.maximum) < 1e-9) return;
    node.member("maximum").fault(ErrorCode::definition_invalid,
                                 "the maximum is " + json_number(item.maximum) + ", what lies below adds up to " +
                                     json_number(rounded(sum, 6)));
  }

  void read_points(const DefinitionNode& node, Item& item) const {
    item.source = PointSource::assessed;
    for (const auto& text : node.optional_items("evidence")) item.evidence.push_back(text.as_local_text(400));
    const DefinitionNode ratio = node.member("ratio");
    const DefinitionNode survey = node.member("survey");
    if (ratio.exists() && survey.exists()) {
      node.fault(ErrorCode::definition_invalid, "points come from a ratio or from a survey, not from both");
    }
    if (ratio.exists()) read_ratio(ratio, item);
    if (survey.exists()) read_survey(survey, item);
  }

  static void read_ratio(const DefinitionNode& node, Item& item) {
    node.only_keys({"numerator", "denominator", "bands", "zero_at", "full_at", "nothing_due"});
    item.source = PointSource::ratio;
    Ratio ratio;
    ratio.numerator = node.required_local_text("numerator", 400);
    ratio.denominator = node.required_local_text("denominator", 400);
    double share_above = 2;
    double points_above = item.maximum;
    for (const auto& row : node.optional_items("bands")) {
      row.only_keys({"at_least", "points"});
      const Ratio::Band band{row.required_number("at_least", 0, 1), row.required_number("points", 0, kMostPoints)};
      if (band.at_least >= share_above) row.fault(ErrorCode::definition_invalid, "bands go from the highest share down");
      if (band.points > item.maximum) {
        row.fault(ErrorCode::points_above_maximum,
                  json_number(band.points) + " points where the maximum is " + json_number(item.maximum));
      } else if (band.points > points_above) {
        row.fault(ErrorCode::definition_invalid, "a lower share gives more points than a higher one");
      }
      share_above = band.at_least;
      points_above = band.points;
      ratio.bands.push_back(band);
    }
    if (!ratio.bands.empty() && (node.member("zero_at").exists() || node.member("full_at").exists())) {
      node.fault(ErrorCode::definition_invalid, "either \"bands\" or a line from \"zero_at\" to \"full_at\", not both");
    }
    ratio.zero_at = node.optional_number("zero_at", 0, 0, 1);
    ratio.full_at = node.optional_number("full_at", 1, 0, 1);
    if (ratio.zero_at == ratio.full_at) node.fault(ErrorCode::anchor_degenerate, "\"zero_at\" and \"full_at\" are the same share");
    if (node.member("nothing_due").exists()) ratio.nothing_due = node.required_number("nothing_due", 0, kMostPoints);
    if (ratio.nothing_due && *ratio.nothing_due > item.maximum) {
      node.member("nothing_due").fault(ErrorCode::points_above_maximum, "more than the maximum of " + json_number(item.maximum));
    }
    item.ratio = std::move(ratio);
  }

  static void read_survey(const DefinitionNode& node, Item& item) {
    node.only_keys({"model", "node", "zero_at", "full_at"});
    item.source = PointSource::survey;
    SurveyFeed feed{node.required_id("model"), node.required_id("node"), node.required_number("zero_at"), node.required_number("full_at")};
    if (feed.zero_at == feed.full_at) node.fault(ErrorCode::anchor_degenerate, "\"zero_at\" and \"full_at\" are the same value");
    item.survey = std::move(feed);
  }

  double read_adjustments(const DefinitionNode& node, ItemKind kind, const std::string& letter) {
    if (!node.exists()) return 0;
    node.only_keys({"cap", "items"});
    int number = 0;
    for (const auto& row : node.required_items("items")) {
      row.only_keys({"id", "title", "note", "maximum", "evidence"});
      const std::size_t index = add(row, kind, std::nullopt, letter + std::to_string(++number));
      read_points(row, set_.items[index]);
    }
    return node.required_number("cap", 0, kMostPoints);
  }

  ScorecardSet set_;
  std::set<std::string> ids_;
};

}  // namespace

ScorecardSet read_scorecard_set(const std::string& file, std::string_view text, Faults& faults) {
  ScorecardSet set;
  DefinitionFile definition = parse_definition(file, text);
  if (definition.root().exists()) set = SetReader().read(definition.root(), definition.hash());
  faults.insert(faults.end(), definition.faults().begin(), definition.faults().end());
  return set;
}

}  // namespace khaosat::scorecards
