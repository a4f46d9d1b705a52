// What every page may use. Put together once in main; outlives every request. Each member is safe
// from any thread.
#pragma once

#include "base/clock.h"
#include "server/html/locale.h"
#include "server/html/templates.h"
#include "server/html/web_files.h"
#include "server/pages/assets.h"
#include "server/pages/citizen_app.h"

namespace khaosat {

class Store;
class Catalog;
class CampaignService;
class AccountService;
class ComputeIndex;
class EvidenceFolder;
class FactRegister;
class JuryBook;
class PersonalData;
class PaperService;
class SpaceWatch;
class KioskService;
class KioskDesk;
class FieldService;
class MicrodataActs;
class ScorecardBook;

struct App {
  const Clock& clock;
  const WebFiles& files;
  const Locales& locales;
  const Templates& templates;
  const Assets& assets;
  const Catalog& catalog;
  Store& store;
  CampaignBook& book;
  CampaignService& campaigns;
  SubmitResponse& submit;
  AccountService& accounts;
  ComputeIndex& index;
  KioskService& kiosks;
  KioskDesk& desk;
  FieldService& field;
  FactRegister& facts;
  const EvidenceFolder& evidence;
  PersonalData& personal;
  JuryBook& jury;
  MicrodataActs& microdata;
  PaperService& paper;
  ScorecardBook& scorecards;
  // Pages rendered once, at publication; see pages/published_pages.h.
  PublishedPages& published;
  // Room on the disk; none where nothing is written to one.
  const SpaceWatch* space = nullptr;

  Design design() const;
  CitizenApp citizen() const { return {clock, design(), book, submit, published}; }
};

}  // namespace khaosat
