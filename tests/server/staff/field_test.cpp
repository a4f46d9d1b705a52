// Interviewers' devices: who makes one, what becomes of codes and tokens, that an answer given to an interviewer
// is an answer like any other, and that nothing stored joins it to the person visited.
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "server/pages/field/rescued_file.h"
#include "server/security/sealed_box.h"
#include "server/services/field/field_service.h"
#include "tests/support/staff_office.h"

using namespace khaosat;

namespace {

const Colleague kNobody;
const std::string kDraw =
    "psu,person,rank,drawn,direction\n"
    "v1,ns-017,1,1,Nhà sàn cuối bản\nv1,ns-004,2,1,\nv1,ns-033,3,0,\nv1,ns-021,4,0,\n"
    "v2,ns-101,1,1,\nv2,ns-102,2,0,\n";

std::string json_of(std::vector<std::pair<std::string, std::string>> fields) {
  std::string json = "{";
  for (const auto& [name, value] : fields) {
    std::string escaped;
    for (const char c : value) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
    json += std::string(json.size() > 1 ? "," : "") + "\"" + name + "\":\"" + escaped + "\"";
  }
  return json + "}";
}

struct Team : StaffOffice {
  explicit Team(Admission admission = Admission::open) : campaign(base.open_campaign(TestApp::citizen_draft(admission))) {}

  std::string path() const { return "/staff/campaigns/" + campaign.id + "/field"; }
  TestPage ask(const std::string& label, std::vector<std::string> places, const std::string& draw) {
    std::vector<std::pair<std::string, std::string>> fields = {{"label", label}, {"draw", draw}};
    for (auto& place : places) fields.emplace_back("places", std::move(place));
    return post(officer(), path(), FormData(fields));
  }
  std::string code() {
    const auto page = ask("Nhóm 1", {"v1"}, kDraw);
    REQUIRE(page.status == 200);
    const std::string start = "id=\"field-code\">";
    const auto from = page.body.find(start) + start.size();
    return page.body.substr(from, page.body.find('<', from) - from);
  }
  TestPage enrol(const std::string& typed, Visit visit = {true, false, {}}) { return post_as_is(kNobody, "/field/enrol", form_of({{"code", typed}}), std::move(visit)); }
  static Visit device(const TestPage& enrolled, bool private_line = true) {
    const std::string cookie = enrolled.header("set-cookie");
    return {private_line, false, {{"cookie", cookie.substr(0, cookie.find(';'))}}};
  }
  Visit new_device() { return device(enrol(code())); }
  TestPage json(const Visit& visit, const std::string& to, const std::string& body) {
    RawRequest request;
    request.method = "POST";
    request.path = to;
    request.headers = visit.headers;
    request.headers.emplace_back("content-type", "application/json");
    request.body = body;
    request.is_tls = visit.is_tls;
    request.headers.emplace_back("host", "khaosat.test");
    return send_raw(std::move(request));
  }
  TestPage send_raw(RawRequest request) {
    const auto found = std::find_if(routes().begin(), routes().end(), [&](const Route& route) { return route.method == request.method && route.pattern == request.path; });
    REQUIRE(found != routes().end());
    Request made = make_request(std::move(request)).value();
    const auto response = found->handler(made);
    if (!response) return {http_status_of(response.error().code), std::string(name_of(response.error().code)), {}};
    return {response->status, response->body, response->headers};
  }
  std::string interview(const std::string& id, const std::string& place = "v1", const std::string& consent = "yes") {
    return json_of({{"_id", id}, {"_consent", consent}, {"_place", place}, {"_lang", "vi"}, {"used_procedure", "yes"}});
  }
  std::string sealed(const std::string& id, const std::string& inside) {
    return json_of({{"_id", id}, {"sealed", to_hex(seal_to_box(field.seal_key(campaign.id).value(), inside, "khaosat-field/1 " + campaign.id))}});
  }
  FieldTally tally() { return field.of_campaign(campaign.id).value().front().tally; }

  TestCampaign campaign;
};

const std::string kId = "0123456789abcdef0123456789abcdef";
const std::string kOther = "fedcba9876543210fedcba9876543210";

}  // namespace

