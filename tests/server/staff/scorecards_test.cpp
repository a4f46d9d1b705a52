// Scorecards through their pages: opening, every act by whoever may and by whoever may not.
#include <set>

#include "tests/server/staff/year_office.h"

using namespace khaosat;
using namespace khaosat::test;

TEST_CASE("a year's form begins with what is known, and a refusal keeps what was typed") {
  YearOffice year;
  StaffOffice& office = year.office;
  CHECK(office.get(year.as("quan"), "/staff/scorecards/new").has("par_commune_scorecard_example/1"));
  CHECK(office.get(year.as("quan"), "/staff/scorecards/new?set=khong&unit=khong&year=x").status == 422);
  REQUIRE(office.facts.add("subject", {{"subject", "vp"}, {"kind", "collective"}, {"title", "Văn phòng xã"}, {"parent", year.unit}}, "quan")->faults.empty());
  const auto form = office.get(year.as("quan"), "/staff/scorecards/new?" + to_urlencoded(FormData({{"set", kSet}, {"unit", year.unit}, {"year", "2026"}})));
  REQUIRE(form.status == 200);
  CHECK(form.has("vp,Văn phòng xã,no"));
  CHECK(form.has("steering,,,member,2026-01-01"));

  struct Case {
    const char* field;
    std::string from;
    std::string to;
    const char* sentence;
  };
  const Fields plan = year.plan();
  std::string assignments;
  for (const auto& [name, value] : plan) assignments += name == "assignments" ? value : "";
  const auto one = GENERATE_COPY(
      Case{"assignments", "steering,vp,an,head,2026-01-01,2027-12-31,3/QĐ-UBND\n", "", "Tiêu chí 1.1.1 không giao cho ai vào ngày 01/01/2026."},
      Case{"assignments", "steering,vp,an,head,2026-01-01", "steering,vp,an,head,2026-03-01", "Tiêu chí 1.1.1 không giao cho ai vào ngày 01/01/2026."},
      Case{"assignments", "steering,vp,an,head", "steering,tt,dung,head,2026-06-01,2026-07-01,\nsteering,vp,an,head", "một dòng phía trên đã ghi người đứng đầu khác"},
      Case{"assignments", "steering,vp,an,head", "steering,vp,,head", "Đứng đầu thì phải là một người"},
      Case{"assignments", "steering,vp,an,head", "steering,vp,an,sếp", "Xin ghi head (đứng đầu) hoặc member (tham gia)."},
      Case{"assignments", "steering,vp", "lai,vp", "Bộ tiêu chí không có mã này."},
      Case{"assignments", "steering,vp", "steering,xx", "Không có bộ phận nào mang mã này"},
      Case{"bodies", "tt,Tổ thẩm định,yes", "tt,Tổ thẩm định,no", "chỉ có thể do chính bộ phận của mình thẩm định"},
      Case{"bodies", "hd,Hội", "vp,Hội", "đã dùng ở dòng khác"}, Case{"persons", "2026-01-01", "2026-02-30", "Xin ghi ngày có trên lịch"},
      Case{"self_score_until", "2026-11-24", "2026-11-01", "Ngày cuối sớm hơn ngày đầu"}, Case{"year", "2026", "26", "Năm phải từ 1990 đến 2200."});
  std::string before;
  for (const auto& [name, value] : plan) before += name == one.field ? value : "";
  const std::string typed = replaced(before, one.from, one.to);
  INFO(one.sentence);
  const auto refused = office.post(year.as("quan"), "/staff/scorecards", FormData(with(plan, one.field, typed)));
  CHECK(refused.status == 422);
  CHECK(refused.has(one.sentence));
  CHECK(refused.has("Lê Thị Chi"));
  CHECK(office.scorecards.years()->empty());
}

