#include "analysis/index/transforms.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace khaosat::index {
namespace {

// log             log x; x > 0
// square_root     x >= 0
// log_ct          log(x - min + 0.01 (max - min)), as COIN Tool
// log_ct_one      log(x - min + 1)
// log_gii         log((max - 1)(x - min)/(max - min) + 1), as the Global Innovation Index; max > 1. COINr 1.1.14
//                 computes it and then gives back what it was given; here it is really applied.
// box_cox         ((x - min + 1)^lambda - 1)/lambda; lambda 0: log(x - min + 1)
constexpr std::array kTransforms = {
    TransformMethod{"log", false},        TransformMethod{"square_root", false}, TransformMethod{"log_ct", true},
    TransformMethod{"log_ct_one", true}, TransformMethod{"log_gii", true},      TransformMethod{"box_cox", true},
};

struct Ends {
  double low = 0;
  double high = 0;
};

double bent(double x, const Transform& transform, const Ends& ends) {
  const std::string& method = transform.method;
  const double above = x - ends.low;
  const double range = ends.high - ends.low;
  if (method == "log") return std::log(x);
  if (method == "square_root") return std::sqrt(x);
  if (method == "log_ct") return std::log(above + 0.01 * range);
  if (method == "log_ct_one") return std::log1p(above);
  if (method == "log_gii") return std::log1p((ends.high - 1) * above / range);
  // expm1(lambda log(1 + above)) / lambda loses nothing where lambda is nearly 0.
  if (transform.lambda == 0) return std::log1p(above);
  return std::expm1(transform.lambda * std::log1p(above)) / transform.lambda;
}

}  // namespace

std::span<const TransformMethod> transforms() { return kTransforms; }

const TransformMethod* find_transform(std::string_view name) {
  for (const TransformMethod& method : kTransforms)
    if (method.name == name) return &method;
  return nullptr;
}

std::vector<std::string> transform_names() {
  std::vector<std::string> names;
  for (const TransformMethod& method : kTransforms) names.emplace_back(method.name);
  return names;
}

Result<void> bend(RawValues& values, const Transform& transform) {
  const TransformMethod* method = find_transform(transform.method);
  if (method == nullptr) return fail(ErrorCode::definition_unknown, "there is no transform \"" + transform.method + "\"");
  std::optional<Ends> ends;
  for (const auto& value : values) {
    if (!value) continue;
    if (!ends) ends = Ends{*value, *value};
    ends->low = std::min(ends->low, *value);
    ends->high = std::max(ends->high, *value);
  }
  if (!ends || (method->relative && ends->low == ends->high)) return {};
  if (transform.method == "log_gii" && !(ends->high > 1))
    return fail(ErrorCode::out_of_range,
                "\"log_gii\" needs a largest value above 1, otherwise it turns the order; use log_ct");
  for (auto& value : values) {
    if (!value) continue;
    const double result = bent(*value, transform, *ends);
    if (std::isfinite(result)) {
      value = result;
    } else if (method->relative) {
      return fail(ErrorCode::out_of_range, "\"" + transform.method + "\" is not a finite number for these values");
    } else {
      value.reset();
    }
  }
  return {};
}

}  // namespace khaosat::index
