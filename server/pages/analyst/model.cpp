#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "analysis/index/index_model.h"
#include "analysis/index/normalisations.h"
#include "server/pages/analyst/analyst_pages.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"

namespace khaosat {

namespace {

using index::IndexModel;
using index::Node;

std::string number_text(double value, const std::string& language) {
  std::string text = decimal_text(value, 4, language);
  while (text.size() > 1 && text.back() == '0') text.pop_back();
  if (!text.empty() && (text.back() == ',' || text.back() == '.')) text.pop_back();
  return text;
}

std::string weight_text(const App& app, const Request& request, const IndexModel& model, const Node& node, const Node* parent, std::size_t siblings) {
  if (!parent) return "–";
  if (parent->weighting == index::Weighting::pca) return say(app, request, "staff.model.weight.pca");
  if (parent->weighting == index::Weighting::balanced) return say(app, request, "staff.model.weight.balanced");
  if (parent->weighting == index::Weighting::equal || !node.weight.given) {
    // Of a plain mean everybody can see how much a part counts.
    const bool mean = parent->aggregate == "mean" && siblings > 0;
    return mean ? (siblings == 1 ? "1" : "1/" + std::to_string(siblings)) : say(app, request, "staff.model.weight.equal");
  }
  if (node.weight.parameter.empty()) return number_text(node.weight.number, request.language);
  const auto* parameter = model.parameter(node.weight.parameter);
  const double value = parameter ? (node.weight.one_minus ? 1 - parameter->value : parameter->value) : node.weight.number;
  return number_text(value, request.language) + " (" + (node.weight.one_minus ? "1 − " : "") +
         (parameter ? parameter->title.in(request.language) : node.weight.parameter) + ")";
}

// `named`: the question stands in the row's head already.
std::string source_text(const App& app, const Request& request, const Node& node, const Questionnaire& questionnaire, bool named) {
  const index::Leaf& leaf = *node.leaf;
  std::string text = say(app, request, "staff.model.source." + std::string(index::name_of(leaf.source)));
  switch (leaf.source) {
    case index::LeafSource::survey: {
      const auto* question = questionnaire.question(leaf.survey.question);
      text += named ? ":" : ": " + (question ? question->text.in(request.language) : leaf.survey.question) + " –";
      if (leaf.survey.value == index::SurveyValue::mean) return text + " " + say(app, request, "staff.model.mean");
      text += " " + say(app, request, "staff.model.share") + " ";
      for (std::size_t at = 0; at < leaf.survey.chosen.size(); ++at) {
        std::string name = leaf.survey.chosen[at];
        if (question)
          if (const auto position = question->option_position(name)) name = question->options[*position].text.in(request.language);
        text += (at == 0 ? "“" : ", “") + name + "”";
      }
      return text;
    }
    case index::LeafSource::administrative:
      return text + ": " + leaf.numerator + (leaf.denominator.empty() ? "" : " / " + leaf.denominator);
    default:
      for (std::size_t at = 0; at < leaf.columns.size(); ++at) text += (at == 0 ? ": " : ", ") + leaf.columns[at];
      return text;
  }
}

// What happens to a value before it is scored; each sentence with a space behind it.
std::string treatment_text(const App& app, const Request& request, const Node& node) {
  std::string text;
  if (!node.imputation.method.empty()) text += say(app, request, "staff.model.impute." + node.imputation.method) + " ";
  if (node.outliers.on) text += say(app, request, "staff.model.outliers") + " ";
  if (!node.transform.method.empty()) text += say(app, request, "staff.model.transform") + " " + node.transform.method + ". ";
  return text;
}

// "Điểm = 100 × giá trị."
std::string linear_text(const App& app, const Request& request, const index::Scoring& scoring) {
  std::string formula = (scoring.multiply == 1 ? std::string() : number_text(scoring.multiply, request.language) + " × ") + say(app, request, "staff.model.value");
  if (scoring.add != 0) formula += (scoring.add > 0 ? " + " : " − ") + number_text(std::abs(scoring.add), request.language);
  return formula + ".";
}

std::string formula_text(const App& app, const Request& request, const Node& node) {
  std::string text;
  if (!node.leaf) {
    const std::string key = "staff.model.aggregate." + node.aggregate;
    text = app.locales.has_key("vi", key) ? say(app, request, key) : node.aggregate;
    text += node.missing == index::MissingPolicy::withhold ? " " + say(app, request, "staff.model.withhold")
                                                           : " " + say(app, request, "staff.model.reweight");
  }
  if (node.scoring.method != "none") {
    const std::string key = "staff.model.scoring." + node.scoring.method;
    text += (text.empty() ? "" : " ") + (app.locales.has_key("vi", key) ? say(app, request, key) : node.scoring.method);
    const auto* method = index::find_normalisation(node.scoring.method);
    if (node.scoring.method == "linear") text += " " + linear_text(app, request, node.scoring);
    if (method != nullptr && method->uses_range)
      text += " " + number_text(node.scoring.to_low, request.language) + "–" + number_text(node.scoring.to_high, request.language);
    if (method != nullptr && method->relative) text += " " + say(app, request, "staff.model.relative") + " " + node.scoring.reason;
  }
  return treatment_text(app, request, node) + text;
}

std::string anchors_text(const Node& node, const std::string& language) {
  std::string text;
  for (const auto& anchor : node.scoring.anchors) {
    text += (text.empty() ? "" : "; ") + number_text(anchor.low, language) + " – " + number_text(anchor.high, language);
    if (anchor.years.from > 0 || anchor.years.to < 9999)
      text += " (" + (anchor.years.from > 0 ? std::to_string(anchor.years.from) : std::string("…")) + "–" +
              (anchor.years.to < 9999 ? std::to_string(anchor.years.to) : std::string("…")) + ")";
    if (!anchor.author.empty()) text += ", " + anchor.author;
    if (!anchor.reason.empty()) text += ": " + anchor.reason;
  }
  return text.empty() ? "–" : text;
}

void put_tree(View& view, const App& app, const Request& request, const IndexModel& model, const index::IndexTree& tree,
              const Questionnaire& questionnaire, std::size_t place, const Node* parent, std::size_t siblings, int depth) {
  const Node& node = model.nodes[tree.places[place].node];
  View row;
  const Question* asked = node.leaf && node.leaf->source == index::LeafSource::survey ? questionnaire.question(node.leaf->survey.question) : nullptr;
  // A leaf made of a list of questions has no title but the question's id.
  const bool untitled = asked && node.title.in(request.language) == asked->id;
  const bool named = untitled || (asked && node.title.in(request.language) == asked->text.in(request.language));
  row.set("row_title", (node.code.empty() ? "" : node.code + ". ") + (untitled ? asked->text : node.title).in(request.language)).set("depth", std::min(depth, 4));
  row.set("is_part", depth <= 1).set("weight", weight_text(app, request, model, node, parent, siblings));
  row.set("how", node.leaf ? source_text(app, request, node, questionnaire, named) : formula_text(app, request, node));
  const bool handled = node.scoring.method != "none" || !treatment_text(app, request, node).empty();
  row.set("with_scoring", node.leaf.has_value() && handled).set("scoring", node.leaf ? formula_text(app, request, node) : "");
  row.set("anchors", anchors_text(node, request.language)).set("lower_is_better", node.direction < 0);
  const std::string assumption = node.assumption.in(request.language);
  row.set("with_assumption", !assumption.empty()).set("assumption", assumption);
  row.set("with_clause", !node.clause.empty()).set("clause", node.clause);
  view.add("rows", std::move(row));
  for (const std::size_t child : tree.places[place].children) put_tree(view, app, request, model, tree, questionnaire, child, &node, tree.places[place].children.size(), depth + 1);
}

}  // namespace

Result<HttpResponse> show_model(const App& app, const Request& request) {
  const auto entry = TRY(campaign_of(app, request));
  const auto model = TRY(model_wanted(app, request, *entry));
  View view = analyst_view(app, request, *entry, *model, say(app, request, "staff.model.title"), "model");
  const int year = std::atoi(entry->campaign.closes_on.substr(0, 4).c_str());
  const auto tree = model->tree(year);
  if (tree.places.empty()) return fail(ErrorCode::not_comparable, "the model has no structure for this year");
  view.set("summary", model->summary.in(request.language)).set("issuer", model->source.issuer).set("number", model->source.number);
  view.set("with_number", !model->source.number.empty()).set("source_date", model->source.date.size() == 10 ? shown_date(model->source.date) : model->source.date).set("hash", model->identity.hash);
  view.set("version", model->identity.version).set("year", year).set("source_note", model->source.note.in(request.language));
  view.set("scale", number_text(model->scale_low, request.language) + "–" + number_text(model->scale_high, request.language) + " " +
                        model->unit_of_scale.in(request.language));
  put_tree(view, app, request, *model, tree, entry->whole(), 0, nullptr, 0, 0);
  view.set("with_anchors", std::any_of(tree.places.begin(), tree.places.end(), [&](const auto& place) { return !model->nodes[place.node].scoring.anchors.empty(); }));
  view.set("any_parameter", !model->parameters.empty());
  for (const auto& parameter : model->parameters) {
    view.add("parameters", View().set("parameter", parameter.title.in(request.language)).set("value", number_text(parameter.value, request.language))
                               .set("range", number_text(parameter.low, request.language) + " – " + number_text(parameter.high, request.language))
                               .set("assumption", parameter.assumption.in(request.language)));
  }
  return staff_page(app, request, "analyst_model", view);
}

}  // namespace khaosat
