// Answering without JavaScript, step by step.
#include <catch2/catch.hpp>

#include "tests/support/test_app.h"

using namespace khaosat;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string unescape(std::string text) {
  const std::pair<const char*, const char*> entities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, std::string(entity).size(), character);
    }
  }
  return text;
}

// The hidden fields a browser would send back.
Fields hidden(const TestPage& page) {
  Fields fields;
  const std::string start = "<input type=\"hidden\" name=\"";
  for (auto at = page.body.find(start); at != std::string::npos; at = page.body.find(start, at + 1)) {
    const auto name_from = at + start.size();
    const auto name_to = page.body.find('"', name_from);
    const auto value_from = page.body.find("value=\"", name_to) + 7;
    const auto value_to = page.body.find('"', value_from);
    fields.emplace_back(page.body.substr(name_from, name_to - name_from),
                        unescape(page.body.substr(value_from, value_to - value_from)));
  }
  return fields;
}

// Presses a button of the page after filling something in.
TestPage press(TestApp& test, const TestCampaign& campaign, const TestPage& page, const std::string& step, Fields typed = {}) {
  Fields fields = hidden(page);
  fields.insert(fields.end(), typed.begin(), typed.end());
  fields.emplace_back("_step", step);
  return test.post(campaign.address(), form_of(fields));
}

Fields entrance(const TestCampaign& campaign, std::size_t slip = 0) {
  Fields fields = {{"_consent", "yes"}};
  if (campaign.slips.empty()) {
    fields.emplace_back("_place", "v3");
  } else {
    fields.emplace_back("_slip", campaign.slips.at(slip));
  }
  return fields;
}

TestPage begin(TestApp& test, const TestCampaign& campaign) {
  return press(test, campaign, test.get(campaign.address()), "next", entrance(campaign));
}

// Through every section with nothing but "next".
TestPage to_check(TestApp& test, const TestCampaign& campaign, TestPage page) {
  for (int i = 0; i < 30 && !page.has("value=\"send\""); ++i) page = press(test, campaign, page, "next");
  REQUIRE(page.has("value=\"send\""));
  return page;
}

std::string receipt_of(const TestPage& page) {
  const std::string start = "<p class=\"receipt\">";
  const auto at = page.body.find(start);
  if (at == std::string::npos) return {};
  return page.body.substr(at + start.size(), page.body.find('<', at + start.size()) - at - start.size());
}

}  // namespace

TEST_CASE("a person without JavaScript walks from consent to receipt, and the answer arrives once") {
  TestApp test;
  const auto campaign = test.open_campaign();
  auto page = begin(test, campaign);
  CHECK(page.status == 200);
  CHECK(page.has("Phần 1 trên"));
  CHECK(page.has("Những việc ông/bà đã trải qua"));
  page = press(test, campaign, page, "next", {{"used_procedure", "no"}, {"dealt_with_office", "no"}});
  page = to_check(test, campaign, page);
  CHECK(page.has("câu chưa trả lời"));
  const auto sent = press(test, campaign, page, "send");
  CHECK(sent.status == 200);
  CHECK(receipt_of(sent).size() == 9);
  CHECK(sent.header("cache-control") == "no-store");
  CHECK(test.arrived(campaign) == 1);
  // Double tap, reload: the same receipt, still one answer.
  CHECK(receipt_of(press(test, campaign, page, "send")) == receipt_of(sent));
  CHECK(test.arrived(campaign) == 1);
}

TEST_CASE("sections that do not apply are passed over and their number is told rightly") {
  TestApp test;
  const auto campaign = test.open_campaign();
  auto page = begin(test, campaign);
  page = press(test, campaign, page, "next", {{"used_procedure", "no"}, {"dealt_with_office", "no"}});
  std::string all;
  for (int i = 0; i < 30 && !page.has("value=\"send\""); ++i) {
    all += page.body;
    page = press(test, campaign, page, "next");
  }
  CHECK(all.find("item_14") != std::string::npos);
  CHECK(all.find("name=\"item_20\"") == std::string::npos);
  CHECK(page.body.find("lịch sự và tôn trọng") == std::string::npos);
}

