#include <catch2/catch.hpp>

#include "server/pages/design.h"
#include "server/survey/question_types.h"
#include "tests/support/test_app.h"

using namespace khaosat;

namespace {
constexpr std::size_t kBudget = 12 * 1024;

// Status line, headers and body; the gate adds Date, Content-Length and Connection.
std::size_t bytes_on_the_wire(const TestPage& page) {
  std::size_t bytes = 120 + page.body.size();
  for (const auto& [name, value] : page.headers) bytes += name.size() + value.size() + 4;
  return bytes;
}

std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto start = text.find(from) + from.size();
  return text.substr(start, text.find(to, start) - start);
}
}  // namespace

TEST_CASE("the first page with everything it needs fits into 12 KB over the wire") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const std::string language = GENERATE("vi", "en");
  const HeaderList brotli = {{"accept-encoding", "gzip, deflate, br"}};
  const auto page = test.get(campaign.address() + "?lang=" + language, brotli);
  REQUIRE(page.status == 200);
  CHECK(page.header("content-encoding") == "br");
  const auto script = test.get(test.assets.address("js/citizen.js"), brotli);
  REQUIRE(script.status == 200);
  CHECK(script.header("content-encoding") == "br");
  CHECK(script.body.size() <= 3 * 1024 + 300);
  const std::size_t total = bytes_on_the_wire(page) + bytes_on_the_wire(script);
  INFO(language << ": page " << bytes_on_the_wire(page) << " + script " << bytes_on_the_wire(script) << " = " << total << " bytes");
  CHECK(total <= kBudget);
}

TEST_CASE("the first page fetches nothing but its own script") {
  TestApp test;
  const auto page = test.get(test.open_campaign().address());
  CHECK(page.has("<script type=\"module\" src=\"/static/citizen."));
  CHECK_FALSE(page.has("<link rel=\"stylesheet\""));
  CHECK_FALSE(page.has("http://"));
  CHECK_FALSE(page.has("https://"));
  CHECK_FALSE(page.has("<img"));
}

TEST_CASE("the first page is the same bytes for everyone, without cookie or token") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const auto one = test.get(campaign.address());
  const auto two = test.get(campaign.address(), {{"cookie", "a=b"}, {"user-agent", "other"}});
  CHECK(one.body == two.body);
  CHECK(one.header("set-cookie").empty());
  CHECK(one.input("_id").empty());
  CHECK_FALSE(one.header("etag").empty());
  const auto again = test.get(campaign.address(), {{"if-none-match", one.header("etag")}});
  CHECK(again.status == 304);
}

TEST_CASE("the policy allows the one inline style by the hash of its exact text, and nothing inline else") {
  TestApp test;
  const auto page = test.get(test.open_campaign().address());
  const std::string style = between(page.body, "<style>", "</style>");
  CHECK(page.header("content-security-policy").find(style_hash(style)) != std::string::npos);
  CHECK(page.header("content-security-policy").find("unsafe") == std::string::npos);
  CHECK_FALSE(page.has(" style=\""));
  CHECK_FALSE(page.has(" onclick"));
}

TEST_CASE("before the first question stand the promise, its limits, and an unticked consent") {
  TestApp test;
  const auto slips = test.get(test.open_campaign().address());
  CHECK(slips.has("phiếu rút thăm"));
  CHECK(slips.has("không hứa"));
  CHECK(slips.has("lô từ 10 phiếu"));
  CHECK(slips.has("name=\"_consent\" value=\"yes\""));
  CHECK_FALSE(slips.has("name=\"_consent\" value=\"yes\" checked"));
  CHECK(slips.has("name=\"_slip\""));
  CHECK(slips.has("value=\"refuse\""));
  CHECK(slips.has("Ủy ban nhân dân xã Nà Phặc"));
  CHECK(slips.has("30/11/2026"));
  CHECK_FALSE(slips.has("name=\"ethnicity\""));  // no stated need

  const auto open = test.get(test.open_campaign(TestApp::citizen_draft(Admission::open)).address());
  CHECK_FALSE(open.has("name=\"_slip\""));
  CHECK(open.has("name=\"_place\""));
  CHECK(open.has("Thôn Cầu Đá – Xã Ngân Sơn"));
}

