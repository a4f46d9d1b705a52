// What follows an evaluation: notices, replies, votes, the decision; who may see what; every refusal.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "server/catalog/catalog.h"
#include "server/services/jury/duty_case.h"
#include "server/services/jury/jury_book.h"
#include "server/services/jury/lost_points.h"
#include "server/services/keep_records.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

constexpr const char* kPassword = "ba con trau trang di qua cau";
constexpr UnixSeconds kDay = 24 * 60 * 60;

using Fields = std::vector<std::pair<std::string, std::string>>;

// A kept decision about the demo's unit, and a jury of two.
struct Sitting {
  explicit Sitting(const std::string& table = "facts_thanh_an_2023_32", const std::string& rules = "thanh_an_2023_32", const std::string& unit = "25327",
                   const std::string& year = "2023", const std::string& date = "2024-01-15") {
    std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs/demo/" + table + ".csv", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    REQUIRE(office.post(office.officer(), "/staff/facts/import", form_of(Fields{{"table", text}})).status == 200);
    id = keep(rules, unit, year, date);
    REQUIRE(office.accounts.create({"ban.hai", "Anh Hai", kPassword, Role::jury}, "test"));
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
      one.cookie = office.accounts.sign_in(account, kPassword).value();
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

ErrorCode code_of(const Result<void>& result) { return result ? ErrorCode::internal : result.error().code; }

std::size_t journal_count(StaffOffice& office, const std::string& action, const std::string& account = "") {
  std::size_t count = 0;
  REQUIRE(office.base.store.registry().each_journal_entry(
      [&](const JournalEntry& entry) { count += entry.action == action && (account.empty() || entry.account == account) ? 1 : 0; }));
  return count;
}

}  // namespace

TEST_CASE("a case shows candidates against clauses, and every cell opens to words, facts and evidence") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  const auto page = office.get(office.colleague(Role::jury), sitting.at());
  REQUIRE(page.status == 200);
  for (const char* words : {"Lê Thị Chi (mẫu)", "không đạt", "chưa đủ căn cứ", "class=\"badge bad\"", "class=\"badge open\"", "role=\"rowheader\"", "đã báo 0/"}) {
    INFO(words);
    CHECK(page.has(words));
  }
  const auto cell = office.get(office.colleague(Role::jury), sitting.at("/candidate?n=" + sitting.index_of("chi") + "&clause=A2"));
  REQUIRE(cell.status == 200);
  CHECK(cell.has("Chịu trách nhiệm tiêu chí 3.2 (2022), được 0/4 điểm."));
  CHECK(cell.has("Biên bản thẩm định (mẫu)"));
  CHECK(cell.has("/staff/facts/entry/"));
  CHECK(office.get(office.colleague(Role::jury), sitting.at("/candidate?n=999")).status == 404);
  CHECK(office.get(office.colleague(Role::jury), sitting.at("/candidate?n=0&clause=Z9")).status == 404);
  CHECK(office.get(office.colleague(Role::analyst), sitting.at()).status == 403);
  CHECK(office.get(office.colleague(Role::clerk), sitting.at()).status == 403);
}

TEST_CASE("terms that are not the default need a ground, and only accounts that can sit are members") {
  Sitting sitting;
  auto& office = sitting.office;
  struct Wrong {
    std::string field, value, named;
  };
  office.colleague(Role::clerk);
  const FormData usual = sitting.terms();
  for (const auto& wrong : {Wrong{"reply_days", "3", "source"}, Wrong{"reply_days", "0", "reply_days"}, Wrong{"needed_percent", "101", "needed_percent"},
                            Wrong{"base", "everybody", "base"}, Wrong{"members", "ban.clerk", "members"}, Wrong{"members", "nobody", "members"}}) {
    INFO(wrong.field << " " << wrong.value);
    FormData form;
    for (const auto& [name, value] : usual.fields()) {
      if (name != wrong.field) form.add(name, value);
    }
    form.add(wrong.field, wrong.value);
    const auto page = office.post(office.officer(), sitting.at("/begin"), form);
    CHECK(page.status == 422);
    CHECK(page.has("href=\"#" + wrong.named + "\""));
    CHECK(office.jury.cases()->empty());
  }
  // Nobody but the office opens a case.
  CHECK(office.post(office.colleague(Role::jury), sitting.at("/begin"), sitting.terms()).status == 403);
}

