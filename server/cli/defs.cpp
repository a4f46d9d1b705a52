#include <iostream>

#include "server/cli/commands.h"
#include "server/cli/definitions.h"
#include "server/survey/completeness.h"
#include "server/survey/questionnaire_diff.h"

namespace khaosat::cli {

int run_defs_check(const DefsOptions& options) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  std::cout << (options.format == Format::json ? report_json(catalog) : report_text(catalog));
  return catalog.faults().empty() ? 0 : exit_code_of(catalog.faults().front().code);
}

int run_defs_diff(const DefsOptions& options) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  const auto before = find_questionnaire(catalog, options.files[0]);
  if (!before) return report(before.error());
  const auto after = find_questionnaire(catalog, options.files[1]);
  if (!after) return report(after.error());
  const auto found = diff(**before, **after);
  std::cout << (options.format == Format::json ? report_json(found) : report_text(found));
  return 0;
}

int run_defs_completeness(const DefsOptions& options) {
  const Catalog catalog = Catalog::load(defs_folder(options.defs));
  std::vector<std::shared_ptr<const Questionnaire>> chosen;
  for (const auto& named : options.files) {
    const auto found = find_questionnaire(catalog, named);
    if (!found) return report(found.error());
    chosen.push_back(*found);
  }
  if (options.files.empty()) chosen = catalog.questionnaires();
  const bool json = options.format == Format::json;
  std::string text = json ? "[" : "";
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    auto languages = languages_report(*chosen[i]);
    for (auto& one : languages.languages) {
      const DefinitionIdentity& identity = chosen[i]->identity;
      one.spoken = spoken_of(*chosen[i], catalog.recordings().find(identity.id, identity.version, one.language));
    }
    text += json ? (i > 0 ? ",\n" : "") + report_json(languages) : report_text(languages);
  }
  std::cout << text << (json ? "]\n" : "");
  return 0;
}

}  // namespace khaosat::cli
