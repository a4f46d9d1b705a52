// Results: none before closing by any route; after it only what may be published, kept unchanged.
#include <catch2/catch.hpp>

#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

struct Answered {
  std::string address;  // of the campaign
  std::string id;
  int sent = 0;
};

// A campaign whose villages answer: `per_village` people each, who disagree in a regular way.
Answered answered_campaign(StaffOffice& office, int per_village, const std::string& sample = "drawn", const char* psus = nullptr) {
  auto fields = StaffOffice::campaign_fields();
  for (auto& [name, value] : fields) {
    if (name == "sample") value = sample;
    if (name == "psus" && psus) value = psus;
  }
  if (psus) fields.emplace_back("units", "xa_bang_van_2025");
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  REQUIRE(made.status == 303);
  Answered campaign;
  campaign.address = made.header("location");
  campaign.id = campaign.address.substr(campaign.address.rfind('/') + 1);
  const auto sheets = office.post(office.officer(), campaign.address + "/slips", form_of({{"address", "https://khaosat.example"}}));
  REQUIRE(office.post(office.officer(), campaign.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  int number = 0;
  const std::string mark = "class=\"slip-code\">";
  for (auto at = sheets.body.find(mark); at != std::string::npos; at = sheets.body.find(mark, at + 1), ++number) {
    if (number % 12 >= per_village) continue;
    const auto from = at + mark.size();
    FormData answer({{"_step", "send"}, {"_at", "check"}, {"_lang", "vi"}, {"_consent", "yes"},
                     {"_id", "submission-number-" + std::to_string(1000 + number)},
                     {"_slip", sheets.body.substr(from, sheets.body.find('<', from) - from)}});
    const char* levels[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied"};
    for (int item = 1; item <= 33; ++item) {
      const std::string question = (item < 10 ? "item_0" : "item_") + std::to_string(item);
      answer.add(question, levels[(number + item * (1 + number / 12)) % 4]);
    }
    CHECK(office.base.post("/s/" + campaign.id, answer).status == 200);
    ++campaign.sent;
  }
  return campaign;
}

void close(StaffOffice& office, const Answered& campaign) {
  REQUIRE(office.post(office.officer(), campaign.address + "/close", form_of({{"confirm", "yes"}})).status == 303);
}

}  // namespace

TEST_CASE("nobody sees a result before closing, by any route") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 11);
  for (const Role role : {Role::administrator, Role::officer, Role::analyst}) {
    const Colleague& who = office.colleague(role);
    for (const char* way : {"/index", "/index?model=sipas", "/index/unit?unit=xa_na_phac_2025", "/index/json", "/index/csv?model=sipas"}) {
      INFO(name_of(role) << " " << way);
      const auto page = office.get(who, campaign.address + way);
      CHECK(page.status == 403);
      CHECK(page.has("campaign_not_closed"));
    }
    CHECK(office.post(who, campaign.address + "/index", form_of({{"model", "sipas"}})).has("campaign_not_closed"));
  }
  // 11 of each village of 12 answered: 10 are shown, and 40 of 44 together.
  const auto page = office.get(office.officer(), campaign.address);
  CHECK(page.has("<td class=\"number\">12</td><td class=\"number\">10</td>"));
  CHECK(page.has("<td class=\"number\">40</td>"));
  CHECK_FALSE(page.has(">11<"));
  CHECK_FALSE(page.has(">44<"));
}

