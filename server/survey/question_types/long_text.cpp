#include "server/survey/question_types/own_words.h"

namespace khaosat {

namespace {
class LongText final : public OwnWords {
 public:
  std::string_view name() const override { return "long_text"; }
  int default_max_letters() const override { return 2000; }

 protected:
  bool is_one_line() const override { return false; }
};
}  // namespace

const QuestionType& long_text_type() {
  static const LongText kType;
  return kType;
}

}  // namespace khaosat
