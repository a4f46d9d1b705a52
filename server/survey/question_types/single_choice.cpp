#include "server/survey/question_types/one_option.h"

namespace khaosat {

namespace {
class SingleChoice final : public OneOption {
 public:
  std::string_view name() const override { return "single_choice"; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.options = true;
    keys.scale = true;
    keys.other_text = true;
    keys.max_letters = true;
    return keys;
  }
  // For own words.
  int default_max_letters() const override { return 200; }
};
}  // namespace

const QuestionType& single_choice_type() {
  static const SingleChoice kType;
  return kType;
}

}  // namespace khaosat
