// Pages of analysts: nothing before closing, only what may be published after it, each with its table.
#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

#include "analysis/index/index_engine.h"
#include "analysis/index/index_merge.h"
#include "base/bytes.h"
#include "server/services/field/field_service.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

const char* const kPages[] = {"/index/years", "/index/ranks", "/index/answers", "/index/coherence", "/index/model", "/quality"};

struct Answered {
  std::string address;
  std::string id;
};

// Two communes of two villages; everybody of a village answers in a regular way, `copies` of the first village
// exactly alike but for one item.
Answered answered_campaign(StaffOffice& office, const std::string& closes_on, int copies, int shift, int contradicting = 0,
                           const std::string& only = "", int first = 0) {
  auto fields = StaffOffice::campaign_fields();
  for (auto& [name, value] : fields) {
    if (name == "closes_on" && !closes_on.empty()) value = closes_on;
  }
  if (!only.empty()) {  // one commune of the two
    std::erase_if(fields, [&](const auto& field) { return field.first == "units" && field.second != only; });
    for (auto& [name, value] : fields) {
      if (name != "psus") continue;
      std::string kept;
      for (std::size_t from = 0, to = 0; (to = value.find('\n', from)) != std::string::npos; from = to + 1) {
        const std::string line = value.substr(from, to - from + 1);
        if (line.starts_with("unit,") || line.starts_with(only)) kept += line;
      }
      value = kept;
    }
  }
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  REQUIRE(made.status == 303);
  Answered campaign;
  campaign.address = made.header("location");
  campaign.id = campaign.address.substr(campaign.address.rfind('/') + 1);
  const auto sheets = office.post(office.officer(), campaign.address + "/slips", form_of({{"address", "https://khaosat.example"}}));
  REQUIRE(office.post(office.officer(), campaign.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  int number = first;
  const std::string mark = "class=\"slip-code\">";
  const char* levels[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied"};
  for (auto at = sheets.body.find(mark); at != std::string::npos; at = sheets.body.find(mark, at + 1), ++number) {
    const auto from = at + mark.size();
    FormData answer({{"_step", "send"}, {"_at", "check"}, {"_lang", "vi"}, {"_consent", "yes"},
                     {"_id", campaign.id + "-number-" + std::to_string(1000 + number)},
                     {"_slip", sheets.body.substr(from, sheets.body.find('<', from) - from)}});
    std::mt19937 luck(number < copies ? 7U : 1000U + static_cast<unsigned>(number));
    for (int item = 1; item <= 33; ++item) {
      const auto pick = static_cast<unsigned>(luck() % 10);
      const std::string question = (item < 10 ? "item_0" : "item_") + std::to_string(item);
      // A person's own copy of one item, so that no two forms are quite the same.
      const unsigned level = number < copies && item == 1 + number ? 3 : pick < 4 ? 1 : pick < 6 ? 0 : pick < 8 ? 2 : pick < 9 ? 3 : 4;
      if (number < contradicting && (item == 21 || item == 23)) {
        answer.add(question, "very_satisfied");
        continue;
      }
      answer.add(question, levels[level > static_cast<unsigned>(shift) ? level - static_cast<unsigned>(shift) : 0]);
    }
    answer.add("payment", number < contradicting ? "many" : "none");
    answer.add("harassment", number < contradicting ? "many" : "none");
    REQUIRE(office.base.post("/s/" + campaign.id, answer).status == 200);
  }
  return campaign;
}

void close(StaffOffice& office, const Answered& campaign) {
  REQUIRE(office.post(office.officer(), campaign.address + "/close", form_of({{"confirm", "yes"}})).status == 303);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

}  // namespace

TEST_CASE("analysts' pages show nothing before closing and nothing to the jury") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  for (const char* page : kPages) {
    INFO(page);
    const auto refused = office.get(office.colleague(Role::analyst), campaign.address + page);
    CHECK(refused.status == 403);
    CHECK(refused.has("campaign_not_closed"));
  }
  close(office, campaign);
  for (const char* page : kPages) {
    INFO(page);
    CHECK(office.get(office.colleague(Role::jury), campaign.address + page).status == 403);
    for (const char* language : {"vi", "en"}) {
      Colleague analyst = office.colleague(Role::analyst);
      const auto shown = office.get(analyst, campaign.address + page + std::string("?model=sipas&lang=") + language);
      CHECK(shown.status == 200);
      CHECK_FALSE(shown.has("[["));
      CHECK_FALSE(shown.has("nan"));
      // Every picture says in words what it shows, and stands in a table.
      CHECK(count(shown.body, "<svg") == count(shown.body, "role=\"img\" aria-label=\""));
      CHECK((count(shown.body, "<svg") == 0 || shown.has("<table")));
    }
    CHECK(office.get(office.colleague(Role::analyst), campaign.address + page + "?model=khong_co").status == 404);
  }
}

TEST_CASE("copied forms are counted by unit, and the index stands beside the one without them") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 8, 0);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/quality?model=sipas");
  REQUIRE(page.status == 200);
  CHECK(page.has("Dấu hiệu là lý do để hỏi lại, không phải bằng chứng."));
  CHECK(page.has("<td class=\"number\"><strong>8</strong></td>"));
  CHECK(page.has("Không tính phiếu có dấu hiệu"));
  // An analyst types no visits in, and is not led to where that is done.
  CHECK_FALSE(page.has("/back-check"));
  CHECK(office.get(office.officer(), campaign.address + "/quality?model=sipas").has("/back-check"));
  // A unit without a flag tells 0, and no respondent is named anywhere.
  CHECK(page.has("<td class=\"number\"><strong>0</strong></td>"));
  CHECK_FALSE(page.has("item_01"));
}

