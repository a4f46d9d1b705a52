// Who gets in, and how far: every page of the office refuses whoever may not see it.
#include <catch2/catch.hpp>

#include "server/pages/staff_session.h"
#include "server/services/account_service.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

// A path that the pattern matches.
std::string example_of(const std::string& pattern) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '(') {
      path += pattern[i];
      continue;
    }
    const std::string group = pattern.substr(i + 1, pattern.find(')', i) - i - 1);
    const auto bar = group.find('|');
    if (bar != std::string::npos) path += group.substr(0, bar);
    else if (group.starts_with("[0-9]{")) path += "1";
    else if (group.find("{64}") != std::string::npos) path += std::string(64, 'a');
    else path += group.find("{20}") != std::string::npos ? std::string(20, 'a') : "abcdefghij";
    i += group.size() + 1;
  }
  return path;
}

constexpr Role kRoles[] = {Role::administrator, Role::officer, Role::analyst, Role::jury};
const StaffOffice::Visit kElsewherePlain{false, false, {}};
const StaffOffice::Visit kElsewhereTls{true, false, {}};

TestPage call(StaffOffice& office, const Route& route, const Colleague& who, const StaffOffice::Visit& visit = {}) {
  const std::string path = example_of(route.pattern);
  if (route.method == "GET") return office.get(who, path, visit);
  return office.post(who, path, {}, visit);
}

}  // namespace

TEST_CASE("a stranger is sent to the sign-in page, and back to the page wanted") {
  StaffOffice office;
  const auto page = office.get({}, "/staff/campaigns?lang=en&x=a%26b");
  CHECK(page.status == 303);
  CHECK(page.header("location") == "/staff/sign-in?next=%2Fstaff%2Fcampaigns%3Flang%3Den%26x%3Da%2526b");
  const auto form = office.get({}, page.header("location"));
  CHECK(form.status == 200);
  CHECK(form.input("next") == "/staff/campaigns?lang=en&x=a%26b");
}

TEST_CASE("no page of the office opens without an account") {
  StaffOffice office;
  for (const auto& route : office.routes()) {
    if (route.access == Access::everyone) continue;
    INFO(route.method << " " << route.pattern);
    const auto page = call(office, route, {});
    if (route.method == "GET") {
      CHECK(page.status == 303);
      CHECK(page.header("location").starts_with("/staff/sign-in?"));
    } else {
      CHECK(page.status == 401);
      CHECK(page.has("sign_in_required"));
    }
    const Colleague forged{std::string(52, 'A'), "x", ""};
    CHECK(call(office, route, forged).status == page.status);
  }
}

TEST_CASE("a role opens its pages and no others") {
  StaffOffice office;
  for (const Role role : kRoles) {
    for (const auto& route : office.routes()) {
      if (route.access == Access::everyone || route.name == "sign_out") continue;
      INFO(name_of(role) << " " << route.method << " " << route.pattern);
      const bool may = allows(route.access, Access::signed_in) || allows(route.access, access_of(role));
      const auto page = call(office, route, office.colleague(role));
      CHECK((page.status == 403 && page.has("not_allowed")) == !may);
    }
  }
}

TEST_CASE("the administrator reaches everything, the jury no campaign, the analyst no account") {
  StaffOffice office;
  for (const auto& route : office.routes()) {
    if (route.access == Access::everyone || route.name == "sign_out") continue;
    CHECK_FALSE(call(office, route, office.colleague(Role::administrator)).has("not_allowed"));
  }
  CHECK(office.get(office.colleague(Role::jury), "/staff/campaigns").status == 403);
  CHECK(office.get(office.colleague(Role::analyst), "/staff/campaigns").status == 200);
  CHECK(office.get(office.colleague(Role::analyst), "/staff/campaigns/new").status == 403);
  CHECK(office.get(office.colleague(Role::analyst), "/staff/accounts").status == 403);
  CHECK(office.get(office.officer(), "/staff/accounts").status == 403);
}