TEST_CASE("a code makes one device an interviewer's, once, within a day") {
  Team team;
  const std::string code = team.code();
  const auto enrolled = team.enrol(code);
  CHECK(enrolled.status == 303);
  const std::string cookie = enrolled.header("set-cookie");
  CHECK(cookie.starts_with("__Host-field="));
  for (const char* needed : {"Secure", "HttpOnly", "SameSite=Strict", "Path=/"}) CHECK(cookie.find(needed) != std::string::npos);
  const auto again = team.enrol(code);
  CHECK(again.status == 403);
  REQUIRE(team.ask("Nhóm 2", {"v2"}, kDraw).status == 200);
  const auto late = team.ask("Nhóm 3", {"v3"}, "psu,person,rank,drawn\nv3,a,1,1\n");
  const auto from = late.body.find("id=\"field-code\">") + 16;
  team.base.clock.advance(kFieldCodeSeconds);
  CHECK(team.enrol(late.body.substr(from, 19)).body == again.body);
  CHECK(team.enrol("0000-0000-0000-0000").body == again.body);
}

TEST_CASE("on a plain line the device is known too, but hears no direction") {
  Team team;
  const auto enrolled = team.enrol(team.code(), {false, false, {}});
  CHECK(enrolled.status == 303);
  CHECK(enrolled.header("set-cookie").find("Secure") == std::string::npos);
  const auto plain = team.get(kNobody, "/field/sheet", Team::device(enrolled, false));
  CHECK(plain.has("ns-017"));
  CHECK_FALSE(plain.has("Nhà sàn"));
  const auto other = team.ask("Nhóm 2", {"v2"}, "psu,person,rank,drawn,direction\nv2,b,1,1,Nhà sàn\n");
  const auto from = other.body.find("id=\"field-code\">") + 16;
  CHECK(team.get(kNobody, "/field/sheet", Team::device(team.enrol(other.body.substr(from, 19)))).has("Nhà sàn"));
}

TEST_CASE("two devices cannot have one place, and who takes over goes on where the other stood") {
  Team team;
  const auto device = team.new_device();
  CHECK(team.ask("Nhóm 2", {"v1"}, kDraw).status == 422);
  REQUIRE(team.json(device, "/field/outcomes", "{\"people\":{\"ns-017\":[\"not_reached\"],\"ns-004\":[\"refused\"]}}").status == 200);
  const auto first = team.field.of_campaign(team.campaign.id).value().front().device;
  CHECK(team.post(team.officer(), team.path() + "/" + first.id + "/revoke", {}).status == 303);
  const auto next = team.new_device();
  const auto sheet = team.get(kNobody, "/field/sheet", next);
  CHECK(sheet.has("\"person\":\"ns-017\",\"rank\":1,\"drawn\":true,\"direction\":\"Nhà sàn cuối bản\",\"attempts\":[\"not_reached\"]"));
  CHECK(team.tally().attempts == 0);
  // The direction has gone from the sheet of the one that was revoked.
  CHECK(team.field.sheet(first).value().people[0].direction.empty());
}

TEST_CASE("what is wrong with a draw is said at once, and nothing is made") {
  Team team;
  CHECK(team.ask("", {"v1"}, kDraw).status == 422);
  CHECK(team.ask("Nhóm 1", {}, kDraw).status == 422);
  const auto page = team.ask("Nhóm 1", {"v1"}, "psu,person,rank,drawn\nv1,Nguyễn Văn A,1,1\nv1,0912345678,2,0\n");
  CHECK(page.status == 422);
  CHECK(page.has("mã tự đặt"));
  CHECK(team.field.of_campaign(team.campaign.id)->empty());
  CHECK(team.post(team.colleague(Role::analyst), team.path(), form_of({{"label", "x"}, {"places", "v1"}, {"draw", kDraw}})).status == 403);
}

TEST_CASE("an interview is taken sealed or open, and the same again gives the same receipt") {
  Team team;
  const auto device = team.new_device();
  const auto first = team.json(device, "/field/answers", team.sealed(kId, team.interview(kId)));
  CHECK(first.status == 200);
  CHECK(first.has("\"khaosat\":\"field\",\"id\":\"" + kId + "\",\"receipt\":"));
  CHECK(first.has("\"repeated\":false"));
  const auto again = team.json(device, "/field/answers", json_of({{"_id", kId}, {"plain", team.interview(kId)}}));
  CHECK(again.has("\"repeated\":true"));
  CHECK(again.body.substr(again.body.find("receipt"), 22) == first.body.substr(first.body.find("receipt"), 22));
  const auto other = team.json(device, "/field/answers", team.sealed(kId, team.interview(kId, "v2")));
  CHECK(other.status == 409);
  CHECK(other.has("submission_conflict"));
  CHECK(team.base.arrived(team.campaign) == 1);
}