TEST_CASE("sums of two stores, one for each commune, give the index of one store of both, to the bit") {
  StaffOffice office;
  const auto both = answered_campaign(office, "", 0, 0);
  const auto one = answered_campaign(office, "", 0, 0, 0, "xa_na_phac_2025");
  const auto other = answered_campaign(office, "", 0, 0, 0, "xa_ngan_son_2025", 24);
  for (const auto* campaign : {&both, &one, &other}) close(office, *campaign);
  const auto whole = office.index.compute({both.id, "sipas", {}, "", nullptr}).value();
  auto input = office.index.input_for({one.id, "sipas", {}, "", nullptr}).value();
  REQUIRE(index::add_input(input, office.index.input_for({other.id, "sipas", {}, "", nullptr}).value()));
  const auto added = index::compute(*office.base.catalog.index_model("sipas"), input).value();
  REQUIRE(added.units.size() == whole.units.size());
  for (const auto& unit : whole.units) {
    const auto* again = added.find_unit(unit.id);
    REQUIRE(again);
    REQUIRE(again->respondents == 24);
    for (std::size_t node = 0; node < unit.scores.size(); ++node) {
      const auto& expected = unit.scores[node].estimate;
      const auto& found = again->scores[node].estimate;
      CHECK(found.value == expected.value);
      CHECK(found.standard_error == expected.standard_error);
      CHECK(found.lower == expected.lower);
    }
  }
  // The same commune twice would count its people twice.
  CHECK(index::add_input(input, office.index.input_for({one.id, "sipas", {}, "", nullptr}).value()).error().code == ErrorCode::not_comparable);
}

