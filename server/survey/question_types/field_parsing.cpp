#include "server/survey/question_types/field_parsing.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat {

namespace {
constexpr std::size_t kBytesPerLetter = 16;  // a decomposed Vietnamese letter takes up to 5

std::string with_unix_lines(std::string_view text, bool one_line) {
  std::string lines;
  lines.reserve(text.size());
  for (const char c : text) {
    if (one_line && (c == '\n' || c == '\t')) {
      lines += ' ';
    } else {
      lines += c;
    }
  }
  return std::string(trim(lines));
}
}  // namespace

Error error_in(ErrorCode code, std::string message, std::string field) {
  return Error{code, std::move(message), std::move(field), {}};
}

Error answers_invalid(const Question& question) {
  return error_in(ErrorCode::answers_invalid,
                  "the packed answer of \"" + question.id + "\" is not of this questionnaire", question.id);
}

std::string absence_field(const Question& question) { return question.id + ".absence"; }
std::string other_field(const Question& question) { return question.id + ".other"; }

Result<std::vector<std::string>> typed_values(const FieldReader& fields, const std::string& name,
                                              std::size_t max_bytes) {
  std::vector<std::string> values;
  for (const std::string_view sent : fields.all(name)) {
    if (sent.size() > max_bytes) {
      return fail(error_in(ErrorCode::too_long, "the field holds more than it may", name));
    }
    // A carriage return is a control character and goes with them, which leaves "\n" alone.
    const auto cleaned = clean_text(sent);
    if (!cleaned) return fail(error_in(ErrorCode::not_utf8, "the field is not UTF-8 text", name));
    const std::string_view value = trim(*cleaned);
    if (!value.empty()) values.emplace_back(value);
  }
  return values;
}

Result<std::string> typed_value(const FieldReader& fields, const std::string& name,
                                std::size_t max_bytes) {
  auto values = TRY(typed_values(fields, name, max_bytes));
  if (values.size() > 1) {
    return fail(error_in(ErrorCode::duplicate_key, "the field was sent more than once", name));
  }
  return values.empty() ? std::string() : std::move(values.front());
}

Result<std::string> typed_text(const FieldReader& fields, const std::string& name, int max_letters,
                               bool one_line) {
  const auto limit = static_cast<std::size_t>(std::max(max_letters, 0));
  const auto too_long = [&] {
    Error error = error_in(ErrorCode::too_long,
                           "longer than " + std::to_string(max_letters) + " letters", name);
    error.details.emplace_back("limit", std::to_string(max_letters));
    return error;
  };
  auto value = typed_value(fields, name, limit * kBytesPerLetter + 64);
  if (!value) {
    return fail(value.error().code == ErrorCode::too_long ? too_long() : value.error());
  }
  std::string text = with_unix_lines(*value, one_line);
  // Letters may be stacked with marks without end, so bytes are limited as well.
  if (letter_count(text) > limit || text.size() > kMaxPackedText) return fail(too_long());
  return text;
}

Result<std::optional<Absence>> offered_absence(const Question& question, std::string_view value,
                                               const std::string& field) {
  if (value.empty() || value.front() != '~') return std::optional<Absence>();
  const auto absence = absence_named(value.substr(1));
  if (!absence || !question.offers(*absence)) {
    return fail(error_in(ErrorCode::unknown_option, "the question does not offer this answer", field));
  }
  return absence;
}

Result<std::optional<Absence>> ticked_absence(const Question& question, const FieldReader& fields) {
  const std::string name = absence_field(question);
  const std::string value = TRY(typed_value(fields, name, 64));
  if (value.empty()) return std::optional<Absence>();
  return offered_absence(question, "~" + value, name);
}

Error absence_beside_value(const Question& question) {
  return error_in(ErrorCode::exclusive_option,
                  "an answer and \"no answer\" were given together; keep one", question.id);
}

}  // namespace khaosat
