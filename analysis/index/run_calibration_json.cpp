#include "analysis/index/run_calibration_json.h"

#include <nlohmann/json.hpp>

namespace khaosat::index {

void write_calibration(JsonWriter& out, const RunCalibration& calibration) {
  out.open('{');
  out.key("applied").boolean(calibration.applied);
  if (!calibration.refused.empty()) {
    out.key("refused").text(calibration.refused);
    out.key("detail").text(calibration.detail);
  }
  out.key("method").text(calibration.method);
  out.key("margins").open('[');
  for (const auto& margin : calibration.margins) out.texts(margin);
  out.close(']');
  out.key("source").text(calibration.source);
  out.key("minimum").integer(calibration.minimum);
  out.key("joined").open('[');
  for (const auto& joined : calibration.joined) {
    out.open('{');
    out.key("margin").integer(joined.margin);
    if (!joined.unit.empty()) out.key("unit").text(joined.unit);
    out.key("classes").open('[');
    for (const auto& options : joined.classes) out.texts(options);
    out.close(']');
    out.close('}');
  }
  out.close(']');
  out.key("unclassed_percent").integer(static_cast<std::uint64_t>(calibration.unclassed_percent));
  out.key("lowest_factor").number(calibration.lowest_factor);
  out.key("highest_factor").number(calibration.highest_factor);
  out.key("without").open('[');
  for (const auto& score : calibration.without) {
    out.open('{');
    out.key("unit").text(score.unit);
    out.key("value").number(score.value);
    if (score.lower) out.key("lower").number(*score.lower);
    if (score.upper) out.key("upper").number(*score.upper);
    if (score.singles_out) out.key("singles_out").boolean(true);
    out.close('}');
  }
  out.close(']');
  out.close('}');
}

RunCalibration read_calibration(const nlohmann::json& value) {
  RunCalibration calibration;
  calibration.applied = value.at("applied");
  calibration.refused = value.value("refused", "");
  calibration.method = value.at("method");
  calibration.detail = value.value("detail", "");
  calibration.margins = value.at("margins").get<std::vector<std::vector<std::string>>>();
  calibration.source = value.at("source");
  calibration.minimum = value.at("minimum");
  for (const auto& joined : value.at("joined"))
    calibration.joined.push_back({joined.at("margin"), joined.value("unit", ""), joined.at("classes").get<std::vector<std::vector<std::string>>>()});
  calibration.unclassed_percent = value.at("unclassed_percent");
  calibration.lowest_factor = value.at("lowest_factor");
  calibration.highest_factor = value.at("highest_factor");
  for (const auto& one : value.at("without")) {
    UncalibratedScore score;
    score.unit = one.at("unit");
    score.value = one.at("value");
    if (one.contains("lower")) score.lower = one.at("lower").get<double>();
    if (one.contains("upper")) score.upper = one.at("upper").get<double>();
    score.singles_out = one.value("singles_out", false);
    calibration.without.push_back(std::move(score));
  }
  return calibration;
}

}  // namespace khaosat::index
