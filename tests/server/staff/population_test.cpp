// Counts of the population: handed in on a page before closing, settled after, and told beside the results.
#include <catch2/catch.hpp>

#include "server/services/population/campaign_population.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

// 210 people in the frame of each commune of StaffOffice::campaign_fields(), 230 in the second's; all are in the sample.
constexpr const char* kVillages =
    "unit,psu,title,population,slips,neighbour\n"
    "xa_na_phac_2025,v1,Thôn Suối Bạc,120,12,v2\n"
    "xa_na_phac_2025,v2,Thôn Đồi Thông,90,12,\n"
    "xa_ngan_son_2025,v3,Thôn Cầu Đá,150,12,\n"
    "xa_ngan_son_2025,v4,Thôn Ruộng Mới,80,12,\n";
constexpr const char* kCounts =
    "unit,sex,people\n"
    "Xã Nà Phặc,Nữ,110\nXã Nà Phặc,Nam,100\n"
    "xa_ngan_son_2025,female,120\nxa_ngan_son_2025,male,110\n";

struct Survey {
  std::string address;
  std::string id;
  std::string sheets;
};

Survey new_survey(StaffOffice& office, const std::string& sample = "drawn") {
  auto fields = StaffOffice::campaign_fields();
  for (auto& [name, value] : fields) {
    if (name == "psus") value = kVillages;
    if (name == "sample") value = sample;
  }
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  REQUIRE(made.status == 303);
  Survey survey{made.header("location"), "", ""};
  survey.id = survey.address.substr(survey.address.rfind('/') + 1);
  return survey;
}

