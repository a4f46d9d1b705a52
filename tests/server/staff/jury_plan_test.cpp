// What a case leads to: duties and measures after lost points, reminders, papers.
#include "tests/server/staff/jury_sitting.h"

#include "server/services/jury/duty_case.h"
#include "server/services/jury/lost_points.h"

using namespace khaosat;

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

TEST_CASE("what stands above and below the papers is asked once, and every paper has it") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  sitting.tell("chi");
  const std::string notice = sitting.notice_to("chi");
  const Fields head{{"above", "Tỉnh <thử>"}, {"authority", "Ủy ban nhân dân\nxã Thanh An"}, {"symbol", "UBND"}, {"place", "Thanh An"}, {"signer_authority", "TM. Ủy ban nhân dân"},
                    {"signer", "Chủ tịch"}, {"signer_name", "Hoàng Thị Ký"}, {"recipients", "Đảng ủy xã;\n\nSở Nội vụ;"}};
  CHECK(office.get(office.officer(), sitting.at("/papers/remedy")).has("……/KH-UBND"));
  CHECK(office.post(office.colleague(Role::jury), "/staff/letterhead", form_of(head)).status == 403);
  for (const char* field : {"authority", "symbol", "place", "signer"}) {
    Fields lacking = head;
    for (auto& one : lacking) one.second = one.first == field ? " " : one.second;
    const auto page = office.post(office.officer(), "/staff/letterhead", form_of(lacking));
    CHECK(page.status == 422);
    CHECK(page.has(std::string("href=\"#") + field + "\""));
  }
  Fields long_name = head;
  long_name[0].second = std::string(201, 'a');
  CHECK(office.post(office.officer(), "/staff/letterhead", form_of(long_name)).status == 422);
  REQUIRE(office.post(office.officer(), "/staff/letterhead", form_of(head)).status == 303);
  REQUIRE(office.post(office.officer(), "/staff/letterhead", form_of(head)).status == 303);
  CHECK(office.base.store.registry().records("letterhead", "")->size() == 1);  // nothing new, nothing kept
  CHECK(office.get(office.officer(), "/staff/letterhead").has("Hoàng Thị Ký"));
  for (const std::string& at : {sitting.at("/papers/proposal"), sitting.at("/papers/remedy"), sitting.at("/notices/" + notice + "/paper")}) {
    INFO(at);
    const auto page = office.get(office.officer(), at);
    for (const char* words : {"Tỉnh &lt;thử&gt;", "xã Thanh An", "Thanh An, ngày 22 tháng 11 năm 2026", "TM. Ủy ban nhân dân", "Hoàng Thị Ký", "Sở Nội vụ;", "Lưu: VT."}) {
      INFO(words);
      CHECK(page.has(words));
    }
  }
  Fields later = head;
  later[6].second = "Người Ký Sau";
  office.base.clock.advance(60);
  REQUIRE(office.post(office.officer(), "/staff/letterhead", form_of(later)).status == 303);
  CHECK(office.get(office.officer(), sitting.at("/papers/remedy")).has("Người Ký Sau"));
  CHECK(office.get(office.officer(), sitting.at("/papers/remedy?number=15")).has("Số: 15/KH-UBND"));
  CHECK(journal_count(office, "letterhead") == 2);
}

TEST_CASE("the notice is a paper: to whom, what and from which papers, until when; with its code only once") {
  Sitting sitting;
  sitting.begin();
  auto& office = sitting.office;
  const auto given = office.post(office.officer(), sitting.at("/notices"), FormData({{"person", "chi"}, {"number", "07"}}));
  REQUIRE(given.status == 200);
  const std::string notice = sitting.notice_to("chi");
  const auto again = office.get(office.officer(), sitting.at("/notices/" + notice + "/paper"));
  for (const auto* page : {&given, &again}) {
    for (const char* words : {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 07/TB-UBND", "Kính gửi: Ông/bà Lê Thị Chi (mẫu)", "0/4", "Biên bản thẩm định (mẫu)", "5 ngày làm việc", "Như trên;"}) {
      INFO(words);
      CHECK(page->has(words));
    }
  }
  CHECK(given.has("reading-code"));
  CHECK_FALSE(again.has("reading-code"));
  CHECK(again.has("Mã đọc: giao riêng."));
  CHECK(office.get(office.officer(), sitting.at("/notices/" + notice + "/paper/docx")).body.starts_with("PK"));
  CHECK(office.get(office.officer(), sitting.at("/notices/ffffffffffffffffffff/paper")).status == 404);
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
