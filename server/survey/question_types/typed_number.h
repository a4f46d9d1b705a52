// Questions answered with one number: number, year and date (as year·10000 + month·100 + day).
#pragma once

#include "server/survey/question_type.h"

namespace khaosat {

class TypedNumber : public QuestionType {
 public:
  AnswerKind answer_kind() const override { return AnswerKind::number; }
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
  // What was typed as a number; nothing if it is none of this type.
  virtual std::optional<double> number_in(const Question& question, std::string_view typed) const = 0;
  // As a person types it.
  virtual std::string typed(double value) const = 0;
  // As a program reads it.
  virtual std::string exported(double value) const = 0;
  // Whether a stored number can be one of this type at all.
  virtual bool is_possible(double value) const = 0;
};

}  // namespace khaosat