TEST_CASE("a form without this session's token changes nothing") {
  StaffOffice office;
  const Colleague& boss = office.colleague(Role::administrator);
  const Colleague& other = office.officer();
  for (const auto& route : office.routes()) {
    if (route.method != "POST" || route.access == Access::everyone) continue;
    INFO(route.pattern);
    const std::string path = example_of(route.pattern);
    CHECK(office.post_as_is(boss, path, {}, {}).has("csrf_refused"));
    CHECK(office.post_as_is(boss, path, form_of({{"csrf", other.csrf}}), {}).has("csrf_refused"));
    // The right token, but twice, is no token either.
    CHECK(office.post(boss, path, form_of({{"csrf", boss.csrf}})).has("csrf_refused"));
    CHECK(office.post(boss, path, {}, {false, true, {{"sec-fetch-site", "cross-site"}}}).status == 403);
  }
}

TEST_CASE("over plain HTTP the office answers this machine only") {
  StaffOffice office;
  const Colleague& boss = office.colleague(Role::administrator);
  for (const auto& route : office.routes()) {
    // An interviewer's pages say what a plain line lacks and go on: field_test.cpp.
    if (route.pattern.starts_with("/field")) continue;
    INFO(route.method << " " << route.pattern);
    const auto page = call(office, route, boss, kElsewherePlain);
    CHECK(page.status == 403);
    CHECK(page.has("tls_required"));
  }
  CHECK(office.get(boss, "/staff", kElsewhereTls).status == 200);
  CHECK(office.get({}, "/staff/sign-in", kElsewhereTls).status == 200);
}

TEST_CASE("signing in sets a cookie that no script and no other site can use") {
  StaffOffice office;
  office.officer();
  const FormData right({{"name", "ban.officer"}, {"password", "ba con trau trang di qua cau"}, {"next", "/staff/campaigns"}});
  const auto page = office.post_as_is({}, "/staff/sign-in", right, kElsewhereTls);
  CHECK(page.status == 303);
  CHECK(page.header("location") == "/staff/campaigns");
  const std::string cookie = page.header("set-cookie");
  CHECK(cookie.starts_with("__Host-sid="));
  for (const char* flag : {"; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"}) CHECK(cookie.find(flag) != std::string::npos);
  CHECK(cookie.find("Domain") == std::string::npos);

  const std::string token = cookie.substr(11, cookie.find(';') - 11);
  const Colleague fresh{token, office.accounts.who(token)->csrf, ""};
  CHECK(office.get(fresh, "/staff").status == 200);
  const auto out = office.post(fresh, "/staff/sign-out", {});
  CHECK(out.status == 303);
  CHECK(out.header("set-cookie").find("Max-Age=0") != std::string::npos);
  CHECK(office.get(fresh, "/staff").status == 303);
}

TEST_CASE("a wrong password and an unknown name get the same page, and the name stays typed") {
  StaffOffice office;
  office.officer();
  const auto wrong = office.post_as_is({}, "/staff/sign-in", form_of({{"name", "ban.officer"}, {"password", "khong phai"}}), {});
  const auto unknown = office.post_as_is({}, "/staff/sign-in", form_of({{"name", "ban.offiver"}, {"password", "khong phai"}}), {});
  CHECK(wrong.status == 403);
  CHECK(wrong.has("Tên hoặc mật khẩu chưa đúng."));
  CHECK(wrong.has("value=\"ban.officer\""));
  CHECK_FALSE(wrong.has("khong phai"));
  std::string same = unknown.body;
  same.replace(same.find("offiver"), 7, "officer");
  CHECK(same == wrong.body);
}

