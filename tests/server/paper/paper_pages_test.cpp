// Paper through the office's pages: print, key in, decide, account for, close.
#include <catch2/catch.hpp>

#include <map>

#include "server/services/paper/paper_serial.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

// An open survey for everybody, with some forms out; the answers of the first page's consent.
struct Paper {
  explicit Paper(int forms = 3) {
    Campaign draft = TestApp::citizen_draft(Admission::open);
    id = office.base.open_campaign(draft).id;
    address = "/staff/campaigns/" + id + "/paper";
    const auto out = office.post(office.officer(), address + "/batches", form_of({{"psu", "v1"}, {"forms", std::to_string(forms)}, {"language", "vi"}}));
    REQUIRE(out.status == 303);
  }
  std::string serial(int form) const { return paper_serial(id, form); }

  // Keys the form page by page, as a browser without script does: what is on the page comes back with it.
  TestPage key(const Colleague& who, int form, const std::map<std::string, std::string>& keys) {
    std::vector<std::pair<std::string, std::string>> sent{{"serial", serial(form)}, {"_do", "open"}};
    TestPage page = office.post(who, address + "/entry", form_of(sent));
    for (int turn = 0; turn < 40 && page.status == 200; ++turn) {
      sent = {{"serial", serial(form)}, {"_do", "next"}};
      const std::string mark = "name=\"";
      const auto form_at = page.body.find("data-module=\"paper-entry\"");
      for (auto at = page.body.find(mark, form_at); at != std::string::npos; at = page.body.find(mark, at + 1)) {
        const std::string name = page.body.substr(at + mark.size(), page.body.find('"', at + mark.size()) - at - mark.size());
        if (name == "csrf" || name == "serial" || name == "_do") continue;
        const auto keyed = keys.find(name);
        sent.emplace_back(name, keyed == keys.end() ? page.input(name) : keyed->second);
      }
      page = office.post(who, address + "/entry", form_of(sent));
    }
    return page;
  }

  StaffOffice office;
  std::string id;
  std::string address;
};

const std::map<std::string, std::string> kAllGood = {{"_consent", "1"}, {"item_01", "5"}, {"item_02", "4"}, {"item_03", "*"}, {"item_04", "8"}};

}  // namespace

TEST_CASE("a batch of forms prints with its numbers, its codes and the list to sign") {
  Paper paper;
  const auto page = paper.office.get(paper.office.officer(), paper.address);
  CHECK(page.status == 200);
  CHECK(page.has(paper.serial(1)));
  const auto sheets = paper.office.get(paper.office.officer(), paper.address + "/batches/1");
  CHECK(sheets.status == 200);
  for (int form = 1; form <= 3; ++form) CHECK(sheets.has(paper.serial(form)));
  CHECK(sheets.has("Tôi đồng ý trả lời"));
  CHECK(sheets.has("class=\"qr\""));
  const auto list = paper.office.get(paper.office.officer(), paper.address + "/batches/1/list");
  CHECK(list.has(paper.serial(3)));
  CHECK(paper.office.get(paper.office.officer(), paper.address + "/batches/2").status == 404);
  const auto many = paper.office.post(paper.office.officer(), paper.address + "/batches", form_of({{"psu", "v1"}, {"forms", "201"}, {"language", "vi"}}));
  CHECK(many.status == 422);
  CHECK(many.has("href=\"#forms\""));
  CHECK(paper.office.get(paper.office.officer(), "/staff/paper/citizen_satisfaction/1?lang=en").has("I agree to answer"));
  CHECK(paper.office.get(paper.office.officer(), "/staff/paper/no_such/1").status == 404);
}

TEST_CASE("forms are handed out only in a language somebody has read over; the office sees which") {
  Paper paper;
  paper.office.base.republish_with({paper.id, {}}, {{"\"reviewed\": [\"vi\", \"en\"],", ""}});
  const auto page = paper.office.get(paper.office.officer(), paper.address);
  CHECK(page.has("<option value=\"vi\""));
  CHECK_FALSE(page.has("<option value=\"en\""));
  REQUIRE(paper.office.post(paper.office.officer(), paper.address + "/batches", form_of({{"psu", "v1"}, {"forms", "1"}, {"language", "en"}})).status == 303);
  const auto sheets = paper.office.get(paper.office.officer(), paper.address + "/batches/2");
  CHECK(sheets.has("<html lang=\"vi\">"));
  CHECK_FALSE(sheets.has("I agree to answer"));
  const auto overview = paper.office.get(paper.office.officer(), "/staff/paper");
  CHECK(overview.has("<span class=\"badge good\">Rồi</span>"));
  CHECK(overview.has("đoạn chữ"));
}

