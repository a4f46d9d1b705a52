// Where a translation lacks a text the Vietnamese one stands in, and says that it is Vietnamese.
#include <catch2/catch.hpp>

#include "tests/support/test_app.h"

using namespace khaosat;

TEST_CASE("Vietnamese that stands in for a missing translation is marked wherever it is read") {
  TestApp test;
  Campaign draft = TestApp::citizen_draft(Admission::open);
  draft.questionnaire = {"exit_one_minute", 1, ""};
  const auto campaign = test.open_campaign(draft);
  test.republish_with(campaign, {
    {", \"en\": \"Today's visit\"}}],", "}}],"},  // the part, which nobody reads
    {"\"id\": \"visit\", \"title\": {\"vi\": \"Lần đến hôm nay\", \"en\": \"Today's visit\"}", "\"id\": \"visit\", \"title\": {\"vi\": \"Lần đến hôm nay\"}"},
    {", \"en\": \"Is your matter settled today?\"", ""},
    {", \"en\": \"Yes, done\"", ""},
  });
  const std::string english = campaign.address() + "?lang=en";
  const auto first = test.get(english);
  CHECK(first.has("<legend><span lang=\"vi\">Hôm nay việc của ông/bà đã xong chưa?</span>"));
  CHECK(first.has("<span lang=\"vi\">Đã xong</span>"));
  CHECK(first.has("<span>I only came to ask</span>"));
  CHECK(first.has("tabindex=\"-1\" lang=\"vi\">Lần đến hôm nay</h1>"));
  // In Vietnamese itself nothing needs a mark.
  CHECK_FALSE(test.get(campaign.address()).has("lang=\"vi\">"
                                               "Đã xong"));

  const FormData answers = form_of({{"_step", "check"}, {"_at", "1"}, {"_lang", "en"}, {"_consent", "yes"}, {"_place", "v1"}, {"outcome_today", "done"}});
  const auto check = test.post(campaign.address(), answers);
  CHECK(check.has("<dt lang=\"vi\">Hôm nay việc của ông/bà đã xong chưa?</dt>"));
  CHECK(check.has("<dd lang=\"vi\">Đã xong</dd>"));
}
