// THE LIST of curves that bend the values of an indicator before they become scores. Fixed ones depend
// on the value alone; relative ones on the smallest and largest value of the run, so that scores made
// of them cannot be compared from year to year. Pure; thread safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/index/index_model.h"
#include "base/result.h"

namespace khaosat::index {

using RawValues = std::vector<std::optional<double>>;  // one per unit

struct TransformMethod {
  std::string_view name;
  bool relative;  // depends on the other units
};

std::span<const TransformMethod> transforms();
const TransformMethod* find_transform(std::string_view name);
std::vector<std::string> transform_names();

// Bends all values. All equal: a relative curve leaves them as they are. The order of values is kept.
// A value outside the domain of a fixed curve becomes missing. Refuses definition_unknown, and
// out_of_range where a relative curve is not defined for these values or would turn their order.
Result<void> bend(RawValues& values, const Transform& transform);

}  // namespace khaosat::index
