// Fills an empty folder through the server's own pages: what a newcomer sees has gone the same way as
// real answers would.
#include <filesystem>
#include <iostream>
#include <thread>

#include "analysis/awards/lineage.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/csv.h"
#include "server/catalog/catalog.h"
#include "server/cli/demo_people.h"
#include "server/cli/demo_places.h"
#include "server/cli/demo_scorecards.h"
#include "server/cli/serve.h"
#include "server/http/client.h"
#include "server/survey/read_answers.h"

namespace khaosat::cli {

namespace {

constexpr char kScorecard[] = "par_commune_scorecard_example";

// What stands between two marks; empty if either is missing.
std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  const std::size_t from = begin + before.size();
  const std::size_t end = text.find(after, from);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(from, end - from));
}

std::vector<std::string> slip_codes(std::string_view page) {
  constexpr std::string_view kMark = "class=\"slip-code\">";
  std::vector<std::string> codes;
  for (std::size_t at = page.find(kMark); at != std::string_view::npos; at = page.find(kMark, at + 1)) {
    codes.push_back(between(page.substr(at), kMark, "<"));
  }
  return codes;
}

class DemoLoading {
 public:
  DemoLoading(std::string address, std::string data, std::string defs, const Catalog& catalog)
      : client_(address),
        address_(std::move(address)),
        data_(std::move(data)),
        defs_(std::move(defs)),
        catalog_(catalog),
        people_(kDemoSeed) {}

  Result<void> load(const std::string& setup_link) {
    TRY_VOID(make_account(setup_link));
    villages_ = TRY(draw_demo_villages(catalog_, people_, data_ + "/demo"));
    // A survey is of the year in which it closes; this one's points go to scorecards of this year.
    const std::string in_two_weeks = vietnam_date(begun_ + 14 * 86400);
    const std::string year_end = std::min(in_two_weeks, std::to_string(year()) + "-12-31");
    closed_ = TRY(make_campaign("Khảo sát hài lòng của người dân (dữ liệu mẫu)", year_end));
    TRY_VOID(count_population());
    const auto codes = TRY(make_slips(closed_));
    TRY_VOID(confirm(closed_, "open"));
    TRY_VOID(answer_all(closed_, codes));
    TRY_VOID(confirm(closed_, "close"));
    TRY_VOID(keep_index());
    TRY_VOID(record_facts());
    TRY_VOID(keep_scorecards());
    TRY_VOID(evaluate_awards());
    TRY_VOID(bring_before_jury());
    open_ = TRY(make_campaign("Khảo sát đang mở để thử (dữ liệu mẫu)", in_two_weeks));
    open_codes_ = TRY(make_slips(open_));
    return confirm(open_, "open");
  }

  void say_who_may_sign_in() const { std::cout << "Sign in as demo, tham.dinh or hoi.dong, password " << password_ << " (made for this folder only)\n" << std::flush; }

  void say_where_to_look() const {
    std::cout << "\nDEMO: made-up data, marked as such on every page.\n"
              << "Answer as a citizen:  " << address_ << "/s/" << open_ << "\n"
              << "  with one of the codes " << open_codes_[0] << "  " << open_codes_[1] << "  " << open_codes_[2] << "\n"
              << "Sign in as staff:     " << address_ << "/staff\n"
              << "  name demo, password " << password_ << " (made for this folder only)\n"
              << "Closed campaign:      " << address_ << "/staff/campaigns/" << closed_ << "\n"
              << "Its index:            " << address_ << "/staff/campaigns/" << closed_ << "/index?model=sipas\n"
              << "Register of facts:    " << address_ << "/staff/facts\n"
              << "Scorecards:           " << address_ << "/staff/scorecards\n"
              << "  name tham.dinh with the same password appraises what demo scores\n"
              << "Award proposals:      " << decisions_[0] << "\n"
              << "                      and four more: " << address_ << "/staff/awards\n"
              << "Case before a jury:   " << case_ << "\n"
              << "  name hoi.dong with the same password votes once everybody replied or the time is over;\n"
              << "  a person's own record: " << address_ << "/own-record, reading code " << reading_code_ << "\n"
              << answered_ << " simulated people answered; draw.csv and frame.csv in " << data_
              << "/demo let you draw them again.\n"
              << std::flush;
  }