TEST_CASE("the panel tells of contradictions, interviewers and visits looked at again, and flags without dropping") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0, 7);
  Registry& registry = office.base.store.registry();
  int device = 0;
  const auto interviewer = [&](const std::string& label, const std::string& places, int done, int refused) {
    const std::string id = "0000000000000000000" + std::to_string(device++);
    const auto add = [&](std::string_view kind, const std::string& content) {
      REQUIRE(registry.add_record({std::string(kind), id, campaign.id, content, to_hex(view_of(sha256(content))), 0, "officer"}));
    };
    FieldTally tally;
    tally.done = done;
    tally.refused = refused;
    add(kFieldCodeRecord, "{\"label\":\"" + label + "\",\"places\":[" + places + "],\"code\":\"00\",\"expires\":1}");
    add(kFieldDeviceRecord, "{\"token\":\"00\"}");
    add(kFieldReportRecord, to_json(tally));
  };
  interviewer("Nhóm 1", "\"v1\"", 12, 4);
  interviewer("Nhóm 2", "\"v2\"", 12, 1);
  interviewer("Nhóm 3", "\"v3\"", 24, 9);
  interviewer("Nhóm 4", "\"v4\"", 3, 1);
  const std::string checks = campaign.address + "/back-check";
  const auto form = office.get(office.officer(), checks);
  CHECK(form.status == 200);
  CHECK(form.has("v1,interviewed,interviewed,9"));
  CHECK(office.get(office.colleague(Role::jury), checks).status == 403);
  const auto wrong = office.post(office.officer(), checks, form_of({{"table", "psu,reported,found,people\nv9,interviewed,often,x\n"}}));
  CHECK(wrong.status == 422);
  CHECK(wrong.has("v9"));
  CHECK(office.post(office.officer(), checks, form_of({{"table", ""}})).status == 422);
  CHECK(office.post(office.officer(), checks, form_of({{"table", "psu,reported,found,people\nv1,interviewed,interviewed,0\n"}})).status == 422);
  REQUIRE(office.post(office.officer(), checks, form_of({{"table", "psu,reported,found,people\nv1,interviewed,interviewed,11\nv1,interviewed,not_met,1\n"
                                                               "v3,interviewed,interviewed,8\nv3,refused,refused,3\nv3,interviewed,not_met,3\n"}})).status == 303);
  CHECK(office.get(office.officer(), checks).has("<strong id=\"back-check-people\">26</strong>"));
  close(office, campaign);
  for (const char* language : {"vi", "en"}) {
    const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/quality?model=sipas&lang=" + language);
    REQUIRE(page.status == 200);
    CHECK_FALSE(page.has("[["));
    CHECK_FALSE(page.has("nan"));
  }
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/quality?model=sipas");
  // Seven of 48 contradict themselves: 15 % of them, and seven flagged forms of the first commune.
  CHECK(page.has("Nói nhiều cán bộ nhận tiền ngoài quy định"));
  CHECK(page.has("<td class=\"number\">15 %</td>"));
  CHECK(page.has("<td class=\"number\">7</td>"));
  CHECK(page.has("các người phỏng vấn trong cùng đơn vị"));
  CHECK(page.has("Phiếu không ghi ai phỏng vấn"));
  CHECK(page.has("không tách được người phỏng vấn với thôn"));
  CHECK(page.has("Nhóm 4</th><td class=\"number\">0</td><td class=\"number\">quá ít người</td>"));
  CHECK(page.has("Nhóm 3</th><td class=\"number\">20</td>"));
  CHECK(page.has("Kappa"));
  CHECK(page.has("Số người được đến lại (tròn xuống 5)</th><td class=\"number\">25</td>"));
  CHECK(page.has("Chỉ số đồng đều R"));
}