TEST_CASE("after signing in nobody is sent to another site") {
  for (const char* wanted : {"https://evil.example/", "//evil.example", "/staff//evil", "/\\evil", "/s/abc", "javascript:alert(1)",
                             "/staffing", "", "/staff/\r\nSet-Cookie: a=b"}) {
    CHECK(local_path(wanted) == "/staff");
  }
  CHECK(local_path("/staff/campaigns/new?x=1") == "/staff/campaigns/new?x=1");
}

TEST_CASE("the link of the first start makes one administrator, once") {
  StaffOffice office;
  const std::string token = office.accounts.make_setup_token()->value();
  const auto form = office.get({}, "/setup?token=" + token);
  REQUIRE(form.status == 200);
  CHECK(form.input("token") == token);

  std::vector<std::pair<std::string, std::string>> fields = {
      {"token", token}, {"name", "lan"}, {"display_name", "Nguyễn Thị Lan"}, {"password", "ngan"}, {"password_again", "ngan"}};
  const auto weak = office.post_as_is({}, "/setup", FormData(fields), {});
  CHECK(weak.status == 422);
  CHECK(weak.has("ít nhất 12 chữ"));
  CHECK(weak.input("token") == token);
  CHECK(weak.has("value=\"Nguyễn Thị Lan\""));

  fields[3].second = fields[4].second = "ba con trau trang di qua cau";
  const auto made = office.post_as_is({}, "/setup", FormData(fields), {});
  CHECK(made.status == 303);
  CHECK(made.header("set-cookie").starts_with("__Host-sid="));
  fields[1].second = "hung";
  CHECK(office.post_as_is({}, "/setup", FormData(fields), {}).has("setup_link_refused"));
  CHECK(office.get({}, "/setup?token=" + token).has("setup_link_refused"));
}

TEST_CASE("an administrator adds a colleague and switches the account off") {
  StaffOffice office;
  const Colleague& boss = office.colleague(Role::administrator);
  std::vector<std::pair<std::string, std::string>> fields = {
      {"name", "Lan"}, {"display_name", "Nguyễn Thị Lan"}, {"role", "analyst"}, {"password", "ba con trau trang di qua cau"},
      {"password_again", "ba con trau trang di qua cau"}};
  const auto refused = office.post(boss, "/staff/accounts", FormData(fields));
  CHECK(refused.status == 422);
  CHECK(refused.has("href=\"#name\""));
  CHECK(refused.has("value=\"Nguyễn Thị Lan\""));
  CHECK_FALSE(refused.has("ba con trau"));

  fields[0].second = "lan";
  CHECK(office.post(boss, "/staff/accounts", FormData(fields)).status == 303);
  CHECK(office.post(boss, "/staff/accounts", FormData(fields)).has("Đã có tài khoản"));
  CHECK(office.get(boss, "/staff/accounts").has("Nguyễn Thị Lan"));

  Colleague lan{office.accounts.sign_in("lan", fields[3].second).value(), "", ""};
  CHECK(office.get(lan, "/staff").status == 200);
  CHECK(office.post(boss, "/staff/accounts/lan/active", form_of({{"active", "no"}})).status == 303);
  CHECK(office.get(lan, "/staff").status == 303);
  CHECK(office.post(boss, "/staff/accounts/ban.administrator/active", form_of({{"active", "no"}})).has("not_allowed"));
}