TEST_CASE("facts that came with a form make no case, for nobody could read his own") {
  Sitting sitting;
  auto& office = sitting.office;
  std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/tests/fixtures/awards/thanh_an_facts.csv", std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto kept = office.post(office.officer(), "/staff/awards/rules/thanh_an_2023_32",
                                FormData({{"year", "2023"}, {"date", "2023-12-31"}, {"facts", text}, {"do", "keep"}}));
  REQUIRE(kept.status == 303);
  const std::string other = kept.header("location").substr(kept.header("location").rfind('/') + 1);
  CHECK(office.post(office.officer(), "/staff/jury/" + other + "/begin", sitting.terms()).status == 409);
  CHECK(office.post(office.officer(), "/staff/jury/ffffffffffffffffffff/begin", sitting.terms()).status == 404);
}

TEST_CASE("the jury votes only after everybody with a negative word was told and replied, or the time ran out") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  // Nobody was told.
  CHECK(sitting.vote("ban.jury", "an", "yes").status == 409);
  // Only about whom something negative is said.
  CHECK(office.post(office.officer(), sitting.at("/notices"), form_of(Fields{{"person", "an"}})).status == 404);
  sitting.tell_others("chi");
  const auto told = sitting.opened().jury.notices;
  for (const auto& notice : told) REQUIRE(office.jury.reply(sitting.id, notice.id, "Không có ý kiến", "", "ban.officer"));
  CHECK(sitting.vote("ban.jury", "an", "yes").status == 409);
  const std::string code = sitting.tell("chi");
  CHECK(office.post(office.officer(), sitting.at("/notices"), form_of(Fields{{"person", "chi"}})).status == 409);
  const auto running = sitting.vote("ban.jury", "an", "yes");
  CHECK(running.status == 403);
  CHECK(running.has("reply_time_running"));
  CHECK(office.get(office.colleague(Role::jury), sitting.at()).has("Còn trong thời hạn"));
  // Sunday 22 November 2026: five working days later is Friday the 27th, and the whole of it counts.
  CHECK(sitting.opened().jury.notices.front().due == "2026-11-27");
  SECTION("the time runs out") {
    sitting.pass(5);
    CHECK(vietnam_date(office.base.clock.now()) == "2026-11-27");
    CHECK(sitting.vote("ban.jury", "an", "yes").status == 403);
    sitting.pass(1);
    CHECK(sitting.vote("ban.jury", "an", "yes").status == 303);
  }
  SECTION("the person replies") {
    const auto sent = office.post_as_is({}, "/own-record/reply", FormData({{"code", code}, {"text", "Tôi <nghỉ> ốm hai tháng."}}), {});
    CHECK(sent.status == 200);
    CHECK(sent.has("Tôi &lt;nghỉ&gt; ốm hai tháng."));
    CHECK(sitting.vote("ban.jury", "an", "yes").status == 303);
  }
  SECTION("the office enters a reply on paper") {
    const std::string notice = sitting.notice_to("chi");
    const auto at = sitting.at("/notices/" + notice + "/reply");
    CHECK(office.post(office.officer(), at, FormData({{"text", " "}, {"day", "2026-11-22"}})).status == 422);
    CHECK(office.post(office.officer(), at, FormData({{"text", "Không có ý kiến."}, {"day", "2026-11-20"}})).status == 422);
    CHECK(office.post(office.officer(), at, FormData({{"text", "Không có ý kiến."}, {"day", "2026-11-23"}})).status == 422);
    CHECK(office.post(office.officer(), at, FormData({{"text", std::string(4001, 'a')}, {"day", "2026-11-22"}})).status == 422);
    CHECK(office.post(office.colleague(Role::jury), at, FormData({{"text", "x"}, {"day", "2026-11-22"}})).status == 403);
    CHECK(office.post(office.officer(), at, FormData({{"text", "Không có ý kiến."}, {"day", "2026-11-22"}})).status == 303);
    CHECK(sitting.vote("ban.jury", "an", "yes").status == 303);
  }
}