TEST_CASE("after closing every unit has its index with an interval, down to the questions") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 12);
  close(office, campaign);
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index?model=sipas");
  REQUIRE(page.status == 200);
  CHECK(page.has("Xã Nà Phặc"));
  CHECK(page.has("Khoảng tin cậy"));
  CHECK(page.has("<svg class=\"interval\""));
  CHECK(page.has("I.A. Trách nhiệm giải trình"));
  CHECK_FALSE(page.has("Không phải mẫu xác suất"));
  // What it was computed from, and what was assumed.
  CHECK(page.has("Giả định: hai phần bằng nhau"));
  CHECK(page.has(office.base.catalog.index_model("sipas")->identity.hash));
  const auto unit = office.get(office.officer(), campaign.address + "/index/unit?model=sipas&unit=xa_na_phac_2025");
  CHECK(unit.status == 200);
  CHECK(unit.has(office.base.catalog.questionnaire("citizen_satisfaction")->question("item_07")->text.in("vi")));
  // Any score opens: overview, unit, question, how its answers were spread, with their number.
  CHECK(page.has("/index/unit?model=sipas&amp;unit=xa_na_phac_2025"));
  CHECK(unit.has("/index/answers?model=sipas&amp;unit=xa_na_phac_2025#q-item_07\">"));
  CHECK(unit.has("Chỉ số hài lòng của người dân theo cách tính SIPAS (%)"));
  const auto answers = office.get(office.officer(), campaign.address + "/index/answers?model=sipas&unit=xa_na_phac_2025");
  CHECK(answers.has("id=\"q-item_07\""));
  CHECK(answers.has("Số người trả lời câu này: <strong>24</strong>"));
  CHECK(answers.has("/index/unit?model=sipas&amp;unit=xa_na_phac_2025"));
  CHECK(office.get(office.officer(), campaign.address + "/index/unit?model=sipas&unit=xa_khac").status == 404);
  CHECK(office.get(office.officer(), campaign.address + "/index?model=khong_co").has("definition_unknown"));
  CHECK(office.get(office.officer(), campaign.address + "/index?model=papi").has("not_comparable"));
  CHECK(office.get(office.colleague(Role::jury), campaign.address + "/index").status == 403);
}

TEST_CASE("the overview names the ranks a unit may have, as their own page does, and no bare rank") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 11, "drawn",
                                          "unit,psu,title,population,slips,psu_population,neighbour\n"
                                          "xa_na_phac_2025,v1,Thôn Một,120,12,8,\nxa_na_phac_2025,v2,Thôn Hai,120,12,8,\n"
                                          "xa_bang_van_2025,v3,Thôn Ba,150,12,8,\nxa_bang_van_2025,v4,Thôn Bốn,80,12,8,\n");
  close(office, campaign);
  const auto page = office.get(office.officer(), campaign.address + "/index?model=sipas");
  CHECK(page.has("Thứ hạng có thể có</a></th>"));
  const auto ranks = office.get(office.officer(), campaign.address + "/index/ranks?model=sipas");
  for (const std::string unit : {"Xã Nà Phặc", "Xã Bằng Vân"}) {
    const auto row = page.body.find(">" + unit + "</a></th>");
    REQUIRE(row != std::string::npos);
    const std::string head = "Thứ hạng có thể có</a></span>";
    const auto from = page.body.find(head, row) + head.size();
    const std::string set = page.body.substr(from, page.body.find("</td>", from) - from);
    INFO(unit << ": " << set);
    CHECK(ranks.has("<strong>" + set + "</strong>"));
  }
}

TEST_CASE("a collection that is no probability sample is labelled and has no interval anywhere") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 12, "none");
  close(office, campaign);
  const auto page = office.get(office.officer(), campaign.address + "/index?model=sipas");
  CHECK(page.status == 200);
  CHECK(page.has("Không phải mẫu xác suất: không có khoảng tin cậy."));
  CHECK_FALSE(page.has("class=\"bar\""));
  CHECK_FALSE(page.has("Khoảng tin cậy 95"));
  CHECK_FALSE(page.has("Thứ hạng có thể có"));
  // Nor does a sentence speak of intervals.
  CHECK(page.has("Dòng nhỏ dưới mỗi kết quả là số người (n)."));
  CHECK_FALSE(page.has("chồng lên nhau"));
  // Nor does the page of counts speak of counts that could have been handed in.
  const auto counts = office.get(office.officer(), campaign.address + "/population");
  CHECK(counts.has("Đợt này không rút mẫu ngẫu nhiên"));
  CHECK_FALSE(counts.has("không có số dân nào được nộp"));
  const auto csv = office.get(office.officer(), campaign.address + "/index/csv?model=sipas");
  CHECK(csv.header("content-type").starts_with("text/csv"));
  CHECK(csv.has("Xã Nà Phặc"));
}

TEST_CASE("too few answers: cells say so, and no figure stands in their place") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 1);
  close(office, campaign);
  const auto page = office.get(office.officer(), campaign.address + "/index?model=sipas");
  // Fewer than ten in the whole campaign: nothing was opened at all.
  CHECK(page.status == 403);
  CHECK(page.has("too_few_answers"));
}

