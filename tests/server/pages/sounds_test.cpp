// Questions and answers read aloud, as the server offers and serves them.
#include <catch2/catch.hpp>

#include "server/pages/answer_pages.h"
#include "tests/support/spoken_definitions.h"
#include "tests/support/test_app.h"

using namespace khaosat;

namespace {

Campaign exit_draft() {
  Campaign draft = TestApp::citizen_draft(Admission::open);
  draft.questionnaire = {"exit_one_minute", 1, ""};
  return draft;
}

std::string attribute(const std::string& page, const std::string& name) {
  const auto at = page.find(name + "=\"");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 2;
  return page.substr(from, page.find('"', from) - from);
}

constexpr const char* kFile = "outcome_today.mp3";

// The section page somebody without a script gets.
TestPage plain_section(TestApp& test, const TestCampaign& campaign) {
  return test.post(campaign.address(), form_of({{"_step", "next"}, {"_at", "start"}, {"_consent", "yes"}, {"_place", "v1"}}));
}

}  // namespace

TEST_CASE("a campaign whose questionnaire was recorded says where the recordings are, and serves them") {
  const test::SpokenDefinitions definitions;
  TestApp test(definitions.catalog());
  const auto campaign = test.open_campaign(exit_draft());
  const auto page = test.get(campaign.address());
  const std::string base = attribute(page.body, "data-sounds");
  REQUIRE(base.starts_with("/sound/"));
  CHECK(page.header("content-security-policy").find("media-src 'self'") != std::string::npos);
  // In English nothing was recorded.
  CHECK_FALSE(test.get(campaign.address() + "?lang=en").has("data-sounds"));

  const auto list = test.get(base + "list.json");
  REQUIRE(list.status == 200);
  CHECK(list.header("content-type") == "application/json");
  CHECK(list.has("\"outcome_today.done\":\"outcome_today.done.mp3\""));
  CHECK(list.has("\"outcome_today.~declined\":\"absence.declined.mp3\""));

  const auto sound = test.get(base + kFile);
  REQUIRE(sound.status == 200);
  CHECK(sound.body == definitions.sound());
  CHECK(sound.header("content-type") == "audio/mpeg");
  CHECK(sound.header("accept-ranges") == "bytes");
  CHECK(sound.header("content-encoding").empty());
  CHECK(sound.header("cache-control") == "public, max-age=31536000, immutable");
  CHECK(sound.header("x-content-type-options") == "nosniff");
  REQUIRE_FALSE(sound.header("etag").empty());
  CHECK(test.get(base + kFile, {{"if-none-match", sound.header("etag")}}).status == 304);
  const auto part = test.get(base + kFile, {{"range", "bytes=0-1"}});
  CHECK(part.status == 206);
  CHECK(part.body == definitions.sound().substr(0, 2));
  CHECK(test.get(base + kFile, {{"range", "bytes=9999999-"}}).status == 416);

  CHECK(test.get(base + "nothing.mp3").status == 404);
  CHECK(test.get(base + "reviewed.txt").status == 404);
  CHECK(test.get("/sound/0123456789abcdef/list.json").status == 404);
  CHECK(test.get(base + "..%2freviewed.txt").status != 200);
}

TEST_CASE("what was heard on a kiosk is kept nowhere") {
  const test::SpokenDefinitions definitions;
  TestApp test(definitions.catalog());
  const std::string base = attribute(test.get(test.open_campaign(exit_draft()).address()).body, "data-sounds");
  for (const std::string& name : {std::string("list.json"), std::string(kFile)}) {
    CHECK(test.get(base + name, {{"cookie", "__Host-kiosk=anything"}}).header("cache-control") == "no-store");
  }
}

TEST_CASE("without a script each question has the browser's own player, silent until it is asked") {
  const test::SpokenDefinitions definitions;
  TestApp test(definitions.catalog());
  const auto page = plain_section(test, test.open_campaign(exit_draft()));
  REQUIRE(page.status == 200);
  CHECK(page.has("<audio controls preload=\"none\" src=\"/sound/"));
  CHECK(page.has("aria-label=\"Nghe câu hỏi\""));
  CHECK(page.has("<summary>Nghe từng lựa chọn</summary>"));
  CHECK(page.has("aria-label=\"Nghe lựa chọn "));
  CHECK_FALSE(page.has("autoplay"));
}

TEST_CASE("a questionnaire without recordings offers none") {
  TestApp test;
  const auto campaign = test.open_campaign(exit_draft());
  CHECK_FALSE(test.get(campaign.address()).has("data-sounds"));
  CHECK_FALSE(plain_section(test, campaign).has("<audio"));
}

TEST_CASE("a recording that was changed since the publication is not offered for it") {
  const test::SpokenDefinitions definitions;
  const test::SpokenDefinitions changed(3);
  TestApp test(definitions.catalog());
  const auto campaign = test.open_campaign(exit_draft());
  const auto answering = begin_answering(*test.book.find(campaign.id), "vi");
  Design design = test.citizen().design;
  CHECK(start_page(design, answering, {}).body.find("data-sounds") != std::string::npos);
  // The program starts again and finds other files.
  design.recordings = &changed.catalog().recordings();
  CHECK(start_page(design, answering, {}).body.find("data-sounds") == std::string::npos);
}