TEST_CASE("a code opens the person's own record and nothing else, and every reading is in the journal") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  const std::string code = sitting.tell("chi");
  const auto open = [&](const std::string& typed) { return office.post_as_is({}, "/own-record", form_of(Fields{{"code", typed}}), {}); };
  const auto page = open(code);
  REQUIRE(page.status == 200);
  for (const char* words : {"Lê Thị Chi (mẫu)", "Tiêu chí 3.2", "0/4", "Biên bản thẩm định (mẫu)", "Phân công (mẫu)", "Ai đã đọc", "Chị officer"}) {
    INFO(words);
    CHECK(page.has(words));
  }
  for (const char* others : {"Trần Thị Bình", "Phạm Văn Dũng", "Nguyễn Văn An"}) CHECK_FALSE(page.has(others));
  CHECK(journal_count(office, "facts.read", "(person)") == 1);
  std::string small = code;
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  CHECK(open(small).status == 200);
  CHECK(journal_count(office, "facts.read", "(person)") == 2);
  CHECK(open(code).has("chính Ông/bà"));

  for (const std::string& wrong : {std::string(), std::string("AAAA-AAAA-AAAA-AAAA"), code.substr(0, 18), std::string("<script>"), std::string(3000, 'A')}) {
    const auto refused = open(wrong);
    CHECK(refused.status == 403);
    CHECK_FALSE(refused.has("<script>"));
  }
  // A new code ends the old one.
  const std::string notice = sitting.opened().jury.notices.front().id;
  const auto renewed = office.post(office.officer(), sitting.at("/notices/" + notice + "/code"), FormData());
  CHECK(renewed.status == 200);
  CHECK(open(code).status == 403);
  CHECK(office.post_as_is({}, "/own-record/reply", FormData({{"code", code}, {"text", "x"}}), {}).status == 403);
  // The code itself is nowhere in what is kept; a later look at the notice does not show it.
  const auto again = office.get(office.officer(), sitting.at("/notices/" + notice));
  CHECK_FALSE(again.has("reading-code"));
  const auto codes = office.base.store.registry().records("jury_code", "").value();
  CHECK(codes.size() == 2);
  for (const auto& record : codes) {
    CHECK(record.content.find(code) == std::string::npos);
    CHECK(record.id.find(code) == std::string::npos);
  }
  // Over the open net without TLS nobody types a code.
  CHECK(office.post_as_is({}, "/own-record", form_of(Fields{{"code", code}}), {false, false, {}}).status == 403);
  // Past its time.
  const auto start = renewed.body.find("reading-code code\"><strong>");
  const std::string fresh = renewed.body.substr(start + 27, 19);
  CHECK(open(fresh).status == 200);
  sitting.pass(120);
  CHECK(open(fresh).status == 403);
}

TEST_CASE("each member has one vote per candidate, changeable until the vote ends, and none with an interest") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  sitting.tell_others("");
  sitting.pass(12);
  // The officer is no member of this jury; an unknown candidate is nobody's.
  CHECK(office.post(sitting.who(Role::officer), sitting.at("/votes"), form_of(Fields{{"voice-0", "yes"}})).status == 403);
  CHECK(sitting.vote("ban.jury", "an", "maybe").status == 422);
  CHECK(code_of(office.jury.vote(sitting.id, {{"", "khong_co", "an", Voice::yes}}, "ban.jury")) == ErrorCode::not_found);
  CHECK(office.post(sitting.who(Role::officer), sitting.at("/close"), form_of(Fields{{"confirm", "yes"}})).status == 409);

  CHECK(sitting.vote("ban.jury", "an", "no").status == 303);
  CHECK(sitting.vote("ban.jury", "an", "yes").status == 303);
  const std::string award = sitting.opened().to_vote_on().front()->award;
  Tally sum = tally(sitting.opened().jury, award, "an");
  CHECK(sum.yes == 1);
  CHECK(sum.no == 0);
  CHECK(sum.silent == 1);
  CHECK(sum.needed == 2);  // 51 % of two
  CHECK_FALSE(sum.carried);
  // The journal has each vote's digest: it must not give the vote away.
  const auto kept = office.base.store.registry().records("jury_vote", sitting.id).value();
  REQUIRE(kept.size() == 2);
  for (const auto& record : kept) CHECK(record.content.find("\"salt\"") != std::string::npos);
  // While the vote runs nobody sees how others voted, only his own.
  CHECK_FALSE(office.get(sitting.as("ban.hai"), sitting.at()).has("Đồng ý 1"));
  CHECK(office.get(sitting.as("ban.jury"), sitting.at()).has("Phiếu của tôi:"));

  CHECK(office.post(sitting.as("ban.jury"), sitting.at("/conflicts"), FormData({{"subject", "an"}, {"reason", ""}})).status == 422);
  CHECK(office.post(sitting.as("ban.jury"), sitting.at("/conflicts"), FormData({{"subject", "nobody"}, {"reason", "x"}})).status == 404);
  CHECK(office.post(sitting.who(Role::officer), sitting.at("/conflicts"), FormData({{"subject", "an"}, {"reason", "x"}})).status == 403);
  CHECK(office.post(sitting.as("ban.jury"), sitting.at("/conflicts"), FormData({{"subject", "an"}, {"reason", "em ruột"}})).status == 303);
  CHECK(office.post(sitting.as("ban.jury"), sitting.at("/conflicts"), FormData({{"subject", "an"}, {"reason", "em ruột"}})).status == 409);
  const auto refused = sitting.vote("ban.jury", "an", "yes");
  CHECK(refused.status == 403);
  CHECK(refused.has("jury_conflict"));
  sum = tally(sitting.opened().jury, award, "an");
  CHECK(sum.yes == 0);
  CHECK(sum.in_conflict == 1);
  CHECK(sum.base == 1);
  CHECK(sitting.vote("ban.jury", "binh", "yes").status == 303);
  CHECK(sitting.vote("ban.hai", "an", "yes").status == 303);
  CHECK(tally(sitting.opened().jury, award, "an").carried);

  CHECK(office.post(sitting.who(Role::jury), sitting.at("/close"), form_of(Fields{{"confirm", "yes"}})).status == 403);
  CHECK(office.post(sitting.who(Role::officer), sitting.at("/close"), FormData()).status == 422);
  CHECK(office.post(sitting.who(Role::officer), sitting.at("/close"), form_of(Fields{{"confirm", "yes"}})).status == 303);
  CHECK(sitting.vote("ban.hai", "an", "no").status == 409);
  CHECK(office.post(sitting.as("ban.hai"), sitting.at("/conflicts"), FormData({{"subject", "an"}, {"reason", "x"}})).status == 409);
  CHECK(office.get(sitting.as("ban.hai"), sitting.at()).has("Đồng ý 1"));
}

