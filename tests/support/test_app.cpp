#include "tests/support/test_app.h"

#include "tests/support/answer_body.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "server/http/media_type.h"
#include "server/pages/answer_form.h"
#include "server/pages/error_page.h"
#include "server/pages/front_page.h"
#include "server/pages/sounds/sound_pages.h"
#include "server/survey/questionnaire_json.h"

namespace khaosat {

namespace {

constexpr UnixSeconds kNow = 1795312800;  // 2026-11-22 02:00 UTC

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().where);
  return std::move(result).value();
}
void must(Result<void> result) {
  if (!result) throw std::runtime_error(result.error().message);
}

std::string file_text(const std::string& path) {
  std::ifstream in(std::string(KHAOSAT_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string unescaped(std::string text) {
  const std::pair<const char*, const char*> entities[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&apos;", "'"}, {"&amp;", "&"}};
  for (const auto& [entity, character] : entities) {
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, std::string(entity).size(), character);
    }
  }
  return text;
}

}  // namespace

std::string TestPage::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (lower_ascii(key) == name) return value;
  }
  return {};
}

std::string TestPage::input(const std::string& name) const {
  const std::string start = "name=\"" + name + "\" value=\"";
  const auto at = body.find(start);
  if (at == std::string::npos) return {};
  const auto from = at + start.size();
  return unescaped(body.substr(from, body.find('"', from) - from));
}

FormData form_of(std::vector<std::pair<std::string, std::string>> fields) { return FormData(std::move(fields)); }

namespace {

struct Shipped {
  Catalog catalog = Catalog::load(std::string(KHAOSAT_SOURCE_DIR) + "/survey_defs");
  WebFiles files = embedded_files();
  Locales locales = must(Locales::load(files));
  Templates templates = must(Templates::load(files, locales));
  Assets assets = must(Assets::create(files));
};

const Shipped& shipped() {
  static const Shipped kShipped;
  return kShipped;
}

}  // namespace

TestApp::TestApp() : TestApp(shipped().catalog) {}

TestApp::TestApp(const Catalog& its_catalog)
    : clock(kNow),
      catalog(its_catalog),
      files(shipped().files),
      locales(shipped().locales),
      templates(shipped().templates),
      assets(shipped().assets),
      keys(must(KeyFolder::open(folder.file("keys")))),
      book(store),
      submit(book, keys, clock),
      campaigns(store, catalog, book, submit, keys, clock),
      published(Design{locales, templates, assets, &catalog.recordings()}) {
  router_ = std::make_unique<Router>(must(Router::create(routes())));
}

RouterConfig TestApp::routes() {
  RouterConfig config;
  const CitizenApp citizen = this->citizen();
  config.routes.push_back({"GET", "/", Access::everyone, 0,
                           [citizen](const Request& request) { return show_front_page(citizen, request); }, "front"});
  config.routes.push_back({"GET", kAnswerRoute, Access::everyone, 0,
                           [citizen](const Request& request) { return show_answer_form(citizen, request); }, "answer"});
  config.routes.push_back({"POST", kAnswerRoute, Access::everyone, kAnswerBodyLimit,
                           [citizen](const Request& request) { return take_answer_form(citizen, request); }, "answer"});
  config.routes.push_back(assets.route());
  for (auto& route : sound_routes(catalog.recordings())) config.routes.push_back(std::move(route));
  config.error_page = [citizen](const Error& error, const Request& request) {
    return error_page(citizen.design, error, request);
  };
  return config;
}

CitizenApp TestApp::citizen() {
  return CitizenApp{clock, Design{locales, templates, assets, &catalog.recordings()}, book, submit, published};
}

TestPage TestApp::send(RawRequest request) {
  request.headers.emplace_back("host", "khaosat.test");
  const RawAnswer answer = router_->handle(std::move(request));
  return {answer.status, body_of(answer), answer.headers};
}

TestPage TestApp::get(const std::string& path, HeaderList headers) {
  RawRequest request;
  request.method = "GET";
  const auto mark = path.find('?');
  request.path = path.substr(0, mark);
  if (mark != std::string::npos) request.query = path.substr(mark + 1);
  request.headers = std::move(headers);
  return send(std::move(request));
}

TestPage TestApp::post(const std::string& path, const FormData& form) {
  RawRequest request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"content-type", "application/x-www-form-urlencoded"}};
  request.body = to_urlencoded(form);
  return send(std::move(request));
}

