#include <algorithm>
#include <cmath>

#include "server/survey/number_text.h"
#include "server/survey/question_types/typed_number.h"

namespace khaosat {

namespace {
class Year final : public TypedNumber {
 public:
  std::string_view name() const override { return "year"; }
  std::pair<double, double> widest_bounds() const override { return {1900, 2100}; }

 protected:
  // Four digits and nothing else: "25" and "2.025" are more likely slips than years.
  std::optional<double> number_in(const Question&, std::string_view typed) const override {
    if (typed.size() != 4 || !std::all_of(typed.begin(), typed.end(), [](char c) {
          return c >= '0' && c <= '9';
        })) {
      return std::nullopt;
    }
    return number_typed(typed, 0);
  }
  std::string typed(double value) const override { return plain_number(value); }
  std::string exported(double value) const override { return plain_number(value); }
  bool is_possible(double value) const override { return value == std::floor(value); }
};
}  // namespace

const QuestionType& year_type() {
  static const Year kType;
  return kType;
}

}  // namespace khaosat
