// Tablets for everybody: who makes one, what becomes of codes, tokens and PINs, and that an answer given
// there is an answer like any other.
#include <catch2/catch.hpp>
#include <set>

#include "server/http/media_type.h"
#include "server/pages/staff_session.h"
#include "server/survey/equal_effort.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

const Colleague kNobody;

struct Desk : StaffOffice {
  explicit Desk(Admission admission = Admission::open) : campaign(base.open_campaign(TestApp::citizen_draft(admission))) {}

  std::string kiosks_path() const { return "/staff/campaigns/" + campaign.id + "/kiosks"; }
  static std::string shown(const TestPage& page, const std::string& id) {
    const std::string start = "id=\"" + id + "\">";
    const auto from = page.body.find(start) + start.size();
    return page.body.substr(from, page.body.find('<', from) - from);
  }
  // Code and PIN, through the page of the office.
  std::pair<std::string, std::string> invite() {
    const auto page = post(officer(), kiosks_path(), form_of({{"place", "v2"}}));
    REQUIRE(page.status == 200);
    std::string pin = shown(page, "kiosk-pin");
    std::erase(pin, ' ');
    return {shown(page, "kiosk-code"), pin};
  }
  TestPage enrol(const std::string& code, HeaderList headers = {}) {
    return post_as_is(kNobody, "/kiosk/enrol", form_of({{"code", code}}), {false, true, std::move(headers)});
  }
  // The tablet's cookie header.
  static Visit tablet(const TestPage& enrolled) {
    const std::string cookie = enrolled.header("set-cookie");
    return {false, true, {{"cookie", cookie.substr(0, cookie.find(';'))}}};
  }
  Visit new_tablet() { return tablet(enrol(invite().first)); }
  TestPage step(const Visit& visit, std::vector<std::pair<std::string, std::string>> fields) {
    return post_as_is(kNobody, "/kiosk", form_of(std::move(fields)), visit);
  }
  TestPage leave(const Visit& visit, const std::string& pin) {
    return post_as_is(kNobody, "/kiosk/leave", form_of({{"pin", pin}}), visit);
  }
  std::vector<std::string> actions() {
    std::vector<std::string> list;
    REQUIRE(base.store.registry().each_journal_entry([&](const JournalEntry& entry) {
      if (entry.action.starts_with("kiosk.")) list.push_back(entry.action + " by " + entry.account);
    }));
    return list;
  }

  TestCampaign campaign;
};

// From the welcome to the page before the receipt, with one and the same mark everywhere.
struct Walk {
  std::string ticket;
  int pages = 0;
  TestPage last;
};

Walk answer_all(Desk& desk, const StaffOffice::Visit& visit, const std::string& mark) {
  Walk walk;
  walk.last = desk.step(visit, {{"_step", "begin-vi"}});
  walk.ticket = walk.last.input("_ticket");
  std::vector<std::pair<std::string, std::string>> fields = {{"_ticket", walk.ticket}, {"_lang", "vi"}, {"_consent", "yes"}};
  const auto entry = desk.base.book.find(desk.campaign.id).value();
  for (const auto& question : entry->questionnaire->questions) {
    if (question.option_position(mark)) fields.emplace_back(question.id, mark);
  }
  std::string at = "start";
  while (walk.pages < 30 && !walk.last.has("value=\"send\"")) {
    auto sent = fields;
    sent.emplace_back("_step", "next");
    sent.emplace_back("_at", at);
    walk.last = desk.step(visit, sent);
    REQUIRE(walk.last.status == 200);
    at = walk.last.input("_at");
    ++walk.pages;
  }
  fields.emplace_back("_step", "send");
  fields.emplace_back("_at", "check");
  walk.last = desk.step(visit, fields);
  return walk;
}

}  // namespace

TEST_CASE("a code makes one tablet a kiosk, once, within a quarter of an hour") {
  Desk desk;
  const auto [code, pin] = desk.invite();
  CHECK(pin.size() == kKioskPinDigits);
  const auto enrolled = desk.enrol(lower_ascii(code));
  CHECK(enrolled.status == 303);
  const std::string cookie = enrolled.header("set-cookie");
  CHECK(cookie.starts_with("__Host-kiosk="));
  for (const char* needed : {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}) CHECK(cookie.find(needed) != std::string::npos);
  CHECK(desk.get(kNobody, "/kiosk", Desk::tablet(enrolled)).has("begin-vi"));

  const auto again = desk.enrol(code);
  CHECK(again.status == 403);
  CHECK(again.header("set-cookie").empty());

  const auto late = desk.invite().first;
  desk.base.clock.advance(kKioskCodeSeconds);
  const auto too_late = desk.enrol(late);
  const auto unknown = desk.enrol("0000-0000-0000-0000");
  CHECK(too_late.status == 403);
  // Unknown, spent and too old sound the same.
  CHECK(too_late.body == again.body);
  CHECK(unknown.body == again.body);
  CHECK(desk.actions() == std::vector<std::string>{"kiosk.invite by ban.officer", "kiosk.enrol by ", "kiosk.invite by ban.officer"});
}

