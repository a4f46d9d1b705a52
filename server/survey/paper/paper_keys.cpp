#include "server/survey/paper/paper_keys.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::size_t kOneDigitOptions = 6;
constexpr std::string_view kContradictory = "*";
constexpr std::size_t kMaxKeyedBytes = 4096;

int digits_of(const Question& question) { return question.options.size() <= kOneDigitOptions ? 1 : 2; }

// A pictogram scale prints its numbers; then these are the keys, not the places in the list.
bool keys_are_scores(const Question& question) {
  if (question.type->name() != "rating" || digits_of(question) != 1) return false;
  std::set<double> seen;
  return std::all_of(question.options.begin(), question.options.end(), [&](const Option& option) {
    return option.score && *option.score >= 1 && *option.score <= 6 && *option.score == std::floor(*option.score) &&
           seen.insert(*option.score).second;
  });
}

std::string padded(int number, int digits) {
  std::string text = std::to_string(number);
  if (text.size() < static_cast<std::size_t>(digits)) text.insert(0, 1, '0');
  return text;
}

std::string absence_digit(Absence absence) {
  switch (absence) {
    case Absence::no_experience: return "7";
    case Absence::dont_know: return "8";
    default: return "9";
  }
}

bool is_choice(const Question& question) {
  const AnswerKind kind = question.type->answer_kind();
  return kind == AnswerKind::one_option || kind == AnswerKind::options || kind == AnswerKind::ratings;
}

bool means_blank(const std::string& keyed) { return keyed.find_first_not_of('0') == std::string::npos; }

tl::unexpected<Error> no_such_code(const std::string& field) {
  return fail(ErrorCode::unknown_option, "the paper prints no such code for this question", field);
}

// What a question type reads for one code: an option's id or "~dont_know".
Result<std::string> value_of_key(const Question& question, const std::string& key, const std::string& field) {
  for (std::size_t i = 0; i < question.options.size(); ++i) {
    if (option_key(question, static_cast<OptionPosition>(i)) == key) return question.options[i].id;
  }
  for (const Absence absence : question.absences) {
    if (absence_key(question, absence) == key || "/" + absence_digit(absence) == key) return absence_code(absence);
  }
  return no_such_code(field);
}

// The absence behind "/8" where answers are typed.
Result<std::optional<Absence>> slashed_absence(const Question& question, const std::string& keyed) {
  if (keyed.size() != 2 || keyed[0] != '/') return std::optional<Absence>();
  for (const Absence absence : question.absences) {
    if (absence_key(question, absence) == keyed) return std::optional<Absence>(absence);
  }
  return no_such_code(question.id);
}

class KeyReader {
 public:
  KeyReader(const Question& question, const RatedUnits& units, const FieldReader& keyed)
      : question_(question), units_(units), keyed_(keyed) {}

  Result<Answer> read() {
    switch (question_.type->answer_kind()) {
      case AnswerKind::none: return Answer(Absence::not_asked);
      case AnswerKind::ratings: return ratings();
      case AnswerKind::one_option:
      case AnswerKind::options: return choice();
      case AnswerKind::ranking: return ranking();
      case AnswerKind::number:
      case AnswerKind::text: return typed();
    }
    return Answer(Absence::blank);
  }

 private:
  Result<std::string> keyed_in(const std::string& field) const {
    const std::string_view raw = keyed_.one(field).value_or("");
    if (raw.size() > kMaxKeyedBytes) return fail(ErrorCode::too_long, "more than a field holds", field);
    const auto clean = clean_text(raw);
    if (!clean) return fail(ErrorCode::not_utf8, "the field is not UTF-8 text", field);
    return std::string(trim(*clean));
  }
  Result<Answer> parsed(const FieldList& fields) const { return question_.type->parse(question_, fields, units_); }

  Result<Answer> choice() const {
    const std::string keys = TRY(keyed_in(question_.id));
    if (keys == kContradictory) return Answer(Absence::invalid);
    FieldList fields;
    if (!means_blank(keys)) {
      const bool one = question_.type->answer_kind() == AnswerKind::one_option || keys.front() == '/';
      const std::size_t digits = one ? keys.size() : static_cast<std::size_t>(digits_of(question_));
      if (keys.size() % digits != 0) return no_such_code(question_.id);
      for (std::size_t at = 0; at < keys.size(); at += digits) {
        fields.add(question_.id, TRY(value_of_key(question_, keys.substr(at, digits), question_.id)));
      }
    }
    if (question_.other_option()) fields.add(question_.id + ".other", TRY(keyed_in(question_.id + ".other")));
    return parsed(fields);
  }

  Result<Answer> ratings() const {
    FieldList fields;
    std::set<std::string> contradictory;
    for (const auto& unit : units_) {
      const std::string field = question_.id + "." + unit;
      const std::string key = TRY(keyed_in(field));
      if (key == kContradictory) {
        contradictory.insert(unit);
      } else if (!means_blank(key)) {
        fields.add(field, TRY(value_of_key(question_, key, field)));
      }
    }
    Answer answer = TRY(parsed(fields));
    if (contradictory.empty()) return answer;
    UnitRatings all;
    if (auto* given = std::get_if<UnitRatings>(&answer)) {
      all = std::move(*given);
    } else {
      for (const auto& unit : units_) all.units.push_back({unit, Absence::blank});
    }
    for (auto& rated : all.units) {
      if (contradictory.contains(rated.unit)) rated.rating = Absence::invalid;
    }
    return Answer(std::move(all));
  }

