#include "tests/support/staff_office.h"

#include <stdexcept>

#include "server/pages/field/field_pages.h"
#include "server/pages/kiosk/kiosk_routes.h"
#include "server/pages/staff_page.h"
#include "server/pages/staff_routes.h"
#include "server/pages/staff_session.h"
#include "tests/support/answer_body.h"

namespace khaosat {

namespace {
constexpr const char* kPassword = "ba con trau trang di qua cau";
}

StaffOffice::StaffOffice()
    : accounts(base.store, base.clock),
      index(base.store, base.catalog, base.book),
      kiosks(base.store, base.book, base.clock),
      desk(base.clock),
      field(base.store, base.book, base.keys, base.clock, base.folder.file("field")),
      facts(base.store, base.catalog, base.clock),
      evidence(EvidenceFolder::open(base.folder.file("evidence")).value()),
      personal(base.store, base.catalog, facts, evidence, base.clock),
      jury(base.store, base.catalog, facts, base.clock),
      microdata(base.store, base.catalog, base.book, index, base.clock, exports.path()),
      paper(base.store, base.book, base.submit, base.keys, base.clock),
      scorecards(base.store, base.catalog, base.clock),
      app{
          .clock = base.clock,
          .files = base.files,
          .locales = base.locales,
          .templates = base.templates,
          .assets = base.assets,
          .catalog = base.catalog,
          .store = base.store,
          .book = base.book,
          .campaigns = base.campaigns,
          .submit = base.submit,
          .accounts = accounts,
          .index = index,
          .kiosks = kiosks,
          .desk = desk,
          .field = field,
          .facts = facts,
          .evidence = evidence,
          .personal = personal,
          .jury = jury,
          .microdata = microdata,
          .paper = paper,
          .scorecards = scorecards,
          .published = base.published,
      } {
  RouterConfig config;
  config.routes = staff_routes(app);
  for (auto& route : kiosk_routes({base.citizen(), kiosks, desk})) config.routes.push_back(std::move(route));
  for (auto& route : field_routes({base.citizen(), field, base.files})) config.routes.push_back(std::move(route));
  config.guard = staff_guard(app);
  config.error_page = [this](const Error& error, const Request& request) { return staff_error_page(app, error, request); };
  auto router = Router::create(std::move(config));
  if (!router) throw std::runtime_error(router.error().message + " " + router.error().where);
  router_ = std::make_unique<Router>(std::move(*router));
}

const Colleague& StaffOffice::colleague(Role role) {
  Colleague& who = colleagues_[role];
  if (!who.cookie.empty()) return who;
  const std::string name(name_of(role));
  const auto made = accounts.create({"ban." + name, "Chị " + name, kPassword, role}, "test");
  if (!made) throw std::runtime_error(made.error().message);
  who.cookie = accounts.sign_in("ban." + name, kPassword).value();
  who.csrf = accounts.who(who.cookie)->csrf;
  return who;
}

TestPage StaffOffice::send(RawRequest request, const Colleague& who, Visit visit) {
  request.headers = std::move(visit.headers);
  request.is_tls = visit.is_tls;
  request.is_loopback = visit.is_loopback;
  request.headers.emplace_back("host", "khaosat.test");
  if (!who.cookie.empty()) request.headers.emplace_back("cookie", "__Host-sid=" + who.cookie);
  const RawAnswer answer = router_->handle(std::move(request));
  return {answer.status, body_of(answer), answer.headers};
}

TestPage StaffOffice::get(const Colleague& who, const std::string& path, Visit visit) {
  RawRequest request;
  request.method = "GET";
  const auto mark = path.find('?');
  request.path = path.substr(0, mark);
  if (mark != std::string::npos) request.query = path.substr(mark + 1);
  return send(std::move(request), who, std::move(visit));
}

TestPage StaffOffice::post(const Colleague& who, const std::string& path, FormData form, Visit visit) {
  form.add("csrf", who.csrf);
  return post_as_is(who, path, form, std::move(visit));
}

TestPage StaffOffice::post_as_is(const Colleague& who, const std::string& path, const FormData& form, Visit visit) {
  RawRequest request;
  request.method = "POST";
  request.path = path;
  visit.headers.emplace_back("content-type", "application/x-www-form-urlencoded");
  request.body = to_urlencoded(form);
  return send(std::move(request), who, std::move(visit));
}

TestPage StaffOffice::post_multipart(const Colleague& who, const std::string& path, const std::string& body,
                                     const std::string& boundary) {
  RawRequest request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  return send(std::move(request), who, {false, true, {{"content-type", "multipart/form-data; boundary=" + boundary}}});
}

std::vector<std::pair<std::string, std::string>> StaffOffice::campaign_fields() {
  return {{"title", "Khảo sát thử ở Ngân Sơn"},
          {"office", "UBND xã Ngân Sơn"},
          {"questionnaire", "citizen_satisfaction/1"},
          {"opens_on", "2026-11-01"},
          {"closes_on", "2026-11-30"},
          {"sample", "drawn"},
          {"admission", "slips"},
          {"minimum_cell", "5"},
          {"batch_size", "10"},
          {"units", "xa_na_phac_2025"},
          {"units", "xa_ngan_son_2025"},
          {"psus",
           "unit,psu,title,population,slips,psu_population,neighbour\n"
           "xa_na_phac_2025,v1,Thôn Suối Bạc,120,12,8,v2\n"
           "xa_na_phac_2025,v2,Thôn Đồi Thông,90,12,8,\n"
           "xa_ngan_son_2025,v3,Thôn Cầu Đá,150,12,8,\n"
           "xa_ngan_son_2025,v4,Thôn Ruộng Mới,80,12,8,\n"}};
}

std::string StaffOffice::new_campaign() {
  const TestPage page = post(officer(), "/staff/campaigns", FormData(campaign_fields()));
  if (page.status != 303) throw std::runtime_error(page.body);
  return page.header("location");
}

}  // namespace khaosat
