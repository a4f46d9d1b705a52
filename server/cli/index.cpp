#include <map>

#include "analysis/disclosure/published_run_json.h"
#include "analysis/index/index_table.h"
#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/cli/help_texts.h"
#include "server/cli/index_runs.h"

namespace khaosat::cli {

namespace {

// Several years as one document or one table.
std::string printed(const std::vector<MadeRun>& runs, const IndexOptions& options) {
  std::string text;
  for (const auto& made : runs) {
    std::string part = options.format == Format::csv ? disclosure::to_csv(made.published) : disclosure::to_json(made.published);
    if (options.format == Format::csv && !text.empty()) part.erase(0, part.find('\n') + 1);
    if (options.format == Format::json && runs.size() > 1) {
      while (!part.empty() && part.back() == '\n') part.pop_back();
      text += text.empty() ? "[\n" : ",\n";
    }
    text += part;
  }
  if (options.format == Format::json && runs.size() > 1) text += "\n]\n";
  if (!text.empty() && text.back() != '\n') text += '\n';
  return text;
}

std::string years_of(const index::Years& years) {
  if (years.from == 0 && years.to == 9999) return "";
  return " [" + std::to_string(years.from) + "-" + (years.to == 9999 ? "" : std::to_string(years.to)) + "]";
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " or ") + word;
  return text;
}

// Where a leaf's value comes from, in the words of the tables.
std::string origin_of(const index::Leaf& leaf) {
  switch (leaf.source) {
    case index::LeafSource::survey: return "question " + leaf.survey.question;
    case index::LeafSource::published: return "published, column " + joined(leaf.columns);
    case index::LeafSource::assessed: return "points, column " + joined(leaf.columns);
    case index::LeafSource::administrative:
      return "column " + leaf.numerator + (leaf.denominator.empty() ? "" : " / column " + leaf.denominator);
  }
  return "";
}

std::string described(const index::IndexModel& model) {
  std::string text = model.identity.label() + "  " + model.title.in("vi") + "\nsha256 " + model.identity.hash + "\n";
  if (!model.questionnaire.empty()) text += "questionnaire " + model.questionnaire + "\n";
  for (const auto& parameter : model.parameters) {
    text += "parameter " + parameter.id + " = " + std::to_string(parameter.value) + "  " + parameter.title.in("vi") + "\n";
  }
  std::map<std::string, int> depth;
  for (const auto& node : model.nodes) {
    const int level = node.parent.empty() ? 0 : depth[node.parent] + 1;
    depth[node.id] = level;
    text += std::string(static_cast<std::size_t>(2 * level), ' ') + node.id + (node.code.empty() ? "" : " (" + node.code + ")") +
            years_of(node.years) + "  " + (node.leaf ? origin_of(*node.leaf) : node.aggregate) + "\n";
  }
  return text;
}

}  // namespace

std::string index_help() {
  return std::string(index::table_help()) +
         "\n\nResults pass the same protection as on the pages: figures of too few respondents are hidden.";
}

int run_index_compute(const IndexOptions& options) {
  Faults faults;
  const auto catalog = load_catalog(options, faults);
  if (!faults.empty()) return report(faults);
  const auto model = find_model(*catalog, options.model);
  if (!model) return report(model.error());
  const auto runs = make_runs(options, *catalog, **model, faults);
  if (!faults.empty()) return report(faults);
  if (!runs) return report(runs.error());
  const auto written = write_output(options.output, printed(*runs, options));
  return written ? 0 : report(written.error());
}

int run_index_show(const IndexOptions& options) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  const auto model = find_model(catalog, options.model);
  if (!model) return report(model.error());
  const auto written = write_output("", described(**model));
  return written ? 0 : report(written.error());
}

}  // namespace khaosat::cli
