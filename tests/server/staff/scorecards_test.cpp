// Scorecards through their pages: opening, every act by whoever may and by whoever may not, files, closing, facts.
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "analysis/awards/lineage.h"
#include "analysis/scorecards/year_sheets.h"
#include "base/bytes.h"
#include "base/json_text.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

constexpr const char* kSet = "par_commune_scorecard_example";
constexpr const char* kPassword = "mot hai ba bon nam sau bay";
constexpr UnixSeconds kDay = 86400;

// An office with a year's plan: vp answers for nearly all, hd appraises and answers for one field, tt appraises.
struct Year {
  StaffOffice office;
  std::map<std::string, Colleague> people;
  UnixSeconds signed_in = 0;
  std::string unit;
  std::string href;

  Year() {
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

Fields with(Fields fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) field.second = value;
  }
  return fields;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("a year's form begins with what is known, and a refusal keeps what was typed") {
  Year year;
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
  Year year;
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
  Year year;
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
  Year year;
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
  Year year;
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
  Year year;
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
    Year other;
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
  Year year;
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

TEST_CASE("a year is closed with its digest, bonus capped, and goes to the register of facts") {
  Year year;
  year.open();
  const auto set = year.office.base.catalog.scorecard(kSet);
  for (const auto* item : set->leaves()) {
    if (item->is_adjustment() || item->survey) continue;
    const std::string owner = item->id == "targets_met" ? "chi" : "an";
    INFO(item->id);
    const Fields score = item->ratio ? Fields{{"numerator", "9"}, {"denominator", "10"}, {"evidence", "BC"}} : Fields{{"points", json_number(item->maximum)}, {"evidence", "BC"}};
    REQUIRE(year.act(owner, item->id, "score_self", score).status == 303);
    REQUIRE(year.act("dung", item->id, "appraise_first", score).status == 303);
  }
  for (const char* bonus : {"new_practice", "exchange"}) {
    const std::string points = json_number(set->find(bonus)->maximum);
    REQUIRE(year.act("an", bonus, "score_self", {{"points", points}, {"evidence", "BC"}}).status == 303);
    REQUIRE(year.act("dung", bonus, "appraise_first", {{"points", points}}).status == 303);
  }
  REQUIRE(year.act("dung", "violation", "appraise_first", {{"points", "1"}, {"note", "kết luận thanh tra 5"}}).status == 303);
  const auto tree = year.page("quan", "");
  CHECK(tree.has("điểm thưởng"));
  year.office.base.clock.advance(9 * kDay);
  const FormData closing(Fields{{"decision", "7/QĐ-UBND"}, {"sure", "yes"}});
  const auto open_item = year.office.post(year.as("quan"), year.href + "/close", closing);
  CHECK(open_item.status == 409);
  CHECK(open_item.has("/items/satisfaction"));

  // A run kept of this year's survey.
  const std::string content = R"({"schema":"khaosat/published_run/1","model":{"id":"sipas","version":1,"hash":"00"},"year":2026,"input_hash":"11","nodes":[],)"
                              R"("units":[{"id":"xa_na_phac_2025","scores":[{"node":"sipas","state":"value","n":[40,40],"value":75.0}]}]})";
  REQUIRE(year.office.base.store.registry().add_record({"index_run", "0123456789abcdef0123", "dot1", content, to_hex(view_of(sha256(content))), 1736000000, "quan"}));
  CHECK(year.page("quan", "/items/satisfaction").has("0123456789abcdef0123"));
  CHECK_FALSE(year.page("dung", "/items/satisfaction").has("id=\"act-"));
  CHECK(year.act("dung", "satisfaction", "take_survey", {{"run", "0123456789abcdef0123"}, {"note", "x"}}).status == 403);
  REQUIRE(year.act("quan", "satisfaction", "take_survey", {{"run", "0123456789abcdef0123"}, {"note", "khảo sát năm 2026"}}).status == 303);

  CHECK(year.office.post(year.as("quan"), year.href + "/close", FormData(Fields{{"decision", "7/QĐ-UBND"}})).has("#sure"));
  CHECK(year.office.post(year.as("quan"), year.href + "/close", FormData(Fields{{"sure", "yes"}})).has("#decision"));
  CHECK(year.page("quan", "/facts").status == 409);
  REQUIRE(year.office.post(year.as("quan"), year.href + "/close", closing).status == 303);
  const auto ledger = year.office.scorecards.ledger(year.href.substr(year.href.rfind('/') + 1));
  REQUIRE(ledger->is_closed());
  CHECK(year.page("an", "").has(ledger->digest()));
  CHECK(year.act("an", "discipline", "score_self", {{"points", "1"}, {"note", "x"}}).status == 410);
  CHECK(year.page("quan", "/plan").status == 410);

  CHECK(year.page("quan", "/facts").has("chưa có"));
  CHECK(year.office.post(year.as("quan"), year.href + "/facts", FormData()).status == 422);
  const auto given = year.office.post(year.as("quan"), year.href + "/facts", FormData(Fields{{"add", "yes"}}));
  INFO(given.body);
  REQUIRE(given.status == 303);
  const auto reading = year.office.facts.read({year.unit, "", 0, nullptr});
  REQUIRE(reading);
  CHECK(reading->book.facts_named("criterion_score").size() > 15);
  CHECK_FALSE(reading->book.facts_named("responsible_for").empty());
  CHECK(year.office.post(year.as("quan"), year.href + "/facts", FormData()).status == 303);
}

TEST_CASE("a file is checked and shown before it is kept, and every fault is told in words") {
  Year year;
  year.open();
  REQUIRE(year.act("an", "plan_issued", "score_self", {{"points", "2"}, {"evidence", "KH 12"}}).status == 303);
  CHECK(year.page("quan", "/file/xlsx").status == 403);
  year.let_file_leave();
  const auto workbook = year.page("quan", "/file/xlsx");
  REQUIRE(workbook.status == 200);
  CHECK(workbook.header("content-disposition").find("attachment") == 0);
  CHECK(year.page("chi", "/file/xlsx").status == 403);
  std::map<std::string, std::string> tables;
  for (const auto& shape : scorecards::sheet_shapes()) tables[shape.name] = year.page("quan", "/file/csv/" + shape.name).body;
  CHECK(year.page("quan", "/file/csv/points").has("1.1.1"));
  CHECK(year.page("quan", "/file/csv/khac").status == 404);

  Year other;
  other.office.base.clock.advance(kDay);
  const auto upload = [&](const std::vector<std::pair<std::string, std::string>>& files) {
    std::string body = "--xx\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + other.as("quan").csrf + "\r\n";
    for (const auto& [name, bytes] : files) {
      body += "--xx\r\nContent-Disposition: form-data; name=\"workbook\"; filename=\"" + name + "\"\r\nContent-Type: x/y\r\n\r\n" + bytes + "\r\n";
    }
    return other.office.post_multipart(other.as("quan"), "/staff/scorecards/import", body + "--xx--\r\n", "xx");
  };
  struct Case {
    const char* sheet;
    std::string from;
    std::string to;
    const char* words;
  };
  for (const auto& one : {Case{"history", ",2,,,", ",2.5,,,", "Điểm cao hơn mức tối đa"}, Case{"history", "score_self", "cham", "Không có việc nào mang tên này."},
                          Case{"history", ",an,", ",chi,", "Việc này thuộc bộ phận khác"}, Case{"bodies", "code,name", "code,ten", "còn trống hoặc thiếu cột"},
                          Case{"persons", "2026-01-01", "01/01/2026", "dạng năm-tháng-ngày"}, Case{"assignments", ",head,", ",sếp,", "Xin ghi head (đứng đầu)"},
                          Case{"year", "2026,", "2026.5,", "năm bằng bốn chữ số"},
                          Case{"year", "par_commune", "bo_khac", "bộ tiêu chí khác hoặc phiên bản khác"}, Case{"deadlines", "2026-11-24", "2026-10-01", "Ngày cuối sớm hơn ngày đầu"}}) {
    auto spoilt = tables;
    spoilt[one.sheet] = replaced(spoilt[one.sheet], one.from, one.to);
    std::vector<std::pair<std::string, std::string>> files;
    for (const auto& [name, text] : spoilt) files.emplace_back(name + ".csv", text);
    const auto refused = upload(files);
    INFO(one.words);
    CHECK(refused.status == 422);
    CHECK(refused.has(one.words));
    CHECK(refused.has(std::string(one.sheet) + " ("));
  }
  for (const auto& bytes : {std::string("PK\x03\x04 nothing"), std::string("<html>"), workbook.body.substr(0, workbook.body.size() / 2)}) {
    const auto refused = upload({{"year.xlsx", bytes}});
    CHECK(refused.status == 422);
    CHECK(refused.has("Không đọc được tệp"));
  }
  CHECK(upload({}).status == 422);
  CHECK(other.office.scorecards.years()->empty());

  const auto shown = upload({{"year.xlsx", workbook.body}});
  INFO(shown.body);
  REQUIRE(shown.status == 200);
  const auto digest = year.office.scorecards.ledger(year.href.substr(year.href.rfind('/') + 1))->digest();
  CHECK(shown.has(digest));
  CHECK(other.office.scorecards.years()->empty());
  FormData keep;
  keep.add("do", "import");
  for (const auto& [name, text] : tables) keep.add("sheet_" + name, text);
  CHECK(other.office.post(other.as("chi"), "/staff/scorecards/import", keep).status == 403);
  const auto kept = other.office.post(other.as("quan"), "/staff/scorecards/import", keep);
  REQUIRE(kept.status == 303);
  CHECK(other.office.scorecards.ledger(kept.header("location").substr(18))->digest() == digest);
  CHECK(other.office.get(other.as("quan"), kept.header("location")).has("Do quan nhập từ tệp ngày"));
  CHECK(other.office.get(other.as("quan"), kept.header("location") + "/items/plan_issued").has("Do quan nhập từ tệp ngày"));
  CHECK_FALSE(year.page("quan", "").has("nhập từ tệp ngày"));
  CHECK(other.office.post(other.as("quan"), "/staff/scorecards/import", keep).status == 409);
  CHECK(other.office.get(other.as("quan"), "/staff/scorecards/blank/" + std::string(kSet)).status == 200);
}
