// What follows an evaluation: notices, replies, votes, the decision; who may see what; every refusal.
#include "tests/server/staff/jury_sitting.h"

#include "server/services/keep_records.h"

using namespace khaosat;

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
  const auto kept = office.get(office.officer(), "/staff/awards/kept/" + sitting.id);
  CHECK(kept.has("chỉ còn bản chữ đã lưu"));
  CHECK_FALSE(kept.has("<div class=\"candidate\">"));
  CHECK(kept.has("<pre class=\"explanation\""));
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