TEST_CASE("a year is opened once; who may open, look and change") {
  YearOffice year;
  CHECK(year.office.post(year.as("chi"), "/staff/scorecards", FormData(year.plan())).status == 403);
  year.open();
  CHECK(year.office.post(year.as("quan"), "/staff/scorecards", FormData(year.plan())).status == 409);
  for (const auto& [who, status] : std::vector<std::pair<std::string, int>>{{"quan", 200}, {"an", 200}, {"chi", 200}, {"dung", 200}, {"la", 403}}) {
    INFO(who);
    CHECK(year.page(who, "").status == status);
    CHECK(year.page(who, "/items/plan_issued").status == status);
    CHECK(year.office.get(year.as(who), "/staff/scorecards").has(year.href) == (status == 200));
    CHECK(year.page(who, "/plan").status == (who == "quan" ? 200 : 403));
    CHECK(year.page(who, "/close").status == (who == "quan" ? 200 : 403));
  }
  const auto tree = year.page("an", "");
  for (const char* words : {"1.1.1", "Văn phòng: Nguyễn Văn An (đứng đầu)", "24/11/2026", "Tự chấm", "chưa chấm"}) CHECK(tree.has(words));
  CHECK(year.page("an", "/items/steering").status == 404);
  CHECK(year.page("an", "/items/khong").status == 404);

  Fields changed = with(year.plan(), "self_score_until", "2026-11-27");
  const auto no_reason = year.office.post(year.as("quan"), year.href + "/plan", FormData(changed));
  CHECK(no_reason.status == 422);
  CHECK(no_reason.has("2026-11-27"));
  changed.emplace_back("reason", "UBND huyện gia hạn");
  CHECK(year.office.post(year.as("quan"), year.href + "/plan", FormData(changed)).status == 303);
  CHECK(year.page("an", "").has("UBND huyện gia hạn"));
  CHECK(year.page("an", "").has("27/11/2026"));
}

TEST_CASE("an item goes from self score over appraisal and explanation to its second appraisal, and keeps it all") {
  YearOffice year;
  year.open();
  CHECK(year.office.get(year.as("an"), "/staff/scorecards").has("/items/plan_issued"));
  const auto page = year.page("an", "/items/plan_issued");
  CHECK(page.has("id=\"act-score_self\""));
  CHECK_FALSE(page.has("id=\"act-appraise_first\""));
  CHECK_FALSE(year.page("chi", "/items/plan_issued").has("id=\"act-"));

  const auto above = year.act("an", "plan_issued", "score_self", {{"points", "2,5"}, {"evidence", "KH 12/KH-UBND"}, {"note", "làm đủ"}});
  CHECK(above.status == 422);
  CHECK(above.has("Điểm cao hơn mức tối đa là 2."));
  CHECK(above.has("value=\"2,5\""));
  CHECK(above.has("làm đủ"));
  CHECK(above.has("href=\"#score_self_points\""));
  struct Bad {
    Fields fields;
    const char* link;
  };
  for (const auto& bad : {Bad{{{"points", "hai"}}, "#score_self_points"}, Bad{{}, "#score_self_points"}, Bad{{{"points", "-1"}, {"evidence", "x"}}, "#score_self_points"},
                          Bad{{{"points", "2"}}, "#score_self_evidence"}}) {
    const auto refused = year.act("an", "plan_issued", "score_self", bad.fields);
    CHECK(refused.status == 422);
    CHECK(refused.has(bad.link));
  }
  CHECK(year.acts() == 0);
  REQUIRE(year.act("an", "plan_issued", "score_self", {{"points", "2"}, {"evidence", "KH 12/KH-UBND"}}).status == 303);
  CHECK(year.act("an", "plan_issued", "score_self", {{"points", "1,5"}}).has("#score_self_note"));
  REQUIRE(year.act("an", "plan_issued", "score_self", {{"points", "1,5"}, {"note", "thiếu phụ lục"}}).status == 303);

  CHECK(year.office.get(year.as("dung"), "/staff/scorecards").has("/items/plan_issued"));
  CHECK(year.act("dung", "plan_issued", "appraise_first", {{"points", "1"}}).has("#appraise_first_note"));
  REQUIRE(year.act("dung", "plan_issued", "appraise_first", {{"points", "1"}, {"note", "ban hành chậm"}}).status == 303);
  REQUIRE(year.act("dung", "plan_issued", "demand_explanation", {{"note", "vì sao chậm"}}).status == 303);
  CHECK(year.page("an", "/items/plan_issued").has("vì sao chậm"));
  REQUIRE(year.act("an", "plan_issued", "explain", {{"note", "chờ hướng dẫn của tỉnh"}, {"evidence", "CV 7/SNV"}}).status == 303);
  REQUIRE(year.act("dung", "plan_issued", "appraise_second", {{"points", "1,5"}, {"note", "chấp nhận"}}).status == 303);
  const auto done = year.page("an", "/items/plan_issued");
  for (const char* words : {"thiếu phụ lục", "ban hành chậm", "chờ hướng dẫn của tỉnh", "chấp nhận", "KH 12/KH-UBND", "CV 7/SNV", "Phạm Văn Dũng (Tổ thẩm định)",
                            "Nguyễn Văn An (Văn phòng)", "22/11/2026 09:00", "đã thẩm định lại"}) {
    INFO(words);
    CHECK(done.has(words));
  }
  CHECK(year.page("la", "/items/plan_issued").status == 403);
}

