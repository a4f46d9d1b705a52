// The secrets of one campaign, kept in a file outside every database and backup. While the file
// exists, digests can be recognised and the inbox can be opened; at closing it is destroyed, and with
// it whatever an old backup could have told.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "server/security/sealing.h"
#include "server/survey/response.h"

namespace khaosat {

// Immutable; thread safe.
class CampaignKeys {
 public:
  explicit CampaignKeys(std::string_view secret);  // 32 bytes

  Digest slip(std::string_view normalised_code) const;
  Digest submission(std::string_view submission_id) const;
  // Keyed with the campaign's secret and the submission id, so that neither a stolen file nor an id
  // left on a device tells which stored answer it was.
  Digest content(std::string_view submission_id, std::string_view canonical) const;
  // "7QFK-2M9X": what the person keeps. Follows from the submission id; stored nowhere.
  std::string receipt(std::string_view submission_id) const;

  // The cell is not sealed: the store knows it from the slip.
  // Compacted and padded first, to `padded_size` bytes or the next doubling of it: the length must not
  // tell which of a batch's answers this one became. Give sealed_size() of the questionnaire.
  std::string seal_response(const Response& response, std::size_t padded_size = 1024) const;
  Result<Response> open_response(std::string_view sealed) const;

  // What was keyed from a paper form, until it is settled; bound to the form's number.
  std::string seal_paper(int form, std::string_view plain) const;
  Result<std::string> open_paper(int form, std::string_view sealed) const;
  // The submission id of a paper form: the same whenever it is sent, and nobody's guess.
  std::string paper_submission(int form) const;
  // Whether a second person keys the form, for `percent` of all forms: nobody chooses which.
  bool second_wanted(int form, int percent) const;
  // From which services/field derives what seals interviews and sheets of assignments.
  const Digest& field_secret() const { return field_key_; }

 private:
  // Derived from the secret, one for each purpose, once: every answer needs all of them.
  Digest slip_key_;
  Digest submission_key_;
  Digest content_key_;
  Digest receipt_key_;
  Digest paper_submission_key_;
  Digest paper_second_key_;
  Digest field_key_;
  SealingKey sealing_;
};

// The folder of key files. Thread safe.
class KeyFolder {
 public:
  // Makes the folder with mode 0700. file_unwritable, file_unreadable.
  static Result<KeyFolder> open(const std::string& folder);

  // Makes the key the first time.
  Result<CampaignKeys> campaign(std::string_view campaign_id) const;
  bool has_campaign(std::string_view campaign_id) const;
  // Overwrites and removes the file. Nothing happens if it is gone.
  Result<void> destroy(std::string_view campaign_id) const;

 private:
  std::string path(std::string_view campaign_id) const;
  std::string folder_;
};

}  // namespace khaosat
