#include <nlohmann/json.hpp>

#include "analysis/disclosure/earlier_publication.h"

namespace khaosat::disclosure {

Result<EarlierPublication> read_earlier_publication(std::string_view text) {
  using nlohmann::json;
  try {
    const json document = json::parse(text);
    if (document.value("schema", "") != "khaosat/published_run/1")
      return fail(ErrorCode::bad_json, "this is no published run of an index");
    EarlierPublication earlier;
    earlier.model.id = document.at("model").at("id").get<std::string>();
    earlier.model.version = document.at("model").at("version").get<int>();
    earlier.model.hash = document.at("model").at("hash").get<std::string>();
    earlier.year = document.at("year").get<int>();
    earlier.input_hash = document.at("input_hash").get<std::string>();
    std::map<std::string, std::string> question_of;
    for (const json& node : document.at("nodes"))
      if (node.contains("question")) question_of[node.at("id").get<std::string>()] = node.at("question").get<std::string>();
    for (const json& unit : document.at("units")) {
      const std::string id = unit.at("id").get<std::string>();
      for (const json& score : unit.at("scores")) {
        if (score.at("state").get<std::string>() != "value" || !score.contains("n")) continue;
        EarlierFigure figure{score.at("n").at(0).get<std::uint64_t>(), score.at("n").at(1).get<std::uint64_t>(), {}};
        if (score.contains("value")) figure.value = score.at("value").get<double>();
        const std::string node = score.at("node").get<std::string>();
        earlier.by_node[{id, node}] = figure;
        if (const auto question = question_of.find(node); question != question_of.end())
          earlier.by_question[{id, question->second}] = figure;
      }
    }
    return earlier;
  } catch (const json::exception& problem) {
    return fail(ErrorCode::bad_json, std::string("the published run cannot be read: ") + problem.what());
  }
}

}  // namespace khaosat::disclosure