void answer_and_close(StaffOffice& office, Survey& survey) {
  const auto sheets = office.post(office.officer(), survey.address + "/slips", form_of({{"address", "https://khaosat.example"}}));
  REQUIRE(office.post(office.officer(), survey.address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  int number = 0;
  const std::string mark = "class=\"slip-code\">";
  for (auto at = sheets.body.find(mark); at != std::string::npos; at = sheets.body.find(mark, at + 1), ++number) {
    const auto from = at + mark.size();
    FormData answer({{"_step", "send"}, {"_at", "check"}, {"_lang", "vi"}, {"_consent", "yes"},
                     {"_id", "submission-number-" + std::to_string(1000 + number)},
                     {"_slip", sheets.body.substr(from, sheets.body.find('<', from) - from)}});
    const char* levels[] = {"very_satisfied", "satisfied", "neutral", "dissatisfied"};
    const bool man = number % 4 == 0;
    for (int item = 1; item <= 33; ++item) {
      const std::string question = (item < 10 ? "item_0" : "item_") + std::to_string(item);
      answer.add(question, levels[man ? 3 - number / 8 % 2 : (number + item) % 3]);
    }
    answer.add("sex", man ? "male" : "female");
    REQUIRE(office.base.post("/s/" + survey.id, answer).status == 200);
  }
  REQUIRE(office.post(office.officer(), survey.address + "/close", form_of({{"confirm", "yes"}})).status == 303);
}

}  // namespace

TEST_CASE("counts handed in before closing move the weights, and both scores stand on the page") {
  StaffOffice office;
  auto survey = new_survey(office);
  CHECK(office.get(office.officer(), survey.address).has("Số dân để chỉnh trọng số"));
  const auto empty = office.get(office.officer(), survey.address + "/population");
  CHECK(empty.status == 200);
  CHECK(empty.has("Nộp bảng"));
  const auto form = office.get(office.officer(), survey.address + "/population/table");
  CHECK(form.has("xa_na_phac_2025,female,age_18_24,"));
  REQUIRE(office.post(office.officer(), survey.address + "/population", form_of({{"table", kCounts}})).status == 303);
  const auto kept = office.get(office.colleague(Role::analyst), survey.address + "/population");
  CHECK(kept.has("Đã nhận bảng số dân."));
  CHECK(kept.has("440"));
  CHECK_FALSE(kept.has("Nộp bảng"));  // an analyst reads
  answer_and_close(office, survey);

  const auto page = office.get(office.colleague(Role::analyst), survey.address + "/index?model=sipas");
  REQUIRE(page.status == 200);
  CHECK(page.has("Điểm chỉnh theo số dân"));
  CHECK(page.has("Hậu phân tầng"));
  CHECK(page.has("Không chỉnh"));
  const auto population = population_of(office.base.store.registry(), survey.id);
  REQUIRE(population);
  REQUIRE(*population);
  CHECK(page.has((*population)->source));

  const auto run = office.index.compute({survey.id, "sipas", {}, "", nullptr});
  const auto plain = office.index.compute({survey.id, "sipas", {}, "", nullptr, true});
  REQUIRE(run);
  REQUIRE(plain);
  REQUIRE(run->calibration);
  CHECK(run->calibration->applied);
  CHECK_FALSE(plain->calibration);
  CHECK(run->input_hash != plain->input_hash);
  CHECK(run->input_hash == office.index.compute({survey.id, "sipas", {}, "", nullptr})->input_hash);
  for (std::size_t unit = 0; unit < run->units.size(); ++unit) {
    const auto& with = run->units[unit].scores.front();
    const auto& without = plain->units[unit].scores.front();
    // Men, who are fewer among respondents and less content, count more.
    CHECK(with.estimate.value < without.estimate.value);
    CHECK(run->calibration->without[unit].value == without.estimate.value);
    CHECK(with.estimate.lower.has_value());
  }
  // Weights sum to the people counted: they are those of the frame here.
  double people = 0;
  for (const auto& psu : run->psus) people += psu.weight;
  CHECK(people == Approx(440));
  // A kept run says the same when it is read again.
  REQUIRE(office.post(office.officer(), survey.address + "/index", form_of({{"model", "sipas"}})).status == 303);
  CHECK(office.get(office.officer(), survey.address + "/index/json?model=sipas").has("\"calibration\":{\"applied\":true"));
}

TEST_CASE("after closing counts are neither taken, replaced nor withdrawn") {
  StaffOffice office;
  auto survey = new_survey(office);
  answer_and_close(office, survey);
  const auto late = office.post(office.officer(), survey.address + "/population", form_of({{"table", kCounts}}));
  CHECK(late.status == 410);
  CHECK(office.post(office.officer(), survey.address + "/population", form_of({{"withdraw", "yes"}})).status == 410);
  CHECK(office.get(office.officer(), survey.address + "/population").has("Không nộp thêm được nữa"));
  CHECK_FALSE(office.get(office.officer(), survey.address + "/index?model=sipas").has("Điểm chỉnh theo số dân"));
}

TEST_CASE("a table with a fault comes back with sentences, and nothing is kept") {
  StaffOffice office;
  auto survey = new_survey(office);
  const auto refused = office.post(office.officer(), survey.address + "/population",
                                   form_of({{"table", "unit,sex,people\nXã Nà Phặc,Nữ,nhiều\nXã Khác,Nam,100\n"}}));
  CHECK(refused.status == 422);
  CHECK(refused.has("Cần một số nguyên"));
  CHECK(refused.has("không có đơn vị như vậy"));
  CHECK(refused.has("nhiều"));  // what was typed is still there
  const auto one_unit = office.post(office.officer(), survey.address + "/population", form_of({{"table", "unit,sex,people\nXã Nà Phặc,Nữ,110\nXã Nà Phặc,Nam,100\n"}}));
  CHECK(one_unit.status == 422);
  CHECK(one_unit.has("Mỗi đơn vị cần đủ mọi nhóm"));
  CHECK(office.post(office.officer(), survey.address + "/population", form_of({{"table", "họ tên,people\nLò Thị Én,1\n"}})).status == 422);
  CHECK_FALSE(*population_of(office.base.store.registry(), survey.id));
  CHECK(office.post(office.colleague(Role::analyst), survey.address + "/population", form_of({{"table", kCounts}})).status == 403);
  const auto none = new_survey(office, "none");
  CHECK(office.get(office.officer(), none.address + "/population").has("không rút mẫu ngẫu nhiên"));
  CHECK(office.post(office.officer(), none.address + "/population", form_of({{"table", kCounts}})).status == 422);
}