TEST_CASE("two clerks key a form blind, a third person settles it, and it arrives") {
  Paper paper;
  const Colleague& clerk = paper.office.colleague(Role::clerk);
  const auto first = paper.key(clerk, 1, kAllGood);
  CHECK(first.status == 303);
  CHECK(first.header("location").find("as=stored") != std::string::npos);
  auto other = kAllGood;
  other["item_02"] = "1";
  // Nothing of the first entry is on any page of the second.
  const auto opened = paper.office.post(paper.office.officer(), paper.address + "/entry", form_of({{"serial", paper.serial(1)}, {"_do", "open"}}));
  CHECK(opened.status == 200);
  CHECK(opened.input("_consent").empty());
  CHECK(paper.key(paper.office.officer(), 1, other).status == 303);
  CHECK(paper.office.base.arrived({paper.id, {}}) == 0);

  const Colleague& third = paper.office.colleague(Role::administrator);
  CHECK(paper.office.get(third, paper.address).has(paper.address + "/cases/1"));
  CHECK(paper.office.get(paper.office.officer(), paper.address + "/cases/1").status == 403);
  CHECK(paper.office.get(clerk, paper.address + "/cases/1").status == 403);
  const auto both = paper.office.get(third, paper.address + "/cases/1");
  CHECK(both.status == 200);
  CHECK(both.has("name=\"take.item_02\""));
  CHECK_FALSE(both.has("name=\"take.item_01\""));
  CHECK(paper.office.post(third, paper.address + "/cases/1", {}).status == 422);
  CHECK(paper.office.post(third, paper.address + "/cases/1", form_of({{"take.item_02", "other"}, {"other.item_02", "66"}})).status == 422);
  CHECK(paper.office.post(third, paper.address + "/cases/1", form_of({{"take.item_02", "first"}})).status == 303);
  CHECK(paper.office.base.arrived({paper.id, {}}) == 1);
  const auto page = paper.office.get(third, paper.address);
  CHECK(page.has("100,0 %") == false);
  CHECK(page.has("0,0 %"));
}

TEST_CASE("wrong keys come back with the page as it was") {
  Paper paper;
  auto keys = kAllGood;
  keys["item_01"] = "6";
  const auto page = paper.key(paper.office.officer(), 1, keys);
  CHECK(page.status == 422);
  CHECK(page.has("href=\"#k-item_01\""));
  CHECK(page.has("aria-invalid=\"true\""));
  auto no_consent = kAllGood;
  no_consent["_consent"] = "0";
  const auto refused = paper.key(paper.office.officer(), 2, no_consent);
  CHECK(refused.status == 422);
  CHECK(refused.has("value=\"spoiled\""));
  CHECK(paper.office.post(paper.office.officer(), paper.address + "/entry", form_of({{"serial", paper.serial(2)}, {"_do", "spoiled"}})).status == 303);
  CHECK(paper.office.post(paper.office.officer(), paper.address + "/entry", form_of({{"serial", paper.serial(2)}, {"_do", "open"}})).status == 422);
  for (const char* wrong : {"", "00001-", "99999-9", "<script>"}) {
    CHECK(paper.office.post(paper.office.officer(), paper.address + "/entry", form_of({{"serial", wrong}, {"_do", "open"}})).status == 422);
  }
}

TEST_CASE("closing warns while forms are not accounted for") {
  Paper paper;
  const std::string campaign = "/staff/campaigns/" + paper.id;
  CHECK(paper.office.get(paper.office.officer(), campaign + "/close").has("paper-warning"));
  const auto wrong = paper.office.post(paper.office.officer(), paper.address + "/account", form_of({{"serials", paper.serial(1) + " x"}, {"fate", "missing"}}));
  CHECK(wrong.status == 422);
  CHECK(wrong.has(paper.serial(1) + " x"));
  const auto done = paper.office.post(paper.office.officer(), paper.address + "/account",
                                      form_of({{"serials", paper.serial(1) + "\n" + paper.serial(2) + ", " + paper.serial(3)}, {"fate", "missing"}}));
  CHECK(done.status == 303);
  CHECK_FALSE(paper.office.get(paper.office.officer(), campaign + "/close").has("paper-warning"));
  CHECK(paper.office.get(paper.office.officer(), paper.address).has("đã đủ"));
}

TEST_CASE("a clerk keys in and does nothing else") {
  Paper paper;
  const Colleague& clerk = paper.office.colleague(Role::clerk);
  CHECK(paper.office.get(clerk, "/staff/paper").status == 200);
  CHECK(paper.office.get(clerk, paper.address + "/entry").status == 200);
  CHECK(paper.office.get(clerk, paper.address).status == 403);
  CHECK(paper.office.get(clerk, "/staff/campaigns").status == 403);
  CHECK(paper.office.get(clerk, paper.address + "/batches/1").status == 403);
  CHECK(paper.office.post(clerk, paper.address + "/account", form_of({{"serials", paper.serial(1)}, {"fate", "missing"}})).status == 403);
  CHECK(paper.office.get(paper.office.colleague(Role::analyst), paper.address + "/entry").status == 403);
}
