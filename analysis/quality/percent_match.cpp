#include "analysis/quality/percent_match.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "analysis/estimate/distributions.h"

namespace khaosat::quality {

namespace {

std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15ULL;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

// Answers as bit planes: two rows differ on the items where some plane differs.
class Planes {
 public:
  Planes(std::size_t respondents, const std::vector<Item>& items) : words_((items.size() + 63) / 64) {
    unsigned most = 2;
    for (const Item& item : items) most = std::max<unsigned>(most, item.options);
    planes_ = static_cast<std::size_t>(std::bit_width(most - 1));
    bits_.assign(respondents * stride(), 0);
  }
  std::size_t stride() const { return words_ * (planes_ + 1); }
  void set(std::size_t who, std::size_t item, std::uint8_t code) {
    std::uint64_t* row = bits_.data() + who * stride();
    const std::uint64_t bit = std::uint64_t{1} << (item % 64);
    const std::size_t word = item / 64;
    for (std::size_t plane = 0; plane <= planes_; ++plane) row[plane * words_ + word] &= ~bit;
    if (code == kNoAnswer) return;
    row[word] |= bit;
    for (std::size_t plane = 0; plane < planes_; ++plane)
      if ((code >> plane) & 1U) row[(plane + 1) * words_ + word] |= bit;
  }
  // Share of equal answers among joint ones; -1 where too few are joint.
  double match(const std::uint64_t* first, const std::uint64_t* second, double least_share, int least) const {
    int joint = 0;
    int of_first = 0;
    int of_second = 0;
    int unequal = 0;
    for (std::size_t word = 0; word < words_; ++word) {
      const std::uint64_t both = first[word] & second[word];
      std::uint64_t differs = 0;
      for (std::size_t plane = 1; plane <= planes_; ++plane) differs |= first[plane * words_ + word] ^ second[plane * words_ + word];
      joint += std::popcount(both);
      of_first += std::popcount(first[word]);
      of_second += std::popcount(second[word]);
      unequal += std::popcount(both & differs);
    }
    return joint < least || joint < least_share * std::min(of_first, of_second) ? -1 : static_cast<double>(joint - unequal) / joint;
  }
  const std::uint64_t* row(std::size_t who) const { return bits_.data() + who * stride(); }

 private:
  std::size_t words_;
  std::size_t planes_ = 0;
  std::vector<std::uint64_t> bits_;
};

// How often each code was given in a place.
class Shares {
 public:
  explicit Shares(const std::vector<Item>& items) : first_(items.size() + 1, 0), total_(items.size(), 0) {
    for (std::size_t item = 0; item < items.size(); ++item) first_[item + 1] = first_[item] + items[item].options;
    count_.assign(first_.back(), 0);
  }
  void add(const std::uint8_t* row) {
    for (std::size_t item = 0; item < total_.size(); ++item) {
      if (row[item] == kNoAnswer) continue;
      ++count_[first_[item] + row[item]];
      ++total_[item];
    }
  }
  // Agreement of this row with somebody of the place who answers independently; `own`: the row itself was
  // counted and is taken out again.
  double expected(const std::uint8_t* row, bool own) const {
    double sum = 0;
    int items = 0;
    for (std::size_t item = 0; item < total_.size(); ++item) {
      if (row[item] == kNoAnswer || total_[item] <= (own ? 1U : 0U)) continue;
      sum += (count_[first_[item] + row[item]] - (own ? 1.0 : 0.0)) / (total_[item] - (own ? 1.0 : 0.0));
      ++items;
    }
    return items == 0 ? 0 : sum / items;
  }

 private:
  std::vector<std::size_t> first_;
  std::vector<std::uint32_t> total_;
  std::vector<std::uint32_t> count_;
};

struct Block {
  std::vector<std::uint32_t> members;  // positions in the canonical order
};

struct Best {
  double match = -1;
  double raised = -1;  // above what independent people give
};

class Matcher {
 public:
  Matcher(const AnswerSheet& sheet, const std::vector<std::uint32_t>& order, const std::vector<bool>& left_out, const MatchOptions& options)
      : sheet_(sheet), options_(options), planes_(order.size(), sheet.items),
        least_(static_cast<int>(std::min<std::size_t>(8, sheet.items.size()))) {
    rows_.reserve(order.size());
    for (const std::uint32_t who : order)
      if (!left_out[who]) rows_.push_back(who);
    for (std::size_t at = 0; at < rows_.size(); ++at) {
      const std::uint8_t* row = sheet.row(rows_[at]);
      for (std::size_t item = 0; item < sheet.items.size(); ++item) planes_.set(at, item, row[item]);
    }
  }