TEST_CASE("what cannot be taken says so about this very interview, and takes nothing") {
  Team team;
  const auto device = team.new_device();
  struct Case {
    const char* what;
    std::string body;
    int status;
    const char* error;
  };
  const std::string good = team.sealed(kId, team.interview(kId));
  const std::vector<Case> cases = {
      {"another id inside", team.sealed(kId, team.interview(kOther)), 400, "bad_request"},
      {"no consent", team.sealed(kId, team.interview(kId, "v1", "")), 422, "consent_missing"},
      {"a place of nobody", team.sealed(kId, team.interview(kId, "v99")), 422, "unit_not_valid"},
      {"not sealed for us", json_of({{"_id", kId}, {"sealed", std::string(400, '0')}}), 400, "bad_request"},
      {"not hexadecimal", json_of({{"_id", kId}, {"sealed", "xyz"}}), 400, "bad_request"},
      {"nothing", json_of({{"_id", kId}}), 422, "bad_json"},
  };
  for (const auto& one : cases) {
    INFO(one.what);
    const auto answer = team.json(device, "/field/answers", one.body);
    CHECK(answer.status == one.status);
    CHECK(answer.has("\"id\":\"" + kId + "\",\"error\":\"" + one.error));
  }
  CHECK(team.json({}, "/field/answers", good).has("interviewer_not_enrolled"));
  CHECK(team.json({true, false, {{"cookie", "__Host-field=" + std::string(20, 'a') + ".x"}}}, "/field/answers", good).status == 403);
  CHECK(team.post_as_is(kNobody, "/field/answers", form_of({{"_id", kId}}), device).status == 415);
  Team::Visit foreign = device;
  foreign.headers.emplace_back("sec-fetch-site", "cross-site");
  CHECK(team.json(foreign, "/field/answers", good).status == 403);
  CHECK(team.base.arrived(team.campaign) == 0);
  CHECK(team.json(device, "/field/answers", good).status == 200);
}

TEST_CASE("with slips, a mistyped code is refused and mended from outside the seal") {
  Team team(Admission::slips);
  const auto device = team.new_device();
  const std::string inside = json_of({{"_id", kId}, {"_consent", "yes"}, {"_slip", "0000-0000-0000-0"}, {"used_procedure", "yes"}});
  std::string body = team.sealed(kId, inside);
  CHECK(team.json(device, "/field/answers", body).has("slip_refused"));
  body.insert(body.size() - 1, ",\"_slip\":\"" + team.campaign.slips.front() + "\"");
  CHECK(team.json(device, "/field/answers", body).status == 200);
  // Spent and unknown sound the same.
  CHECK(team.json(device, "/field/answers", team.sealed(kOther, json_of({{"_id", kOther}, {"_consent", "yes"}, {"_slip", team.campaign.slips.front()}}))).has("slip_refused"));
  CHECK(team.base.arrived(team.campaign) == 1);
}

TEST_CASE("an interview made with the version before is taken, and answers that fit nowhere are left empty") {
  Team team;
  const auto device = team.new_device();
  const std::string gone = team.base.republish(team.campaign);
  const auto taken = team.json(device, "/field/answers", team.sealed(kId, json_of({{"_id", kId}, {"_consent", "yes"}, {"_place", "v1"}, {"used_procedure", "yes"}, {gone, "female"}})));
  CHECK(taken.status == 200);
  CHECK(taken.has("\"blanked\":1"));
}

TEST_CASE("a revoked device sends nothing more; a closed survey takes nothing more and forgets its sheets") {
  Team team;
  const auto device = team.new_device();
  REQUIRE(team.json(device, "/field/outcomes", "{\"people\":{\"ns-017\":[\"refused\"]}}").status == 200);
  const auto id = team.field.of_campaign(team.campaign.id).value().front().device.id;
  REQUIRE(team.field.revoke(team.campaign.id, id, "test"));
  CHECK(team.json(device, "/field/answers", team.sealed(kId, team.interview(kId))).has("interviewer_not_enrolled"));
  CHECK(team.json(device, "/field/outcomes", "{\"people\":{}}").status == 403);
  CHECK(team.get(kNobody, "/field/sheet", device).status == 403);

  const auto next = team.new_device();
  const std::string body = team.sealed(kId, team.interview(kId));
  REQUIRE(team.base.campaigns.close(team.campaign.id, "test"));
  CHECK(team.json(next, "/field/answers", body).has("campaign_closed"));
  CHECK(team.json(next, "/field/answers", body).status == 410);
  REQUIRE(team.field.finish_closed());
  CHECK(team.json(next, "/field/answers", body).status == 410);
  CHECK_FALSE(std::filesystem::exists(team.base.folder.file("field/" + team.campaign.id)));
  CHECK_FALSE(team.base.keys.has_campaign("field" + team.campaign.id));
  // The counts stay.
  const auto lines = team.field.of_campaign(team.campaign.id).value();
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].tally.refused + lines[1].tally.refused == 1);
  CHECK(team.get(team.officer(), team.path()).has("Nhóm 1"));
}

