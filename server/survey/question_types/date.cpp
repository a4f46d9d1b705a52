#include <charconv>
#include <cmath>

#include "base/definition_json.h"
#include "base/text.h"
#include "server/survey/question_types/typed_number.h"

namespace khaosat {

namespace {

std::string iso_date(double value) {
  if (!(value >= 19000101 && value <= 22001231) || value != std::floor(value)) return {};
  const std::string digits = std::to_string(static_cast<int>(value));
  return digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2);
}

// "1/7/2025", "01-07-2025", "1.7.2025" → "2025-07-01"; other text unchanged.
std::string as_iso(std::string_view typed) {
  for (const char separator : {'/', '-', '.'}) {
    const auto parts = split(typed, separator);
    if (parts.size() != 3 || parts[2].size() != 4) continue;
    if (parts[0].empty() || parts[0].size() > 2 || parts[1].empty() || parts[1].size() > 2) continue;
    const auto two = [](const std::string& part) { return part.size() == 1 ? "0" + part : part; };
    return parts[2] + "-" + two(parts[1]) + "-" + two(parts[0]);
  }
  return std::string(typed);
}

class Date final : public TypedNumber {
 public:
  std::string_view name() const override { return "date"; }
  std::pair<double, double> widest_bounds() const override { return {19000101, 22001231}; }

 protected:
  std::optional<double> number_in(const Question&, std::string_view typed) const override {
    const std::string iso = as_iso(typed);
    if (!is_date(iso)) return std::nullopt;
    const std::string digits = iso.substr(0, 4) + iso.substr(5, 2) + iso.substr(8, 2);
    int value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  std::string typed(double value) const override { return iso_date(value); }
  std::string exported(double value) const override { return iso_date(value); }
  bool is_possible(double value) const override { return is_date(iso_date(value)); }
};

}  // namespace

const QuestionType& date_type() {
  static const Date kType;
  return kType;
}

}  // namespace khaosat
