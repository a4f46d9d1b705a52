// One person's answers in memory: for each question a value, or the kind of its absence.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "server/survey/absence.h"
#include "server/survey/option.h"

namespace khaosat {

struct Questionnaire;

struct Choice {
  std::vector<OptionPosition> options;  // ascending, none twice, at least one
  std::string other;                    // own words beside the option that allows them
  bool operator==(const Choice&) const = default;
};

// By option position: 1 for the first place, 0 for an option left out.
struct Ranking {
  std::vector<std::uint8_t> ranks;
  bool operator==(const Ranking&) const = default;
};

struct UnitRating {
  std::string unit;
  std::variant<Absence, OptionPosition> rating;
  bool operator==(const UnitRating&) const = default;
};

// One rating for each unit put before the rater, in the campaign's order.
struct UnitRatings {
  std::vector<UnitRating> units;
  bool operator==(const UnitRatings&) const = default;
};

// Numbers also carry years (2025) and dates (20250701).
using Answer = std::variant<Absence, Choice, double, std::string, Ranking, UnitRatings>;

inline bool is_answered(const Answer& answer) { return answer.index() != 0; }

// By question position; a position never written holds Absence::not_asked.
class Answers {
 public:
  explicit Answers(std::size_t question_count) : answers_(question_count, Absence::not_asked) {}

  const Answer& operator[](std::size_t question) const { return answers_[question]; }
  Answer& operator[](std::size_t question) { return answers_[question]; }
  std::size_t size() const { return answers_.size(); }
  bool operator==(const Answers&) const = default;

 private:
  std::vector<Answer> answers_;
};

// One text for one set of answers, whatever form or order they were sent in: a line per question,
// texts as JSON literals. Begins with the questionnaire's label.
std::string canonical_text(const Questionnaire& questionnaire, const Answers& answers);
// SHA-256 of the canonical text.
Digest digest_of(const Questionnaire& questionnaire, const Answers& answers);
// The part for one question, without its id.
std::string canonical_text(const std::vector<Option>& options, const Answer& answer);

}  // namespace khaosat
