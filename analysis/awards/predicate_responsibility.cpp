// not_responsible_for: criterion → points → responsible → document. A negative word about somebody
// needs the whole chain; any gap in it leaves the question open.
#include <map>
#include <set>

#include "analysis/awards/phrases.h"
#include "analysis/awards/predicate_functions.h"
#include "base/csv.h"
#include "base/json_text.h"

namespace khaosat::awards {

namespace {

enum class Level { full, low, in_between };

std::string criterion_of(const Fact& fact) {
  const auto found = fact.details.find("criterion");
  return found == fact.details.end() ? std::string() : found->second;
}

// Zero is low in every reading and full marks in none; what lies between hangs on the threshold.
Level level_of(const NumberValue& points, const std::optional<double>& low_share) {
  if (points.value <= 0) return Level::low;
  if (points.maximum && points.value >= *points.maximum && (!low_share || *low_share < 1)) return Level::full;
  if (low_share && *low_share <= 0) return Level::full;
  if (!low_share || !points.maximum) return Level::in_between;
  return points.value / *points.maximum <= *low_share ? Level::low : Level::full;
}

}  // namespace

void judge_not_responsible_for(const Evaluation& evaluation, const Condition& condition, const Question& question,
                               Reason& reason) {
  const Subject& unit = *question.carrier;
  const Period year = Period::of_year(question.year);
  const auto responsible = evaluation.parameter(condition, "responsible", "", reason);
  Reason low_notes;
  const auto low_text = evaluation.parameter(condition, "low", "", low_notes);
  reason.readings.insert(reason.readings.end(), low_notes.readings.begin(), low_notes.readings.end());
  const auto low_share = low_text ? number_from(*low_text) : std::nullopt;

  // The newest score of each criterion.
  std::map<std::string, const Fact*> scores;
  for (const Fact* entry : evaluation.entries(condition, condition.fact, unit, year)) {
    scores[criterion_of(*entry)] = entry;
  }
  std::map<std::string, std::vector<const Fact*>> holders;
  const std::string last_day = evaluation.known_by(condition);
  for (const Fact* entry : evaluation.facts().facts_within(unit, *responsible)) {
    if (!entry->period.overlaps(year) || entry->date > last_day) continue;
    holders[criterion_of(*entry)].push_back(entry);
  }
  bool guilty = false;
  bool open = false;
  LocalText told;
  for (const auto& [criterion, score] : scores) {
    const auto& points = std::get<NumberValue>(score->value);
    const Level level = level_of(points, low_share);
    if (level == Level::full) continue;
    const auto held = holders.find(criterion);
    const std::string amount = json_number(points.value) + (points.maximum ? "/" + json_number(*points.maximum) : "");
    if (held == holders.end()) {
      open = true;
      reason.facts.push_back(evaluation.use(*score));
      told = join(told, say("Tiêu chí " + criterion + " (" + with_comma(amount) + " điểm) chưa ghi nhận người chịu trách nhiệm.",
                            "Criterion " + criterion + " (" + amount + " points) is assigned to nobody."));
      evaluation.miss(*responsible, unit, std::to_string(question.year),
                      say("người, bộ phận chịu trách nhiệm tiêu chí " + criterion, "who is responsible for criterion " + criterion), reason);
      continue;
    }
    for (const Fact* holder : held->second) {
      if (holder->subject != question.subject->key) continue;
      reason.facts.push_back(evaluation.use(*score));
      reason.facts.push_back(evaluation.use(*holder));
      if (level == Level::low) {
        guilty = true;
        told = join(told, say("Chịu trách nhiệm tiêu chí " + criterion + " (" + holder->period.text() + "), được " + with_comma(amount) + " điểm.",
                              "Responsible for criterion " + criterion + " (" + holder->period.text() + "), which got " + amount + " points."));
      } else {
        open = true;
        if (!points.maximum) {
          evaluation.miss(condition.fact, unit, std::to_string(question.year),
                          say("điểm tối đa của tiêu chí " + criterion, "the maximum of criterion " + criterion), reason);
        }
        told = join(told, say("Chịu trách nhiệm tiêu chí " + criterion + ", được " + with_comma(amount) + " điểm; chưa rõ mức nào là thấp.",
                              "Responsible for criterion " + criterion + ", which got " + amount + " points; what counts as low is open."));
      }
    }
  }
  if (guilty) {
    reason.verdict = Verdict::fail;
    reason.found = told;
    reason.missing.clear();
    return;
  }
  if (open && !low_text) reason.missing.insert(reason.missing.end(), low_notes.missing.begin(), low_notes.missing.end());
  reason.found = told.empty() ? say_with("Không chịu trách nhiệm tiêu chí nào điểm thấp trong {} tiêu chí đã ghi nhận.",
                                         "Not responsible for any low criterion among the {} on record.", scores.size())
                              : told;
  const bool scores_complete = evaluation.complete(condition.fact, unit, year, Evaluation::Entries::laid_down, reason);
  const bool holders_complete = evaluation.complete(*responsible, unit, year, Evaluation::Entries::laid_down, reason);
  if (!open && scores_complete && holders_complete) reason.verdict = Verdict::pass;
}

}  // namespace khaosat::awards
