#include "server/survey/number_text.h"
#include "server/survey/question_types/typed_number.h"

namespace khaosat {

namespace {
class Number final : public TypedNumber {
 public:
  std::string_view name() const override { return "number"; }
  QuestionKeys keys() const override {
    QuestionKeys keys = TypedNumber::keys();
    keys.decimals = true;
    return keys;
  }

 protected:
  std::optional<double> number_in(const Question& question, std::string_view typed) const override {
    return number_typed(typed, question.decimals);
  }
  std::string typed(double value) const override { return typed_number(value); }
  std::string exported(double value) const override { return plain_number(value); }
  bool is_possible(double) const override { return true; }
};
}  // namespace

const QuestionType& number_type() {
  static const Number kType;
  return kType;
}

}  // namespace khaosat
