#include <algorithm>

#include "server/pages/population/population_pages.h"
#include "server/pages/population/population_words.h"
#include "server/pages/staff_campaign.h"
#include "server/pages/staff_page.h"
#include "server/reports/index_report.h"

namespace khaosat {

namespace {

constexpr std::string_view kUnit = "unit";

View row_of(const App& app, const Request& request, const disclosure::PublishedRun& run, const disclosure::PublishedUnit& unit) {
  const int decimals = run.rules.decimals;
  const std::string& language = request.language;
  const auto& without = run.calibration->without;
  const auto found = std::find_if(without.begin(), without.end(), [&](const auto& one) { return one.unit == unit.id; });
  const auto& with = unit.scores.front();
  const auto interval = [&](const std::optional<double>& lower, const std::optional<double>& upper) {
    return lower && upper ? decimal_text(*lower, decimals, language) + " – " + decimal_text(*upper, decimals, language) : std::string("–");
  };
  const bool shown = with.state == disclosure::PublishedState::value && with.value;
  View row;
  row.set("unit", unit.name).set("with", shown ? decimal_text(*with.value, decimals, language) : "–");
  row.set("with_interval", shown ? interval(with.lower, with.upper) : "–");
  if (found == without.end()) {
    row.set("without", shown ? say(app, request, "staff.calibration.not_beside") : "–").set("without_interval", "–").set("is_kept_back", shown);
  } else {
    row.set("without", decimal_text(found->value, decimals, language)).set("without_interval", interval(found->lower, found->upper)).set("is_kept_back", false);
  }
  return row;
}

}  // namespace

std::string margin_words(const App& app, const Request& request, const Questionnaire& questionnaire, const std::vector<std::string>& margin) {
  std::string words;
  for (const auto& name : margin) {
    const Question* question = questionnaire.question(name);
    // A trait that many forms ask has a short name; of others the question itself is told.
    const std::string trait = "staff.trait." + name;
    std::string word = question ? "“" + question->text.in(request.language) + "”" : name;
    if (app.locales.has_key("vi", trait)) word = say(app, request, trait);
    if (name == kUnit) word = say(app, request, "staff.calibration.unit");
    words += (words.empty() ? "" : " × ") + word;
  }
  return words;
}

std::string class_words(const Request& request, const Questionnaire& questionnaire, const std::vector<std::string>& questions,
                        const std::vector<std::string>& options) {
  std::string words;
  for (std::size_t k = 0; k < questions.size() && k < options.size(); ++k) {
    const Question* question = questionnaire.question(questions[k]);
    const auto position = question ? question->option_position(options[k]) : std::nullopt;
    words += (words.empty() ? "" : ", ") + (position ? question->options[*position].text.in(request.language) : options[k]);
  }
  return words;
}

void put_calibration(View& view, const App& app, const Request& request, const disclosure::PublishedRun& run, const Questionnaire& questionnaire) {
  if (!run.calibration) return;
  const auto& said = *run.calibration;
  View block;
  block.set("is_applied", said.applied).set("is_refused", !said.applied);
  if (!said.applied) {
    const std::string key = "staff.calibration.refused." + said.refused;
    block.set("reason", say(app, request, app.locales.has_key("vi", key) ? key : "staff.calibration.refused.no_weights"));
  }
  const auto fact = [&](const char* key, const std::string& words) {
    block.add("calibration_facts", View().set("term", say(app, request, key)).set("fact", words));
  };
  if (!said.method.empty()) fact("staff.calibration.method", say(app, request, "staff.calibration.method." + said.method));
  for (const auto& margin : said.margins) fact("staff.calibration.margin", margin_words(app, request, questionnaire, margin));
  if (said.applied) {
    fact("staff.calibration.factors", decimal_text(said.lowest_factor, 1, request.language) + " – " + decimal_text(said.highest_factor, 1, request.language));
    fact("staff.calibration.unclassed", std::to_string(said.unclassed_percent) + " %");
    fact("staff.calibration.minimum", std::to_string(said.minimum));
  }
  for (const auto& joined : said.joined) {
    if (joined.margin >= said.margins.size()) continue;
    auto questions = said.margins[joined.margin];
    if (!questions.empty() && questions.front() == kUnit) questions.erase(questions.begin());
    std::string words = joined.unit.empty() ? "" : unit_name(app, joined.unit, request.language) + ": ";
    for (std::size_t k = 0; k < joined.classes.size(); ++k) words += (k == 0 ? "" : " + ") + class_words(request, questionnaire, questions, joined.classes[k]);
    block.add("joined", View().set("words", words));
  }
  block.set("any_joined", said.applied && !said.joined.empty());
  block.set("source", said.source);
  if (said.applied)
    for (const auto& unit : run.units) block.add("rows", row_of(app, request, run, unit));
  view.set("calibration", block);
}

}  // namespace khaosat