TEST_CASE("back loses nothing, and neither does switching the language") {
  TestApp test;
  const auto campaign = test.open_campaign();
  auto page = begin(test, campaign);
  page = press(test, campaign, page, "next", {{"used_procedure", "yes"}});
  page = press(test, campaign, page, "back", {{"item_01", "satisfied"}});
  CHECK(page.has("value=\"yes\" id=\"f-used_procedure\" checked") );
  CHECK(page.input("item_01") == "satisfied");  // carried along
  auto fields = hidden(page);
  fields.emplace_back("used_procedure", "yes");
  fields.emplace_back("_switch", "en");
  page = test.post(campaign.address(), form_of(fields));
  CHECK(page.has("<html lang=\"en\">"));
  CHECK(page.has("What you have been through"));
  CHECK(page.has("value=\"yes\" id=\"f-used_procedure\" checked"));
  page = press(test, campaign, page, "next", {{"used_procedure", "yes"}});
  CHECK(page.has("How satisfied are you"));
  CHECK(page.has("value=\"satisfied\" checked"));
}

TEST_CASE("from the check page one section is corrected and the check page comes back") {
  TestApp test;
  const auto campaign = test.open_campaign();
  auto page = to_check(test, campaign, press(test, campaign, begin(test, campaign), "next", {{"used_health", "yes"}}));
  CHECK(page.has("section-1"));
  page = press(test, campaign, page, "section-1");
  CHECK(page.has("name=\"used_health\" value=\"yes\" id=\"f-used_health\" checked"));
  page = press(test, campaign, page, "next", {{"used_health", "no"}, {"used_school", "~declined"}});
  CHECK(page.has("value=\"send\""));
  CHECK(page.has("Không muốn trả lời"));
}

TEST_CASE("without consent or code nothing begins, and every gap is named with a link") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const auto page = press(test, campaign, test.get(campaign.address()), "next");
  CHECK(page.status == 422);
  CHECK(page.has("<title>Lỗi: "));
  CHECK(page.has("role=\"alert\""));
  CHECK(page.has("href=\"#consent\""));
  CHECK(page.has("href=\"#slip\""));
  const auto half = press(test, campaign, page, "next", {{"_slip", "7QFK-2M9X-C0HT-5"}, {"_consent", "yes"}});
  CHECK(half.status == 422);
  CHECK(half.has("value=\"7QFK-2M9X-C0HT-5\""));
  CHECK(half.has("name=\"_consent\" value=\"yes\" checked"));

  const auto open = test.open_campaign(TestApp::citizen_draft(Admission::open));
  CHECK(press(test, open, test.get(open.address()), "next", {{"_consent", "yes"}}).has("href=\"#place\""));
  CHECK(press(test, open, test.get(open.address()), "next", {{"_consent", "yes"}, {"_place", "v9"}}).status == 422);
  CHECK(begin(test, open).status == 200);
}

TEST_CASE("to refuse takes one press and leaves nothing behind") {
  TestApp test;
  const auto campaign = test.open_campaign();
  const auto page = press(test, campaign, test.get(campaign.address()), "refuse");
  CHECK(page.status == 200);
  CHECK(page.has("Không có gì được ghi lại"));
  CHECK(test.arrived(campaign) == 0);
}

TEST_CASE("an answer that opens a question shows the section again, without calling it a mistake") {
  TestApp test;
  const auto campaign = test.open_every_type();
  auto page = begin(test, campaign);
  CHECK_FALSE(page.has("name=\"opened\""));
  page = press(test, campaign, page, "next", {{"single", "b"}});
  CHECK(page.status == 200);
  CHECK(page.has("mở thêm câu hỏi"));
  CHECK(page.has("name=\"opened\""));
  page = press(test, campaign, page, "next", {{"single", "b"}, {"opened", "Tại vì"}});
  CHECK(page.has("Thang điểm"));
}