TEST_CASE("a closed survey without results says why, and its refusals lead back to it") {
  StaffOffice office;
  // Nobody answers; and no index reads the other form.
  for (const auto& [form, page, refusal] : {std::tuple{"citizen_satisfaction/1", "Không ai trả lời, hoặc quá ít người trả lời", "too_few_answers"},
                                            std::tuple{"exit_one_minute/1", "Không ai trả lời, hoặc quá ít người trả lời", "chưa có cách tính chỉ số nào dùng cho phiếu exit_one_minute/1"}}) {
    INFO(form);
    auto fields = StaffOffice::campaign_fields();
    for (auto& [name, value] : fields)
      if (name == "questionnaire") value = form;
    const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
    REQUIRE(made.status == 303);
    const Answered campaign{made.header("location"), "", 0};
    REQUIRE(office.post(office.officer(), campaign.address + "/slips", form_of({{"address", "https://khaosat.example"}})).status == 200);
    REQUIRE(office.post(office.officer(), campaign.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
    close(office, campaign);
    const auto told = office.get(office.officer(), campaign.address);
    CHECK(told.has(page));
    CHECK_FALSE(told.has(campaign.address + "/index\""));
    for (const char* way : {"/index", "/index/ranks", "/index/answers", "/quality"}) {
      const auto refused = office.get(office.officer(), campaign.address + way);
      CHECK(refused.status >= 400);
      CHECK(refused.has(refusal));
      CHECK(refused.has("<a href=\"" + campaign.address + "\">Về trang đợt khảo sát</a>"));
    }
  }
  // Of a survey there is none of nothing is said but that.
  CHECK_FALSE(office.get(office.officer(), "/staff/campaigns/aaaaaaaaaa/index").has("Về trang đợt khảo sát"));
}

TEST_CASE("a kept result is there once, whole, and belongs to its campaign") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 12);
  close(office, campaign);
  const Colleague& analyst = office.colleague(Role::analyst);
  CHECK(office.post(analyst, campaign.address + "/index", form_of({{"model", "sipas"}})).status == 303);
  CHECK(office.post(office.officer(), campaign.address + "/index", form_of({{"model", "sipas"}})).status == 303);
  const auto records = office.base.store.registry().records("index_run", campaign.id);
  REQUIRE(records);
  REQUIRE(records->size() == 1);
  CHECK(records->front().author == "ban.analyst");
  const auto& model = office.base.catalog.index_model("sipas")->identity;
  CHECK(office.base.store.registry().pinned("index_model", "sipas", model.version)->value().identity.hash == model.hash);

  const std::string kept = "/index/kept/" + records->front().id;
  const auto file = office.get(analyst, campaign.address + kept);
  CHECK(file.status == 200);
  CHECK(file.body == office.get(analyst, campaign.address + "/index/json?model=sipas").body);
  CHECK(office.get(analyst, campaign.address + "/index?model=sipas").has(kept));
  CHECK(office.get(analyst, office.new_campaign() + kept).status == 404);
}

TEST_CASE("an officer gives a kept result to the register of facts; an analyst may not") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 12);
  close(office, campaign);
  const Colleague& analyst = office.colleague(Role::analyst);
  REQUIRE(office.post(analyst, campaign.address + "/index", form_of({{"model", "sipas"}})).status == 303);
  const auto records = office.base.store.registry().records("index_run", campaign.id);
  const std::string act = campaign.address + "/index/kept/" + records->front().id + "/facts";
  CHECK(office.get(office.officer(), campaign.address + "/index?model=sipas").has("action=\"" + act + "\""));
  CHECK_FALSE(office.get(analyst, campaign.address + "/index?model=sipas").has(act));
  CHECK(office.post(analyst, act, form_of({})).status == 403);
  CHECK(office.facts.entries()->empty());

  const auto given = office.post(office.officer(), act, form_of({}));
  REQUIRE(given.status == 303);
  const std::size_t count = office.facts.entries()->size();
  REQUIRE(count > 2);
  std::string there = given.header("location");
  there = there.substr(0, there.find('#'));
  CHECK(office.get(office.officer(), there).has("Đã thêm " + std::to_string(count) + " mục vào sổ dữ kiện"));
  const std::string unit = office.facts.entries()->front().cell("subject");
  const auto list = office.get(office.officer(), "/staff/facts/kind/component_score?year=2026&" + to_urlencoded(form_of({{"unit", unit}})));
  CHECK(list.has("sipas.policy"));
  CHECK(list.has(records->front().id));

  REQUIRE(office.post(office.officer(), act, form_of({})).status == 303);
  CHECK(office.facts.entries()->size() == count);
  // Not through another survey's address.
  CHECK(office.post(office.officer(), office.new_campaign() + "/index/kept/" + records->front().id + "/facts", form_of({})).status == 404);
}

