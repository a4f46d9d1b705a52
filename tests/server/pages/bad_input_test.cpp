// What strangers send: each case is refused with a sentence and a stable code, nothing is stored,
// nothing typed is lost.
#include <catch2/catch.hpp>

#include "tests/support/test_app.h"

using namespace khaosat;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields complete(const TestCampaign& campaign, const std::string& id = "0123456789abcdef") {
  Fields fields = {{"_at", "check"}, {"_lang", "vi"}, {"_id", id}, {"_consent", "yes"}, {"_step", "send"},
                   {"used_procedure", "yes"}, {"item_01", "satisfied"}};
  if (campaign.slips.empty()) {
    fields.emplace_back("_place", "v1");
  } else {
    fields.emplace_back("_slip", campaign.slips.at(0));
  }
  return fields;
}

Fields with(Fields fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) {
      field.second = value;
      return fields;
    }
  }
  fields.emplace_back(name, value);
  return fields;
}

std::string body_of(const Fields& fields) { return to_urlencoded(form_of(fields)); }

}  // namespace

TEST_CASE("a complete form is accepted by one request") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const auto page = test.post(campaign.address(), form_of(complete(campaign)));
  CHECK(page.status == 200);
  CHECK(page.has("class=\"receipt\""));
  CHECK(test.arrived(campaign) == 1);
}

TEST_CASE("bad fields are refused with a sentence, kept as typed, and nothing is stored") {
  struct Bad { const char* what; std::string name, value; int status; const char* says; const char* kept; };
  const auto bad = GENERATE(
      Bad{"an option nobody offers", "item_01", "wonderful", 422, "Xin chọn một trong các ô", ""},
      Bad{"an absence not offered", "sex", "~no_experience", 422, "Xin chọn một trong các ô", ""},
      Bad{"a text too long", "comment", std::string(5000, 'a'), 422, "nhiều nhất 1000 chữ cái", "aaaaaaaaaa"},
      Bad{"an unknown field", "weight", "1000", 422, "Phiếu không có mục này", "value=\"satisfied\""},
      Bad{"markup in the code", "_slip", "<script>alert(1)</script>", 403, "Mã phiếu này không dùng được", "&lt;script&gt;"},
      Bad{"no consent", "_consent", "no", 422, "đánh dấu vào ô đồng ý", "value=\"satisfied\""},
      Bad{"a submission id too short", "_id", "x", 400, "Máy chủ không hiểu", "value=\"satisfied\""});
  DYNAMIC_SECTION(bad.what) {
    TestApp test;
    const auto campaign = test.open_campaign();
    const auto page = test.post(campaign.address(), form_of(with(complete(campaign), bad.name, bad.value)));
    CHECK(page.status == bad.status);
    CHECK(page.has("<title>Lỗi: "));
    CHECK(page.has(bad.says));
    CHECK(page.has(bad.kept));
    CHECK_FALSE(page.has("<script>alert"));
    CHECK(test.arrived(campaign) == 0);
  }
}

TEST_CASE("bodies that are no form are refused by code, in a page of ours") {
  struct Bad { const char* what; std::string type, body; int status; const char* code; };
  const auto bad = GENERATE(
      Bad{"bytes that are not UTF-8", "application/x-www-form-urlencoded", "comment=%ff%fe", 400, "not_utf8"},
      Bad{"a NUL", "application/x-www-form-urlencoded", "comment=%00", 400, "not_utf8"},
      Bad{"a broken escape", "application/x-www-form-urlencoded", "comment=%zz", 400, "bad_request"},
      Bad{"another kind of body", "text/plain", "comment=a", 415, "media_type_unsupported"},
      Bad{"JSON that is none", "application/json", "{\"a\":", 422, "bad_json"},
      Bad{"a key twice in JSON", "application/json", "{\"item_01\":\"a\",\"item_01\":\"b\"}", 422, "duplicate_key"},
      Bad{"true for a text in JSON", "application/json", "{\"item_01\":true}", 422, "wrong_type"});
  DYNAMIC_SECTION(bad.what) {
    TestApp test;
    const auto campaign = test.open_campaign();
    RawRequest request;
    request.method = "POST";
    request.path = campaign.address();
    request.headers = {{"content-type", bad.type}};
    request.body = bad.body;
    const auto page = test.send(request);
    CHECK(page.status == bad.status);
    CHECK(page.has(bad.code));
    CHECK(page.has("Mã lỗi"));
    CHECK(test.arrived(campaign) == 0);
  }
}