 private:
  Result<ClientResponse> expect(Result<ClientResponse> response, int status, const std::string& step) {
    if (!response) return response;
    if (response->status != status) {
      return fail(ErrorCode::internal, "demo: " + step + " was answered with " + std::to_string(response->status) + " " +
                                           between(response->body, "<h1>", "</h1>"));
    }
    return response;
  }

  Result<ClientResponse> post(const std::string& path, FormData fields, int status) {
    const auto page = TRY(expect(client_.get("/staff"), 200, "/staff"));
    fields.add("csrf", between(page.body, "name=\"csrf\" value=\"", "\""));
    return expect(client_.post_form(path, fields), status, path);
  }

  Result<void> make_account(const std::string& setup_link) {
    password_ = to_base32(random_bytes(10), 16);
    for (std::size_t at : {12, 8, 4}) password_.insert(at, "-");
    FormData fields;
    fields.add("token", setup_link.substr(setup_link.find("token=") + 6));
    fields.add("name", "demo");
    fields.add("display_name", "Người dùng thử");
    fields.add("password", password_);
    fields.add("password_again", password_);
    TRY(expect(client_.post_form("/setup", fields), 303, "/setup"));
    return {};
  }

  Result<std::string> make_campaign(const std::string& title, const std::string& closes_on) {
    CsvWriter psus({"unit", "stratum", "psu", "title", "population", "slips", "psu_population"});
    for (const auto& village : villages_) {
      psus.text(village.commune).text(village.commune).text(village.id).text(village.name);
      psus.integer(village.population).integer(kDemoSlipsPerVillage);
      psus.integer(static_cast<int>(catalog_.units().children_of(village.commune).size()));
      psus.end_row();
    }
    FormData fields;
    fields.add("title", title);
    fields.add("title_en", "Sample data");
    fields.add("office", "Tổ khảo sát thử nghiệm (không có thật)");
    fields.add("questionnaire", "citizen_satisfaction/" + std::to_string(catalog_.questionnaire("citizen_satisfaction")->identity.version));
    fields.add("opens_on", vietnam_date(begun_));
    fields.add("closes_on", closes_on);
    fields.add("sample", "drawn");
    fields.add("admission", "slips");
    for (const char* commune : kDemoCommunes) fields.add("units", commune);
    fields.add("psus", psus.str());
    fields.add("minimum_cell", "5");
    fields.add("batch_size", "10");
    fields.add("demo", "yes");
    const auto made = TRY(post("/staff/campaigns", fields, 303));
    const std::string location = made.header("location");
    return location.substr(location.rfind('/') + 1);
  }

  Result<std::vector<std::string>> make_slips(const std::string& campaign) {
    FormData fields;
    fields.add("address", address_);
    const auto page = TRY(post("/staff/campaigns/" + campaign + "/slips", fields, 200));
    auto codes = slip_codes(page.body);
    if (codes.size() != villages_.size() * kDemoSlipsPerVillage) {
      return fail(ErrorCode::internal, "demo: the sheet of slips does not hold every code");
    }
    return codes;
  }

  Result<void> count_population() {
    FormData fields;
    fields.add("table", TRY(demo_population(catalog_, villages_)));
    TRY(post("/staff/campaigns/" + closed_ + "/population", fields, 303));
    return {};
  }

  Result<void> confirm(const std::string& campaign, const std::string& step) {
    FormData fields;
    fields.add("confirm", "yes");
    TRY(post("/staff/campaigns/" + campaign + "/" + step, fields, 303));
    return {};
  }

  Result<void> answer_all(const std::string& campaign, const std::vector<std::string>& codes) {
    const auto questionnaire = catalog_.questionnaire("citizen_satisfaction");
    // Nobody's session: citizens have none.
    Client citizen(address_);
    std::size_t next_code = 0;
    std::string commune;
    Leaning leaning;
    for (const auto& village : villages_) {
      if (village.commune != commune) leaning.commune = people_.normal(0.35);
      commune = village.commune;
      leaning.village = people_.normal(0.2);
      for (int i = 0; i < kDemoSlipsPerVillage; ++i, ++next_code) {
        if (people_.chance(0.1)) continue;  // did not answer
        FormData fields;
        for (const auto& [name, value] : to_fields(*questionnaire, people_.answers(*questionnaire, leaning))) {
          fields.add(name, value);
        }
        fields.add("_consent", "yes");
        fields.add("_slip", codes[next_code]);
        fields.add("_id", to_base32(random_bytes(16), 25));
        fields.add("_lang", "vi");
        fields.add("_at", "check");
        fields.add("_step", "send");
        TRY(expect(citizen.post_form("/s/" + campaign, fields), 200, "answering"));
        ++answered_;
      }
    }
    return {};
  }