TEST_CASE("a private topic is asked only with its reason on the first page") {
  TestApp test;
  auto draft = TestApp::citizen_draft();
  draft.stated_needs = {{"ethnicity", "Để biết người dân tộc có được phục vụ như nhau không."}};
  const auto page = test.get(test.open_campaign(draft).address());
  CHECK(page.has("được phục vụ như nhau không"));
  CHECK(page.has("name=\"ethnicity\""));
  CHECK(page.has("ethnicity_consent"));
}

TEST_CASE("made-up data say so on every page") {
  TestApp test;
  auto draft = TestApp::citizen_draft();
  draft.demo = true;
  CHECK(test.get(test.open_campaign(draft).address()).has("DỮ LIỆU MẪU"));
}

TEST_CASE("the first page follows its campaign: not open yet, open, over") {
  TestApp test;
  const auto campaign = test.open_campaign();
  CHECK(test.get(campaign.address()).status == 200);
  test.clock.advance(9 * 24 * 3600);  // 1 December
  const auto over = test.get(campaign.address());
  CHECK(over.status == 410);
  CHECK(over.has("đã kết thúc"));
  test.clock.advance(-60 * 24 * 3600);
  const auto early = test.get(campaign.address());
  CHECK(early.status == 403);
  CHECK(early.has("01/11/2026"));
}

TEST_CASE("English is a link away and falls back to Vietnamese for other languages") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const auto page = test.get(campaign.address());
  CHECK(page.has("<html lang=\"vi\">"));
  CHECK(page.has("href=\"?lang=en\""));
  CHECK(test.get(campaign.address() + "?lang=en").has("I agree to answer"));
  CHECK(test.get(campaign.address() + "?lang=de").has("Tôi đồng ý trả lời"));
}

TEST_CASE("a language nobody has read over is offered to no respondent, whatever the browser asks for") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const std::string reviewed = "\"reviewed\": [\"vi\", \"en\"],";
  test.republish_with(campaign, {{reviewed, GENERATE("\"reviewed\": [\"vi\"],", "", "\"reviewed\": [],")}});
  CHECK_FALSE(test.get(campaign.address()).has("lang=en"));
  CHECK(test.get(campaign.address() + "?lang=en").has("Tôi đồng ý trả lời"));
  CHECK(test.get(campaign.address(), {{"accept-language", "en"}}).has("<html lang=\"vi\">"));
  const auto next = test.post(campaign.address(), form_of({{"_lang", "en"}, {"_switch", "en"}, {"_at", "start"}}));
  CHECK(next.has("<html lang=\"vi\">"));
  CHECK_FALSE(next.has("value=\"en\""));
}

TEST_CASE("the page says which way its language is written") {
  TestApp test;
  const Design design = test.citizen().design;
  const auto page = [&](const char* language) { return notice_page(design, language, "x", {"y"}).body; };
  for (const char* language : {"ar", "cjm-Arab", "ur-PK", "FA"}) {
    INFO(language);
    CHECK(page(language).find("<html lang=\"" + std::string(language) + "\" dir=\"rtl\">") != std::string::npos);
  }
  for (const char* language : {"vi", "en", "tay", "ar-Latn", "cjm", "km", "zh-Hant", ""}) {
    INFO(language);
    CHECK(page(language).find("dir=") == std::string::npos);
  }
}

TEST_CASE("the front page lists what is open today and nothing else") {
  TestApp test;
  CHECK(test.get("/").has("không có đợt khảo sát nào"));
  const auto campaign = test.open_campaign();
  CHECK(test.get("/").has(campaign.address()));
  test.clock.advance(30 * 24 * 3600);
  CHECK_FALSE(test.get("/").has(campaign.address()));
}

TEST_CASE("what is refused at the door is said in the visitor's language with a stable code") {
  TestApp test;
  const auto lost = test.get("/s/nowhere");
  CHECK(lost.status == 404);
  CHECK(lost.has("Không tìm thấy"));
  CHECK(lost.has("not_found"));
  CHECK(test.get("/s/nowhere?lang=en").has("could not be found"));
  RawRequest request;
  request.method = "DELETE";
  request.path = "/s/nowhere";
  CHECK(test.send(request).status == 405);
}

TEST_CASE("every type of question has its template") {
  TestApp test;
  for (const QuestionType* type : question_types()) {
    INFO(type->name());
    CHECK(test.templates.has("questions/" + std::string(type->name())));
  }
}
