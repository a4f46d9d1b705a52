// The life of a campaign through its pages: form, slips, opening, participation, closing.
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

#include "server/services/slip_code.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields with(Fields fields, const std::string& name, const std::string& value) {
  for (auto& field : fields) {
    if (field.first == name) field.second = value;
  }
  return fields;
}

std::vector<std::string> codes_on(const TestPage& page) {
  std::vector<std::string> codes;
  const std::string mark = "class=\"slip-code\">";
  for (auto at = page.body.find(mark); at != std::string::npos; at = page.body.find(mark, at + 1)) {
    const auto from = at + mark.size();
    codes.push_back(page.body.substr(from, page.body.find('<', from) - from));
  }
  return codes;
}

}  // namespace

TEST_CASE("a campaign comes into being through its form, one next step at a time") {
  StaffOffice office;
  const Colleague& officer = office.officer();
  const std::string address = office.new_campaign();
  const auto draft = office.get(officer, address);
  CHECK(draft.status == 200);
  CHECK(draft.has("action=\"" + address + "/slips\""));
  CHECK_FALSE(draft.has("/open\""));
  CHECK(draft.has("Thôn Suối Bạc"));
  CHECK(draft.has("UBND xã Ngân Sơn"));

  const auto sheets = office.post(officer, address + "/slips", form_of({{"address", "https://khaosat.example/"}}));
  CHECK(sheets.status == 200);
  CHECK(sheets.header("cache-control") == "no-store");
  CHECK(sheets.has("Trang này chỉ hiện một lần."));
  const auto codes = codes_on(sheets);
  CHECK(codes.size() == 48);
  CHECK(std::set<std::string>(codes.begin(), codes.end()).size() == 48);
  for (const auto& code : codes) CHECK(read_slip_code(code));
  CHECK(office.post(officer, address + "/slips", form_of({{"address", "https://khaosat.example"}})).has("already_exists"));
  for (const auto& code : codes) CHECK_FALSE(office.get(officer, address).has(code));

  CHECK(office.get(officer, address).has(address + "/open"));
  CHECK(office.post(officer, address + "/open", {}).status == 422);
  CHECK(office.post(officer, address + "/open", form_of({{"confirm", "yes"}})).status == 303);
  const auto open = office.get(officer, address);
  CHECK(open.has(address + "/close"));
  CHECK(open.has("/s/" + address.substr(address.rfind('/') + 1)));
  CHECK(office.get(officer, address + "/open").has("campaign_wrong_state"));

  const auto warning = office.get(officer, address + "/close");
  CHECK(warning.has("Việc này là cuối cùng"));
  CHECK(office.post(officer, address + "/close", {}).status == 422);
  CHECK(office.post(officer, address + "/close", form_of({{"confirm", "yes"}})).status == 303);
  CHECK(office.get(officer, address).has("Đã kết thúc"));
  CHECK(office.post(officer, address + "/open", form_of({{"confirm", "yes"}})).has("campaign_wrong_state"));
}

TEST_CASE("slips are made only for an address that a phone can open") {
  StaffOffice office;
  const std::string address = office.new_campaign();
  for (const char* wrong : {"", "khaosat.example", "ftp://khaosat.example", "https://khaosat.example/s", "https://a b", "javascript:alert(1)"}) {
    const auto page = office.post(office.officer(), address + "/slips", form_of({{"address", wrong}}));
    INFO(wrong);
    CHECK(page.status == 422);
    CHECK(page.has("href=\"#address\""));
    CHECK(page.input("address") == wrong);
  }
  CHECK(codes_on(office.post(office.officer(), address + "/slips", form_of({{"address", "http://10.0.0.2:8080"}}))).size() == 48);
}

