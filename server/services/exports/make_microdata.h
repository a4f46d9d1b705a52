// The files of one microdata export, from the answers of a closed campaign. Reads only that campaign's
// file, row by row; memory does not grow with the rows.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analysis/index/index_model.h"
#include "analysis/index/index_run.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// Who asks and who approves is the business of microdata_acts.h.
struct MicrodataRequest {
  std::vector<std::string> traits;  // ids of questions about the person, the most important first
  std::string language = "vi";      // of labels in SPSS and Stata files
  std::string made_on;              // "YYYY-MM-DD"
};

struct MicrodataFile {
  std::string name;
  std::uint64_t bytes = 0;
  std::string sha256;
};

struct MicrodataTrait {
  std::string question;
  bool kept = false;
  double width = 0;            // of bands; 0: as answered
  std::uint64_t withheld = 0;  // records
};

struct MicrodataReport {
  std::uint64_t records = 0;
  std::vector<MicrodataTrait> traits;
  std::uint64_t smallest_group = 0;  // records that share place and all traits shown; at least the minimum
  std::vector<MicrodataFile> files;
};

// Never for these: export_forbidden is told as not_allowed. Audience other than citizens;
// campaign_not_closed; too_few_answers.
Result<void> check_may_leave(const Campaign& campaign);

// Ids of the questions a request may name as traits: those that every version asks.
std::vector<std::string> traits_of(const CampaignForm& form);

// Writes microdata.csv, .sav, .dta, .json, codebook.xml, rebuild.R (with `model` and its `run`; neither:
// no script) and SHA256SUMS into `folder`, which must exist and be empty. `seed`: 32 random bytes, used
// for new codes and the order of rows, and then to be forgotten. Errors: those of check_may_leave;
// unknown_option (trait); out_of_space, file_unwritable.
Result<MicrodataReport> make_microdata(const CampaignEntry& entry, const MicrodataRequest& request, const std::string& folder,
                                       const std::string& seed, const index::IndexModel* model, const index::IndexRun* run);

}  // namespace khaosat
