#include "analysis/quality/respondent_indices.h"

#include <algorithm>
#include <cmath>

namespace khaosat::quality {

namespace {

struct Spread {
  std::uint32_t n = 0;
  double sum = 0;
  double squares = 0;

  void add(double value) {
    ++n;
    sum += value;
    squares += value * value;
  }
  // Values are small whole numbers or shares, so the plain formula loses nothing.
  std::optional<double> deviation() const {
    if (n < 2) return std::nullopt;
    return std::sqrt(std::max(0.0, (squares - sum * sum / n) / (n - 1)));
  }
};

bool holds(const std::vector<std::uint8_t>& codes, std::uint8_t code) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

std::vector<RespondentIndices> respondent_indices(const AnswerSheet& sheet) {
  std::vector<RespondentIndices> all(sheet.size());
  for (std::size_t who = 0; who < sheet.size(); ++who) {
    RespondentIndices& one = all[who];
    const std::uint8_t* row = sheet.row(who);
    Spread raw;
    Spread along;
    std::uint32_t run = 0;
    std::uint32_t line = 0;
    std::uint8_t last = kNoAnswer;
    bool up = false;
    bool down = false;
    for (std::size_t at = 0; at < sheet.items.size(); ++at) {
      const std::uint8_t code = row[at];
      if (code == kNoAnswer) {
        run = 0;
        continue;
      }
      if (last != code) {
        run = line = 0;
        up = down = false;
      }
      last = code;
      ++run;
      ++line;
      const Item& item = sheet.items[at];
      up = up || item.direction == Direction::up;
      down = down || item.direction == Direction::down;
      one.longest_run = std::max(one.longest_run, run);
      if (line >= one.longest_line) {
        one.longest_line = line;
        one.line_contradicts = up && down;
      }
      raw.add(code);
      if (item.direction != Direction::none) along.add(keyed(item, code));
    }
    one.answered = raw.n;
    one.variability = raw.deviation();
    one.keyed_variability = along.deviation();
    if (along.n > 0) one.keyed_mean = along.sum / along.n;
    for (const ContradictionPair& pair : sheet.contradictions) {
      const std::uint8_t first = row[pair.first_item];
      const std::uint8_t second = row[pair.second_item];
      if (first == kNoAnswer || second == kNoAnswer) continue;
      ++one.pairs_answered;
      if (holds(pair.first_codes, first) && holds(pair.second_codes, second)) ++one.contradictions;
    }
    for (std::size_t pair = 0; pair < sheet.pairs.size(); ++pair) {
      const PairState state = sheet.pair_states[who * sheet.pairs.size() + pair];
      one.pairs_answered += state != PairState::unanswered;
      one.contradictions += state == PairState::contradictory;
      one.contradicts_alone = one.contradicts_alone || (state == PairState::contradictory && sheet.pairs[pair].alone);
    }
  }
  return all;
}

}  // namespace khaosat::quality
