#include "server/catalog/catalog.h"

#include "server/catalog/catalog_loader.h"

namespace khaosat {

namespace {

// A version, or the newest for 0.
template <typename T>
std::shared_ptr<const T> version_of(
    const std::map<std::string, std::map<int, std::shared_ptr<const T>>, std::less<>>& all,
    std::string_view id, int version) {
  const auto versions = all.find(id);
  if (versions == all.end() || versions->second.empty()) return nullptr;
  if (version == 0) return versions->second.rbegin()->second;
  const auto found = versions->second.find(version);
  return found == versions->second.end() ? nullptr : found->second;
}

// By id, then version.
template <typename T>
std::vector<std::shared_ptr<const T>> all_of(
    const std::map<std::string, std::map<int, std::shared_ptr<const T>>, std::less<>>& kept) {
  std::vector<std::shared_ptr<const T>> all;
  for (const auto& [id, versions] : kept) {
    for (const auto& [version, definition] : versions) all.push_back(definition);
  }
  return all;
}

}  // namespace

Catalog Catalog::load(const std::filesystem::path& folder) { return CatalogLoader(folder).load(); }

std::shared_ptr<const Questionnaire> Catalog::questionnaire(std::string_view id, int version) const {
  return version_of(questionnaires_, id, version);
}

std::shared_ptr<const Scale> Catalog::scale(std::string_view id, int version) const {
  return version_of(scales_, id, version);
}

std::vector<std::shared_ptr<const Questionnaire>> Catalog::questionnaires() const {
  return all_of(questionnaires_);
}

std::shared_ptr<const index::IndexModel> Catalog::index_model(std::string_view id, int version) const {
  return version_of(index_models_, id, version);
}

std::vector<std::shared_ptr<const index::IndexModel>> Catalog::index_models() const {
  return all_of(index_models_);
}

std::shared_ptr<const awards::RuleSet> Catalog::award_rules(std::string_view id, int version) const {
  return version_of(award_rules_, id, version);
}

std::vector<std::shared_ptr<const awards::RuleSet>> Catalog::all_award_rules() const {
  return all_of(award_rules_);
}

std::shared_ptr<const scorecards::ScorecardSet> Catalog::scorecard(std::string_view id, int version) const {
  return version_of(scorecards_, id, version);
}

std::vector<std::shared_ptr<const scorecards::ScorecardSet>> Catalog::scorecards() const {
  return all_of(scorecards_);
}

const DefinitionContent* Catalog::content(std::string_view kind, std::string_view id, int version) const {
  const auto of_kind = contents_.find(kind);
  return of_kind == contents_.end() ? nullptr : version_of(of_kind->second, id, version).get();
}

std::vector<const DefinitionContent*> Catalog::contents() const {
  std::vector<const DefinitionContent*> all;
  for (const auto& [kind, ids] : contents_) {
    for (const auto& [id, versions] : ids) {
      for (const auto& [version, content] : versions) all.push_back(content.get());
    }
  }
  return all;
}

}  // namespace khaosat
