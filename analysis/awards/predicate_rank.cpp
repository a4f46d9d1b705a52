// rank_within: a rank among a named field of comparison, published or counted from all scores.
#include <cmath>

#include "analysis/awards/phrases.h"
#include "analysis/awards/predicate_functions.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "base/text.h"

namespace khaosat::awards {

namespace {

// A group of `tied` units shares the places rank … rank + tied − 1.
struct Place {
  int rank = 0;
  int tied = 1;
  bool ties_known = true;
};

Verdict verdict_of(const Place& place, int max, const std::optional<std::string>& tie_rule) {
  const Verdict included = place.rank <= max ? Verdict::pass : Verdict::fail;
  if (included == Verdict::fail) return Verdict::fail;  // outside under either rule
  const Verdict excluded = place.rank + place.tied - 1 <= max ? Verdict::pass : Verdict::fail;
  if (tie_rule && *tie_rule == "include") return included;
  if (tie_rule && *tie_rule == "exclude") {
    if (excluded == Verdict::pass && !place.ties_known) return Verdict::undetermined;
    return excluded;
  }
  return excluded == Verdict::pass && place.ties_known ? Verdict::pass : Verdict::undetermined;
}

LocalText place_words(const Place& place, int max) {
  LocalText text = say_with("Hạng {}; cần trong {} hạng đầu.", "Rank {}; needed: among the first {}.", place.rank, max);
  if (place.tied > 1) {
    text = join(text, say_with("{} đơn vị đồng hạng {}.", "{} units share rank {}.", place.tied, place.rank));
  }
  return text;
}

// Counts from the scores of every unit below the same parent.
std::optional<Place> counted(const Evaluation& evaluation, const Condition& condition, const std::string& scores,
                             const Question& question, int max, Reason& reason, bool& certain_fail) {
  const Subject& unit = *question.carrier;
  const Fact* own = evaluation.peek(condition, scores, unit, question.year, "");
  if (own == nullptr || unit.parent.empty()) return std::nullopt;
  const double value = std::get<NumberValue>(own->value).value;
  Place place{1, 0, true};
  std::size_t known = 0;
  for (const auto& other : evaluation.facts().subjects()) {
    if (other.kind != SubjectKind::unit || other.parent != unit.parent) continue;
    const Fact* score = evaluation.peek(condition, scores, other, question.year, "");
    if (score == nullptr) continue;
    ++known;
    const double theirs = std::get<NumberValue>(score->value).value;
    if (theirs > value) ++place.rank;
    if (theirs == value) ++place.tied;
    reason.facts.push_back(evaluation.use(*score));
  }
  certain_fail = place.rank > max;
  reason.found = say_with("Tính từ điểm của {} đơn vị cùng cấp.", "Counted from the scores of {} units.", known);
  const Subject* parent = evaluation.facts().subject(unit.parent);
  if (parent == nullptr) return std::nullopt;
  if (!evaluation.complete(scores, *parent, Period::of_year(question.year), Evaluation::Entries::laid_down, reason) && !certain_fail) {
    return std::nullopt;
  }
  return place;
}

}  // namespace

void judge_rank_within(const Evaluation& evaluation, const Condition& condition, const Question& question,
                       Reason& reason) {
  const auto max_text = evaluation.parameter(condition, "max", "", reason);
  const auto population = evaluation.parameter(condition, "population", "", reason);
  Reason tie_notes;
  const auto tie_rule = evaluation.parameter(condition, "tie_rule", "include", tie_notes);
  reason.readings.insert(reason.readings.end(), tie_notes.readings.begin(), tie_notes.readings.end());
  if (!max_text || !population) return;
  const int max = static_cast<int>(number_from(*max_text).value_or(0));

  Reason lookup;
  const Fact* fact = evaluation.find(condition, condition.fact, *question.carrier, question.year, "", lookup);
  if (fact != nullptr) {
    const auto& rank = std::get<RankValue>(fact->value);
    if (!population->empty() && fold_case(rank.population) != fold_case(*population)) {
      reason.facts = lookup.facts;
      reason.found = say("Thứ hạng ghi nhận là trong \"" + rank.population + "\"; điều kiện cần thứ hạng trong \"" + *population + "\".",
                         "The rank on record is among \"" + rank.population + "\"; the condition asks for one among \"" + *population + "\".");
      evaluation.miss(condition.fact, *question.carrier, std::to_string(question.year),
                      say("thứ hạng trong " + *population, "the rank among " + *population), reason);
      return;
    }
    Place place{rank.rank, 0, false};
    int recorded = 0;
    for (const Fact* other : evaluation.facts().facts_named(condition.fact)) {
      const auto* theirs = std::get_if<RankValue>(&other->value);
      if (theirs == nullptr || !other->period.lies_in_year(question.year) || other->date > evaluation.known_by(condition) ||
          fold_case(theirs->population) != fold_case(rank.population)) continue;
      ++recorded;
      if (theirs->rank == rank.rank) ++place.tied;
    }
    place.ties_known = recorded >= rank.population_size;
    reason.facts.insert(reason.facts.end(), lookup.facts.begin(), lookup.facts.end());
    reason.verdict = verdict_of(place, max, tie_rule);
    reason.found = join(place_words(place, max), say("Trong " + rank.population + ".", "Among " + rank.population + "."));
    if (reason.verdict == Verdict::undetermined) {
      reason.missing.insert(reason.missing.end(), tie_notes.missing.begin(), tie_notes.missing.end());
      if (tie_rule) {
        evaluation.miss(condition.fact, *question.carrier, std::to_string(question.year),
                        say("thứ hạng của các đơn vị khác, để biết có đồng hạng hay không", "the ranks of the other units, to know about ties"), reason);
      }
    }
    return;
  }
  const auto scores = evaluation.parameter(condition, "scores", "", reason);
  if (scores && !scores->empty()) {
    bool certain_fail = false;
    Reason count;
    if (const auto place = counted(evaluation, condition, *scores, question, max, count, certain_fail)) {
      reason.facts = count.facts;
      reason.verdict = certain_fail ? Verdict::fail : verdict_of(*place, max, tie_rule);
      reason.found = join(place_words(*place, max), count.found);
      if (reason.verdict == Verdict::undetermined) reason.missing = tie_notes.missing;
      return;
    }
    reason.facts.insert(reason.facts.end(), count.facts.begin(), count.facts.end());
    reason.missing.insert(reason.missing.end(), count.missing.begin(), count.missing.end());
    lookup.found = join(lookup.found, count.found);
  }
  reason.found = lookup.found;
  reason.missing.insert(reason.missing.end(), lookup.missing.begin(), lookup.missing.end());
}

}  // namespace khaosat::awards
