#include "server/pages/published_pages.h"

#include "server/pages/answer_pages.h"

namespace khaosat {

std::shared_ptr<const PreparedBody> PublishedPages::start_page(const CampaignEntryPtr& entry,
                                                               const std::string& language) {
  const std::string key = entry->campaign.id + "/" + language;
  {
    const std::lock_guard lock(mutex_);
    const auto found = pages_.find(key);
    if (found != pages_.end() && found->second.entry == entry) return found->second.body;
  }
  // Outside the lock: two visitors may both render, which is harmless; a crowd never queues.
  auto body = PreparedBody::make(khaosat::start_page(design_, begin_answering(entry, language), {}).body);
  const std::lock_guard lock(mutex_);
  pages_[key] = Page{entry, body};
  return body;
}

void PublishedPages::publish(const CampaignEntryPtr& entry) {
  for (const auto& language : languages_of(*entry)) start_page(entry, language);
}

}  // namespace khaosat