TEST_CASE("what was typed outlives the session, and is sent again by a person's own hand") {
  StaffOffice office;
  const StaffOffice::Visit ours{false, true, {{"sec-fetch-site", "same-origin"}}};
  const Colleague& officer = office.officer();
  const FormData form = form_of({{"title", "Tên dài <đã gõ>"}, {"password", "ba con trau"}, {"units", "a"}, {"units", "b"}, {"csrf", officer.csrf}});
  office.base.clock.advance(kSessionIdleSeconds + 1);
  const auto ended = office.post_as_is(officer, "/staff/campaigns", form, ours);
  CHECK(ended.status == 401);
  CHECK(ended.input("title") == "Tên dài <đã gõ>");
  CHECK(ended.has("name=\"units\" value=\"a\""));
  CHECK(ended.has("name=\"units\" value=\"b\""));
  CHECK_FALSE(ended.has("ba con trau"));
  CHECK(office.base.book.all()->empty());

  const std::string token = office.accounts.sign_in("ban.officer", "ba con trau trang di qua cau").value();
  const Colleague again{token, office.accounts.who(token)->csrf, ""};
  const auto stale = office.post_as_is(again, "/staff/campaigns", form, ours);
  CHECK(stale.status == 403);
  CHECK(stale.input("title") == "Tên dài <đã gõ>");
  CHECK(stale.input("csrf") == again.csrf);
  // A browser that does not vouch for the page gets nothing to press.
  CHECK_FALSE(office.post_as_is(again, "/staff/campaigns", form, {}).has("Tên dài"));
}

TEST_CASE("asking for the session keeps it, but not beyond a day's work") {
  StaffOffice office;
  const Colleague& officer = office.officer();
  for (int i = 0; i < 31; ++i) {
    office.base.clock.advance(kSessionIdleSeconds - 60);
    const auto page = office.get(officer, "/staff/session");
    REQUIRE(page.status == 200);
    CHECK(page.has("\"csrf\":\"" + officer.csrf + "\""));
    CHECK(page.has("\"left\":" + std::to_string(kSessionSeconds - (i + 1) * (kSessionIdleSeconds - 60)) + "}"));
    CHECK(page.header("cache-control") == "no-store");
  }
  CHECK(office.get(officer, "/staff").has("data-left=\"" + std::to_string(kSessionSeconds - 31 * (kSessionIdleSeconds - 60)) + "\""));
  office.base.clock.advance(kSessionIdleSeconds - 60);
  office.base.clock.advance(kSessionIdleSeconds - 60);
  office.base.clock.advance(kSessionIdleSeconds - 60);
  CHECK(office.get(officer, "/staff/session").status == 303);
  CHECK(office.get({}, "/staff/session").status == 303);
}

TEST_CASE("the list of pages holds what a role may open, and its search ignores tones") {
  StaffOffice office;
  const std::string campaign = office.new_campaign();
  const auto of = [&](Role role, const std::string& query) { return office.get(office.colleague(role), "/staff/pages" + query); };
  const auto all = of(Role::officer, "");
  CHECK(all.has("href=\"" + campaign + "\""));
  CHECK(all.has("href=\"" + campaign + "/kiosks\""));
  CHECK(all.has("href=\"/staff/awards/rules/thanh_an_2023_32\""));
  CHECK_FALSE(all.has("href=\"/staff/accounts\""));  // administrators' own
  CHECK(of(Role::administrator, "").has("href=\"/staff/accounts\""));
  CHECK_FALSE(of(Role::jury, "").has(campaign));
  CHECK_FALSE(of(Role::analyst, "").has("/staff/awards/rules/"));
  for (const char* words : {"khao%20sat", "kh%E1%BA%A3o%20s%C3%A1t", "SAT%20khao"}) {
    INFO(words);
    CHECK(of(Role::officer, std::string("?q=") + words).has("href=\"" + campaign + "\""));
  }
  const auto none = of(Role::officer, "?q=zzz%22%3E%3Cb%3E");
  CHECK(none.has("Không có trang nào khớp"));
  CHECK_FALSE(none.has("<b>"));
  // Every address of the list is a page for whoever is shown it.
  for (const Role role : {Role::officer, Role::analyst, Role::jury}) {
    const std::string body = of(role, "").body;
    for (auto at = body.find("<li"); at != std::string::npos; at = body.find("<li", at + 1)) {
      const auto from = body.find("href=\"", at) + 6;
      const std::string address = body.substr(from, body.find('"', from) - from);
      INFO(name_of(role) << " " << address);
      if (address.starts_with("/staff")) CHECK(office.get(office.colleague(role), address).status == 200);
    }
  }
}