TEST_CASE("nobody appraises what is their own, and counts give their points themselves") {
  YearOffice year;
  year.open();
  REQUIRE(year.act("chi", "targets_met", "score_self", {{"points", "1"}, {"evidence", "BC 1"}}).status == 303);
  const auto refused = year.act("chi", "targets_met", "appraise_first", {{"points", "2"}, {"note", "tôi chấm tôi"}});
  CHECK(refused.status == 403);
  CHECK(refused.has("Không ai được thẩm định điểm của chính mình"));
  // The form is gone; the words are not.
  CHECK(refused.has("tôi chấm tôi"));
  // What is typed as points beside two counts counts for nothing.
  REQUIRE(year.act("an", "plan_done", "score_self", {{"numerator", "9"}, {"denominator", "10"}, {"points", "3"}, {"evidence", "BC 2"}}).status == 303);
  CHECK(year.page("an", "/items/plan_done").has("2 (9/10)"));
  CHECK(year.act("dung", "plan_done", "appraise_first", {{"numerator", "11"}, {"denominator", "10"}, {"note", "x"}}).has("#appraise_first_denominator"));
  CHECK(year.act("dung", "plan_done", "appraise_first", {{"numerator", "9"}, {"denominator", "10"}}).status == 303);
  CHECK(year.act("quan", "satisfaction", "take_survey", {{"run", "0123456789abcdef0123"}, {"note", "x"}}).status == 422);
  CHECK(year.act("quan", "satisfaction", "score_self", {{"points", "20"}, {"evidence", "x"}}).status == 422);
  CHECK(year.page("quan", "/items/satisfaction").has("Chưa có kết quả khảo sát nào đã lưu"));
  CHECK(year.acts() == 3);
}

TEST_CASE("every act is refused to whoever may not, in every state, and leaves nothing behind") {
  YearOffice year;
  year.open();
  const std::vector<std::string> everybody = {"an", "chi", "dung", "quan", "la"};
  const std::vector<std::string> all = {"score_self", "add_evidence", "appraise_first", "demand_explanation", "explain", "appraise_second", "take_survey"};
  // From one state to the next, and who may do what there. "discipline" is vp's; hd and tt appraise.
  struct Step {
    std::map<std::string, std::set<std::string>> allowed;
    const char* next;
    const char* by;
  };
  const std::set<std::string> appraisers = {"chi", "dung"};
  const std::vector<Step> steps = {
      {{{"score_self", {"an"}}}, "score_self", "an"},
      {{{"score_self", {"an"}}, {"add_evidence", {"an"}}, {"appraise_first", appraisers}}, "appraise_first", "chi"},
      {{{"appraise_first", appraisers}, {"demand_explanation", appraisers}, {"add_evidence", {"an"}}}, "demand_explanation", "dung"},
      {{{"explain", {"an"}}, {"add_evidence", {"an"}}}, "explain", "an"},
      {{{"explain", {"an"}}, {"add_evidence", {"an"}}, {"appraise_second", appraisers}}, "appraise_second", "dung"},
      {{{"appraise_second", appraisers}}, nullptr, nullptr}};
  for (const auto& step : steps) {
    const std::size_t before = year.acts();
    for (const auto& act : all) {
      for (const auto& who : everybody) {
        const auto found = step.allowed.find(act);
        const bool may = found != step.allowed.end() && found->second.contains(who);
        INFO(act << " by " << who << " before " << (step.next ? step.next : "the end"));
        CHECK(year.page(who, "/items/discipline").has("id=\"act-" + act + "\"") == may);
        if (may) continue;
        const auto refused = year.act(who, "discipline", act, {{"points", "1"}, {"note", "thử"}, {"evidence", "x"}, {"run", "0123456789abcdef0123"}});
        CHECK((refused.status == 403 || refused.status == 409 || refused.status == 422));
      }
    }
    CHECK(year.acts() == before);
    if (step.next) REQUIRE(year.act(step.by, "discipline", step.next, {{"points", "3"}, {"note", "vì hồ sơ"}, {"evidence", "BC 2"}}).status == 303);
  }
  for (const char* act : {"close", "change_plan", "khong_co", ""}) CHECK(year.act("quan", "discipline", act, {{"note", "x"}}).status == 400);
}