TEST_CASE("nothing that is stored says who was visited, when, or joins a visit to an answer") {
  Team team;
  const auto device = team.new_device();
  REQUIRE(team.json(device, "/field/outcomes", "{\"people\":{\"ns-017\":[\"done\"]},\"languages\":{\"tay\":1},\"helpers\":{\"family\":1}}").status == 200);
  REQUIRE(team.json(device, "/field/answers", team.sealed(kId, team.interview(kId))).status == 200);
  // The file of the device is sealed: neither ids nor directions stand in it.
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(team.base.folder.file("field"))) {
    if (!entry.is_regular_file()) continue;
    ++files;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    for (const char* told : {"ns-017", "Nhà sàn", "done", "tay", kId.c_str()}) CHECK(bytes.find(told) == std::string::npos);
  }
  CHECK(files == 1);
  // Opened, it holds no time and no id of an answer.
  const auto line = team.field.of_campaign(team.campaign.id).value().front();
  const std::string sheet = to_json(team.field.sheet(line.device).value());
  CHECK(sheet.find(kId) == std::string::npos);
  CHECK(sheet.find("1795") == std::string::npos);
  // The journal knows the device and no visit.
  REQUIRE(team.base.store.registry().each_journal_entry([&](const JournalEntry& entry) {
    CHECK(entry.detail.find("ns-") == std::string::npos);
    CHECK(entry.subject.find("ns-") == std::string::npos);
    if (entry.action.starts_with("field.")) CHECK((entry.action == "field.invite" || entry.action == "field.enrol"));
  }));
  for (const auto kind : {kFieldCodeRecord, kFieldDeviceRecord, kFieldRevokedRecord}) {
    for (const auto& record : team.base.store.registry().records(kind, "").value()) CHECK(record.content.find("ns-") == std::string::npos);
  }
}

TEST_CASE("a backup holds the sheets, sealed as they are, and restores them") {
  Team team;
  const auto device = team.new_device();
  REQUIRE(team.json(device, "/field/outcomes", "{\"people\":{\"ns-017\":[\"refused\"]}}").status == 200);
  const std::string folder = team.base.folder.path();
  CHECK(FieldFolder(folder + "/field").copy_to(FieldFolder(folder + "/backup")).value() == 1);
  REQUIRE(team.json(device, "/field/outcomes", "{\"people\":{\"ns-004\":[\"refused\"]}}").status == 200);
  CHECK(team.tally().refused == 2);
  CHECK(FieldFolder(folder + "/backup").copy_to(FieldFolder(folder + "/field")).value() == 1);
  CHECK(team.tally().refused == 1);
  // The device says everything it knows each time, so nothing is missing afterwards.
  REQUIRE(team.json(device, "/field/outcomes", "{\"people\":{\"ns-017\":[\"refused\"],\"ns-004\":[\"refused\"]}}").status == 200);
  CHECK(team.tally().refused == 2);
}

TEST_CASE("without a script one interview is made, kept and accounted for online") {
  Team team;
  const auto device = team.new_device();
  CHECK(team.get(kNobody, "/field/list", device).has("ns-017"));
  std::vector<std::pair<std::string, std::string>> fields = {{"_lang", "vi"}, {"_consent", "yes"}, {"_place", "v1"}, {"used_procedure", "yes"}, {"_id", kId}};
  auto page = team.get(kNobody, "/field/form", device);
  CHECK(page.has("action=\"/field/form\""));
  CHECK(page.has("Người phỏng vấn nghe câu trả lời"));
  std::string at = "start";
  for (int i = 0; i < 30 && !page.has("value=\"send\""); ++i) {
    auto sent = fields;
    sent.emplace_back("_step", "next");
    sent.emplace_back("_at", at);
    page = team.post_as_is(kNobody, "/field/form", FormData(sent), device);
    REQUIRE(page.status == 200);
    at = page.input("_at");
  }
  fields.emplace_back("_step", "send");
  fields.emplace_back("_at", "check");
  page = team.post_as_is(kNobody, "/field/form", FormData(fields), device);
  CHECK(page.has("class=\"receipt\""));
  CHECK(page.header("cache-control") == "no-store");
  CHECK(team.post_as_is(kNobody, "/field/outcome", form_of({{"person", "ns-017"}, {"outcome", "done"}}), device).status == 422);
  CHECK(team.post_as_is(kNobody, "/field/outcome", form_of({{"person", "ns-017"}, {"outcome", "done"}, {"language", "vi"}, {"helper", "none"}}), device).status == 303);
  CHECK(team.post_as_is(kNobody, "/field/outcome", form_of({{"person", "ns-033"}, {"outcome", "refused"}}), device).status == 403);
  CHECK(team.tally().done == 1);
  CHECK(team.base.arrived(team.campaign) == 1);
}