TEST_CASE("what is stored neither enrols a tablet nor passes for one") {
  Desk desk;
  const auto [code, pin] = desk.invite();
  const auto enrolled = desk.enrol(code);
  const std::string cookie = enrolled.header("set-cookie");
  const std::string token = cookie.substr(cookie.find('.') + 1, 52);
  for (const auto kind : {kKioskCodeRecord, kKioskDeviceRecord, kKioskRevokedRecord}) {
    const auto records = desk.base.store.registry().records(kind, "").value();
    for (const auto& record : records) {
      for (const auto& secret : {code, pin, token}) CHECK(record.content.find(secret) == std::string::npos);
    }
  }
}

TEST_CASE("a browser in which somebody of the office has signed in is no kiosk") {
  Desk desk;
  const auto code = desk.invite().first;
  for (const std::string& carried : {"__Host-sid=" + desk.officer().cookie, std::string("__Host-sid=old"), std::string("__Host-office=1")}) {
    INFO(carried);
    const auto refused = desk.enrol(code, {{"cookie", carried}});
    CHECK(refused.status == 403);
    CHECK(refused.header("set-cookie").empty());
    CHECK_FALSE(desk.get(kNobody, "/kiosk", {false, true, {{"cookie", carried}}}).has("name=\"code\""));
  }
  // The code is still good for the tablet it was meant for.
  CHECK(desk.enrol(code).status == 303);
}

TEST_CASE("signing in marks the browser, and the mark stays after signing out") {
  Desk desk;
  const auto page = desk.post_as_is(kNobody, "/staff/sign-in", form_of({{"name", "ban.officer"}, {"password", "x"}}), {});
  CHECK(page.header("set-cookie").empty());
  desk.officer();
  const auto in = desk.post_as_is(kNobody, "/staff/sign-in", form_of({{"name", "ban.officer"}, {"password", "ba con trau trang di qua cau"}}), {});
  REQUIRE(in.status == 303);
  int marks = 0;
  for (const auto& [name, value] : in.headers) {
    if (value.starts_with(std::string(kOfficeCookie) + "=1") && value.find("Max-Age=") != std::string::npos) ++marks;
  }
  CHECK(marks == 1);
}

TEST_CASE("a kiosk gets no page of the office, whoever holds it") {
  Desk desk;
  const auto visit = desk.new_tablet();
  for (const auto& route : desk.routes()) {
    if (route.pattern.find('(') != std::string::npos || !route.pattern.starts_with("/staff")) continue;
    INFO(route.method << " " << route.pattern);
    StaffOffice::Visit both = visit;
    both.headers.front().second += "; __Host-sid=" + desk.officer().cookie;
    const auto page = route.method == "GET" ? desk.get(kNobody, route.pattern, both)
                                            : desk.post_as_is(kNobody, route.pattern, form_of({{"csrf", desk.officer().csrf}}), both);
    if (!allows(route.access, Access::officer) && route.access != Access::everyone && !allows(route.access, Access::signed_in)) continue;
    CHECK(page.status == 403);
    CHECK(page.has("kiosk_not_for_staff"));
  }
  CHECK(desk.get(kNobody, "/staff/sign-in", visit).has("kiosk_not_for_staff"));
}

TEST_CASE("a revoked tablet is no kiosk from then on, in the middle of an answer too") {
  Desk desk;
  const auto visit = desk.new_tablet();
  const auto page = desk.step(visit, {{"_step", "begin-vi"}});
  const auto list = desk.get(desk.officer(), desk.kiosks_path());
  const auto at = list.body.find("/kiosks/") + 8;
  const auto answer = desk.post(desk.officer(), desk.kiosks_path() + "/" + list.body.substr(at, 20) + "/revoke", {});
  CHECK(answer.status == 303);
  const auto refused = desk.step(visit, {{"_ticket", page.input("_ticket")}, {"_step", "next"}, {"_at", "start"}});
  CHECK(refused.status == 403);
  CHECK(refused.header("set-cookie").find("Max-Age=0") != std::string::npos);
  CHECK(desk.get(kNobody, "/kiosk", visit).has("name=\"code\""));
  CHECK(desk.actions().back() == "kiosk.revoke by ban.officer");
  // A code that nobody has used yet dies as well.
  const auto code = desk.invite().first;
  const auto again = desk.get(desk.officer(), desk.kiosks_path());
  const auto unused = again.body.substr(again.body.find("/kiosks/") + 8, 20);
  desk.post(desk.officer(), desk.kiosks_path() + "/" + unused + "/revoke", {});
  CHECK(desk.enrol(code).status == 403);
  CHECK(desk.post(desk.officer(), desk.kiosks_path() + "/" + std::string(20, 'a') + "/revoke", {}).status == 404);
}

