// Serves citizens' pages over the store in memory, for the tests in a browser. Prints one line of
// JSON saying where, then serves until its standard input ends.
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>

#include "base/json_text.h"
#include "server/http/server.h"
#include "server/pages/kiosk/kiosk_routes.h"
#include "server/services/kiosk/kiosk_desk.h"
#include "server/services/kiosk/kiosk_service.h"
#include "tests/support/test_app.h"

using namespace khaosat;

int main() {
  TestApp test;
  auto draft = TestApp::citizen_draft();
  draft.psus[0].slips = 400;
  const auto slips = test.open_campaign(draft);
  draft = TestApp::citizen_draft(Admission::open);
  draft.demo = true;
  const auto open = test.open_campaign(draft);
  const auto every_type = test.open_every_type();
  draft.closes_on = "2026-11-10";
  const auto over = test.open_campaign(draft);

  KioskService kiosks(test.store, test.book, test.clock);
  KioskDesk desk(test.clock);
  const auto invite = [&](const TestCampaign& campaign) {
    const auto made = kiosks.invite(campaign.id, "v2", "test");
    return made ? "[" + json_quoted(made->code) + "," + json_quoted(made->pin) + "]" : std::string("[]");
  };
  auto config = test.routes();
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
            << ",\"every_type\":" << json_quoted(every_type.address()) << ",\"over\":" << json_quoted(over.address()) << "}"
            << std::endl;
  std::thread waiting([&] {
    // A line asks how many answers have arrived in the campaign of that address.
    for (std::string line; std::getline(std::cin, line);) {
      // Codes are good for a quarter of an hour: "kiosk /s/…" gives a new one with its PIN; "advance 90" lets time pass.
      if (line.starts_with("kiosk /s/")) std::cout << invite({line.substr(9), {}}) << std::endl;
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