TEST_CASE("a person decides once, with grounds where it departs, and never rewards the same twice") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  CHECK(code_of(office.jury.decide(sitting.id, sitting.ruling(), "ban.officer")) == ErrorCode::jury_wrong_state);
  sitting.close_after_votes();
  const auto proposed = [&](const std::string& subject) {
    const auto now = sitting.opened();
    return JuryBook::is_proposed(now, *now.candidate(now.to_vote_on().front()->award, subject));
  };
  REQUIRE(proposed("an"));
  REQUIRE_FALSE(proposed("chi"));

  JuryRuling ruling = sitting.ruling();
  const auto refused = [&](JuryRuling one) { return code_of(office.jury.decide(sitting.id, std::move(one), "ban.officer")); };
  JuryRuling changed = ruling;
  changed.decided_by = " ";
  CHECK(refused(changed) == ErrorCode::missing_field);
  changed = ruling;
  changed.number.clear();
  CHECK(refused(changed) == ErrorCode::missing_field);
  changed = ruling;
  changed.day = "2027-01-01";
  CHECK(refused(changed) == ErrorCode::out_of_range);
  changed = ruling;
  changed.day = "2026-11-22";  // before the vote ended
  CHECK(refused(changed) == ErrorCode::out_of_range);
  changed = ruling;
  changed.results.pop_back();
  CHECK(refused(changed) == ErrorCode::missing_field);
  changed = ruling;
  changed.results.push_back({"khen_thuong_cchc", "nobody", true, "x", "", 0});
  CHECK(refused(changed) == ErrorCode::not_found);
  changed = ruling;
  Sitting::set(changed, "an", false, "");
  CHECK(refused(changed) == ErrorCode::grounds_missing);
  changed = ruling;
  Sitting::set(changed, "chi", true, " ");
  CHECK(refused(changed) == ErrorCode::grounds_missing);
  CHECK_FALSE(sitting.opened().jury.ruling);

  // Through the form, with the words at the candidate.
  FormData form({{"decided_by", ruling.decided_by}, {"number", ruling.number}, {"day", ruling.day}});
  for (const auto& result : ruling.results) form.add("result-" + sitting.index_of(result.subject), result.subject == "an" ? "no" : result.awarded ? "yes" : "no");
  const auto page = office.post(sitting.who(Role::officer), sitting.at("/ruling"), form);
  CHECK(page.status == 422);
  CHECK(page.has("href=\"#grounds-" + sitting.index_of("an") + "\""));
  CHECK(page.has("Nguyễn Văn Chủ, Chủ tịch UBND xã"));
  CHECK(office.post(sitting.who(Role::jury), sitting.at("/ruling"), form).status == 403);

  REQUIRE(office.jury.decide(sitting.id, ruling, "ban.officer"));
  CHECK(refused(ruling) == ErrorCode::jury_wrong_state);
  const auto shown = office.get(sitting.who(Role::jury), sitting.at());
  CHECK(shown.has("12/QĐ-UBND"));
  // Decided: nothing more is taken.
  const std::string notice = sitting.opened().jury.notices.front().id;
  CHECK(code_of(office.jury.reply(sitting.id, notice, "Muộn rồi", "", "")) == ErrorCode::jury_wrong_state);

  // A second case about the same achievement of the same year: the register knows, whatever the jury thinks.
  const std::string first = sitting.id;
  sitting.id = sitting.keep("thanh_an_2023_32", "25327", "2023", "2024-01-16");
  REQUIRE(sitting.id != first);
  REQUIRE(office.jury.begin(sitting.id, {5, 51, "members", {"ban.jury", "ban.hai"}, ""}, "ban.officer"));
  sitting.close_after_votes();
  JuryRuling twice = sitting.ruling();
  Sitting::set(twice, "an", true, "Vẫn khen");
  const auto result = office.jury.decide(sitting.id, twice, "ban.officer");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::rewarded_twice);
}

