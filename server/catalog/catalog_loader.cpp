#include "server/catalog/catalog_loader.h"

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

}  // namespace

Catalog CatalogLoader::load() {
  std::error_code trouble;
  if (!fs::is_directory(folder_, trouble)) {
    complain({{folder_.string(), "", ErrorCode::file_unreadable,
               "there is no such folder; name the folder of definitions with --defs"}});
    return std::move(catalog_);
  }
  // In this order: each kind may name those before it.
  load_scales();
  load_questionnaires();
  load_units();
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

void CatalogLoader::load_scales() {
  for (auto& file : files("scales")) {
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

}  // namespace khaosat
