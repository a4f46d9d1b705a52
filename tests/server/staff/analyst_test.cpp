// Pages of analysts: nothing before closing, only what may be published after it, each with its table.
#include <catch2/catch.hpp>

#include <random>

#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

const char* const kPages[] = {"/index/years", "/index/ranks", "/index/answers", "/index/model", "/quality"};

struct Answered {
  std::string address;
  std::string id;
};

// Two communes of two villages; everybody of a village answers in a regular way, `copies` of the first village
// exactly alike but for one item.
Answered answered_campaign(StaffOffice& office, const std::string& closes_on, int copies, int shift) {
  auto fields = StaffOffice::campaign_fields();
  for (auto& [name, value] : fields) {
    if (name == "closes_on" && !closes_on.empty()) value = closes_on;
  }
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  REQUIRE(made.status == 303);
  Answered campaign;
  campaign.address = made.header("location");
  campaign.id = campaign.address.substr(campaign.address.rfind('/') + 1);
  const auto sheets = office.post(office.officer(), campaign.address + "/slips", form_of({{"address", "https://khaosat.example"}}));
  REQUIRE(office.post(office.officer(), campaign.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  int number = 0;
  const std::string mark = "class=\"slip-code\">";
  const char* levels[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"};
  for (auto at = sheets.body.find(mark); at != std::string::npos; at = sheets.body.find(mark, at + 1), ++number) {
    const auto from = at + mark.size();
    FormData answer({{"_step", "send"}, {"_at", "check"}, {"_lang", "vi"}, {"_consent", "yes"},
                     {"_id", campaign.id + "-number-" + std::to_string(1000 + number)},
                     {"_slip", sheets.body.substr(from, sheets.body.find('<', from) - from)}});
    std::mt19937 luck(number < copies ? 7U : 1000U + static_cast<unsigned>(number));
    for (int item = 1; item <= 33; ++item) {
      const auto pick = static_cast<unsigned>(luck() % 10);
      const std::string question = (item < 10 ? "item_0" : "item_") + std::to_string(item);
      // A person's own copy of one item, so that no two forms are quite the same.
      const unsigned level = number < copies && item == 1 + number ? 3 : pick < 4 ? 1 : pick < 6 ? 0 : pick < 8 ? 2 : pick < 9 ? 3 : 4;
      answer.add(question, levels[level > static_cast<unsigned>(shift) ? level - static_cast<unsigned>(shift) : 0]);
    }
    REQUIRE(office.base.post("/s/" + campaign.id, answer).status == 200);
  }
  return campaign;
}

void close(StaffOffice& office, const Answered& campaign) {
  REQUIRE(office.post(office.officer(), campaign.address + "/close", form_of({{"confirm", "yes"}})).status == 303);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("analysts' pages show nothing before closing and nothing to the jury") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  for (const char* page : kPages) {
    INFO(page);
    const auto refused = office.get(office.colleague(Role::analyst), campaign.address + page);
    CHECK(refused.status == 403);
    CHECK(refused.has("campaign_not_closed"));
  }
  close(office, campaign);
  for (const char* page : kPages) {
    INFO(page);
    CHECK(office.get(office.colleague(Role::jury), campaign.address + page).status == 403);
    for (const char* language : {"vi", "en"}) {
      Colleague analyst = office.colleague(Role::analyst);
      const auto shown = office.get(analyst, campaign.address + page + std::string("?model=sipas&lang=") + language);
      CHECK(shown.status == 200);
      CHECK_FALSE(shown.has("[["));
      CHECK_FALSE(shown.has("nan"));
      // Every picture says in words what it shows, and stands in a table.
      CHECK(count(shown.body, "<svg") == count(shown.body, "role=\"img\" aria-label=\""));
      CHECK((count(shown.body, "<svg") == 0 || shown.has("<table")));
    }
    CHECK(office.get(office.colleague(Role::analyst), campaign.address + page + "?model=khong_co").status == 404);
  }
}

TEST_CASE("copied forms are counted by unit, and the index stands beside the one without them") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 8, 0);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/quality?model=sipas");
  REQUIRE(page.status == 200);
  CHECK(page.has("Dấu hiệu là lý do để hỏi lại, không phải bằng chứng."));
  CHECK(page.has("<td class=\"number\"><strong>8</strong></td>"));
  CHECK(page.has("Không tính phiếu có dấu hiệu"));
  // A unit without a flag tells 0, and no respondent is named anywhere.
  CHECK(page.has("<td class=\"number\"><strong>0</strong></td>"));
  CHECK_FALSE(page.has("item_01"));
}

TEST_CASE("answers are coarsened for small units and missing ones told by kind") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index/answers?model=sipas");
  REQUIRE(page.status == 200);
  // 24 people of a commune: three categories, rounded to 5 points.
  CHECK(page.has("Rất không hài lòng – Không hài lòng"));
  for (const char* sharp : {">1 %<", ">2 %<", ">3 %<", ">4 %<", ">8 %<", ">33 %<", ">67 %<"}) CHECK_FALSE(page.has(std::string("<td class=\"number\"") + sharp));
  CHECK(office.get(office.colleague(Role::analyst), campaign.address + "/index/answers?model=sipas&unit=xa_khac").status == 404);
}

TEST_CASE("the model is told from its definition: weights, sources, formulas, anchors") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index/model?model=sipas");
  REQUIRE(page.status == 200);
  const auto model = office.base.catalog.index_model("sipas");
  CHECK(page.has(model->identity.hash));
  CHECK(page.has(office.base.catalog.questionnaire("citizen_satisfaction")->question("item_07")->text.in("vi")));
  CHECK(page.has("tỷ lệ người chọn “"));
}

TEST_CASE("a year is set beside an earlier one with the literal comparison and its error") {
  StaffOffice office;
  const auto now = answered_campaign(office, "", 0, 0);
  close(office, now);
  const auto alone = office.get(office.colleague(Role::analyst), now.address + "/index/years?model=sipas");
  CHECK(alone.has("Chưa có đợt khảo sát nào đã kết thúc trước đợt này"));
  // The same survey again, closing a year later.
  const auto later = answered_campaign(office, "2027-11-30", 0, 1);
  close(office, later);
  const auto choice = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas");
  CHECK(choice.has("<option value=\"" + now.id + "\""));
  const auto page = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas&with=" + now.id);
  REQUIRE(page.status == 200);
  CHECK(page.has("Cao hơn"));
  CHECK(page.has("p (Holm)"));
  CHECK((page.has("Trong sai số") || page.has("Vượt sai số") || page.has("Không tính được sai số")));
  // The wrong way round is refused with its reason, not computed.
  const auto reversed = office.get(office.colleague(Role::analyst), now.address + "/index/years?model=sipas&with=" + later.id);
  CHECK(reversed.has("Hai năm này không so sánh được."));
  CHECK(office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas&with=aaaaaaaaaa").status == 404);
}