TEST_CASE("nobody is rewarded beyond the seats, however the jury voted") {
  Sitting sitting("register_van_giao", "van_giao_2024_99", "30523", "2024", "2025-01-31");
  sitting.begin();
  auto& office = sitting.office;
  sitting.close_after_votes();
  JuryRuling ruling = sitting.ruling();
  const auto opened = sitting.opened();
  std::size_t persons = 0;
  for (auto& result : ruling.results) {
    if (opened.candidate(result.award, result.subject)->kind != awards::SubjectKind::person) continue;
    result.awarded = true;
    result.grounds = "Hội đồng đề nghị";
    ++persons;
  }
  int seats = 0;
  for (const auto& selection : opened.decision().selections) {
    if (selection.kind == awards::SubjectKind::person && selection.seats) seats = *selection.seats;
  }
  REQUIRE(seats == 3);
  REQUIRE(persons > 3);
  const auto result = office.jury.decide(sitting.id, ruling, "ban.officer");
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::quota_exceeded);
  CHECK_FALSE(sitting.opened().jury.ruling);
}

TEST_CASE("a later fact changes no case, and a removed one stops the jury") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  const std::string before = awards::to_json(sitting.opened().decision());
  const auto added = office.facts.add("fact", {{"subject", "an"}, {"fact", "award_received"}, {"period", "2022"}, {"achievement", "reform_result"}, {"source", "official"},
                                               {"publisher", "UBND huyện"}, {"number", "9/QĐ"}, {"date", "2024-01-10"}, {"vouched_by", "x"}}, "ban.officer");
  REQUIRE(added);
  REQUIRE(added->faults.empty());
  CHECK(awards::to_json(sitting.opened().decision()) == before);
  CHECK(sitting.opened().rebuilt->same);
  CHECK(office.get(office.officer(), "/staff/awards/kept/" + sitting.id + "/now").has("Nguyễn Văn An"));

  const auto about = office.personal.entries_about("dung").value();
  REQUIRE(office.facts.remove(about, "test", "ban.officer"));
  CHECK_FALSE(sitting.opened().rebuilt->same);
  CHECK(office.jury.may_sit(sitting.opened()).error().code == ErrorCode::jury_wrong_state);
  CHECK(office.get(office.officer(), sitting.at()).has("không ra đúng kết quả cũ"));
}

TEST_CASE("a reply that the law asks to remove is gone from every page") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  sitting.tell("chi");
  const std::string notice = sitting.opened().jury.notices.front().id;
  REQUIRE(office.jury.reply(sitting.id, notice, "Chuyện riêng của tôi", "", ""));
  const auto entry = sitting.opened().jury.replies.front().entry;
  CHECK(office.get(office.officer(), sitting.at("/notices/" + notice)).has("Chuyện riêng của tôi"));
  REQUIRE(office.facts.remove({entry}, "test", "ban.officer"));
  const auto page = office.get(office.officer(), sitting.at("/notices/" + notice));
  CHECK_FALSE(page.has("Chuyện riêng của tôi"));
  CHECK(page.has("Nội dung này đã được xóa"));
}

TEST_CASE("duties after lost points name the responsible, who is told as well") {
  Sitting sitting("register_ngan_son", "ngan_son_2023_notice", "062", "2023", "2023-07-01");
  sitting.begin();
  const auto opened = sitting.opened();
  const auto heard = opened.hearings("2026-11-22");
  REQUIRE_FALSE(heard.empty());
  for (const auto& one : heard) {
    CHECK_FALSE(one.words.empty());
    for (const auto& word : one.words) CHECK(word.duty != nullptr);
  }
  CHECK(sitting.office.get(sitting.office.officer(), sitting.at()).has("Hoàng Kiên (mẫu)"));
}