TEST_CASE("every act has its time") {
  YearOffice year;
  year.open();
  struct Case {
    int days;  // from 22 November
    const char* who;
    const char* act;
    ErrorCode code;
  };
  // Nobody appraises what could still be scored; after the window nothing is scored.
  for (const auto& one : {Case{0, "dung", "appraise_first", ErrorCode::scorecard_too_early}, Case{3, "an", "score_self", ErrorCode::scorecard_too_late},
                          Case{7, "dung", "appraise_first", ErrorCode::scorecard_too_late}}) {
    YearOffice other;
    other.open();
    other.office.base.clock.advance(one.days * kDay);
    const auto refused = other.act(one.who, "discipline", one.act, {{"points", "1"}, {"evidence", "x"}, {"note", "y"}});
    INFO(one.act << " after " << one.days);
    CHECK(refused.status == 403);
    CHECK(refused.has(other.office.base.locales.sentence("vi", {one.code, "", "", {}})));
    CHECK(other.acts() == 0);
  }
  CHECK(year.page("quan", "/close").has("29/11/2026"));
  const auto early = year.office.post(year.as("quan"), year.href + "/close", FormData(Fields{{"decision", "7/QĐ-UBND"}, {"sure", "yes"}}));
  CHECK(early.status == 403);
  CHECK(early.has("value=\"7/QĐ-UBND\""));
}

TEST_CASE("evidence is kept by digest, refused when it is no document, and only ever downloaded") {
  YearOffice year;
  year.open();
  const auto upload = [&](const std::string& name, const std::string& bytes, const std::string& points) {
    std::string body;
    for (const auto& [field, value] : Fields{{"csrf", year.as("an").csrf}, {"act", "score_self"}, {"score_self_points", points}, {"score_self_evidence", ""}}) {
      body += "--xx\r\nContent-Disposition: form-data; name=\"" + field + "\"\r\n\r\n" + value + "\r\n";
    }
    body += "--xx\r\nContent-Disposition: form-data; name=\"score_self_file\"; filename=\"" + name + "\"\r\nContent-Type: text/html\r\n\r\n" + bytes + "\r\n--xx--\r\n";
    return year.office.post_multipart(year.as("an"), year.href + "/items/plan_issued", body, "xx");
  };
  const auto html = upload("trang.pdf", "<html><script>alert(1)</script></html>", "2");
  CHECK(html.status == 422);
  CHECK(html.has("href=\"#score_self_file\""));
  // A refused act keeps no file, and says that it has to be chosen again.
  const std::string pdf = "%PDF-1.4\n<script>alert(1)</script>";
  CHECK(upload("kế hoạch.pdf", pdf, "9").has("Xin chọn lại tệp"));
  CHECK(year.office.evidence.digests()->empty());
  REQUIRE(upload("kế hoạch.pdf", pdf, "2").status == 303);
  REQUIRE(year.office.evidence.digests()->size() == 1);
  const std::string digest = year.office.evidence.digests()->front();
  CHECK(year.page("dung", "/items/plan_issued").has("/evidence/" + digest));
  const auto file = year.page("dung", "/evidence/" + digest);
  CHECK(file.status == 200);
  CHECK(file.body == pdf);
  CHECK(file.header("content-disposition").find("attachment") == 0);
  CHECK(file.header("content-type") == "application/pdf");
  CHECK(year.page("dung", "/evidence/" + std::string(64, 'a')).status == 404);
  CHECK(year.page("la", "/evidence/" + digest).status == 403);
}
