// A case before a jury, for the tests of what follows an evaluation. For one thread.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "server/services/jury/jury_book.h"
#include "tests/support/staff_office.h"

namespace khaosat {

inline constexpr const char* kJuryPassword = "ba con trau trang di qua cau";
inline constexpr UnixSeconds kDay = 24 * 60 * 60;

using Fields = std::vector<std::pair<std::string, std::string>>;

// A kept decision about the demo's unit, and a jury of two.
struct Sitting {
  explicit Sitting(const std::string& table = "facts_thanh_an_2023_32", const std::string& rules = "thanh_an_2023_32", const std::string& unit = "25327",
                   const std::string& year = "2023", const std::string& date = "2024-01-15") {
    std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs/demo/" + table + ".csv", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    REQUIRE(office.post(office.officer(), "/staff/facts/import", form_of(Fields{{"table", text}})).status == 200);
    id = keep(rules, unit, year, date);
    REQUIRE(office.accounts.create({"ban.hai", "Anh Hai", kJuryPassword, Role::jury}, "test"));
    office.colleague(Role::jury);
  }

  std::string keep(const std::string& rules, const std::string& unit, const std::string& year, const std::string& date) {
    const auto kept = office.post(who(Role::officer), "/staff/awards/rules/" + rules,
                                  FormData({{"year", year}, {"date", date}, {"unit", unit}, {"do", "keep"}}));
    REQUIRE(kept.status == 303);
    const std::string address = kept.header("location");
    return address.substr(address.rfind('/') + 1);
  }

  FormData terms() const { return FormData({{"reply_days", "5"}, {"needed_percent", "51"}, {"base", "members"}, {"members", "ban.jury"}, {"members", "ban.hai"}}); }
  std::string at(const std::string& rest = "") const { return "/staff/jury/" + id + rest; }
  void begin() { REQUIRE(office.post(office.officer(), at("/begin"), terms()).status == 303); }

  // The notice to the person named, and the code printed on it.
  std::string tell(const std::string& person) {
    const auto page = office.post(who(Role::officer), at("/notices"), FormData({{"person", person}, {"number", "07/TB-UBND"}}));
    INFO(page.body);
    REQUIRE(page.status == 200);
    const auto start = page.body.find("reading-code code\"><strong>");
    REQUIRE(start != std::string::npos);
    return page.body.substr(start + 27, 19);
  }
  // Everybody but this person is told.
  void tell_others(const std::string& person) {
    const auto before = opened();
    for (const auto& one : before.hearings("2026-11-22")) {
      if (one.person != person) tell(one.person);
    }
  }
  // Days pass; everybody signs in anew.
  void pass(int days) {
    office.base.clock.advance(days * kDay);
    fresh.clear();
    moved = true;
  }
  const Colleague& who(Role role) {
    if (!moved) return office.colleague(role);
    return as("ban." + std::string(name_of(role)));
  }
  const Colleague& as(const std::string& account) {
    Colleague& one = fresh[account];
    if (one.cookie.empty()) {
      one.cookie = office.accounts.sign_in(account, kJuryPassword).value();
      one.csrf = office.accounts.who(one.cookie)->csrf;
    }
    return one;
  }
  OpenedCase opened() { return office.jury.open_case(id).value(); }
  std::string notice_to(const std::string& person) {
    const auto one = opened();
    return one.jury.notice_to(person)->id;
  }
  std::string index_of(const std::string& subject) {
    const auto one = opened();
    for (std::size_t i = 0; i < one.decision().candidates.size(); ++i) {
      if (one.decision().candidates[i].subject == subject) return std::to_string(i);
    }
    FAIL(subject);
    return "";
  }
  TestPage vote(const std::string& account, const std::string& subject, const std::string& voice) {
    return office.post(as(account), at("/votes"), form_of(Fields{{"voice-" + index_of(subject), voice}}));
  }
  // Everybody heard, both members for everybody proposed, closed.
  void close_after_votes() {
    tell_others("");
    pass(12);
    const auto one = opened();
    std::vector<JuryVote> votes;
    for (const auto* candidate : one.to_vote_on()) votes.push_back({"", candidate->award, candidate->subject, JuryBook::is_proposed(one, *candidate) ? Voice::yes : Voice::no});
    for (const char* member : {"ban.jury", "ban.hai"}) REQUIRE(office.jury.vote(id, votes, member));
    REQUIRE(office.post(who(Role::officer), at("/close"), form_of(Fields{{"confirm", "yes"}})).status == 303);
  }
  // What proposal and vote say, signed.
  JuryRuling ruling() {
    JuryRuling one{vietnam_date(office.base.clock.now()), "12/QĐ-UBND", "Nguyễn Văn Chủ, Chủ tịch UBND xã", {}, ""};
    const auto now = opened();
    for (const auto* candidate : now.to_vote_on()) {
      one.results.push_back({candidate->award, candidate->subject, JuryBook::is_proposed(now, *candidate) && tally(now.jury, candidate->award, candidate->subject).carried, "", "", 0});
    }
    return one;
  }
  static void set(JuryRuling& ruling, const std::string& subject, bool awarded, const std::string& grounds) {
    for (auto& result : ruling.results) {
      if (result.subject == subject) result.awarded = awarded, result.grounds = grounds;
    }
  }

  StaffOffice office;
  std::string id;
  bool moved = false;
  std::map<std::string, Colleague> fresh;
};

inline ErrorCode code_of(const Result<void>& result) { return result ? ErrorCode::internal : result.error().code; }

inline std::size_t journal_count(StaffOffice& office, const std::string& action, const std::string& account = "") {
  std::size_t count = 0;
  REQUIRE(office.base.store.registry().each_journal_entry(
      [&](const JournalEntry& entry) { count += entry.action == action && (account.empty() || entry.account == account) ? 1 : 0; }));
  return count;
}

}  // namespace khaosat
