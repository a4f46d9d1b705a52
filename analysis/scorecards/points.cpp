#include "analysis/scorecards/points.h"

#include <algorithm>

namespace khaosat::scorecards {

namespace {

// What decimals add up to, without the dust of binary fractions.
constexpr int kDust = 6;

std::optional<Act> next_act(const Ledger& ledger, const Item& item, std::string_view today) {
  switch (ledger.standing(item.id).state) {
    case State::open:
      if (item.is_adjustment()) return std::nullopt;
      if (item.source == PointSource::survey) return Act::take_survey;
      return today > ledger.plan().window(Stage::self_score).until ? Act::appraise_first : Act::score_self;
    case State::self_scored: return Act::appraise_first;
    case State::explanation_demanded:
      return today > ledger.plan().window(Stage::explanation).until ? Act::appraise_second : Act::explain;
    case State::explained: return Act::appraise_second;
    default: return std::nullopt;
  }
}

std::vector<std::string> bodies_for(const Ledger& ledger, const Item& item, Act act, std::string_view today) {
  std::vector<std::string> codes;
  const auto add = [&](const std::string& code) {
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  };
  const auto assigned = ledger.plan().of(ledger.set(), item);
  if (act == Act::take_survey) return codes;
  if (act == Act::score_self || act == Act::explain) {
    for (const Assignment* one : assigned) {
      if (one->from <= today && today <= one->to) add(one->body);
    }
    return codes;
  }
  for (const auto& body : ledger.plan().bodies) {
    const auto is_own = [&](const Assignment* one) { return one->body == body.code; };
    if (body.appraises && std::none_of(assigned.begin(), assigned.end(), is_own)) add(body.code);
  }
  return codes;
}

}  // namespace

Totals totals(const Ledger& ledger) {
  const ScorecardSet& set = ledger.set();
  Totals all;
  all.items.resize(set.items.size());
  all.maximum = set.maximum();
  all.is_complete = true;
  // Children stand after their parents.
  for (std::size_t i = set.items.size(); i-- > 0;) {
    const Item& item = set.items[i];
    ItemPoints& points = all.items[i];
    points.maximum = item.maximum;
    if (item.is_leaf()) {
      const Standing& now = ledger.standing(item.id);
      points.self = now.self.points.value_or(0);
      points.first = now.first.points.value_or(0);
      points.final = now.final_points.value_or(0);
      points.leaves = 1;
      points.settled = now.final_points ? 1 : 0;
      if (!item.is_adjustment() && !now.final_points) all.is_complete = false;
    }
    points.self = rounded(points.self, kDust);
    points.first = rounded(points.first, kDust);
    points.final = rounded(points.final, kDust);
    if (item.parent) {
      ItemPoints& above = all.items[*item.parent];
      above.self += points.self, above.first += points.first, above.final += points.final;
      above.leaves += points.leaves, above.settled += points.settled;
    } else if (item.kind == ItemKind::bonus) {
      all.bonus_given += points.final;
    } else if (item.kind == ItemKind::penalty) {
      all.penalty_given += points.final;
    } else {
      all.fields += points.final;
    }
  }
  all.fields = rounded(all.fields, kDust);
  all.bonus_given = rounded(all.bonus_given, kDust);
  all.penalty_given = rounded(all.penalty_given, kDust);
  all.bonus = std::min(all.bonus_given, set.bonus_cap);
  all.penalty = std::min(all.penalty_given, set.penalty_cap);
  all.total = std::max(0.0, rounded(all.fields + all.bonus - all.penalty, kDust));
  return all;
}

std::vector<LostPoints> lost_points(const Ledger& ledger) {
  std::vector<LostPoints> found;
  for (const Item* item : ledger.set().leaves()) {
    const Standing& now = ledger.standing(item->id);
    if (item->is_adjustment() || !now.final_points || *now.final_points >= item->maximum) continue;
    found.push_back({item, *now.final_points, rounded(item->maximum - *now.final_points, kDust), ledger.plan().of(ledger.set(), *item),
                     now.second.points ? now.second.note : now.first.note});
  }
  return found;
}

std::vector<Due> due(const Ledger& ledger, std::string_view today) {
  std::vector<Due> found;
  if (ledger.is_closed()) return found;
  for (const Item* item : ledger.set().leaves()) {
    const auto act = next_act(ledger, *item, today);
    if (!act) continue;
    const auto stage = stage_of(*act, ledger.standing(item->id).state);
    const std::string& until = ledger.plan().window(stage.value_or(Stage::second_appraisal)).until;
    found.push_back({item, *act, until, until < today, bodies_for(ledger, *item, *act, today)});
  }
  std::stable_sort(found.begin(), found.end(), [](const Due& a, const Due& b) { return a.until < b.until; });
  return found;
}

}  // namespace khaosat::scorecards
