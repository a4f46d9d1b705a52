// Everything below survey_defs, read and checked: each file by itself, then against the others.
// Immutable once loaded; safe from any thread. A faulty file is left out and complained of; the
// others serve.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/awards/rule_set.h"
#include "analysis/index/index_model.h"
#include "analysis/scorecards/scorecard_set.h"
#include "base/fault.h"
#include "base/ids.h"
#include "server/catalog/holidays.h"
#include "server/catalog/recordings.h"
#include "server/survey/questionnaire.h"
#include "server/survey/scale.h"
#include "server/survey/unit_register.h"

namespace khaosat {

// A file as it stands on the disk: what is pinned when a campaign uses it.
struct DefinitionContent {
  std::string kind;  // "questionnaire", "scale", "units", "index_model", "award_rules", "grade_ladder",
                     // "holidays", "scorecard"
  DefinitionIdentity identity;
  std::string file;  // below the folder
  std::string text;
};

class Catalog {
 public:
  Catalog() = default;
  static Catalog load(const std::filesystem::path& folder);

  const Faults& faults() const { return faults_; }
  // Nothing that stops anybody: missing translations, file names that mislead.
  const Faults& warnings() const { return warnings_; }

  // Null when there is none. Version 0 is the newest.
  std::shared_ptr<const Questionnaire> questionnaire(std::string_view id, int version = 0) const;
  std::shared_ptr<const Scale> scale(std::string_view id, int version = 0) const;
  // By id, then version.
  std::vector<std::shared_ptr<const Questionnaire>> questionnaires() const;
  std::shared_ptr<const index::IndexModel> index_model(std::string_view id, int version = 0) const;
  std::vector<std::shared_ptr<const index::IndexModel>> index_models() const;
  std::shared_ptr<const awards::RuleSet> award_rules(std::string_view id, int version = 0) const;
  std::vector<std::shared_ptr<const awards::RuleSet>> all_award_rules() const;
  std::shared_ptr<const scorecards::ScorecardSet> scorecard(std::string_view id, int version = 0) const;
  std::vector<std::shared_ptr<const scorecards::ScorecardSet>> scorecards() const;
  // Grade ladders by id, the newest version of each.
  const awards::Ladders& ladders() const { return ladders_; }
  const UnitRegister& units() const { return units_; }
  // Of the newest version; without a file only weekends are known.
  const Holidays& holidays() const { return holidays_; }
  const Recordings& recordings() const { return recordings_; }

  // The file of a definition; null when there is none. Version 0 is the newest.
  const DefinitionContent* content(std::string_view kind, std::string_view id, int version = 0) const;
  // All files without a fault, by kind, id and version.
  std::vector<const DefinitionContent*> contents() const;

 private:
  friend class CatalogLoader;
  template <typename T>
  using Versions = std::map<std::string, std::map<int, std::shared_ptr<const T>>, std::less<>>;

  Faults faults_;
  Faults warnings_;
  Versions<Questionnaire> questionnaires_;
  Versions<Scale> scales_;
  Versions<index::IndexModel> index_models_;
  Versions<awards::RuleSet> award_rules_;
  Versions<scorecards::ScorecardSet> scorecards_;
  awards::Ladders ladders_;
  UnitRegister units_;
  Holidays holidays_;
  Recordings recordings_;
  std::map<std::string, Versions<DefinitionContent>, std::less<>> contents_;
};

// What `defs check` prints: a line per fault and warning, then what was read.
std::string report_text(const Catalog& catalog);
// {"files":[{"kind","id","version","hash","file"}],"faults":[{"file","place","code","message"}],"warnings":[…]}
std::string report_json(const Catalog& catalog);

}  // namespace khaosat
