// What the pages open to everybody may use: no accounts, no registry, no service that changes a
// campaign. Each member is safe from any thread and outlives every request.
#pragma once

#include "base/clock.h"
#include "server/pages/design.h"

namespace khaosat {

class CampaignBook;
class SubmitResponse;
class PublishedPages;

struct CitizenApp {
  const Clock& clock;
  Design design;
  CampaignBook& book;
  SubmitResponse& submit;
  // First pages rendered once, at publication; see published_pages.h.
  PublishedPages& published;
};

}  // namespace khaosat
