// A block of text to read. It asks nothing, stores nothing and exports nothing.
#include "server/survey/question_type.h"

namespace khaosat {

namespace {
class Information final : public QuestionType {
 public:
  std::string_view name() const override { return "information"; }
  QuestionKeys keys() const override {
    QuestionKeys keys;
    keys.answer = false;
    return keys;
  }
  AnswerKind answer_kind() const override { return AnswerKind::none; }
  std::vector<std::string> field_names(const Question&, const RatedUnits&) const override { return {}; }
  Result<Answer> parse(const Question&, const FieldReader&, const RatedUnits&) const override {
    return Answer(Absence::not_asked);
  }
  std::vector<FormField> to_fields(const Question&, const Answer&) const override { return {}; }
  std::size_t slot_count(const Question&) const override { return 0; }
  void pack(const Question&, const Answer&, Packer&) const override {}
  Result<Answer> unpack(const Question&, Unpacker&) const override { return Answer(Absence::not_asked); }
  std::optional<double> score(const Question&, const Answer&) const override { return std::nullopt; }
  std::vector<std::string> columns(const Question&, const RatedUnits&) const override { return {}; }
  std::vector<std::string> cells(const Question&, const Answer&, const RatedUnits&) const override {
    return {};
  }
};
}  // namespace

const QuestionType& information_type() {
  static const Information kType;
  return kType;
}

}  // namespace khaosat