TEST_CASE("the officer sees what is missing by whoever can supply it") {
  Sitting sitting;
  auto& office = sitting.office;
  const auto page = office.get(office.officer(), "/staff/awards/missing?unit=25327&year=2023&rules=thuan_bac_2023_07");
  REQUIRE(page.status == 200);
  CHECK(page.has(">tập thể nơi công tác</h2>"));
  CHECK(page.has("29/11/2023"));
  CHECK(page.has("Phạm Văn Dũng (mẫu)"));
  CHECK(page.has("/staff/facts/kind/ethics_kept?"));
  // By default only directives under which the unit was evaluated.
  CHECK_FALSE(office.get(office.officer(), "/staff/awards/missing?unit=25327&year=2023").has("ethics_kept"));
  CHECK(office.get(office.colleague(Role::analyst), "/staff/awards/missing").status == 403);
}

TEST_CASE("a remedy plan lists measures for lost points, with progress that is only added to") {
  Sitting sitting("register_ngan_son", "ngan_son_2023_notice", "062", "2023", "2023-07-01");
  sitting.begin();
  auto& office = sitting.office;
  const auto at = sitting.at("/remedy");
  const auto empty = office.get(office.officer(), at);
  REQUIRE(empty.status == 200);
  CHECK(empty.has("2.3"));          // lost points without a measure
  CHECK(empty.has("Hoàng Kiên (mẫu)"));
  const Fields sound{{"criterion", "2.3"}, {"measure", "Làm <lại> & kiểm tra"}, {"responsible", "ns_kien"}, {"due", "2026-11-25"}};
  for (const char* field : {"measure", "responsible", "due"}) {
    Fields one = sound;
    for (auto& [name, value] : one) {
      if (name == field) value = " ";
    }
    const auto page = office.post(office.officer(), at, FormData(one));
    CHECK(page.status == 422);
    CHECK(page.has(std::string("href=\"#") + field + "\""));
  }
  CHECK(office.post(office.colleague(Role::jury), at, FormData(sound)).status == 403);
  REQUIRE(office.post(office.officer(), at, FormData(sound)).status == 303);
  const auto shown = office.get(office.officer(), at);
  CHECK(shown.has("Làm &lt;lại&gt; &amp; kiểm tra"));
  // Due this week: the overview says so, until it is done.
  CHECK(office.get(office.officer(), "/staff").has("Giải pháp khắc phục"));
  const auto start = shown.body.find(at + "/") + at.size() + 1;
  const std::string measure = shown.body.substr(start, 20);
  CHECK(office.post(office.officer(), at + "/" + measure, FormData({{"percent", "101"}, {"note", "x"}})).status == 422);
  CHECK(office.post(office.officer(), at + "/" + measure, FormData({{"percent", "50"}, {"note", " "}})).status == 422);
  CHECK(office.post(office.officer(), at + "/" + std::string(20, 'f'), FormData({{"percent", "50"}, {"note", "x"}})).status == 404);
  REQUIRE(office.post(office.officer(), at + "/" + measure, FormData({{"percent", "50"}, {"note", "nửa việc"}})).status == 303);
  REQUIRE(office.post(office.officer(), at + "/" + measure, FormData({{"percent", "100"}, {"note", "xong"}})).status == 303);
  const auto done = office.get(office.officer(), at);
  CHECK(done.has("50 %, nửa việc"));
  CHECK(done.has("100 %, xong"));
  CHECK_FALSE(office.get(office.officer(), "/staff").has("Giải pháp khắc phục"));
  CHECK(office.get(office.officer(), sitting.at("/papers/remedy")).has("Làm &lt;lại&gt; &amp; kiểm tra"));
}