Campaign TestApp::citizen_draft(Admission admission) {
  Campaign draft;
  draft.title = LocalText("Khảo sát thử ở Ngân Sơn");
  draft.title.set("en", "Trial survey in Ngân Sơn");
  draft.office = "Ủy ban nhân dân xã Nà Phặc";
  draft.questionnaire = {"citizen_satisfaction", 1, ""};
  draft.opens_on = "2026-11-01";
  draft.closes_on = "2026-11-30";
  draft.admission = admission;
  draft.units = {"xa_na_phac_2025", "xa_ngan_son_2025"};
  draft.strata = {{"na_phac", "Xã Nà Phặc", "xa_na_phac_2025", 0}, {"ngan_son", "Xã Ngân Sơn", "xa_ngan_son_2025", 0}};
  draft.psus = {{"v1", "Thôn Suối Bạc", "na_phac", 0, 20, ""}, {"v2", "Thôn Đồi Thông", "na_phac", 0, 20, ""},
                {"v3", "Thôn Cầu Đá", "ngan_son", 0, 20, ""}, {"v4", "Thôn Ruộng Mới", "ngan_son", 0, 20, ""}};
  return draft;
}

TestCampaign TestApp::open_campaign(Campaign draft) {
  Faults faults;
  auto created = campaigns.create(std::move(draft), "test", &faults);
  if (!created) throw std::runtime_error(to_text(faults) + created.error().message);
  TestCampaign campaign;
  campaign.id = created->id;
  if (created->admission == Admission::slips) {
    for (auto& slip : must(campaigns.make_slips(campaign.id, "test"))) {
      if (slip.psu == created->psus.front().id) campaign.slips.push_back(std::move(slip.code));
    }
  }
  must(campaigns.open(campaign.id, "test"));
  return campaign;
}

TestCampaign TestApp::open_every_type(Admission admission) {
  const std::string text = file_text("tests/fixtures/questionnaires/every_type.json");
  const FindScale find_scale = [this](std::string_view id, int version) -> const Scale* { return catalog.scale(id, version).get(); };
  const auto reading = read_questionnaire("every_type.json", text, find_scale);
  if (!reading.questionnaire) throw std::runtime_error(to_text(reading.faults));
  must(store.registry().pin_definition({"questionnaire", reading.questionnaire->identity, text}));
  for (const auto& scale : reading.questionnaire->scales) must(pin(store.registry(), catalog, "scale", scale));
  Campaign campaign = citizen_draft(admission);
  campaign.id = "everytype0";
  campaign.audience = Audience::rater;
  campaign.questionnaire = reading.questionnaire->identity;
  campaign.state = CampaignState::open;
  must(store.registry().put_campaign(campaign));
  return {campaign.id, {}};
}

std::string TestApp::republish(const TestCampaign& campaign) {
  const std::string gone = "sex";
  republish_with(campaign, {{"\"id\": \"" + gone + "\"", "\"id\": \"" + gone + "_of_respondent\""}});
  return gone;
}

void TestApp::renew(const TestCampaign& campaign) {
  const DefinitionIdentity before = must(book.find(campaign.id))->campaign.questionnaire;
  republish(campaign);
  Campaign changed = must(book.find(campaign.id))->campaign;
  changed.versions = {{before, "", "", 1}, {changed.questionnaire, "2026-11-22", "thử", 1}};
  must(store.registry().put_campaign(changed));
  book.forget(campaign.id);
}

void TestApp::republish_with(const TestCampaign& campaign, const std::vector<std::pair<std::string, std::string>>& replacements) {
  Campaign changed = must(book.find(campaign.id))->campaign;
  const auto pinned = must(store.registry().pinned("questionnaire", changed.questionnaire.id, changed.questionnaire.version));
  std::string text = pinned->content;
  const auto replace = [&](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    if (at == std::string::npos) throw std::runtime_error(from + " is not in the questionnaire");
    text.replace(at, from.size(), to);
  };
  replace("\"version\": 1", "\"version\": 2");
  for (const auto& [from, to] : replacements) replace(from, to);
  const FindScale find_scale = [this](std::string_view id, int version) -> const Scale* { return catalog.scale(id, version).get(); };
  const auto reading = read_questionnaire("republished.json", text, find_scale);
  if (!reading.questionnaire) throw std::runtime_error(to_text(reading.faults));
  must(store.registry().pin_definition({"questionnaire", reading.questionnaire->identity, text}));
  changed.questionnaire = reading.questionnaire->identity;
  must(store.registry().put_campaign(changed));
  book.forget(campaign.id);
}

int TestApp::arrived(const TestCampaign& campaign) {
  int total = 0;
  for (const auto& count : must(must(store.answers(campaign.id))->counts())) total += count.arrived;
  return total;
}

}  // namespace khaosat
