// An office at work: the pages of the office over a TestApp, and people who are signed in.
// For one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/pages/app.h"
#include "server/services/account_service.h"
#include "server/services/compute_index.h"
#include "server/services/facts/evidence_folder.h"
#include "server/services/facts/fact_register.h"
#include "server/services/facts/personal_data.h"
#include "server/services/jury/jury_book.h"
#include "server/services/field/field_service.h"
#include "server/services/kiosk/kiosk_desk.h"
#include "server/services/kiosk/kiosk_service.h"
#include "server/services/exports/microdata_acts.h"
#include "server/services/paper/paper_service.h"
#include "server/services/scorecards/scorecard_book.h"
#include "server/survey/campaign.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_app.h"

namespace khaosat {

// Whose browser it is; a stranger without a cookie by default.
struct Colleague {
  std::string cookie;  // the session token
  std::string csrf;
  std::string address = "127.0.0.1";
};

class StaffOffice {
 public:
  StaffOffice();

  // An account of that role, signed in. Made the first time.
  const Colleague& colleague(Role role);
  const Colleague& officer() { return colleague(Role::officer); }

  struct Visit {
    bool is_tls = false;
    bool is_loopback = true;
    HeaderList headers;
  };
  TestPage get(const Colleague& who, const std::string& path) { return get(who, path, {}); }
  TestPage get(const Colleague& who, const std::string& path, Visit visit);
  // Adds the token.
  TestPage post(const Colleague& who, const std::string& path, FormData form) { return post(who, path, std::move(form), {}); }
  TestPage post(const Colleague& who, const std::string& path, FormData form, Visit visit);
  // As it is, without a token of its own.
  TestPage post_as_is(const Colleague& who, const std::string& path, const FormData& form, Visit visit);

  TestPage post_multipart(const Colleague& who, const std::string& path, const std::string& body, const std::string& boundary);

  // What the form of a new campaign sends: two communes, four villages, everything in order.
  static std::vector<std::pair<std::string, std::string>> campaign_fields();
  // Created through the form; its address.
  std::string new_campaign();

  const std::vector<Route>& routes() const { return router_->routes(); }

  TestApp base;
  AccountService accounts;
  ComputeIndex index;
  KioskService kiosks;
  KioskDesk desk;
  FieldService field;
  FactRegister facts;
  EvidenceFolder evidence;
  PersonalData personal;
  JuryBook jury;
  test::TemporaryFolder exports;
  MicrodataActs microdata;
  PaperService paper;
  ScorecardBook scorecards;
  const App app;

 private:
  TestPage send(RawRequest request, const Colleague& who, Visit visit);
  std::unique_ptr<Router> router_;
  std::map<Role, Colleague> colleagues_;
};

}  // namespace khaosat
