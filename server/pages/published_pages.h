// Pages of campaigns that are the same for everyone, rendered and compressed once: the first page, and
// the receipt but for its code.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server/http/response.h"
#include "server/http/slotted_body.h"
#include "server/pages/design.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// Thread safe.
class PublishedPages {
 public:
  explicit PublishedPages(const Design& design) : design_(design) {}

  // The pages in a language of the questionnaire. Made the first time and whenever the campaign has
  // changed since (its entry is another object then): some tens of milliseconds, in which a crowd that
  // comes for the same page waits, as making it once for each would cost them more.
  std::shared_ptr<const PreparedBody> start_page(const CampaignEntryPtr& entry, const std::string& language);
  std::shared_ptr<const SlottedBody> receipt_page(const CampaignEntryPtr& entry, const std::string& language);
  // Makes them in every language now, so that nobody waits.
  void publish(const CampaignEntryPtr& entry);

 private:
  struct Pages {
    CampaignEntryPtr entry;
    std::mutex making;  // whoever holds it makes what is missing
    std::shared_ptr<const PreparedBody> start;
    std::shared_ptr<const SlottedBody> receipt;
  };
  std::shared_ptr<Pages> pages_of(const CampaignEntryPtr& entry, const std::string& language);

  const Design design_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Pages>, std::less<>> pages_;  // "<campaign>/<language>/<version>"
};

}  // namespace khaosat
