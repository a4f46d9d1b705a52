// An office with a year of scorecards, for the tests of their pages.
#pragma once

#include <catch2/catch.hpp>
#include <map>

#include "analysis/awards/lineage.h"
#include "tests/support/staff_office.h"

namespace khaosat::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kSet = "par_commune_scorecard_example";
constexpr const char* kPassword = "mot hai ba bon nam sau bay";
constexpr UnixSeconds kDay = 86400;

// An office with a year's plan: vp answers for nearly all, hd appraises and answers for one field, tt appraises.
struct YearOffice {
  StaffOffice office;
  std::map<std::string, Colleague> people;
  UnixSeconds signed_in = 0;
  std::string unit;
  std::string href;

  YearOffice() {
    for (const auto& one : office.base.catalog.units().units()) {
      if (one.id == "xa_na_phac_2025") unit = awards::unit_key(one.code.empty() ? one.id : one.code, one.valid_from);
    }
    for (const auto& [name, role] : std::vector<std::pair<std::string, Role>>{{"an", Role::clerk}, {"chi", Role::analyst}, {"dung", Role::jury},
                                                                              {"quan", Role::officer}, {"la", Role::analyst}}) {
      REQUIRE(office.accounts.create({name, "Người " + name, kPassword, role}, "test"));
    }
  }

  // Signed in now; sessions do not last for days.
  const Colleague& as(const std::string& name) {
    if (signed_in != office.base.clock.now()) people.clear(), signed_in = office.base.clock.now();
    Colleague& who = people[name];
    if (who.cookie.empty()) {
      who.cookie = office.accounts.sign_in(name, kPassword).value();
      who.csrf = office.accounts.who(who.cookie)->csrf;
    }
    return who;
  }

  Fields plan() const {
    std::string assignments = "item,body,person,duty,from,to,document\n";
    for (const auto& item : office.base.catalog.scorecard(kSet)->items) {
      if (item.kind != scorecards::ItemKind::field) continue;
      assignments += item.id + (item.id == "effects" ? ",hd,chi" : ",vp,an") + ",head,2026-01-01,2027-12-31,3/QĐ-UBND\n";
    }
    return {{"set", kSet}, {"unit", unit}, {"year", "2026"},
            {"self_score_from", "2026-11-20"}, {"self_score_until", "2026-11-24"}, {"first_appraisal_from", "2026-11-21"}, {"first_appraisal_until", "2026-11-28"},
            {"explanation_from", "2026-11-22"}, {"explanation_until", "2026-11-29"}, {"second_appraisal_from", "2026-11-22"}, {"second_appraisal_until", "2026-12-15"},
            {"bodies", "code,name,appraises\nvp,Văn phòng,không\nhd,Hội đồng thẩm định,có\ntt,Tổ thẩm định,yes\n"},
            {"persons", "code,name,body,account,from,to\nan,Nguyễn Văn An,vp,an,2026-01-01,2027-12-31\nchi,Lê Thị Chi,hd,chi,2026-01-01,2027-12-31\n"
                        "dung,Phạm Văn Dũng,tt,dung,2026-01-01,2027-12-31\n"},
            {"assignments", assignments}};
  }

  void open() {
    const auto opened = office.post(as("quan"), "/staff/scorecards", FormData(plan()));
    INFO(opened.body);
    REQUIRE(opened.status == 303);
    href = opened.header("location");
  }

  TestPage act(const std::string& who, const std::string& item, const std::string& act, const Fields& fields = {}) {
    FormData form;
    form.add("act", act);
    for (const auto& [name, value] : fields) form.add(act + "_" + name, value);
    return office.post(as(who), href + "/items/" + item, std::move(form));
  }
  std::size_t acts() { return office.scorecards.ledger(href.substr(href.rfind('/') + 1))->events().size(); }
  // Two agree that the file with names may leave: "quan" asks, somebody who runs the office agrees.
  void let_file_leave() {
    office.colleague(Role::administrator);
    REQUIRE(office.post(as("quan"), href + "/file", form_of({{"leave_reason", "Gửi Sở Nội vụ"}})).status == 303);
    REQUIRE(office.personal.confirm(office.personal.acts()->front().id, "ban.administrator"));
  }
  TestPage page(const std::string& who, const std::string& path) { return office.get(as(who), href + path); }
};

inline Fields with(Fields fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) field.second = value;
  }
  return fields;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace khaosat::test
