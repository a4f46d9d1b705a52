// What a run says about its weights, as JSON; part of index_run_json.h and of published runs.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "analysis/index/json_writer.h"
#include "analysis/index/run_calibration.h"

namespace khaosat::index {

void write_calibration(JsonWriter& out, const RunCalibration& calibration);
// Throws what nlohmann::json throws, as its callers do.
RunCalibration read_calibration(const nlohmann::json& value);

}  // namespace khaosat::index