TEST_CASE("a rescued file is taken in once, whole, and by nobody's eyes") {
  Team team;
  team.new_device();
  const auto device = team.field.of_campaign(team.campaign.id).value().front().device;
  const std::string box = team.field.seal_key(team.campaign.id).value();
  const std::string purpose = "khaosat-field/1 " + team.campaign.id;
  const auto item = [&](const std::string& id) { return "{\"_id\":\"" + id + "\",\"sealed\":\"" + to_hex(seal_to_box(box, team.interview(id), purpose)) + "\"}"; };
  const std::string outcomes = "{\"people\":{\"ns-017\":[\"done\"],\"ns-004\":[\"done\"]},\"languages\":{\"vi\":2},\"helpers\":{\"none\":2}}";
  const std::string file = "{\"khaosat\":\"field-rescue/1\",\"campaign\":\"" + team.campaign.id + "\",\"device\":\"" + device.id + "\",\"answers\":[" +
                           item(kId) + "," + item(kOther) + ",{\"_id\":\"" + kId + "x\",\"sealed\":\"00\"}],\"outcomes\":{\"sealed\":\"" +
                           to_hex(seal_to_box(box, outcomes, purpose)) + "\"}}";
  // The device was lost and revoked meanwhile.
  REQUIRE(team.field.revoke(team.campaign.id, device.id, "test"));
  const auto page = team.post(team.officer(), team.path() + "/rescue", form_of({{"rescue", file}}));
  CHECK(page.status == 200);
  CHECK(page.has("Đã nhận 2 phiếu mới; 0 phiếu đã có từ trước."));
  CHECK(page.has("1 mục không nhận được"));
  CHECK_FALSE(page.has("used_procedure"));
  CHECK(team.post(team.officer(), team.path() + "/rescue", form_of({{"rescue", file}})).has("Đã nhận 0 phiếu mới; 2 phiếu đã có từ trước."));
  CHECK(team.base.arrived(team.campaign) == 2);
  CHECK(team.tally().done == 2);
  for (const char* wrong : {"", "{}", "[1]", "{\"khaosat\":\"field-rescue/1\"}"}) {
    CHECK(team.post(team.officer(), team.path() + "/rescue", form_of({{"rescue", wrong}})).status == 422);
  }
  Team other;
  CHECK(other.post(other.officer(), other.path() + "/rescue", form_of({{"rescue", file}})).status == 422);
}

TEST_CASE("the worker and the manifest keep to their own corner") {
  Team team;
  const auto worker = team.get(kNobody, "/field/sw.js");
  CHECK(worker.header("cache-control") == "no-cache");
  CHECK(worker.header("content-type").starts_with("text/javascript"));
  CHECK(worker.header("service-worker-allowed").empty());
  CHECK(worker.has("const kVersion = 'field-"));
  CHECK_FALSE(worker.has("\"\""));
  CHECK(team.get(kNobody, "/field/manifest.webmanifest").has("\"scope\":\"/field/\""));
  CHECK(team.get(kNobody, "/field").header("location") == "/field/");
  // Only the two pages that hold nothing of anybody may be kept, and only where the device is known.
  const auto device = team.new_device();
  CHECK(team.get(kNobody, "/field/", device).header("x-field-keep") == "yes");
  CHECK(team.get(kNobody, "/field/form", device).header("x-field-keep") == "yes");
  CHECK(team.get(kNobody, "/field/").header("x-field-keep").empty());
  for (const char* path : {"/field/list", "/field/sheet"}) CHECK(team.get(kNobody, path, device).header("x-field-keep").empty());
  for (const char* path : {"/field/", "/field/form"}) {
    const auto page = team.get(kNobody, path, device);
    for (const char* told : {"ns-0", "Nhà sàn", "Nhóm 1"}) CHECK_FALSE(page.has(told));
  }
}