TEST_CASE("results leave as Excel, CSV and JSON, computed or kept") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 12);
  close(office, campaign);
  const auto& who = office.colleague(Role::analyst);
  const auto xlsx = office.get(who, campaign.address + "/index/xlsx?model=sipas");
  CHECK(xlsx.status == 200);
  CHECK(xlsx.header("content-type").find("spreadsheetml") != std::string::npos);
  CHECK(xlsx.body.starts_with("PK"));
  const auto csv = office.get(who, campaign.address + "/index/csv?model=sipas");
  CHECK(csv.body.starts_with("\xEF\xBB\xBFunit,"));
  REQUIRE(office.post(office.officer(), campaign.address + "/index", form_of({{"model", "sipas"}})).status == 303);
  const auto page = office.get(who, campaign.address + "/index?model=sipas");
  const auto at = page.body.find("/index/kept/");
  REQUIRE(at != std::string::npos);
  const std::string kept = campaign.address + page.body.substr(at, std::string("/index/kept/").size() + 20);
  // The kept run gives the same table as the computed one, byte by byte.
  CHECK(office.get(who, kept + "/csv").body == csv.body);
  CHECK(office.get(who, kept + "/xlsx").body.starts_with("PK"));
  CHECK(office.get(who, kept + "/json").body == office.get(who, kept).body);
  CHECK(office.get(who, kept + "/sav").status == 404);
}

TEST_CASE("microdata: one colleague asks on a page, another lets them go, nobody else sees them") {
  StaffOffice office;
  const auto campaign = answered_campaign(office, 12);
  const std::string pages = campaign.address + "/microdata";
  const auto& analyst = office.colleague(Role::analyst);
  const auto& officer = office.officer();
  const auto& administrator = office.colleague(Role::administrator);
  const auto& jury = office.colleague(Role::jury);
  const auto wanted = form_of({{"purpose", "Nghiên cứu"}, {"recipient", "<b>Viện A</b>"}, {"traits", "sex"}});
  CHECK(office.post(analyst, pages, wanted).has("campaign_not_closed"));
  close(office, campaign);
  CHECK(office.get(jury, pages).status == 403);
  CHECK(office.post(analyst, pages, form_of({{"purpose", ""}, {"recipient", "x"}})).status == 422);
  const auto asked = office.post(analyst, pages, wanted);
  REQUIRE(asked.status == 303);
  const std::string act = asked.header("location");
  const auto own = office.get(analyst, act);
  CHECK(own.has("Người yêu cầu không thể tự đồng ý"));
  CHECK(own.has("&lt;b&gt;Viện A"));
  CHECK_FALSE(own.has("<b>Viện A"));
  CHECK(office.post(analyst, act + "/approve", form_of({{"confirm", "yes"}})).status == 403);
  CHECK(office.post(officer, act + "/approve", form_of({})).status == 422);
  REQUIRE(office.post(officer, act + "/approve", form_of({{"confirm", "yes"}})).status == 303);
  const auto ready = office.get(analyst, act);
  CHECK(ready.has("/files/microdata.sav"));
  const auto file = office.get(analyst, act + "/files/microdata.sav");
  CHECK(file.status == 200);
  CHECK(file.body.starts_with("$FL2"));
  CHECK(office.get(administrator, act + "/files/microdata.sav").status == 403);
  CHECK_FALSE(office.get(administrator, act).has("href=\"" + act + "/files/"));
  CHECK(office.post(administrator, act + "/refuse", form_of({{"reason", "muộn rồi"}})).status == 409);
}

