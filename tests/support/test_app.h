// All that citizens meet but sockets and disk: real services, pages and router over the store in memory
// and a clock that stands still on 22 November 2026, 9 o'clock in Viet Nam. For one thread.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "server/catalog/catalog.h"
#include "server/http/endpoint.h"
#include "server/pages/citizen_app.h"
#include "server/pages/published_pages.h"
#include "server/services/campaign_service.h"
#include "server/storage/memory_store.h"
#include "tests/support/temporary_folder.h"

namespace khaosat {

struct TestPage {
  int status = 0;
  std::string body;
  HeaderList headers;

  bool has(std::string_view text) const { return body.find(text) != std::string::npos; }
  std::string header(std::string_view name) const;
  // The value of the input of that name; empty if there is none.
  std::string input(const std::string& name) const;
};

// A campaign as the tests know it.
struct TestCampaign {
  std::string id;
  std::vector<std::string> slips;  // printed codes, all of the first place
  std::string address() const { return "/s/" + id; }
};

class TestApp {
 public:
  TestApp();
  // With definitions of the test's own, which outlive it.
  explicit TestApp(const Catalog& its_catalog);

  CitizenApp citizen();
  // The routes of citizens and their error page, for a router or a whole server.
  RouterConfig routes();
  const Router& router() const { return *router_; }

  TestPage get(const std::string& path, HeaderList headers = {});
  TestPage post(const std::string& path, const FormData& form);
  TestPage send(RawRequest request);

  // Two communes of two villages each, the citizen questionnaire, open from 1 to 30 November 2026.
  static Campaign citizen_draft(Admission admission = Admission::slips);
  // Created, slips made, opened, by the services.
  TestCampaign open_campaign(Campaign draft = citizen_draft());
  // The fixture with every question type; any place, two units to rate. Set `audience` back to see
  // it as a citizen does.
  TestCampaign open_every_type(Admission admission = Admission::open);
  // Another version of the campaign's questionnaire, in which the last question has gone and one is new.
  // The id of the question that went.
  std::string republish(const TestCampaign& campaign);
  // A newer version as the office publishes it, so that who began finishes with the one before: question
  // "sex" is retired, "sex_of_respondent" is new.
  void renew(const TestCampaign& campaign);
  // Another version, with the first occurrence of each text replaced.
  void republish_with(const TestCampaign& campaign, const std::vector<std::pair<std::string, std::string>>& replacements);
  // Exact number of answers that arrived.
  int arrived(const TestCampaign& campaign);

  FakeClock clock;
  test::TemporaryFolder folder;
  MemoryStore store;
  // Read once for all: nothing changes them.
  const Catalog& catalog;
  const WebFiles& files;
  const Locales& locales;
  const Templates& templates;
  const Assets& assets;
  KeyFolder keys;
  CampaignBook book;
  SubmitResponse submit;
  CampaignService campaigns;
  PublishedPages published;

 private:
  std::unique_ptr<Router> router_;
};

// {{"_step", "next"}, …} in one go.
FormData form_of(std::vector<std::pair<std::string, std::string>> fields);

}  // namespace khaosat