TEST_CASE("guessing the PIN is soon too slow to be worth it, and the PIN ends the kiosk") {
  Desk desk;
  const auto [code, pin] = desk.invite();
  const auto visit = Desk::tablet(desk.enrol(code));
  const std::string wrong = pin == "111111" ? "222222" : "111111";
  int looked_at = 0;
  UnixSeconds passed = 0;
  for (int tries = 0; tries < 400; ++tries) {
    const auto page = desk.leave(visit, wrong);
    if (page.status == 403) ++looked_at;
    else CHECK(page.status == 429);
    desk.base.clock.advance(30);
    passed += 30;
  }
  INFO(passed << " s");
  // Over three hours: a million PINs would take decades.
  CHECK(looked_at <= kKioskFreePins + 20);
  // Waiting is for the right one too; it ends.
  desk.base.clock.advance(16 * 60);
  CHECK(desk.leave(visit, pin).status == 200);
  CHECK(desk.get(kNobody, "/kiosk", visit).has("name=\"code\""));
  CHECK(desk.actions().back() == "kiosk.leave by ");
}

TEST_CASE("nothing but TLS or this machine sees a kiosk's pages") {
  Desk desk;
  auto visit = desk.new_tablet();
  visit.is_loopback = false;
  CHECK(desk.get(kNobody, "/kiosk", visit).status == 403);
  visit.is_tls = true;
  CHECK(desk.get(kNobody, "/kiosk", visit).status == 200);
  visit.headers.emplace_back("sec-fetch-site", "cross-site");
  CHECK(desk.step(visit, {{"_step", "begin-vi"}}).status == 403);
}

TEST_CASE("an answer on a kiosk carries the mode and the place of the tablet, and no trace of it") {
  Desk desk;
  const auto visit = desk.new_tablet();
  const auto walk = answer_all(desk, visit, "satisfied");
  CHECK(walk.last.status == 200);
  CHECK(walk.last.has("class=\"receipt\""));
  CHECK(walk.last.header("cache-control") == "no-store");
  CHECK(walk.last.header("clear-site-data") == "\"cache\", \"storage\"");
  CHECK_FALSE(walk.last.has("Hài lòng"));
  auto answers = desk.base.store.answers(desk.campaign.id).value();
  int of_place = 0;
  const auto counts = answers->counts().value();
  for (const auto& count : counts) {
    if (count.psu == "v2") of_place = count.arrived;
  }
  CHECK(of_place == 1);
}

TEST_CASE("a kiosk's answers reach the batch as answers of a kiosk") {
  Desk desk;
  const auto visit = desk.new_tablet();
  for (int person = 0; person < 12; ++person) REQUIRE(answer_all(desk, visit, "satisfied").last.has("class=\"receipt\""));
  REQUIRE(desk.base.campaigns.close(desk.campaign.id, "test"));
  std::set<std::pair<Mode, std::string>> beside;
  REQUIRE(desk.base.store.answers(desk.campaign.id).value()->each_response(
      [&](const Response& response) { beside.emplace(response.mode, response.cell.psu); }));
  CHECK(beside == std::set<std::pair<Mode, std::string>>{{Mode::kiosk, "v2"}});
}

TEST_CASE("every mark costs the same number of pages") {
  std::set<int> pages;
  for (const char* mark : {"very_satisfied", "satisfied", "dissatisfied", "very_dissatisfied"}) {
    Desk desk;
    pages.insert(answer_all(desk, desk.new_tablet(), mark).pages);
  }
  CHECK(pages.size() == 1);
}

TEST_CASE("a form that asks more after some marks is refused on kiosks, those that ask facts are not") {
  Desk desk;
  CHECK(opened_by_marks(*desk.base.book.find(desk.campaign.id).value()->questionnaire).empty());
  auto every_type = desk.base.open_every_type();
  const auto entry = desk.base.book.find(every_type.id).value();
  // The fixture opens its third section by a mark.
  CHECK(opened_by_marks(*entry->questionnaire) == std::vector<std::string>{"typed"});
  Questionnaire changed = *entry->questionnaire;
  const auto mood = changed.position_of("mood");
  REQUIRE(mood);
  Condition low;
  low.kind = Condition::Kind::one_of;
  low.question = *mood;
  low.options = {0};
  Condition inside;
  inside.kind = Condition::Kind::any;
  inside.parts = {low};
  changed.questions.back().relevant = inside;
  CHECK(opened_by_marks(changed) == std::vector<std::string>{"typed", changed.questions.back().id});
}

