// Questions answered in own words: short_text (one line) and long_text.
#pragma once

#include "server/survey/question_type.h"

namespace khaosat {

class OwnWords : public QuestionType {
 public:
  AnswerKind answer_kind() const override { return AnswerKind::text; }
  QuestionKeys keys() const override;
  std::vector<std::string> field_names(const Question& question, const RatedUnits& units) const override;
  Result<Answer> parse(const Question& question, const FieldReader& fields,
                       const RatedUnits& units) const override;
  std::vector<FormField> to_fields(const Question& question, const Answer& answer) const override;
  std::size_t slot_count(const Question& question) const override;
  void pack(const Question& question, const Answer& answer, Packer& out) const override;
  Result<Answer> unpack(const Question& question, Unpacker& in) const override;
  std::optional<double> score(const Question& question, const Answer& answer) const override;
  std::vector<std::string> columns(const Question& question, const RatedUnits& units) const override;
  std::vector<std::string> cells(const Question& question, const Answer& answer,
                                 const RatedUnits& units) const override;

 protected:
  virtual bool is_one_line() const = 0;
};

}  // namespace khaosat