TEST_CASE("an answer sent twice with one question doubled is refused, not guessed at") {
  TestApp test;
  const auto campaign = test.open_campaign();
  auto fields = complete(campaign);
  fields.emplace_back("item_01", "dissatisfied");
  const auto page = test.post(campaign.address(), form_of(fields));
  CHECK(page.status == 422);
  CHECK(page.has("được gửi hai lần"));
  CHECK(test.arrived(campaign) == 0);
}

TEST_CASE("decomposed Vietnamese is the same answer as composed") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const std::string composed = "Tiếng Việt đẹp";
  const std::string decomposed = "Tie\u0302\u0301ng Vie\u0323\u0302t \u0111e\u0323p";
  REQUIRE(composed != decomposed);
  const auto first = test.post(campaign.address(), form_of(with(complete(campaign), "comment", decomposed)));
  const auto again = test.post(campaign.address(), form_of(with(complete(campaign), "comment", composed)));
  CHECK(first.status == 200);
  CHECK(again.status == 200);
  CHECK(first.body == again.body);
  CHECK(test.arrived(campaign) == 1);
}

TEST_CASE("the same id with other answers is refused and the first answers stand") {
  TestApp test;
  const auto campaign = test.open_campaign();
  REQUIRE(test.post(campaign.address(), form_of(complete(campaign))).status == 200);
  const auto page = test.post(campaign.address(), form_of(with(complete(campaign), "item_01", "dissatisfied")));
  CHECK(page.status == 409);
  CHECK(page.has("đã được nhận với câu trả lời khác"));
  CHECK(page.has("Không hài lòng"));  // still there to read
  CHECK_FALSE(page.has("class=\"receipt\""));
  CHECK(test.arrived(campaign) == 1);
}

TEST_CASE("a spent code, an unknown one, a mistyped one and another survey's look exactly alike") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const auto other = test.open_campaign();
  REQUIRE(test.post(campaign.address(), form_of(complete(campaign))).status == 200);
  std::string pages[4];
  const std::string codes[4] = {campaign.slips[0], "7QFK-2M9X-C0HT-5", "nonsense", other.slips[0]};
  for (int i = 0; i < 4; ++i) {
    const auto page = test.post(campaign.address(), form_of(with(complete(campaign, "fedcba9876543210"), "_slip", codes[i])));
    CHECK(page.status == 403);
    pages[i] = page.body;
    const auto at = pages[i].find("value=\"" + codes[i] + "\"");
    REQUIRE(at != std::string::npos);  // to be corrected
    pages[i].erase(at, 8 + codes[i].size());
    CHECK(page.has("value=\"satisfied\""));
  }
  CHECK(pages[0] == pages[1]);
  CHECK(pages[1] == pages[2]);
  CHECK(pages[2] == pages[3]);
  CHECK(test.arrived(campaign) == 1);
  // Corrected, the same form goes through.
  CHECK(test.post(campaign.address(), form_of(with(complete(campaign, "fedcba9876543210"), "_slip", campaign.slips[1]))).status == 200);
}

TEST_CASE("after closing nothing is taken, and the answers stay on the page to be read") {
  TestApp test;
  const auto campaign = test.open_campaign();
  test.clock.advance(9 * 24 * 3600);
  const auto page = test.post(campaign.address(), form_of(complete(campaign)));
  CHECK(page.status == 410);
  CHECK(page.has("Đợt khảo sát đã kết thúc"));
  CHECK(page.has("Hài lòng"));
  CHECK_FALSE(page.has("value=\"send\""));
  CHECK(test.arrived(campaign) == 0);
  auto midway = complete(campaign);
  midway = with(with(midway, "_step", "next"), "_at", "2");
  CHECK(test.post(campaign.address(), form_of(midway)).status == 410);
}

