#include "server/survey/question_types/one_option.h"

namespace khaosat {

namespace {
class Rating final : public OneOption {
 public:
  std::string_view name() const override { return "rating"; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.scale = true;
    return keys;
  }
};
}  // namespace

const QuestionType& rating_type() {
  static const Rating kType;
  return kType;
}

}  // namespace khaosat
