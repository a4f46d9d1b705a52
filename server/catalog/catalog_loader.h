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
  void load_scales();
  void load_questionnaires();
  void load_units();

  std::vector<DefinitionText> files(const std::string& name);
  // Remembers the file under its identity; false, with a fault, when another file has the same.
  bool keep(const std::string& kind, const DefinitionIdentity& identity, DefinitionText file);
  void complain(const Faults& faults);

  std::filesystem::path folder_;
  Catalog catalog_;
};

}  // namespace khaosat
