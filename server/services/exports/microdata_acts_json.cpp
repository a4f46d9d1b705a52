#include "server/services/exports/microdata_acts_json.h"

#include <nlohmann/json.hpp>

namespace khaosat {

using nlohmann::json;

std::string request_json(const MicrodataAct& act) {
  return json{{"schema", "khaosat/microdata_request/1"}, {"campaign", act.campaign}, {"purpose", act.purpose},
              {"recipient", act.recipient}, {"traits", act.traits}, {"asked_by", act.asked_by}, {"asked", act.asked}}.dump(1) + "\n";
}

std::string decision_json(const MicrodataAct& act) {
  json files = json::array();
  for (const auto& file : act.report.files) files.push_back({{"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  json traits = json::array();
  for (const auto& trait : act.report.traits) {
    traits.push_back({{"question", trait.question}, {"kept", trait.kept}, {"width", trait.width}, {"withheld", trait.withheld}});
  }
  return json{{"schema", "khaosat/microdata_decision/1"}, {"approved", act.state != MicrodataAct::State::refused},
              {"by", act.decided_by}, {"at", act.decided}, {"reason", act.reason}, {"records", act.report.records},
              {"smallest_group", act.report.smallest_group}, {"traits", traits}, {"files", files}, {"folder", act.folder}}.dump(1) + "\n";
}

Result<void> read_request(const std::string& text, MicrodataAct& act) {
  try {
    const json value = json::parse(text);
    act.campaign = value.at("campaign");
    act.purpose = value.at("purpose");
    act.recipient = value.at("recipient");
    act.traits = value.at("traits").get<std::vector<std::string>>();
    act.asked_by = value.at("asked_by");
    act.asked = value.at("asked");
  } catch (const json::exception& problem) {
    return fail(ErrorCode::bad_json, std::string("not a request for microdata: ") + problem.what(), act.id);
  }
  return {};
}

Result<void> read_decision(const std::string& text, MicrodataAct& act) {
  try {
    const json value = json::parse(text);
    act.state = value.at("approved").get<bool>() ? MicrodataAct::State::ready : MicrodataAct::State::refused;
    act.decided_by = value.at("by");
    act.decided = value.at("at");
    act.reason = value.at("reason");
    act.folder = value.at("folder");
    act.report.records = value.at("records");
    act.report.smallest_group = value.at("smallest_group");
    for (const json& trait : value.at("traits")) {
      act.report.traits.push_back({trait.at("question"), trait.at("kept"), trait.at("width"), trait.at("withheld")});
    }
    for (const json& file : value.at("files")) act.report.files.push_back({file.at("name"), file.at("bytes"), file.at("sha256")});
  } catch (const json::exception& problem) {
    return fail(ErrorCode::bad_json, std::string("not a decision on microdata: ") + problem.what(), act.id);
  }
  return {};
}

}  // namespace khaosat