  PercentMatch run() {
    PercentMatch result;
    const std::size_t n = sheet_.size();
    result.best.assign(n, -1);
    result.elsewhere.assign(n, -1);
    result.difference.assign(n, 0);
    result.suspicious.assign(n, false);
    if (rows_.size() < 10) return result;
    const auto places = divided(sheet_.place);
    const auto groups = divided(sheet_.group);
    result.calibration = places.size() >= 2   ? MatchCalibration::places
                         : groups.size() >= 2 ? MatchCalibration::groups
                                              : MatchCalibration::permutation;
    compare(result.calibration == MatchCalibration::places ? places : groups, result);
    set_threshold(result);
    return result;
  }

 private:
  // Positions by the label of their respondent, in canonical order; single people cannot be compared.
  std::vector<Block> divided(const std::vector<std::uint32_t>& label) const {
    std::vector<Block> blocks;
    for (std::uint32_t at = 0; at < rows_.size(); ++at) {
      // The canonical order keeps places, and groups within them, together.
      if (at == 0 || label[rows_[at]] != label[rows_[at - 1]]) blocks.emplace_back();
      blocks.back().members.push_back(at);
    }
    std::erase_if(blocks, [](const Block& block) { return block.members.size() < 2; });
    return blocks;
  }

  // Parts of a place that are compared with themselves.
  std::vector<Block> parts(const Block& place, PercentMatch& result) const {
    if (place.members.size() <= options_.cap) return {place};
    result.in_blocks = true;
    std::vector<Block> all;
    for (std::size_t from = 0; from < place.members.size();) {
      std::size_t to = from;
      while (to < place.members.size() && sheet_.group[rows_[place.members[to]]] == sheet_.group[rows_[place.members[from]]]) ++to;
      // Blocks of neighbours in canonical order: copies begin alike more often than strangers do.
      const std::size_t count = (to - from + options_.cap - 1) / options_.cap;
      for (std::size_t part = 0; part < count; ++part) {
        Block block;
        block.members.assign(place.members.begin() + static_cast<std::ptrdiff_t>(from + (to - from) * part / count),
                             place.members.begin() + static_cast<std::ptrdiff_t>(from + (to - from) * (part + 1) / count));
        all.push_back(std::move(block));
      }
      from = to;
    }
    return all;
  }

  // As many members of another place as asked, spread by a hash of where they stand.
  std::vector<std::uint32_t> drawn(const Block& from, std::size_t count, std::uint64_t salt) const {
    std::vector<std::uint32_t> chosen = from.members;
    if (chosen.size() <= count) return chosen;
    std::sort(chosen.begin(), chosen.end(), [&](auto a, auto b) {
      const auto x = mixed(a ^ (salt << 32U));
      const auto y = mixed(b ^ (salt << 32U));
      return x != y ? x < y : a < b;
    });
    chosen.resize(count);
    return chosen;
  }

  Best best_among(std::size_t who, const std::vector<std::uint32_t>& others, double expected_of_who, const std::vector<double>& expected) const {
    Best best;
    for (std::size_t at = 0; at < others.size(); ++at) {
      if (others[at] == who) continue;
      const double match = planes_.match(planes_.row(who), planes_.row(others[at]), options_.least_joint, least_);
      if (match < 0) continue;
      best.match = std::max(best.match, match);
      best.raised = std::max(best.raised, match - 0.5 * (expected_of_who + expected[at]));
    }
    return best;
  }

  void compare(const std::vector<Block>& places, PercentMatch& result) {
    std::vector<Shares> shares(places.size(), Shares(sheet_.items));
    for (std::size_t place = 0; place < places.size(); ++place)
      for (const auto at : places[place].members) shares[place].add(sheet_.row(rows_[at]));
    for (std::size_t place = 0; place < places.size(); ++place) {
      for (const Block& part : parts(places[place], result)) compare_part(places, shares, place, part, result);
    }
  }

