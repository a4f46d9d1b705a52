#include "server/survey/question_types/one_option.h"

namespace khaosat {

namespace {
class Likert final : public OneOption {
 public:
  std::string_view name() const override { return "likert"; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.scale = true;
    return keys;
  }
};
}  // namespace

const QuestionType& likert_type() {
  static const Likert kType;
  return kType;
}

}  // namespace khaosat