namespace {

// `units` of two villages each; everybody answers, but `few` only three people.
Answered campaign_of(StaffOffice& office, const std::vector<std::string>& units, const std::string& few) {
  auto fields = StaffOffice::campaign_fields();
  std::erase_if(fields, [](const auto& field) { return field.first == "units" || field.first == "psus"; });
  std::string psus = "unit,psu,title,population,slips,psu_population,neighbour\n";
  for (const auto& unit : units) {
    fields.emplace_back("units", unit);
    for (const char* village : {"a", "b"}) psus += unit + "," + unit + "_" + village + ",Thôn,120,12,8,\n";
  }
  fields.emplace_back("psus", psus);
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  INFO(made.body);
  REQUIRE(made.status == 303);
  Answered campaign;
  campaign.address = made.header("location");
  campaign.id = campaign.address.substr(campaign.address.rfind('/') + 1);
  const auto slips = office.base.campaigns.make_slips(campaign.id, "officer").value();
  REQUIRE(office.post(office.officer(), campaign.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  const char* levels[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied"};
  int number = 0;
  for (const auto& slip : slips) {
    FormData answer({{"_step", "send"}, {"_at", "check"}, {"_lang", "vi"}, {"_consent", "yes"},
                     {"_id", "number-of-many-units-" + std::to_string(1000 + number)}, {"_slip", slip.code}});
    for (int item = 1; item <= 33; ++item) {
      const std::string question = (item < 10 ? "item_0" : "item_") + std::to_string(item);
      // Fewer people from item to item, so that neighbours in size differ from tree to tree.
      if ((question == few && number % 24 >= 3) || number % 24 >= 36 - item) continue;
      answer.add(question, levels[(number + item * (1 + number / 12)) % 4]);
    }
    REQUIRE(office.base.post("/s/" + campaign.id, answer).status == 200);
    ++number;
  }
  close(office, campaign);
  return campaign;
}

}  // namespace

TEST_CASE("many units stand a few at a time, each once") {
  StaffOffice office;
  const std::vector<std::string> units = {"xa_na_phac_2025", "xa_bang_van_2025", "xa_ngan_son_2025", "xa_thuong_quan_2025", "xa_hiep_luc_2025",
                                          "xa_cong_hai_2025", "xa_thuan_bac_2025", "xa_ninh_hai_2025", "phuong_binh_long_2025"};
  const auto campaign = campaign_of(office, units, "");
  const auto page = office.get(office.colleague(Role::analyst), campaign.address + "/index?model=sipas");
  REQUIRE(page.status == 200);
  CHECK(page.has("Đơn vị thứ 1–6</h3>"));
  CHECK(page.has("Đơn vị thứ 7–9</h3>"));
  CHECK_FALSE(page.has("[["));
  for (const auto& unit : units) {
    std::size_t heads = 0;
    const std::string link = "<th scope=\"col\" class=\"number\"><a href=\"" + campaign.address + "/index/unit?model=sipas&amp;unit=" + unit;
    for (auto at = page.body.find(link); at != std::string::npos; at = page.body.find(link, at + 1)) ++heads;
    INFO(unit);
    CHECK(heads == 1);
  }
}

TEST_CASE("a question kept back under one model is kept back under every other of the campaign") {
  StaffOffice office;
  const auto campaign = campaign_of(office, {"xa_na_phac_2025", "xa_bang_van_2025"}, "item_29");
  const auto entry = office.base.book.find(campaign.id).value();
  std::map<std::string, std::map<std::string, disclosure::PublishedState>> told;  // by model, by unit and question
  for (const auto& model : office.index.models_for(entry->campaign)) {
    const auto run = office.index.compute({campaign.id, model->identity.id, {}, "", nullptr}).value();
    const auto published = office.index.publish(run, entry->campaign).value();
    for (const auto& unit : published.units)
      for (std::size_t node = 0; node < published.nodes.size(); ++node)
        if (!published.nodes[node].question.empty()) told[model->identity.id][unit.id + " " + published.nodes[node].question] = unit.scores[node].state;
  }
  REQUIRE(told.size() >= 2);
  CHECK(told["sipas"]["xa_na_phac_2025 item_29"] == disclosure::PublishedState::hidden);
  std::size_t shared = 0;
  for (const auto& [question, state] : told["par_commune_example"]) {
    const auto other = told["sipas"].find(question);
    if (other == told["sipas"].end()) continue;
    ++shared;
    INFO(question);
    CHECK((state == disclosure::PublishedState::value) == (other->second == disclosure::PublishedState::value));
  }
  CHECK(shared > 20);
}
