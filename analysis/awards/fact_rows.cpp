#include "analysis/awards/fact_rows.h"

#include "analysis/awards/facts_table.h"
#include "base/csv.h"
#include "base/decimal.h"
#include "base/text.h"

namespace khaosat::awards {

const std::vector<std::string>& fact_columns() {
  static const std::vector<std::string> columns{
      "record",   "subject", "kind",    "title",    "parent",     "fact",        "type",
      "period",   "value",   "maximum", "ladder",   "population", "population_size",
      "criterion", "body",   "status",  "conduct",  "severity",   "due",         "done",
      "quality",  "spread",  "achievement", "source", "publisher", "number",     "date",
      "evidence", "vouched_by", "valid_from", "valid_to", "note"};
  return columns;
}

namespace {

class RowTaker {
 public:
  explicit RowTaker(const FactRowSource& row) : row_(row) {}

  bool sound() const { return sound_; }
  void refuse(ErrorCode code, std::string_view column, std::string message) {
    row_.fault(code, column, std::move(message));
    sound_ = false;
  }
  std::string text(std::string_view column) const { return row_.cell(column); }
  std::string required(std::string_view column) {
    std::string value = row_.cell(column);
    if (value.empty()) refuse(ErrorCode::missing_field, column, "is empty; fill it");
    return value;
  }
  std::string day(std::string_view column, bool needed) {
    std::string value = needed ? required(column) : text(column);
    if (!value.empty() && !is_day(value)) {
      refuse(ErrorCode::wrong_type, column, "\"" + value + "\" is not a day; write year-month-day, 2023-04-12");
    }
    return value;
  }
  Period period() {
    const std::string value = required("period");
    const auto parsed = Period::parse(value);
    if (!value.empty() && !parsed) {
      refuse(ErrorCode::wrong_type, "period",
             "\"" + value + "\" is not a period; write 2023, 2023-04 or 2023-01-05/2023-11-30");
    }
    return parsed.value_or(Period{});
  }
  std::optional<double> number(std::string_view column, bool needed) {
    const std::string value = needed ? required(column) : text(column);
    if (value.empty()) return std::nullopt;
    const auto parsed = decimal_from(value);
    if (!parsed) refuse(ErrorCode::wrong_type, column, "\"" + value + "\" is not a number; write 8.5 or 8,5");
    return parsed;
  }
  int whole(std::string_view column) {
    const std::string value = text(column);
    const auto parsed = integer_from(value);
    if (!value.empty() && (!parsed || *parsed < 0 || *parsed > 1'000'000)) {
      refuse(ErrorCode::wrong_type, column, "\"" + value + "\" is not a whole number");
      return 0;
    }
    return static_cast<int>(parsed.value_or(0));
  }

 private:
  const FactRowSource& row_;
  bool sound_ = true;
};

bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 64 || text.front() < 'a' || text.front() > 'z') return false;
  for (const char c : text) {
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
  }
  return true;
}

FactValue value_from(RowTaker& row, FactType type) {
  switch (type) {
    case FactType::event: return EventValue{};
    case FactType::truth: {
      const std::string value = fold_case(row.required("value"));
      if (value == "true" || value == "có" || value == "1") return true;
      if (value == "false" || value == "không" || value == "0") return false;
      if (!value.empty()) row.refuse(ErrorCode::wrong_type, "value", "\"" + value + "\" is neither true nor false");
      return false;
    }
    case FactType::number: {
      NumberValue number;
      number.value = row.number("value", true).value_or(0);
      number.maximum = row.number("maximum", false);
      return number;
    }
    case FactType::grade: return GradeValue{row.required("ladder"), row.required("value")};
    case FactType::rank: {
      row.required("value");
      return RankValue{row.whole("value"), row.whole("population_size"), row.text("population")};
    }
    case FactType::text: return row.required("value");
  }
  return EventValue{};
}

void add_subject(RowTaker& row, const std::string& where, FactRows& rows) {
  Subject subject;
  subject.code = row.required("subject");
  subject.name = row.required("title");
  subject.parent = row.text("parent");
  subject.valid_from = row.day("valid_from", false);
  subject.valid_to = row.day("valid_to", false);
  subject.where = where;
  const auto kind = subject_kind_from(row.text("kind"));
  if (!kind) row.refuse(ErrorCode::unknown_option, "kind", "must be unit, collective or person");
  if (kind) subject.kind = *kind;
  if (subject.code.find('@') != std::string::npos) {
    row.refuse(ErrorCode::wrong_type, "subject", "a code has no @; give valid_from instead");
  }
  if (!subject.valid_from.empty() && !subject.valid_to.empty() && subject.valid_to < subject.valid_from) {
    row.refuse(ErrorCode::out_of_range, "valid_to", "lies before valid_from");
  }
  if (row.sound()) rows.subjects.push_back(std::move(subject));
}

void add_fact(RowTaker& row, const std::string& where, FactRows& rows) {
  Fact fact;
  fact.where = where;
  fact.subject = row.required("subject");
  fact.name = row.required("fact");
  if (!fact.name.empty() && !is_name(fact.name)) {
    row.refuse(ErrorCode::wrong_type, "fact", "\"" + fact.name + "\" is not a name of a fact; small letters, digits, _");
  }
  fact.period = row.period();
  const auto type = fact_type_from(row.text("type"));
  if (!type) row.refuse(ErrorCode::unknown_option, "type", "must be event, truth, number, grade, rank or text");
  if (type) fact.value = value_from(row, *type);
  const auto source = fact_source_from(row.text("source"));
  if (!source) row.refuse(ErrorCode::unknown_option, "source", "must be official, computed or declared");
  if (source) fact.source = *source;
  for (const char* detail : kDetailNames) {
    if (auto value = row.text(detail); !value.empty()) fact.details[detail] = std::move(value);
  }
  fact.publisher = row.text("publisher");
  fact.number = row.text("number");
  fact.date = row.day("date", true);
  fact.evidence = row.text("evidence");
  fact.vouched_by = row.text("vouched_by");
  fact.note = row.text("note");
  if (fact.source == FactSource::official && fact.publisher.empty()) {
    row.refuse(ErrorCode::missing_field, "publisher", "an official fact names the body that published it");
  }
  if (fact.source == FactSource::declared && fact.vouched_by.empty()) {
    row.refuse(ErrorCode::missing_field, "vouched_by", "a declared fact names who vouches for it");
  }
  if (row.sound()) rows.facts.push_back(std::move(fact));
}

void add_register(RowTaker& row, const std::string& where, FactRows& rows) {
  RegisterDeclaration declaration;
  declaration.where = where;
  declaration.name = row.required("fact");
  declaration.subject = row.required("subject");
  declaration.period = row.period();
  declaration.date = row.day("date", true);
  declaration.evidence = row.text("evidence");
  declaration.declared_by = row.required("vouched_by");
  if (row.sound() && declaration.date < declaration.period.from) {
    row.refuse(ErrorCode::fact_invalid, "date", "a register cannot be complete before its period has begun");
  }
  if (row.sound()) rows.registers.push_back(std::move(declaration));
}

}  // namespace

void add_fact_row(const FactRowSource& source, std::string_view record, FactRows& rows) {
  RowTaker row(source);
  if (record == "subject") return add_subject(row, source.where, rows);
  if (record == "fact") return add_fact(row, source.where, rows);
  if (record == "register") return add_register(row, source.where, rows);
  source.fault(ErrorCode::unknown_option, "record", "must be subject, fact or register");
}

}  // namespace khaosat::awards