TEST_CASE("every type of question is shown, answered, looked over and stored") {
  TestApp test;
  const auto campaign = test.open_every_type();
  auto page = press(test, campaign, begin(test, campaign), "next",
                    {{"single", "o"}, {"single.other", "Bốn <b>"}, {"many", "x"}, {"many", "y"}});
  page = press(test, campaign, page, "next", {{"mood", "satisfied"}, {"face", "very_satisfied"},
                                              {"units.xa_na_phac_2025", "a"}, {"units.xa_ngan_son_2025", "~dont_know"}});
  CHECK(page.has("Gõ vào"));
  page = press(test, campaign, page, "next", {{"count", "12,5"}, {"half", "3"}, {"born", "1950"}, {"day", "2025-07-01"},
                                              {"word.absence", "declined"}, {"words", "dòng một\r\ndòng hai"},
                                              {"order.p", "2"}, {"order.q", "1"}, {"order.r", "3"}});
  INFO(page.body);
  REQUIRE(page.has("value=\"send\""));
  for (const char* words : {"Bốn &lt;b&gt;", "Ích\nDài", "Hài lòng", "Rất hài lòng", "Xã Nà Phặc: ", "Xã Ngân Sơn: Không biết",
                            "12,5", "1950", "01/07/2025", "dòng một\ndòng hai", "1. Điện\n2. Đường\n3. Nước"}) {
    INFO(words);
    CHECK(page.has(words));
  }
  CHECK_FALSE(page.has("<b>"));
  CHECK_FALSE(receipt_of(press(test, campaign, page, "send")).empty());
  CHECK(test.arrived(campaign) == 1);
}

TEST_CASE("what does not fit is said beside the question, on top with a link, and kept as typed") {
  struct Wrong { const char* what; Fields typed; const char* link; const char* says; const char* kept; };
  const auto wrong = GENERATE(
      Wrong{"a word for a number", {{"count", "nhiều"}}, "#f-count", "Xin nhập đúng dạng", "value=\"nhiều\""},
      Wrong{"a number out of range", {{"count", "101"}}, "#f-count", "từ 0 đến 100", "value=\"101\""},
      Wrong{"a broken constraint", {{"count", "3"}, {"half", "4"}}, "#f-half", "Không thể nhiều hơn số ở trên.", "value=\"4\""},
      Wrong{"a year of two digits", {{"born", "25"}}, "#f-born", "Xin nhập đúng dạng", "value=\"25\""},
      Wrong{"the 31st of February", {{"day", "31/2/2025"}}, "#f-day", "Xin nhập đúng dạng", "value=\"31/2/2025\""},
      Wrong{"too many letters", {{"word", "mười một chữ"}}, "#f-word", "nhiều nhất 10 chữ cái", "value=\"mười một chữ\""},
      Wrong{"an answer beside its absence", {{"word", "có"}, {"word.absence", "declined"}}, "#f-word", "không thể chọn cùng", "value=\"có\""},
      Wrong{"a rank twice", {{"order.p", "1"}, {"order.q", "1"}}, "#f-order", "mỗi số chỉ dùng một lần", "<option selected>1</option>"});
  DYNAMIC_SECTION(wrong.what) {
    TestApp test;
    const auto campaign = test.open_every_type();
    auto page = press(test, campaign, begin(test, campaign), "next", {{"single", "a"}});
    page = press(test, campaign, page, "next", {{"mood", "satisfied"}});
    page = press(test, campaign, page, "next", wrong.typed);
    CHECK(page.status == 422);
    CHECK(page.has("<title>Lỗi: "));
    CHECK(page.has("<a href=\"" + std::string(wrong.link) + "\">"));
    CHECK(page.has("id=\"" + std::string(wrong.link).substr(1) + "\""));
    const auto first = page.body.find(wrong.says);
    REQUIRE(first != std::string::npos);
    CHECK(page.body.find(wrong.says, first + 1) != std::string::npos);
    CHECK(page.has(wrong.kept));
    CHECK(page.input("single") == "a");  // of an earlier section
  }
}

TEST_CASE("a required question holds the person in its section only when it was shown") {
  TestApp test;
  const auto campaign = test.open_every_type();
  const auto page = press(test, campaign, begin(test, campaign), "next", {{"many", "x"}});
  CHECK(page.status == 422);
  CHECK(page.has("href=\"#f-single\""));
  CHECK(page.has("value=\"x\" id=\"f-many\" checked"));
}
