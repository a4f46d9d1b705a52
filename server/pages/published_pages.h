// First pages of campaigns, rendered and compressed once: the same bytes for everyone.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server/http/response.h"
#include "server/pages/design.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// Thread safe.
class PublishedPages {
 public:
  explicit PublishedPages(const Design& design) : design_(design) {}

  // The page in a language of the questionnaire. Rendered the first time and whenever the campaign
  // has changed since (its entry is another object then): some tens of milliseconds.
  std::shared_ptr<const PreparedBody> start_page(const CampaignEntryPtr& entry, const std::string& language);
  // Renders every language now, so that nobody waits for it.
  void publish(const CampaignEntryPtr& entry);

 private:
  struct Page {
    CampaignEntryPtr entry;
    std::shared_ptr<const PreparedBody> body;
  };
  const Design design_;
  std::mutex mutex_;
  std::map<std::string, Page, std::less<>> pages_;  // "<campaign>/<language>"
};

}  // namespace khaosat
