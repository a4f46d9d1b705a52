// Fills a Catalog. One object per load; not thread safe.
#pragma once

#include <filesystem>

#include "server/catalog/catalog.h"
#include "server/catalog/definition_folder.h"

namespace khaosat {

class CatalogLoader {
 public:
  explicit CatalogLoader(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Catalog load();

 private:
  // The folder holds answer scales and grade ladders; "schema" tells which.
  void load_scales_and_ladders();
  void load_questionnaires();
  void load_recordings();
  void load_units();
  void load_index_models();
  void load_award_rules();
  void load_holidays();
  void load_scorecards();
  void load_retention();

  std::vector<DefinitionText> files(const std::string& name);
  // Remembers the file under its identity; false, with a fault, when another file has the same.
  bool keep(const std::string& kind, const DefinitionIdentity& identity, DefinitionText file);
  void complain(const Faults& faults);

  std::filesystem::path folder_;
  Catalog catalog_;
};

}  // namespace khaosat