TEST_CASE("one cluster, one respondent, nobody with an answer, everybody alike: a rule or a refusal on every page") {
  StaffOffice office;
  auto fields = StaffOffice::campaign_fields();
  std::erase_if(fields, [](const auto& field) { return field.first == "units"; });
  for (const char* unit : {"xa_na_phac_2025", "xa_ngan_son_2025", "xa_bang_van_2025", "xa_hiep_luc_2025"}) fields.emplace_back("units", unit);
  for (auto& [name, value] : fields) {
    if (name != "psus") continue;
    value = "unit,psu,title,population,slips,psu_population,neighbour\n"
            "xa_na_phac_2025,v1,Thôn Một,120,12,1,\n"                                            // one village, all there is
            "xa_ngan_son_2025,v3,Thôn Ba,150,12,8,\nxa_ngan_son_2025,v4,Thôn Bốn,80,12,8,\n"      // all alike
            "xa_bang_van_2025,v5,Thôn Năm,90,12,8,\nxa_bang_van_2025,v6,Thôn Sáu,90,12,8,\n"      // nothing answered
            "xa_hiep_luc_2025,v7,Thôn Bảy,90,1,8,\nxa_hiep_luc_2025,v8,Thôn Tám,90,12,8,\n";      // one person
  }
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  INFO(made.body);
  REQUIRE(made.status == 303);
  const std::string address = made.header("location");
  const std::string id = address.substr(address.rfind('/') + 1);
  const auto slips = office.base.campaigns.make_slips(id, "officer").value();
  REQUIRE(office.post(office.officer(), address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  int number = 0;
  for (const auto& slip : slips) {
    ++number;
    if (slip.psu == "v8") continue;
    FormData answer({{"_step", "send"}, {"_at", "check"}, {"_lang", "vi"}, {"_consent", "yes"}, {"_id", id + "-case-" + std::to_string(1000 + number)}, {"_slip", slip.code}});
    if (slip.psu != "v5" && slip.psu != "v6") {
      for (int item = 1; item <= 33; ++item) {
        const bool alike = slip.psu == "v3" || slip.psu == "v4" || (number + item) % 3 != 0;
        answer.add((item < 10 ? "item_0" : "item_") + std::to_string(item), alike ? "satisfied" : "neutral");
      }
    }
    REQUIRE(office.base.post("/s/" + id, answer).status == 200);
  }
  REQUIRE(office.post(office.officer(), address + "/close", form_of({{"confirm", "yes"}})).status == 303);
  for (const char* page : {"/index", "/index/unit?unit=xa_bang_van_2025", "/index/unit?unit=xa_hiep_luc_2025", "/index/years", "/index/ranks", "/index/answers",
                           "/index/answers?unit=xa_bang_van_2025", "/index/coherence", "/index/model", "/quality", "/index/csv", "/index/json"}) {
    INFO(page);
    const auto shown = office.get(office.colleague(Role::analyst), address + page);
    // Ranks that cannot be told are refused in words.
    CHECK((shown.status == 200 || shown.status == 422));
    for (const char* wrong : {"nan", "NaN", ">inf", "[[", ">0,0<", "-0,0"}) CHECK_FALSE(shown.has(wrong));
    // Units that were counted together are named, their ids are not; and no question is told by its id.
    if (shown.header("content-type").starts_with("text/html")) {
      for (const char* bare : {">xa_", " xa_"}) CHECK_FALSE(shown.has(bare));
      CHECK_FALSE(shown.has(">item_"));
      CHECK_FALSE(shown.has("“item_"));
    }
  }
  const auto run = office.index.compute({id, "sipas", {}, "", nullptr}).value();
  const auto published = office.index.publish(run, office.base.book.find(id).value()->campaign).value();
  using disclosure::PublishedState;
  const auto root = [&](const char* unit) { return published.find_unit(unit)->scores.front(); };
  CHECK(root("xa_na_phac_2025").state == PublishedState::value);   // a value without an interval: one village of one
  CHECK(root("xa_ngan_son_2025").state != PublishedState::value);  // everybody alike would tell each answer
  CHECK(root("xa_bang_van_2025").state == PublishedState::missing);
  CHECK_FALSE(root("xa_bang_van_2025").value);
  CHECK(root("xa_hiep_luc_2025").state != PublishedState::value);
  CHECK_FALSE(root("xa_hiep_luc_2025").value);
  // The one person is counted with a neighbour: both units say with whom, and lead there.
  const auto overview = office.get(office.colleague(Role::analyst), address + "/index?model=sipas");
  CHECK(overview.has("Quá ít người trả lời, tính chung ở dòng "));
  CHECK(overview.has(" + "));
  const auto unit = office.get(office.colleague(Role::analyst), address + "/index/unit?model=sipas&unit=xa_hiep_luc_2025");
  CHECK(unit.has("được tính chung với đơn vị khác: <a href=\""));
  CHECK_FALSE(unit.has("<td"));
  CHECK(office.get(office.colleague(Role::analyst), address + "/index/answers?model=sipas&unit=xa_hiep_luc_2025").has("Đơn vị này không có câu trả lời riêng"));
}

TEST_CASE("how the parts of an index go together is told of units that are published whole") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  close(office, campaign);
  const auto run = office.index.compute({campaign.id, "sipas", {}, "", nullptr}).value();
  const auto published = office.index.publish(run, office.base.book.find(campaign.id).value()->campaign).value();
  std::size_t whole = 0;
  for (const auto& unit : published.units) {
    bool hidden = false;
    for (const auto& score : unit.scores)
      hidden = hidden || (score.state != disclosure::PublishedState::value && score.state != disclosure::PublishedState::missing);
    whole += hidden ? 0 : 1;
  }
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index/coherence?model=sipas");
  REQUIRE(page.status == 200);
  CHECK(page.has("Các phần của chỉ số có đi cùng nhau không"));
  if (whole < 2) {
    CHECK(page.has("cần ít nhất hai đơn vị có mọi số liệu được công bố"));
    CHECK_FALSE(page.has("<svg"));
  } else {
    // Two units lie on a line whatever they answered: no interval, and the page says they are too few.
    CHECK(page.has("Có ít đơn vị, khoảng tin cậy rất rộng"));
    CHECK_FALSE(page.has("class=\"bar\""));
  }
  CHECK(count(page.body, "Đơn vị không tính vào") == (whole >= 2 && whole < published.units.size() ? 1U : 0U));
}

TEST_CASE("answers are coarsened for small units and missing ones told by kind") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index/answers?model=sipas");
  REQUIRE(page.status == 200);
  // 24 people of a commune: three categories, rounded to 5 points.
  CHECK(page.has("Rất không hài lòng – Không hài lòng"));
  for (const char* sharp : {">1 %<", ">2 %<", ">3 %<", ">4 %<", ">8 %<", ">33 %<", ">67 %<"}) CHECK_FALSE(page.has(std::string("<td class=\"number\"") + sharp));
  CHECK(office.get(office.colleague(Role::analyst), campaign.address + "/index/answers?model=sipas&unit=xa_khac").status == 404);
}