  void compare_part(const std::vector<Block>& places, const std::vector<Shares>& shares, std::size_t place, const Block& part,
                    PercentMatch& result) {
    const auto row_at = [&](std::uint32_t at) { return sheet_.row(rows_[at]); };
    std::vector<double> own_expected;
    for (const auto at : part.members) own_expected.push_back(shares[place].expected(row_at(at), true));
    struct Other {
      std::size_t place;
      std::vector<std::uint32_t> members;
      std::vector<double> expected;
    };
    std::vector<Other> others;
    const std::size_t partners = part.members.size() - 1;
    for (std::size_t step = 1; step < places.size() && others.size() < options_.other_places; ++step) {
      const std::size_t other = (place + step) % places.size();
      // A much smaller place gives too few partners for a fair comparison; kept only if nothing else is there.
      if (places[other].members.size() * 2 < std::min(partners, options_.cap) && step + 1 < places.size()) continue;
      others.push_back({other, drawn(places[other], std::max<std::size_t>(partners, 1), place * 131 + step), {}});
      for (const auto at : others.back().members) others.back().expected.push_back(shares[place].expected(row_at(at), false));
    }
    for (std::size_t i = 0; i < part.members.size(); ++i) {
      const std::uint32_t at = part.members[i];
      const Best own = best_among(at, part.members, own_expected[i], own_expected);
      if (own.match < 0) continue;
      std::vector<Best> found;
      for (const Other& other : others) {
        const Best best = best_among(at, other.members, shares[other.place].expected(row_at(at), false), other.expected);
        if (best.match >= 0) found.push_back(best);
      }
      if (others.empty()) found.push_back(shuffled(part, i, own_expected));
      if (found.empty() || found.front().match < 0) continue;
      std::sort(found.begin(), found.end(), [](const Best& a, const Best& b) { return a.raised < b.raised; });
      const double middle = 0.5 * (found[(found.size() - 1) / 2].raised + found[found.size() / 2].raised);
      std::sort(found.begin(), found.end(), [](const Best& a, const Best& b) { return a.match < b.match; });
      const std::uint32_t who = rows_[at];
      result.best[who] = own.match;
      result.elsewhere[who] = 0.5 * (found[(found.size() - 1) / 2].match + found[found.size() / 2].match);
      result.difference[who] = own.raised - middle;
      compared_.push_back(who);
    }
  }

  // The best agreement with as many made-up people, each item's answer taken from somebody of the block.
  Best shuffled(const Block& part, std::size_t who, const std::vector<double>& expected) const {
    const std::uint8_t* row = sheet_.row(rows_[part.members[who]]);
    Best best;
    for (std::size_t other = 0; other + 1 < part.members.size(); ++other) {
      int joint = 0;
      int equal = 0;
      for (std::size_t item = 0; item < sheet_.items.size(); ++item) {
        const std::size_t from = mixed(who * 1000003 + other * 1009 + item) % part.members.size();
        const std::uint8_t code = sheet_.row(rows_[part.members[from]])[item];
        if (from == who || code == kNoAnswer || row[item] == kNoAnswer) continue;
        ++joint;
        equal += code == row[item];
      }
      if (joint < least_) continue;
      const double match = static_cast<double>(equal) / joint;
      best.match = std::max(best.match, match);
      best.raised = std::max(best.raised, match - expected[who]);
    }
    return best;
  }

  void set_threshold(PercentMatch& result) const {
    double squares = 0;
    std::size_t below = 0;
    double lowest = 0;
    for (const auto who : compared_) {
      const double difference = result.difference[who];
      if (difference > 0) continue;
      squares += difference * difference;
      ++below;
      lowest = std::min(lowest, difference);
    }
    // Two further equal answers are never evidence by themselves.
    const double floor = 2.0 / static_cast<double>(sheet_.items.size());
    double spread = below == 0 ? 0 : std::sqrt(squares / static_cast<double>(below));
    const double chance = options_.expected_false / static_cast<double>(std::max<std::size_t>(compared_.size(), 1));
    result.threshold = std::max({floor, spread * -estimate::normal_quantile(chance), -lowest + 0.5 * floor});
    for (const auto who : compared_) result.suspicious[who] = result.difference[who] >= result.threshold;
  }

  const AnswerSheet& sheet_;
  const MatchOptions& options_;
  Planes planes_;
  int least_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> compared_;
};

}  // namespace

std::vector<std::uint32_t> canonical_order(const AnswerSheet& sheet) {
  std::vector<std::uint32_t> order(sheet.size());
  std::iota(order.begin(), order.end(), 0U);
  // Places and groups by name, because their numbers follow the order of rows.
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const int place = sheet.places[sheet.place[a]].compare(sheet.places[sheet.place[b]]);
    if (place != 0) return place < 0;
    const int group = sheet.groups[sheet.group[a]].compare(sheet.groups[sheet.group[b]]);
    if (group != 0) return group < 0;
    return std::lexicographical_compare(sheet.row(a), sheet.row(a) + sheet.items.size(), sheet.row(b), sheet.row(b) + sheet.items.size());
  });
  return order;
}

PercentMatch percent_match(const AnswerSheet& sheet, const std::vector<std::uint32_t>& order, const std::vector<bool>& left_out,
                           const MatchOptions& options) {
  return Matcher(sheet, order, left_out, options).run();
}

}  // namespace khaosat::quality