  Result<void> keep_index() {
    FormData fields;
    fields.add("model", "sipas");
    TRY(post("/staff/campaigns/" + closed_ + "/index", fields, 303));
    return {};
  }

  Result<void> record_facts() {
    for (const char* table : {"facts_thanh_an_2023_32", "facts_binh_phuoc_2018_604", "register_van_giao", "register_thuan_bac", "register_ngan_son"}) {
      FormData fields;
      fields.add("table", TRY(read_input(defs_ + "/demo/" + table + ".csv")));
      TRY(post("/staff/facts/import", fields, 200));
    }
    return {};
  }

  // A year in mid-work in which the demo's account has things to do, and one that is closed: its survey's points
  // come from the index kept above, its facts go to the register.
  Result<void> keep_scorecards() {
    FormData account;
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"name", "tham.dinh"}, {"display_name", "Người thẩm định thử"}, {"role", "officer"},
                                      {"password", password_}, {"password_again", password_}}) {
      account.add(name, value);
    }
    TRY(post("/staff/accounts", account, 303));
    TRY(import_scorecard({key_of("xa_bang_van_2025"), "Xã Bằng Vân", year(), "bv", false, "demo", "tham.dinh"}));
    const std::string closed = TRY(import_scorecard({key_of("xa_na_phac_2025"), "Xã Nà Phặc", year(), "np", true, "", ""}));
    for (const auto* item : catalog_.scorecard(kScorecard)->leaves()) {
      if (!item->survey) continue;
      const std::string path = closed + "/items/" + item->id;
      const auto page = TRY(expect(client_.get(path), 200, path));
      FormData fields;
      fields.add("act", "take_survey");
      const std::size_t offered = page.body.find("name=\"take_survey_run\"");
      if (offered == std::string::npos) return fail(ErrorCode::internal, "no index of the year is offered at " + path);
      fields.add("take_survey_run", between(std::string_view(page.body).substr(offered), "value=\"", "\""));
      fields.add("take_survey_note", "Theo khảo sát của năm (mẫu)");
      TRY(post(path, fields, 303));
    }
    FormData closing;
    closing.add("decision", "30/QĐ-UBND (mẫu)");
    closing.add("sure", "yes");
    TRY(post(closed + "/close", closing, 303));
    FormData facts;
    facts.add("add", "yes");
    TRY(post(closed + "/facts", facts, 303));
    return {};
  }

  int year() const { return std::stoi(vietnam_date(begun_)); }

  std::string key_of(const std::string& unit) const {
    const Unit* found = catalog_.units().find(unit);
    return awards::unit_key(found->code.empty() ? found->id : found->code, found->valid_from);
  }

  // Where the year stands.
  Result<std::string> import_scorecard(const DemoScorecard& wanted) {
    FormData fields;
    fields.add("do", "import");
    for (const auto& sheet : TRY(demo_scorecard(catalog_.scorecard(kScorecard), wanted, begun_))) {
      fields.add("sheet_" + sheet.name, scorecards::to_csv(sheet));
    }
    return TRY(post("/staff/scorecards/import", fields, 303)).header("location");
  }

  // Each directive about a unit of its own time, on a day of its own time; one day comes before the
  // figures it asks for.
  Result<void> evaluate_awards() {
    struct Case {
      const char* rules;
      const char* unit;
      const char* year;
      const char* date;
    };
    for (const auto& [rules, unit, year, date] : {Case{"thanh_an_2023_32", "25327", "2023", "2024-01-15"}, Case{"binh_phuoc_2018_604", "so_tttt", "2019", "2020-01-15"},
                                                  Case{"van_giao_2024_99", "30523", "2024", "2025-01-31"}, Case{"thuan_bac_2023_07", "588", "2023", "2023-11-30"},
                                                  Case{"ngan_son_2023_notice", "062", "2023", "2023-07-01"}}) {
      FormData fields;
      fields.add("year", year);
      fields.add("date", date);
      fields.add("unit", unit);
      fields.add("do", "keep");
      const auto kept = TRY(post(std::string("/staff/awards/rules/") + rules, fields, 303));
      decisions_.push_back(address_ + kept.header("location"));
    }
    return {};
  }

  // The first proposal goes before a jury: everybody with a negative word is told, one has replied, and the
  // points that were lost have a measure.
  Result<void> bring_before_jury() {
    FormData account;
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"name", "hoi.dong"}, {"display_name", "Thành viên hội đồng thử"}, {"role", "jury"},
                                      {"password", password_}, {"password_again", password_}}) {
      account.add(name, value);
    }
    TRY(post("/staff/accounts", account, 303));
    const std::string path = "/staff/jury/" + decisions_[0].substr(decisions_[0].rfind('/') + 1);
    case_ = address_ + path;
    FormData terms;
    for (const auto& [name, value] : {std::pair<const char*, const char*>{"members", "hoi.dong"}, {"members", "demo"}, {"reply_days", "5"}, {"needed_percent", "51"}, {"base", "members"}}) {
      terms.add(name, value);
    }
    TRY(post(path + "/begin", terms, 303));
    for (const auto& [person, number] : {std::pair<const char*, const char*>{"binh", "07/TB-UBND (mẫu)"}, {"chi", "08/TB-UBND (mẫu)"}, {"dung", "09/TB-UBND (mẫu)"}}) {
      FormData notice;
      notice.add("person", person);
      notice.add("number", number);
      const auto page = TRY(post(path + "/notices", notice, 200));
      if (std::string(person) == "chi") reading_code_ = between(page.body, "reading-code code\"><strong>", "</strong>");
    }
    FormData reply;
    reply.add("code", reading_code_);
    reply.add("text", "Tôi nghỉ thai sản từ tháng 3 năm 2022, tiêu chí 3.2 đã giao người khác từ ngày đó. Đề nghị hội đồng xem lại quyết định phân công. (mẫu)");
    TRY(expect(Client(address_).post_form("/own-record/reply", reply), 200, "replying to a notice"));
    FormData measure;
    for (const auto& [name, value] : {std::pair<const char*, std::string>{"criterion", "3.2"}, {"measure", "Niêm yết lại thủ tục tại bộ phận một cửa, phân công người thay khi vắng (mẫu)"},
                                      {"responsible", "dia_chinh"}, {"due", vietnam_date(begun_ + 5 * 24 * 3600)}}) {
      measure.add(name, value);
    }
    TRY(post(path + "/remedy", measure, 303));
    return {};
  }

  Client client_;
  std::string address_;
  std::string data_;
  std::string defs_;
  const Catalog& catalog_;
  const UnixSeconds begun_ = SystemClock{}.now();
  DemoPeople people_;
  std::vector<DemoVillage> villages_;
  std::string password_;
  std::string closed_;
  std::string open_;
  std::vector<std::string> open_codes_;
  std::vector<std::string> decisions_;
  std::string case_;
  std::string reading_code_;
  int answered_ = 0;
};

