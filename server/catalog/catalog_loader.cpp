#include "server/catalog/catalog_loader.h"

#include <algorithm>

#include "analysis/awards/fact_kind.h"
#include "analysis/index/index_model_json.h"
#include "base/definition_json.h"
#include "base/text.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/catalog/retention.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"
#include "server/survey/unit_json.h"

namespace khaosat {

namespace fs = std::filesystem;

namespace {

// "citizen_satisfaction.json" or "citizen_satisfaction.v2.json": found without opening it.
bool says_what_it_is(const std::string& file, const DefinitionIdentity& identity) {
  const std::string name = fs::path(file).filename().string();
  return name == identity.id + ".json" ||
         name == identity.id + ".v" + std::to_string(identity.version) + ".json";
}

bool is_grade_ladder(const DefinitionText& file) {
  auto parsed = parse_definition(file.file, file.text);
  return parsed.root().optional_text("schema").starts_with("khaosat/grade_ladder/");
}

}  // namespace

Catalog CatalogLoader::load() {
  std::error_code trouble;
  if (!fs::is_directory(folder_, trouble)) {
    complain({{folder_.string(), "", ErrorCode::file_unreadable,
               "there is no such folder; name the folder of definitions with --defs"}});
    return std::move(catalog_);
  }
  // In this order: each kind may name those before it.
  load_scales_and_ladders();
  load_questionnaires();
  load_recordings();
  load_units();
  load_index_models();
  load_award_rules();
  load_holidays();
  load_scorecards();
  load_retention();
  return std::move(catalog_);
}

std::vector<DefinitionText> CatalogLoader::files(const std::string& name) {
  return read_definition_files(folder_, name, catalog_.faults_);
}

void CatalogLoader::complain(const Faults& faults) {
  catalog_.faults_.insert(catalog_.faults_.end(), faults.begin(), faults.end());
}

bool CatalogLoader::keep(const std::string& kind, const DefinitionIdentity& identity, DefinitionText file) {
  auto& slot = catalog_.contents_[kind][identity.id][identity.version];
  if (slot) {
    complain({{file.file, "/version", ErrorCode::duplicate_key,
               identity.label() + " is also in " + slot->file +
                   "; a changed definition needs a higher version"}});
    return false;
  }
  if (!says_what_it_is(file.file, identity)) {
    catalog_.warnings_.push_back({file.file, "/id", ErrorCode::definition_invalid,
                                  "better named " + identity.id + ".json or " + identity.id + ".v" +
                                      std::to_string(identity.version) + ".json"});
  }
  slot = std::make_shared<DefinitionContent>(
      DefinitionContent{kind, identity, std::move(file.file), std::move(file.text)});
  return true;
}

void CatalogLoader::load_scales_and_ladders() {
  for (auto& file : files("scales")) {
    if (is_grade_ladder(file)) {
      Faults faults;
      auto ladder = awards::read_grade_ladder(file.file, file.text, faults);
      complain(faults);
      const DefinitionIdentity identity{ladder.id, ladder.version, ladder.hash};
      if (!faults.empty() || !keep("grade_ladder", identity, std::move(file))) continue;
      catalog_.ladders_[ladder.id] = std::move(ladder);
      continue;
    }
    auto reading = read_scale(file.file, file.text);
    complain(reading.faults);
    if (!reading.scale || !keep("scale", reading.scale->identity, std::move(file))) continue;
    const DefinitionIdentity identity = reading.scale->identity;
    catalog_.scales_[identity.id][identity.version] = std::move(reading.scale);
  }
}

void CatalogLoader::load_questionnaires() {
  const FindScale find_scale = [this](std::string_view id, int version) {
    return version > 0 ? catalog_.scale(id, version).get() : nullptr;
  };
  for (auto& file : files("questionnaires")) {
    auto reading = read_questionnaire(file.file, file.text, find_scale);
    complain(reading.faults);
    auto& warnings = catalog_.warnings_;
    warnings.insert(warnings.end(), reading.warnings.begin(), reading.warnings.end());
    if (!reading.questionnaire) continue;
    const DefinitionIdentity identity = reading.questionnaire->identity;
    if (!keep("questionnaire", identity, std::move(file))) continue;
    catalog_.questionnaires_[identity.id][identity.version] = std::move(reading.questionnaire);
  }
}

void CatalogLoader::load_recordings() {
  catalog_.recordings_ = Recordings::load(folder_.string(), catalog_, catalog_.faults_, catalog_.warnings_);
}

void CatalogLoader::load_units() {
  std::vector<UnitEntry> entries;
  for (auto& file : files("units")) {
    auto reading = read_units(file.file, file.text);
    const bool is_sound = reading.faults.empty();
    complain(reading.faults);
    if (is_sound && !keep("units", reading.identity, std::move(file))) continue;
    entries.insert(entries.end(), reading.units.begin(), reading.units.end());
  }
  // Units of a faulty file are looked at as well, so that those who name them are not blamed.
  complain(faults_of(entries));
  catalog_.units_ = UnitRegister(entries);
}

void CatalogLoader::load_index_models() {
  for (auto& file : files("index_models")) {
    auto reading = index::read_index_model(file.file, file.text);
    complain(reading.faults);
    if (!reading.model) continue;
    auto model = std::make_shared<const index::IndexModel>(std::move(*reading.model));
    if (!model->questionnaire.empty()) {
      const auto questionnaire = catalog_.questionnaire(model->questionnaire, model->questionnaire_version);
      Faults faults;
      if (questionnaire) {
        index::cross_check(*model, questionnaire_facts(*questionnaire), file.file, faults);
      } else {
        faults.push_back({file.file, "/questionnaire", ErrorCode::definition_unknown,
                          "no questionnaire " + model->questionnaire + "/" +
                              std::to_string(model->questionnaire_version)});
      }
      complain(faults);
      if (!faults.empty()) continue;
    }
    if (!keep("index_model", model->identity, std::move(file))) continue;
    catalog_.index_models_[model->identity.id][model->identity.version] = std::move(model);
  }
}

void CatalogLoader::load_award_rules() {
  for (auto& file : files("award_rules")) {
    Faults faults;
    auto rules = std::make_shared<awards::RuleSet>(
        awards::read_rule_set(file.file, file.text, catalog_.ladders_, faults));
    complain(faults);
    const DefinitionIdentity identity{rules->id, rules->version, rules->hash};
    if (!faults.empty() || !keep("award_rules", identity, std::move(file))) continue;
    catalog_.award_rules_[identity.id][identity.version] = std::move(rules);
  }
}

void CatalogLoader::load_holidays() {
  int newest = 0;
  for (auto& file : files("calendar")) {
    auto reading = read_holidays(file.file, file.text);
    complain(reading.faults);
    if (!reading.faults.empty() || !keep("holidays", reading.identity, std::move(file))) continue;
    if (reading.identity.version <= newest) continue;
    newest = reading.identity.version;
    catalog_.holidays_ = std::move(reading.holidays);
  }
}

void CatalogLoader::load_retention() {
  std::vector<const awards::RuleSet*> rules;
  for (const auto& one : catalog_.all_award_rules()) rules.push_back(one.get());
  const auto kinds = awards::fact_kinds(rules);
  std::vector<std::string> names;
  for (const auto& kind : kinds) names.push_back(kind.name);
  for (auto& file : files("retention")) {
    auto reading = read_retention(file.file, file.text);
    for (const auto& [name, years] : reading.retention.years) {
      if (awards::kind_named(kinds, name) != nullptr) continue;
      const auto near = nearest(name, names);
      reading.faults.push_back({file.file, "/years/" + name, ErrorCode::fact_unknown, "no kind of fact of this name" + (near ? "; did you mean \"" + *near + "\"?" : std::string())});
    }
    complain(reading.faults);
    if (reading.faults.empty()) keep("retention", reading.identity, std::move(file));
  }
}

void CatalogLoader::load_scorecards() {
  for (auto& file : files("scorecards")) {
    Faults faults;
    auto set = std::make_shared<scorecards::ScorecardSet>(scorecards::read_scorecard_set(file.file, file.text, faults));
    // Points that come from a survey name a node of a model that is there.
    for (const auto& item : set->items) {
      if (!item.survey) continue;
      const auto model = catalog_.index_model(item.survey->model);
      const std::string of = "\"" + item.id + "\": ";
      if (!model) {
        faults.push_back({file.file, "/fields", ErrorCode::definition_unknown, of + "no index model " + item.survey->model});
      } else if (std::none_of(model->nodes.begin(), model->nodes.end(), [&](const auto& node) { return node.id == item.survey->node; })) {
        faults.push_back({file.file, "/fields", ErrorCode::definition_unknown,
                          of + "no node \"" + item.survey->node + "\" in index model " + item.survey->model});
      }
    }
    complain(faults);
    if (!faults.empty() || !keep("scorecard", set->identity, std::move(file))) continue;
    catalog_.scorecards_[set->identity.id][set->identity.version] = std::move(set);
  }
}

}  // namespace khaosat