  // A digit for each option in the order printed, 0 for an empty box; parted by blanks from ten on.
  Result<Answer> ranking() const {
    const std::string keys = TRY(keyed_in(question_.id));
    if (keys.empty()) return Answer(Absence::blank);
    if (keys == kContradictory) return Answer(Absence::invalid);
    if (const auto absence = TRY(slashed_absence(question_, keys))) return Answer(*absence);
    std::vector<std::string> places;
    if (question_.options.size() < 10) {
      for (const char key : keys) {
        if (key != ' ') places.emplace_back(1, key);
      }
    } else {
      for (auto& place : split(keys, ' ')) {
        if (!place.empty()) places.push_back(std::move(place));
      }
    }
    if (places.size() != question_.options.size()) {
      return fail(ErrorCode::ranks_invalid, "one digit for each option, 0 for an empty box", question_.id);
    }
    FieldList fields;
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (!means_blank(places[i])) fields.add(question_.id + "." + question_.options[i].id, places[i]);
    }
    auto answer = parsed(fields);
    if (!answer) answer.error().where = question_.id;
    return answer;
  }

  Result<Answer> typed() const {
    std::string keys = TRY(keyed_in(question_.id));
    if (keys == kContradictory) return Answer(Absence::invalid);
    if (const auto absence = TRY(slashed_absence(question_, keys))) return Answer(*absence);
    // "22112026": slashes are three keys more.
    const bool only_digits = keys.find_first_not_of("0123456789") == std::string::npos;
    if (question_.type->name() == "date" && keys.size() == 8 && only_digits) {
      keys = keys.substr(0, 2) + "/" + keys.substr(2, 2) + "/" + keys.substr(4);
    }
    FieldList fields;
    fields.add(question_.id, keys);
    return parsed(fields);
  }

  const Question& question_;
  const RatedUnits& units_;
  const FieldReader& keyed_;
};

std::string key_of(const Question& question, const std::variant<Absence, OptionPosition>& rating) {
  if (const auto* position = std::get_if<OptionPosition>(&rating)) return option_key(question, *position);
  const Absence absence = std::get<Absence>(rating);
  if (absence == Absence::invalid) return std::string(kContradictory);
  return can_be_offered(absence) ? absence_key(question, absence) : "";
}

std::string keys_of(const Question& question, const Answer& answer) {
  if (const auto* absence = std::get_if<Absence>(&answer)) return key_of(question, *absence);
  if (const auto* choice = std::get_if<Choice>(&answer)) {
    std::string keys;
    for (const auto position : choice->options) keys += option_key(question, position);
    return keys;
  }
  if (const auto* ranking = std::get_if<Ranking>(&answer)) {
    std::string keys;
    for (const auto rank : ranking->ranks) {
      if (question.options.size() >= 10 && !keys.empty()) keys += ' ';
      keys += std::to_string(rank);
    }
    return keys;
  }
  const auto fields = question.type->to_fields(question, answer);
  return fields.empty() ? "" : fields.front().second;
}

}  // namespace

std::string option_key(const Question& question, OptionPosition position) {
  if (keys_are_scores(question)) return std::to_string(static_cast<int>(*question.options[position].score));
  return padded(position + 1, digits_of(question));
}

std::string absence_key(const Question& question, Absence absence) {
  const std::string digit = absence_digit(absence);
  if (!is_choice(question)) return "/" + digit;
  return digits_of(question) == 1 ? digit : "9" + digit;
}

std::vector<PaperField> paper_fields(const Question& question, const RatedUnits& units) {
  switch (question.type->answer_kind()) {
    case AnswerKind::none: return {};
    case AnswerKind::ratings: {
      std::vector<PaperField> fields;
      for (const auto& unit : units) fields.push_back({question.id + "." + unit, unit, false, digits_of(question)});
      return fields;
    }
    case AnswerKind::one_option:
    case AnswerKind::options: {
      const bool one = question.type->answer_kind() == AnswerKind::one_option;
      std::vector<PaperField> fields{{question.id, "", false, one ? digits_of(question) : 0}};
      if (question.other_option()) fields.push_back({question.id + ".other", "", true, 0});
      return fields;
    }
    default: return {{question.id, "", false, 0}};
  }
}

Result<Answer> read_keys(const Question& question, const RatedUnits& units, const FieldReader& keyed) {
  return KeyReader(question, units, keyed).read();
}

std::vector<FormField> to_keys(const Question& question, const RatedUnits& units, const Answer& answer) {
  std::vector<FormField> keys;
  const auto* ratings = std::get_if<UnitRatings>(&answer);
  for (const auto& field : paper_fields(question, units)) {
    std::string value;
    if (field.other) {
      if (const auto* choice = std::get_if<Choice>(&answer)) value = choice->other;
    } else if (field.unit.empty()) {
      value = keys_of(question, answer);
    } else if (ratings) {
      for (const auto& rated : ratings->units) {
        if (rated.unit == field.unit) value = key_of(question, rated.rating);
      }
    } else if (answer == Answer(Absence::invalid)) {
      value = kContradictory;
    }
    keys.emplace_back(field.name, std::move(value));
  }
  return keys;
}

}  // namespace khaosat
