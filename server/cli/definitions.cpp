#include "server/cli/definitions.h"

#include <cstdlib>
#include <iostream>

#include "analysis/index/index_model_json.h"
#include "base/text.h"
#include "server/catalog/definition_folder.h"
#include "server/cli/commands.h"
#include "server/config.h"
#include "server/survey/questionnaire_json.h"

namespace khaosat::cli {

namespace {

bool is_file(const std::string& named) { return named.ends_with(".json"); }

Error unknown(const std::string& what, const std::string& named, const std::vector<std::string>& known) {
  const auto near = nearest(named, known);
  return {ErrorCode::definition_unknown,
          "no " + what + " \"" + named + "\"" + (near ? "; did you mean \"" + *near + "\"?" : "; `khaosat defs check` lists all"),
          "", {}};
}

}  // namespace

std::string defs_folder(const std::string& named) {
  if (!named.empty()) return named;
  const char* variable = std::getenv("KHAOSAT_DEFS");
  return variable && *variable ? variable : Config{}.defs;
}

Result<std::shared_ptr<const index::IndexModel>> find_model(const Catalog& catalog, const std::string& named) {
  if (is_file(named)) {
    auto reading = index::read_index_model(named, TRY(read_input(named)));
    std::cerr << to_text(reading.faults);
    if (!reading.model) return fail(ErrorCode::definition_invalid, "the index model has faults", named);
    return std::make_shared<const index::IndexModel>(std::move(*reading.model));
  }
  if (auto model = catalog.index_model(named)) return model;
  std::vector<std::string> known;
  for (const auto& model : catalog.index_models()) known.push_back(model->identity.id);
  return fail(unknown("index model", named, known));
}

Result<std::shared_ptr<const Questionnaire>> find_questionnaire(const Catalog& catalog, const std::string& named) {
  if (is_file(named)) {
    const auto reading = read_questionnaire(named, TRY(read_definition_file(named)), [&](std::string_view id, int version) {
      return version > 0 ? catalog.scale(id, version).get() : nullptr;
    });
    std::cerr << to_text(reading.faults);
    if (!reading.questionnaire) return fail(ErrorCode::definition_invalid, "the questionnaire has faults", named);
    return reading.questionnaire;
  }
  std::vector<std::string> known;
  for (const auto& questionnaire : catalog.questionnaires()) {
    const DefinitionIdentity& identity = questionnaire->identity;
    if (named == identity.label()) return questionnaire;
    known.push_back(identity.label());
  }
  if (auto newest = catalog.questionnaire(named)) return newest;
  return fail(unknown("questionnaire", named, known));
}

Result<std::shared_ptr<const awards::RuleSet>> find_rules(const Catalog& catalog, const std::string& named) {
  if (is_file(named)) {
    Faults faults;
    auto rules = awards::read_rule_set(named, TRY(read_input(named)), catalog.ladders(), faults);
    std::cerr << to_text(faults);
    if (!faults.empty()) return fail(ErrorCode::definition_invalid, "the award rules have faults", named);
    return std::make_shared<const awards::RuleSet>(std::move(rules));
  }
  if (auto rules = catalog.award_rules(named)) return rules;
  std::vector<std::string> known;
  for (const auto& rules : catalog.all_award_rules()) known.push_back(rules->id);
  return fail(unknown("award rules", named, known));
}

}  // namespace khaosat::cli