TEST_CASE("the model is told from its definition: weights, sources, formulas, anchors") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, "", 0, 0);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index/model?model=sipas");
  REQUIRE(page.status == 200);
  const auto model = office.base.catalog.index_model("sipas");
  CHECK(page.has(model->identity.hash));
  CHECK(page.has(office.base.catalog.questionnaire("citizen_satisfaction")->question("item_07")->text.in("vi")));
  CHECK(page.has("tỷ lệ người chọn “"));
  CHECK_FALSE(page.has(">item_"));
  CHECK(page.has("<span class=\"figure\">1/8</span>"));
  CHECK(page.has("100 × giá trị."));
  // Anchors come with their author and reason, in Vietnamese as everything.
  const auto example = office.get(office.colleague(Role::analyst), campaign.address + "/index/model?model=par_commune_example");
  REQUIRE(example.status == 200);
  CHECK(example.has("tỷ lệ người hài lòng, từ không ai đến mọi người"));
  for (const char* english : {"counts as", "from none to all", "answer scale"}) CHECK_FALSE(example.has(english));
}

TEST_CASE("a year is set beside an earlier one with the literal comparison and its error") {
  StaffOffice office;
  const auto now = answered_campaign(office, "", 0, 0);
  close(office, now);
  const auto alone = office.get(office.colleague(Role::analyst), now.address + "/index/years?model=sipas");
  CHECK(alone.has("Chưa có đợt khảo sát nào đã kết thúc trước đợt này"));
  // The same survey again, closing a year later.
  const auto later = answered_campaign(office, "2027-11-30", 0, 1);
  close(office, later);
  const auto choice = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas");
  CHECK(choice.has("<option value=\"" + now.id + "\""));
  const auto page = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas&with=" + now.id);
  REQUIRE(page.status == 200);
  CHECK(page.has("Cao hơn"));
  CHECK(page.has("p (Holm)"));
  CHECK((page.has("Trong sai số") || page.has("Vượt sai số") || page.has("Không tính được sai số")));
  // A kept result of the earlier year: published figures only, the widest interval, no test.
  REQUIRE(office.post(office.officer(), now.address + "/index", form_of({{"model", "sipas"}})).status == 303);
  const auto kept = office.base.store.registry().records("index_run", now.id).value();
  REQUIRE(kept.size() == 1);
  const auto offered = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas");
  CHECK(offered.has("<option value=\"kept:" + kept[0].id + "\""));
  CHECK_FALSE(offered.has("name=\"result_file\""));  // an analyst hands nothing in
  const auto published = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas&with=kept:" + kept[0].id);
  REQUIRE(published.status == 200);
  CHECK(published.has("khoảng rộng nhất có thể"));
  CHECK(published.has("Cao hơn"));
  CHECK_FALSE(published.has("nan"));
  // The same figures from a file of somebody else's.
  const auto refused = office.post(office.officer(), later.address + "/index/years?model=sipas", form_of({{"result", "{}"}}));
  CHECK(refused.status == 422);
  REQUIRE(office.post(office.officer(), later.address + "/index/years?model=sipas", form_of({{"result", kept[0].content}})).status == 303);
  CHECK(office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas").has("Kết quả đã công bố, nhập từ tệp (2026)"));
  // Its own year, or a later one, is no earlier year.
  const auto too_late = office.post(office.officer(), now.address + "/index/years?model=sipas", form_of({{"result", kept[0].content}}));
  CHECK(too_late.status == 422);
  CHECK(too_late.has("Kết quả để so sánh phải là của một năm trước."));
  // A year nobody answered in is refused in words too.
  const auto silent = office.post(office.officer(), "/staff/campaigns", FormData(StaffOffice::campaign_fields()));
  const Answered nobody{silent.header("location"), silent.header("location").substr(silent.header("location").rfind('/') + 1)};
  REQUIRE(office.post(office.officer(), nobody.address + "/slips", form_of({{"address", "https://khaosat.example"}})).status == 200);
  REQUIRE(office.post(office.officer(), nobody.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  close(office, nobody);
  const auto unanswered = office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas&with=" + nobody.id);
  CHECK(unanswered.status == 200);
  CHECK(unanswered.has("Hai năm này không so sánh được."));
  // The wrong way round is refused with its reason, not computed.
  const auto reversed = office.get(office.colleague(Role::analyst), now.address + "/index/years?model=sipas&with=" + later.id);
  CHECK(reversed.has("Hai năm này không so sánh được."));
  CHECK(reversed.has("Kết quả để so sánh phải là của một năm trước."));
  CHECK(office.get(office.colleague(Role::analyst), later.address + "/index/years?model=sipas&with=aaaaaaaaaa").status == 404);
}
