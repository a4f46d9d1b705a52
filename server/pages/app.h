// What every page may use. Put together once in main; outlives every request. Each member is safe
// from any thread.
#pragma once

#include "base/clock.h"
#include "server/html/locale.h"
#include "server/html/templates.h"
#include "server/html/web_files.h"

namespace khaosat {

class Store;
class Catalog;
class CampaignBook;
class CampaignService;
class SubmitResponse;
class AccountService;
class PublishedPages;

struct App {
  const Clock& clock;
  const WebFiles& files;
  const Locales& locales;
  const Templates& templates;
  const Catalog& catalog;
  Store& store;
  CampaignBook& book;
  CampaignService& campaigns;
  SubmitResponse& submit;
  AccountService& accounts;
  // Pages rendered once, at publication; see pages/published_pages.h.
  PublishedPages& published;
};

}  // namespace khaosat
