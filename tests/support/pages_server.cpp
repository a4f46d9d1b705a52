// Serves citizens' pages over the store in memory, for the tests in a browser. Prints one line of
// JSON saying where, then serves until its standard input ends.
#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

#include "base/json_text.h"
#include "server/http/server.h"
#include "base/bytes.h"
#include "server/pages/field/field_pages.h"
#include "server/pages/field/rescued_file.h"
#include "server/pages/kiosk/kiosk_routes.h"
#include "server/services/field/field_service.h"
#include "server/services/kiosk/kiosk_desk.h"
#include "server/services/kiosk/kiosk_service.h"
#include "tests/support/spoken_definitions.h"
#include "tests/support/test_app.h"

using namespace khaosat;

namespace {

// One drawn person after another and as many reserves, in the first two places.
std::string draw_of(int drawn, std::size_t devices) {
  std::string csv = "psu,person,rank,drawn,direction\n";
  for (const std::string place : {"v1", "v2"}) {
    for (int rank = 1; rank <= 2 * drawn; ++rank) {
      // Other people for every device, or they would have been visited already.
      csv += place + ",d" + std::to_string(devices) + "-" + place + "-" + std::to_string(100 + rank) + "," + std::to_string(rank) + "," + (rank <= drawn ? "1" : "0") +
             ",\"Nhà thứ " + std::to_string(rank) + ", qua cầu treo\"\n";
    }
  }
  return csv;
}

// "field invite CAMPAIGN DRAWN", "field revoke CAMPAIGN", "field tally CAMPAIGN", "field rescue CAMPAIGN JSON",
// "field republish CAMPAIGN": another version of its questionnaire in place of the one before, "field renew CAMPAIGN":
// a newer one beside it, "field close CAMPAIGN".
std::string answer_field(TestApp& test, FieldService& field, const std::string& line) {
  std::istringstream in(line);
  std::string word;
  std::string act;
  std::string campaign;
  in >> word >> act >> campaign;
  const auto lines = field.of_campaign(campaign).value_or(std::vector<FieldLine>{});
  const auto end_all = [&] {
    for (const auto& one : lines) {
      if (one.state == FieldState::enrolled || one.state == FieldState::invited) (void)field.revoke(campaign, one.device.id, "test");
    }
  };
  if (act == "invite") {
    int drawn = 3;
    in >> drawn;
    end_all();
    const auto made = field.invite(campaign, "Nhóm 1", {"v1", "v2"}, draw_of(drawn, lines.size()), "test");
    return made ? json_quoted(made->code) : json_quoted(made.error().message);
  }
  if (act == "revoke") end_all();
  if (act == "tally") return lines.empty() ? "{}" : to_json(lines.front().tally);
  if (act == "rescue") {
    std::string json;
    std::getline(in, json);
    const auto file = read_rescued_file(json);
    const auto count = file ? take_rescued(test.citizen(), field, campaign, *file) : Result<RescueCount>(fail(file.error()));
    if (!count) return json_quoted(count.error().message);
    return "{\"fresh\":" + std::to_string(count->fresh) + ",\"repeated\":" + std::to_string(count->repeated) +
           ",\"refused\":" + std::to_string(count->refused.size()) + "}";
  }
  if (act == "renew") test.renew({campaign, {}});
  if (act == "republish") return json_quoted(test.republish({campaign, {}}));
  if (act == "close") {
    auto entry = test.book.find(campaign);
    Campaign closed = (*entry)->campaign;
    closed.closes_on = "2026-11-10";
    (void)test.store.registry().put_campaign(closed);
    test.book.forget(campaign);
  }
  if (act == "reopen") {
    auto entry = test.book.find(campaign);
    Campaign open = (*entry)->campaign;
    open.closes_on = "2026-11-30";
    (void)test.store.registry().put_campaign(open);
    test.book.forget(campaign);
  }
  return "true";
}

}  // namespace

int main() {
  const test::SpokenDefinitions definitions;
  TestApp test(definitions.catalog());
  auto draft = TestApp::citizen_draft();
  draft.psus[0].slips = 400;
  const auto slips = test.open_campaign(draft);
  draft = TestApp::citizen_draft(Admission::open);
  draft.demo = true;
  const auto open = test.open_campaign(draft);
  Campaign exit_draft = draft;
  exit_draft.questionnaire = {"exit_one_minute", 1, ""};
  const auto spoken = test.open_campaign(exit_draft);
  const auto every_type = test.open_every_type();
  draft.closes_on = "2026-11-10";
  const auto over = test.open_campaign(draft);

  KioskService kiosks(test.store, test.book, test.clock);
  KioskDesk desk(test.clock);
  const auto invite = [&](const TestCampaign& campaign) {
    const auto made = kiosks.invite(campaign.id, "v2", "test");
    return made ? "[" + json_quoted(made->code) + "," + json_quoted(made->pin) + "]" : std::string("[]");
  };
  FieldService field(test.store, test.book, test.keys, test.clock, test.folder.file("field"));
  auto config = test.routes();
  for (auto& route : field_routes({test.citizen(), field, test.files})) config.routes.push_back(std::move(route));
  for (auto& route : kiosk_routes({test.citizen(), kiosks, desk})) config.routes.push_back(std::move(route));

  GateConfig gate;
  gate.listen = {ListenOn{}};
  const auto server = HttpServer::create(gate, std::move(config));
  if (!server) {
    std::cerr << server.error().message << "\n";
    return 1;
  }
  std::string codes;
  for (const auto& code : slips.slips) codes += (codes.empty() ? "" : ",") + json_quoted(code);
  std::cout << "{\"address\":" << json_quoted((*server)->address()) << ",\"slips\":" << json_quoted(slips.address())
            << ",\"codes\":[" << codes << "],\"open\":" << json_quoted(open.address())
            << ",\"every_type\":" << json_quoted(every_type.address()) << ",\"spoken\":" << json_quoted(spoken.address()) << ",\"over\":" << json_quoted(over.address()) << "}"
            << std::endl;
  std::thread waiting([&] {
    // A line asks how many answers have arrived in the campaign of that address.
    for (std::string line; std::getline(std::cin, line);) {
      // Codes are good for a quarter of an hour: "kiosk /s/…" gives a new one with its PIN; "advance 90" lets time pass.
      if (line.starts_with("kiosk /s/")) std::cout << invite({line.substr(9), {}}) << std::endl;
      if (line.starts_with("field")) std::cout << answer_field(test, field, line) << std::endl;
      if (line.starts_with("advance ")) {
        test.clock.advance(std::stoi(line.substr(8)));
        std::cout << 0 << std::endl;
      }
      if (line.starts_with("/s/")) std::cout << test.arrived({line.substr(3), {}}) << std::endl;
    }
    (*server)->stop();
  });
  (*server)->run();
  waiting.join();
}
