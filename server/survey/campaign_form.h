// All versions of a campaign's questionnaire as one form. While a campaign runs each response is packed
// by the version it answered; whoever reads a closed campaign reads them all by `whole()`: one position
// for each question id that any version asks, those of the first version first and in its order, those
// of later versions after. A question that a response's version did not ask is not_asked there.
// Immutable; share it between threads freely.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/survey/answers.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

class CampaignForm {
 public:
  // Oldest first, at least one, each allowed beside the ones before (version_rule.h). not_comparable
  // where an option of an earlier version is gone: its answers would have no place.
  static Result<std::shared_ptr<const CampaignForm>> create(std::vector<std::shared_ptr<const Questionnaire>> versions);

  const std::vector<std::shared_ptr<const Questionnaire>>& versions() const { return versions_; }
  bool has_one() const { return versions_.size() == 1; }
  // With one version that itself. Otherwise every question as the newest version that has it words it;
  // identity: id and number of the newest version, and a hash made of the hashes of all.
  const std::shared_ptr<const Questionnaire>& whole() const { return whole_; }
  // Null when the campaign never had that version.
  const Questionnaire* version(int number) const;

  // `question`: position in whole().
  bool is_asked_in(std::size_t question, int version) const;
  bool is_asked_in_all(std::size_t question) const;

  // What `version` packed, in the layout of whole(). answers_invalid; definition_unknown (version).
  Result<Answers> answers(int version, std::string_view packed) const;
  Result<std::string> repacked(int version, std::string_view packed) const;

 private:
  std::vector<std::shared_ptr<const Questionnaire>> versions_;
  std::shared_ptr<const Questionnaire> whole_;
  std::vector<std::vector<std::size_t>> places_;  // by version and its position: the position in whole_
};

}  // namespace khaosat