TEST_CASE("a case of duties only is finished when everybody was heard and every measure is done or closed with a reason") {
  Sitting sitting("register_ngan_son", "ngan_son_2023_notice", "062", "2023", "2023-07-01");
  sitting.begin();
  auto& office = sitting.office;
  const std::string finished = "Đã xong</span>";
  const auto is_finished = [&] {
    const bool on_page = office.get(sitting.who(Role::officer), sitting.at()).has(finished);
    CHECK(office.get(sitting.who(Role::officer), "/staff/jury").has(finished) == on_page);
    return on_page;
  };
  CHECK_FALSE(is_finished());
  RemedyPlan plan(office.base.store, office.base.clock);
  const auto opened = sitting.opened();
  const auto lost = lost_criteria(opened.rebuilt->facts, opened.decision());
  REQUIRE_FALSE(lost.empty());
  for (const auto& one : lost) REQUIRE(plan.add(sitting.id, {"", one.criterion, "Làm lại", "ns_kien", "2026-11-25", "", {}, {}, {}, {}}, "an"));
  REQUIRE(plan.add(sitting.id, {"", lost.front().criterion, "Việc thứ hai", "ns_kien", "2026-11-26", "", {}, {}, {}, {}}, "an"));
  const auto measures = *plan.measures(sitting.id);
  for (std::size_t i = 0; i + 1 < measures.size(); ++i) REQUIRE(plan.report(sitting.id, measures[i].id, 100, "xong", "an"));
  const auto last = measures.back();
  const std::string act = sitting.at("/remedy/" + last.id);

  sitting.tell_others("");
  CHECK_FALSE(is_finished());  // the time to reply runs, and one measure is open
  sitting.pass(12);
  CHECK_FALSE(is_finished());
  const auto close = [&](const std::string& reason) { return office.post(sitting.who(Role::officer), act, form_of(Fields{{"do", "close"}, {"reason", reason}})); };
  CHECK(close(" ").status == 422);
  CHECK_FALSE(is_finished());
  CHECK(office.post(sitting.who(Role::jury), act, form_of(Fields{{"do", "close"}, {"reason", "x"}})).status == 403);
  REQUIRE(close("Việc này <đã> nhập vào việc thứ nhất").status == 303);
  CHECK(is_finished());
  const auto shown = office.get(sitting.who(Role::officer), sitting.at("/remedy"));
  CHECK(shown.has("nhập vào việc thứ nhất"));
  CHECK_FALSE(shown.has("<đã>"));
  CHECK(office.get(sitting.who(Role::officer), sitting.at("/papers/remedy")).has("nhập vào việc thứ nhất"));
  CHECK(close("lần nữa").status == 409);
  CHECK(code_of(plan.report(sitting.id, last.id, 50, "tiếp", "an")) == ErrorCode::jury_wrong_state);
  // Nobody is owed a reminder of it.
  CHECK_FALSE(office.get(sitting.who(Role::officer), "/staff").has("Việc thứ hai"));
  // More work opens the case again.
  REQUIRE(plan.add(sitting.id, {"", "9.9", "Việc mới", "ns_kien", "2027-01-25", "", {}, {}, {}, {}}, "an"));
  CHECK_FALSE(is_finished());
}

TEST_CASE("somebody who answered is waited for no longer; a lost criterion without a measure keeps the case open") {
  Sitting sitting("register_ngan_son", "ngan_son_2023_notice", "062", "2023", "2023-07-01");
  sitting.begin();
  auto& office = sitting.office;
  const auto today = [&] { return vietnam_date(office.base.clock.now()); };
  RemedyPlan plan(office.base.store, office.base.clock);
  const auto progress = [&] { return duty_progress(sitting.opened(), *plan.measures(sitting.id), today()); };
  CHECK(gives_duties_only(sitting.opened().rules()));
  const std::size_t people = progress().untold;
  const std::size_t lost = progress().unplanned;
  REQUIRE(people > 0);
  REQUIRE(lost > 0);
  sitting.tell_others("");
  CHECK((progress().untold == 0 && progress().running == people));
  const auto notices = sitting.opened().jury.notices;
  for (const auto& notice : notices) REQUIRE(office.jury.reply(sitting.id, notice.id, "Tôi đồng ý", today(), "an"));
  CHECK(progress().running == 0);
  CHECK_FALSE(progress().is_finished());
  CHECK(progress().unplanned == lost);
}

TEST_CASE("the overview reminds of replies, tasks and reports of this week, and of nothing long gone") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  CHECK_FALSE(office.get(office.officer(), "/staff").has("Đến hạn trong tuần"));
  sitting.tell("chi");
  const auto add = [&](const std::string& kind, const std::string& due) {
    const auto added = office.facts.add("fact", {{"subject", "van_phong"}, {"fact", kind}, {"period", "2026"}, {"due", due}, {"source", "declared"}, {"date", "2026-11-01"}, {"vouched_by", "x"}}, "ban.officer");
    REQUIRE(added);
    INFO((added->faults.empty() ? "" : added->faults.front().message));
    REQUIRE(added->faults.empty());
  };
  add("plan_task", "2026-11-20");
  add("reform_task", "2026-12-24");
  add("plan_task", "2025-01-20");
  const auto page = office.get(office.officer(), "/staff");
  CHECK(page.has("Hết thời hạn trả lời thông báo"));
  CHECK(page.has("20/11/2026"));
  CHECK(page.has("quá hạn"));
  CHECK_FALSE(page.has("24/12/2026"));
  CHECK_FALSE(page.has("20/01/2025"));
  // No name of a person stands on the first page.
  CHECK_FALSE(page.has("Lê Thị Chi"));
  CHECK_FALSE(office.get(office.colleague(Role::analyst), "/staff").has("Đến hạn trong tuần"));
}