bool is_empty_folder(const std::string& folder) {
  std::error_code trouble;
  return !std::filesystem::exists(folder, trouble) || std::filesystem::is_empty(folder, trouble);
}

}  // namespace

int run_demo(const DemoOptions& options) {
  const auto config = config_of(options.serve);
  if (!config) return report(config.error());
  if (!is_empty_folder(config->data)) {
    return report(Error{ErrorCode::already_exists, "the demo needs an empty data folder; name another with --data", config->data, {}});
  }
  const Catalog catalog = Catalog::load(config->defs);
  auto application = Application::create(*config);
  if (!application) return report(application.error());
  const auto link = (*application)->setup_link();
  if (!link || !*link) return report(Error{ErrorCode::internal, "no link for the first account", "", {}});

  std::cout << "Loading the demo …\n" << std::flush;
  DemoLoading loading((*application)->addresses().front(), config->data, config->defs, catalog);
  Result<void> loaded;
  std::thread loader([&] {
    loaded = loading.load(**link);
    if (loaded && !options.stop_after_loading) {
      loading.say_where_to_look();
    } else {
      if (loaded) loading.say_who_may_sign_in();
      (*application)->stop();
    }
  });
  serve_until_stopped(**application);
  loader.join();
  return loaded ? 0 : report(loaded.error());
}

}  // namespace khaosat::cli
