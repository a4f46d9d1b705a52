// Serves citizens' pages over the store in memory, for the tests in a browser. Prints one line of
// JSON saying where, then serves until its standard input ends.
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>

#include "base/json_text.h"
#include "server/http/server.h"
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

  GateConfig gate;
  gate.listen = {ListenOn{}};
  const auto server = HttpServer::create(gate, test.routes());
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
      if (line.starts_with("/s/")) std::cout << test.arrived({line.substr(3), {}}) << std::endl;
    }
    (*server)->stop();
  });
  (*server)->run();
  waiting.join();
}