TEST_CASE("a turn ends with silence, with the next turn and with the welcome; a late page does nothing") {
  Desk desk;
  const auto visit = desk.new_tablet();
  const auto next = [&](const std::string& ticket, bool script) {
    std::vector<std::pair<std::string, std::string>> fields = {{"_ticket", ticket}, {"_step", "next"}, {"_at", "start"}, {"_consent", "yes"}};
    if (script) fields.emplace_back("_script", "yes");
    return desk.step(visit, fields).status;
  };
  auto ticket = desk.step(visit, {{"_step", "begin-vi"}, {"_script", "yes"}}).input("_ticket");
  desk.base.clock.advance(kKioskIdleSeconds + kKioskWarningSeconds);
  CHECK(next(ticket, true) == 200);
  desk.base.clock.advance(kKioskTicketSeconds + 1);
  CHECK(next(ticket, true) == 410);
  CHECK(next(ticket, true) == 410);

  // Without the module a page may be read for longer.
  ticket = desk.step(visit, {{"_step", "begin-vi"}}).input("_ticket");
  desk.base.clock.advance(kKioskPlainPageSeconds);
  CHECK(next(ticket, false) == 200);
  desk.base.clock.advance(kKioskPlainPageSeconds + 1);
  CHECK(next(ticket, false) == 410);

  const auto one = desk.step(visit, {{"_step", "begin-vi"}}).input("_ticket");
  const auto two = desk.step(visit, {{"_step", "begin-en"}}).input("_ticket");
  CHECK(next(one, false) == 410);
  CHECK(next(two, false) == 200);
  desk.get(kNobody, "/kiosk", visit);
  CHECK(next(two, false) == 410);
  CHECK(next("", false) == 410);
  CHECK(desk.base.arrived(desk.campaign) == 0);
}

TEST_CASE("after sending, the same sending gives the receipt again and everything else nothing") {
  Desk desk;
  const auto visit = desk.new_tablet();
  const auto ticket = desk.step(visit, {{"_step", "begin-vi"}}).input("_ticket");
  const std::vector<std::pair<std::string, std::string>> sending = {
      {"_ticket", ticket}, {"_step", "send"}, {"_at", "check"}, {"_consent", "yes"}, {"used_procedure", "no"}};
  const auto first = desk.step(visit, sending);
  REQUIRE(first.has("class=\"receipt\""));
  CHECK(desk.step(visit, sending).body == first.body);
  auto other = sending;
  other.back().second = "yes";
  CHECK(desk.step(visit, other).status == 410);
  other[1].second = "section-1";
  CHECK(desk.step(visit, other).status == 410);
  desk.get(kNobody, "/kiosk", visit);
  CHECK(desk.step(visit, sending).status == 410);
  CHECK(desk.base.arrived(desk.campaign) == 1);
}

TEST_CASE("where slips were drawn a kiosk asks for one") {
  Desk desk(Admission::slips);
  const auto visit = desk.new_tablet();
  const auto start = desk.step(visit, {{"_step", "begin-vi"}});
  CHECK(start.has("name=\"_slip\""));
  const auto ticket = start.input("_ticket");
  std::vector<std::pair<std::string, std::string>> sending = {{"_ticket", ticket}, {"_step", "send"}, {"_at", "check"}, {"_consent", "yes"}};
  CHECK_FALSE(desk.step(visit, sending).has("class=\"receipt\""));
  sending.emplace_back("_slip", desk.campaign.slips.front());
  CHECK(desk.step(visit, sending).has("class=\"receipt\""));
  CHECK(desk.base.arrived(desk.campaign) == 1);
}

TEST_CASE("no page of a kiosk may be kept, whatever it shows") {
  Desk desk;
  const auto visit = desk.new_tablet();
  const auto begun = desk.step(visit, {{"_step", "begin-vi"}});
  const auto ticket = begun.input("_ticket");
  for (const auto& page : {desk.get(kNobody, "/kiosk", {}), begun, desk.step(visit, {{"_ticket", ticket}, {"_step", "next"}, {"_at", "start"}}),
                           desk.step(visit, {{"_ticket", ticket}, {"_step", "next"}, {"_at", "start"}, {"_consent", "yes"}}),
                           desk.step(visit, {{"_ticket", ticket}, {"_step", "check"}, {"_at", "1"}, {"_consent", "yes"}}),
                           desk.step(visit, {{"_ticket", ticket}, {"_step", "refuse"}}), desk.step(visit, {{"_ticket", ticket}}),
                           desk.get(kNobody, "/kiosk/leave", visit), desk.get(kNobody, "/kiosk", visit)}) {
    CHECK(page.header("cache-control") == "no-store");
    CHECK_FALSE(page.has("citizen.js"));
    CHECK_FALSE(page.has("data-draft"));
    CHECK_FALSE(page.has("href=\"/\""));
  }
}
