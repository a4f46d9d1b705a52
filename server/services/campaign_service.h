// The life of a campaign: created, slips made, opened, watched, closed. Every step is written into
// the journal. Thread safe; steps of one campaign wait for one another.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/fault.h"
#include "server/services/campaign_book.h"
#include "server/services/campaign_keys.h"
#include "server/services/submit_response.h"
#include "server/survey/version_rule.h"

namespace khaosat {

class Catalog;
namespace index {
struct Population;
}

struct PrintedSlip {
  std::string psu;
  std::string code;  // as printed, with hyphens; known nowhere else once the page is left
};

struct Participation {
  std::string psu;
  std::string title;
  std::string unit;
  int slips = 0;
  int arrived = 0;  // rounded down to 5
};

// A newer version to publish, and what whoever publishes it says about it.
struct VersionRequest {
  int version = 0;
  std::string reason;
  std::set<std::string> same_meaning;  // see VersionAsked
};

class CampaignService {
 public:
  CampaignService(Store& store, const Catalog& catalog, CampaignBook& book, SubmitResponse& submit,
                  const KeyFolder& keys, const Clock& clock)
      : store_(store), catalog_(catalog), book_(book), submit_(submit), keys_(keys), clock_(clock) {}

  // `draft.questionnaire` needs id and version only. Gives the campaign its id, pins the definition.
  // All faults of the draft at once in `faults`; the error then is definition_invalid.
  Result<Campaign> create(Campaign draft, const std::string& actor, Faults* faults = nullptr);
  // Slips for every primary sampling unit, in random order. Once, while the campaign is a draft.
  Result<std::vector<PrintedSlip>> make_slips(std::string_view campaign_id, const std::string& actor);
  Result<void> open(std::string_view campaign_id, const std::string& actor);
  // Counts of the population that weights will follow (services/population), kept as a record; the newest holds. Without
  // margins: withdrawn. Until the campaign closes, as nobody has seen an answer; then they are settled.
  // campaign_closed; design_invalid: no probability sample.
  Result<void> set_population(std::string_view campaign_id, const index::Population& population, const std::string& actor);
  Result<std::vector<Participation>> participation(std::string_view campaign_id);
  // Versions of the campaign's questionnaire in the catalogue that are newer than what it asks, by number.
  Result<std::vector<int>> newer_versions(std::string_view campaign_id);
  // What would change with that version, and what forbids it (version_rule.h). campaign_wrong_state (not
  // open), definition_unknown.
  Result<VersionCheck> check_version(std::string_view campaign_id, const VersionRequest& request);
  // From now on new forms are made of that version; whoever began with an earlier one finishes with it. The
  // reason goes into the journal. As check_version(); missing_field (no reason); too_long;
  // not_comparable: refused by the rule, `faults` names each point; definition_changed.
  Result<Campaign> publish_version(std::string_view campaign_id, const VersionRequest& request, const std::string& actor,
                                   Faults* faults = nullptr);
  // Ends collection, keeps the closing report, destroys the campaign's key.
  Result<ClosingReport> close(std::string_view campaign_id, const std::string& actor);
  // Moves what waits into batches, for every open campaign. Called from time to time.
  Result<void> form_batches();

 private:
  Result<void> journal(const std::string& actor, std::string action, std::string_view subject,
                       std::string detail = {});
  Result<VersionCheck> check_version_of(const CampaignEntry& entry, const VersionRequest& request);
  Unseal unsealer(std::string_view campaign_id);
  Result<void> keep_paper_report(const std::string& campaign_id, const std::string& actor);

  Store& store_;
  const Catalog& catalog_;
  CampaignBook& book_;
  SubmitResponse& submit_;
  const KeyFolder& keys_;
  const Clock& clock_;
  std::mutex steps_;
};

// Keeps the definition as it stands in the catalogue. definition_unknown, definition_changed (the
// same version was used before with other content).
Result<void> pin(Registry& registry, const Catalog& catalog, const std::string& kind,
                 const DefinitionIdentity& identity);

// Keeps which recordings belong to the campaign's questionnaire of that version: digests, not the files.
// To be called wherever a campaign takes up a version.
Result<void> pin_recordings(Registry& registry, const Catalog& catalog, const std::string& campaign_id,
                            const Questionnaire& questionnaire);

// What is wrong with a draft, all at once; `place` is the name of the form field. Unit validity is
// judged on the first day of the campaign.
Faults faults_of(const Campaign& draft, const Catalog& catalog);

}  // namespace khaosat