TEST_CASE("a place that is not part of the survey is refused") {
  TestApp test;
  const auto campaign = test.open_campaign(TestApp::citizen_draft(Admission::open));
  const auto page = test.post(campaign.address(), form_of(with(complete(campaign), "_place", "v99")));
  CHECK(page.status == 422);
  CHECK(page.has("không thuộc đợt khảo sát"));
  CHECK(page.has("value=\"satisfied\""));
  CHECK(test.arrived(campaign) == 0);
}

TEST_CASE("answers to questions that do not apply are not stored") {
  TestApp test;
  const auto campaign = test.open_campaign();
  auto fields = with(complete(campaign), "used_procedure", "no");
  auto extra = with(fields, "item_20", "satisfied");
  const auto first = test.post(campaign.address(), form_of(extra));
  const auto again = test.post(campaign.address(), form_of(fields));
  CHECK(first.status == 200);
  CHECK(first.body == again.body);  // same content, so the same receipt
}

TEST_CASE("programs get JSON: a receipt, or every fault by question and code") {
  TestApp test;
  const auto campaign = test.open_campaign();
  RawRequest request;
  request.method = "POST";
  request.path = campaign.address();
  request.headers = {{"content-type", "application/json"}};
  request.body = "{\"_id\":\"0123456789abcdef\",\"_consent\":\"yes\",\"_slip\":\"" + campaign.slips[0] +
                 "\",\"item_01\":\"bad\",\"sex\":\"worse\"}";
  const auto refused = test.send(request);
  CHECK(refused.status == 422);
  CHECK(refused.has("\"error\":\"answers_invalid\""));
  CHECK(refused.has("{\"question\":\"item_01\",\"field\":\"item_01\",\"error\":\"unknown_option\""));
  CHECK(refused.has("\"question\":\"sex\""));
  request.body = "{\"_id\":\"0123456789abcdef\",\"_consent\":\"yes\",\"_slip\":\"" + campaign.slips[0] +
                 "\",\"item_01\":\"satisfied\",\"policy_channels\":[\"internet\",\"officials\"]}";
  const auto taken = test.send(request);
  CHECK(taken.status == 200);
  CHECK(taken.has("\"repeated\":false"));
  CHECK(test.send(request).has("\"repeated\":true"));
  request.body = "{\"_slip\":\"" + campaign.slips[1] + "\"}";
  CHECK(test.send(request).has("consent_missing"));
}

TEST_CASE("random forms never crash a page and never store an answer without consent") {
  TestApp test;
  const auto campaign = test.open_every_type();
  const std::vector<std::string> names = {"_step", "_at", "_switch", "_lang", "_shown", "_to_check", "single", "many",
                                          "units.xa_na_phac_2025", "count", "order.p", "words", "x"};
  const std::vector<std::string> values = {"", "next", "back", "check", "send", "section-2", "section-99999999999999999999",
                                           "start", "0", "-1", "2", "99", "en", "zz", "a", "~dont_know", "{{x}}", "ế\n<&\""};
  unsigned seed = GENERATE(1u, 2u, 3u);
  const auto next = [&](std::size_t below) { return static_cast<std::size_t>((seed = seed * 1664525u + 1013904223u) >> 8) % below; };
  for (int i = 0; i < 150; ++i) {
    Fields fields;
    for (std::size_t k = next(8); k > 0; --k) fields.emplace_back(names[next(names.size())], values[next(values.size())]);
    INFO(body_of(fields));
    const auto page = test.post(campaign.address(), form_of(fields));
    CHECK(page.status < 500);
    CHECK(page.has("</html>"));
  }
  CHECK(test.arrived(campaign) == 0);
}
