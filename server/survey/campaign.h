// One run of a questionnaire: who is asked, where, when, how they were chosen, and how results are
// protected. Everything here is frozen when the campaign opens, but the state and the versions of the
// questionnaire (version_rule.h says what a newer one may change).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/local_text.h"
#include "base/result.h"

namespace khaosat {

enum class CampaignState { draft, open, closed };
// none: whoever came answered; results carry no interval. drawn: people were drawn by the program
// from a recorded frame and took a slip from the pile of their primary sampling unit.
enum class SampleKind { none, drawn };
// slips: one unspent slip admits one answer. open: anybody with the link.
enum class Admission { slips, open };
enum class Audience { citizen, staff, rater };
// "citizen", "staff", "rater": as in questionnaire files.
std::string_view name_of(Audience audience);
std::optional<Audience> audience_named(std::string_view name);
// How an answer reached us; `unknown` when the batch holds fewer than k of a kind.
enum class Mode { unknown, phone, kiosk, paper, interviewer };

struct Stratum {
  std::string id;  // unique within the campaign
  std::string title;
  std::string unit;  // id of the unit it lies in
  // Primary sampling units in the frame of the stratum; 0: all of them are in the sample.
  int psu_population = 0;
};

struct PrimarySamplingUnit {
  std::string id;  // unique within the campaign: a village, a counter, a division
  std::string title;
  std::string stratum;
  int population = 0;  // persons in its frame; 0 without a frame
  int slips = 0;       // persons drawn, that is slips printed
  // Merged with this one, of the same stratum, when fewer than `batch_size` answered. Empty: the
  // next of the stratum in list order.
  std::string neighbour;
};

// A group of questions asked only where the campaign says why, such as ethnic origin.
struct StatedNeed {
  std::string topic;
  std::string reason;
};

// One version of the questionnaire, from when on new forms were made of it.
struct PublishedVersion {
  DefinitionIdentity questionnaire;
  std::string since;   // "YYYY-MM-DD" in Viet Nam; empty for the one the campaign opened with
  std::string reason;  // likewise
  int first_paper_batch = 1;  // number of the first batch of paper forms printed from it

  bool operator==(const PublishedVersion&) const = default;
};

struct Campaign {
  std::string id;  // 10 random base-32 characters, lower case; stands in addresses
  LocalText title;
  std::string office;  // who runs it and answers for the data, "UBND xã Ngân Sơn"
  DefinitionIdentity questionnaire;  // what new forms are made of: the newest version
  // Every version, oldest first and the last the one above. Empty while there is only one.
  std::vector<PublishedVersion> versions;
  Audience audience = Audience::citizen;
  CampaignState state = CampaignState::draft;
  std::string opens_on;   // "YYYY-MM-DD" in Viet Nam, first day answers are taken
  std::string closes_on;  // last day
  SampleKind sample = SampleKind::none;
  Admission admission = Admission::slips;
  int minimum_cell = 5;  // respondents below which nothing is shown; staff at least 10
  int batch_size = 10;   // k, at least 10
  std::vector<std::string> units;  // unit ids in the order of reports
  std::vector<Stratum> strata;
  std::vector<PrimarySamplingUnit> psus;
  std::vector<StatedNeed> stated_needs;
  bool demo = false;  // made-up data: every page and export says so

  // Null when there is none.
  const PrimarySamplingUnit* psu(std::string_view psu_id) const;
  const Stratum* stratum(std::string_view stratum_id) const;
  // Oldest first; never empty.
  std::vector<DefinitionIdentity> questionnaires() const;
  bool asks(std::string_view questionnaire_id, int version) const;  // one of its versions
  // The version that a batch of paper forms was printed from.
  int version_of_paper(int batch) const;
};

// campaign_closed, campaign_not_open: whether answers are taken on that day ("YYYY-MM-DD", in Viet Nam).
Result<void> check_takes_answers(const Campaign& campaign, std::string_view date);

}  // namespace khaosat
