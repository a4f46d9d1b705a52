#include "server/pages/published_pages.h"

#include "server/pages/answer_pages.h"

namespace khaosat {

namespace {
// Stands in the receipt's page until the code is put in. No sentence holds it.
constexpr std::string_view kCodeGoesHere = "CODE-GOES-HERE";
}  // namespace

std::shared_ptr<PublishedPages::Pages> PublishedPages::pages_of(const CampaignEntryPtr& entry,
                                                                const std::string& language) {
  const std::string key = entry->campaign.id + "/" + language + "/" + std::to_string(entry->questionnaire->identity.version);
  const std::lock_guard lock(mutex_);
  auto& pages = pages_[key];
  if (!pages || pages->entry != entry) {
    pages = std::make_shared<Pages>();
    pages->entry = entry;
  }
  return pages;
}

std::shared_ptr<const PreparedBody> PublishedPages::start_page(const CampaignEntryPtr& entry,
                                                               const std::string& language) {
  const auto pages = pages_of(entry, language);
  const std::lock_guard lock(pages->making);
  if (!pages->start) {
    pages->start = PreparedBody::make(khaosat::start_page(design_, begin_answering(entry, language), {}).body);
  }
  return pages->start;
}

std::shared_ptr<const SlottedBody> PublishedPages::receipt_page(const CampaignEntryPtr& entry,
                                                                const std::string& language) {
  const auto pages = pages_of(entry, language);
  const std::lock_guard lock(pages->making);
  if (!pages->receipt) {
    const std::string page =
        khaosat::receipt_page(design_, begin_answering(entry, language), std::string(kCodeGoesHere)).body;
    const std::size_t at = std::min(page.find(kCodeGoesHere), page.size());
    const std::size_t behind = std::min(at + kCodeGoesHere.size(), page.size());
    pages->receipt = SlottedBody::make(page.substr(0, at), page.substr(behind));
  }
  return pages->receipt;
}

void PublishedPages::publish(const CampaignEntryPtr& entry) {
  for (const auto& language : languages_of(*entry)) {
    start_page(entry, language);
    receipt_page(entry, language);
  }
}

}  // namespace khaosat
