#include "server/survey/question_types/own_words.h"

namespace khaosat {

namespace {
class ShortText final : public OwnWords {
 public:
  std::string_view name() const override { return "short_text"; }
  int default_max_letters() const override { return 200; }

 protected:
  bool is_one_line() const override { return true; }
};
}  // namespace

const QuestionType& short_text_type() {
  static const ShortText kType;
  return kType;
}

}  // namespace khaosat