TEST_CASE("a campaign form with a mistake keeps everything typed and says where it is") {
  struct Mistake {
    std::string field, value, says, links_to;
  };
  const std::string header = "unit,psu,title,population,slips,psu_population,neighbour\n";
  const auto mistake = GENERATE_COPY(
      Mistake{"title", " ", "Xin đặt tên cho đợt khảo sát.", "title"},
      Mistake{"office", "", "Xin ghi cơ quan", "office"},
      Mistake{"questionnaire", "nobody/1", "Xin chọn một phiếu hỏi", "questionnaire"},
      Mistake{"questionnaire", "citizen_satisfaction", "Xin chọn một phiếu hỏi", "questionnaire"},
      Mistake{"opens_on", "2026-02-30", "Ngày bắt đầu không có trên lịch.", "opens_on"},
      Mistake{"closes_on", "2026-10-01", "Ngày cuối sớm hơn", "closes_on"},
      Mistake{"sample", "all", "Xin chọn một trong các mục.", "sample"},
      Mistake{"admission", "open", "chỉ nhận người có mã phiếu", "admission"},
      Mistake{"minimum_cell", "4", "Ít nhất 5 người dân", "minimum_cell"},
      Mistake{"minimum_cell", "năm", "Xin ghi một số nguyên.", "minimum_cell"},
      Mistake{"batch_size", "9", "Ít nhất 10.", "batch_size"},
      Mistake{"units", "xa_khong_co", "không tồn tại", "units"},
      Mistake{"psus", "", "Bảng chưa đúng cách ghi", "psus"},
      Mistake{"psus", "psu,title\nv1,Thôn\n", "Còn thiếu", "psus"},
      Mistake{"psus", header + "xa_na_phac_2025,v1,Thôn,nhiều,12,8,\n", "Dòng 2, cột population: Cần một số nguyên từ 0.", "psus"},
      Mistake{"psus", header + "xa_na_phac_2025,v1,Thôn,50,12,8,\nxa_na_phac_2025,v1,Thôn,50,12,8,\n", "Dòng 3, cột psu: Mã này đã dùng", "psus"},
      Mistake{"psus", header + "xa_bang_van,v1,Thôn,50,12,8,\n", "Dòng 2, cột unit:", "psus"},
      Mistake{"psus", header + "xa_na_phac_2025,v1,Thôn,50,12,8,v9\n", "Dòng 2, cột neighbour:", "psus"},
      Mistake{"psus", header + "xa_na_phac_2025,v1,Thôn,10,12,8,\n", "psus", "psus"});
  INFO(mistake.field << " = " << mistake.value);
  StaffOffice office;
  auto fields = with(StaffOffice::campaign_fields(), mistake.field, mistake.value);
  fields.emplace_back("title_en", "Trial <of> \"Ngân Sơn\"");
  const auto page = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  CHECK(page.status == 422);
  CHECK(page.has(mistake.says));
  CHECK(page.has("href=\"#" + mistake.links_to + "\""));
  CHECK(page.has("<title>Lỗi:"));
  CHECK(page.input("csrf") == office.officer().csrf);
  CHECK(page.has("Trial &lt;of&gt; &quot;Ngân Sơn&quot;"));
  if (mistake.field != "title") CHECK(page.has("Khảo sát thử ở Ngân Sơn"));
  if (mistake.field != "psus") CHECK(page.has("xa_na_phac_2025,v1,Thôn Suối Bạc,120,12,8,v2"));
  if (mistake.field != "units") CHECK(page.has("value=\"xa_na_phac_2025\" checked"));
  CHECK(office.base.book.all()->empty());
}

TEST_CASE("a table in pieces of letters is put together, broken bytes are refused") {
  StaffOffice office;
  // Each mark as a letter of its own, as some systems type it.
  const std::string decomposed = "Kha\xcc\x89""o sa\xcc\x81""t thu\xcc\x9b""\xcc\x89"" o\xcc\x9b""\xcc\x89"" Nga\xcc\x82""n So\xcc\x9b""n";
  auto fields = with(StaffOffice::campaign_fields(), "title", decomposed);
  const auto made = office.post(office.officer(), "/staff/campaigns", FormData(fields));
  REQUIRE(made.status == 303);
  CHECK(office.get(office.officer(), made.header("location")).has("Khảo sát thử ở Ngân Sơn"));
  const auto broken = office.post(office.officer(), "/staff/campaigns", FormData(with(fields, "title", "Kh\xff")));
  CHECK(broken.status == 400);
  CHECK(broken.has("not_utf8"));
}

TEST_CASE("an uploaded table takes the place of the typed one, and stays in the field when it is wrong") {
  StaffOffice office;
  const auto upload = [&](const std::string& table) {
    std::string body;
    auto fields = with(StaffOffice::campaign_fields(), "psus", "");
    fields.emplace_back("csrf", office.officer().csrf);
    for (const auto& [name, value] : fields) {
      body += "--grenze\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }
    body += "--grenze\r\nContent-Disposition: form-data; name=\"psus_file\"; filename=\"dia ban.csv\"\r\nContent-Type: text/csv\r\n\r\n" +
            table + "\r\n--grenze--\r\n";
    return office.post_multipart(office.officer(), "/staff/campaigns", body, "grenze");
  };
  const std::string good = "\xEF\xBB\xBFunit;psu;title;population;slips\r\nxa_na_phac_2025;v1;Thôn Suối Bạc;120;12\r\nxa_ngan_son_2025;v2;Thôn Cầu Đá;90;12\r\n";
  CHECK(upload(good).status == 303);
  const auto wrong = upload("unit;psu;title;population;slips\r\nxa_na_phac_2025;v1;Thôn Suối Bạc;rất nhiều;12\r\n");
  CHECK(wrong.status == 422);
  CHECK(wrong.has("rất nhiều"));
  CHECK(wrong.has("Dòng 2, cột population"));
}