TEST_CASE("every paper exists as a page and as DOCX, the same bytes twice, with what was typed escaped") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  for (const char* paper : {"proposal", "minutes", "lost_points", "remedy", "monthly_reports"}) {
    INFO(paper);
    const std::string at = sitting.at(std::string("/papers/") + paper);
    const auto page = office.get(office.colleague(Role::jury), at + "?signer_name=%3Cb%3EAn%3C%2Fb%3E&number=9%2FBC");
    REQUIRE(page.status == 200);
    CHECK(page.has("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"));
    CHECK(page.has("&lt;b&gt;An&lt;/b&gt;"));
    CHECK(page.has("Số: 9/BC"));
    const auto file = office.get(office.colleague(Role::jury), at + "/docx");
    REQUIRE(file.status == 200);
    CHECK(file.body.starts_with("PK"));
    CHECK(file.header("content-disposition").find(".docx") != std::string::npos);
    CHECK(office.get(office.colleague(Role::jury), at + "/docx").body == file.body);
    CHECK(office.get(office.colleague(Role::clerk), at).status == 403);
  }
  CHECK(office.get(office.officer(), sitting.at("/papers/letter")).status == 404);
  const auto lost = office.get(office.officer(), sitting.at("/papers/lost_points"));
  CHECK(lost.has("0/4"));
  CHECK(lost.has("Lê Thị Chi (mẫu)"));
  CHECK(lost.has("Phân công (mẫu)"));
}

TEST_CASE("a case goes on after the program was upgraded, for the version is no reason") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  const auto before = sitting.opened();
  awards::Decision older = before.decision();
  older.program = "khaosat 0.0.9";
  const auto record = KeepRecords(office.base.store, office.base.catalog, office.base.clock).decision(older, "ban.officer");
  REQUIRE(record);
  REQUIRE(keep_origin(office.base.store, office.base.clock, record->id, before.rebuilt->origin, "ban.officer"));
  REQUIRE(office.jury.begin(record->id, {5, 51, "members", {"ban.jury"}, ""}, "ban.officer"));
  const auto opened = office.jury.open_case(record->id);
  REQUIRE(opened);
  CHECK(opened->rebuilt->same);
}

TEST_CASE("what is too long is refused, and never stops the case from being read") {
  Sitting sitting;
  auto& office = sitting.office;
  const std::string endless(20'000, 'x');
  FormData terms = sitting.terms();
  terms.add("source", endless);
  CHECK(office.post(office.officer(), sitting.at("/begin"), terms).status == 422);
  sitting.begin();
  CHECK(office.post(office.officer(), sitting.at("/notices"), FormData({{"person", "chi"}, {"number", endless}})).status == 422);
  CHECK(office.post(office.officer(), sitting.at("/remedy"), FormData({{"criterion", endless}, {"measure", "x"}, {"responsible", "chi"}, {"due", "2026-12-01"}})).status == 422);
  CHECK(office.post(office.officer(), sitting.at("/remedy"), FormData({{"criterion", "1"}, {"measure", endless}, {"responsible", "chi"}, {"due", "2026-12-01"}})).status == 422);
  CHECK(office.post(office.officer(), sitting.at("/remedy"), FormData({{"criterion", "1"}, {"measure", "x"}, {"responsible", endless}, {"due", "2026-12-01"}})).status == 422);
  CHECK(office.post(office.officer(), sitting.at("/remedy"), FormData({{"criterion", "1"}, {"measure", "x"}, {"responsible", "nobody"}, {"due", "2026-12-01"}})).status == 422);
  CHECK(office.post(office.colleague(Role::jury), sitting.at("/conflicts"), FormData({{"subject", "an"}, {"reason", endless}})).status == 422);
  CHECK(office.get(office.officer(), sitting.at()).status == 200);
  CHECK(office.get(office.officer(), sitting.at("/remedy")).status == 200);
}
