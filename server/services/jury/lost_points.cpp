#include "server/services/jury/lost_points.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "server/services/scorecards/scorecard_book.h"

namespace khaosat {

namespace {

std::string criterion_of(const awards::Fact& fact) {
  const auto found = fact.details.find("criterion");
  return found == fact.details.end() ? std::string() : found->second;
}

std::string document_of(const awards::Fact& fact) {
  std::string text = fact.number;
  if (!fact.publisher.empty()) text += (text.empty() ? "" : ", ") + fact.publisher;
  if (fact.vouched_by.find(kImportedWords) != std::string::npos) text += (text.empty() ? "" : "; ") + fact.vouched_by;
  return text;
}

}  // namespace

std::vector<LostCriterion> lost_criteria(const awards::FactBook& facts, const awards::Decision& decision) {
  std::map<std::tuple<std::string, std::string, std::string>, const awards::Fact*> latest;
  for (const auto* fact : facts.facts_named("criterion_score")) {
    if (fact->date > decision.date || !std::holds_alternative<awards::NumberValue>(fact->value)) continue;
    const int year = fact->period.first_year();
    if (year != decision.year && year != decision.year - 1) continue;
    latest[{fact->subject, criterion_of(*fact), fact->period.text()}] = fact;
  }
  std::vector<LostCriterion> all;
  for (const auto& [place, score] : latest) {
    const auto& value = std::get<awards::NumberValue>(score->value);
    if (!value.maximum || value.value >= *value.maximum) continue;
    const awards::Subject* unit = facts.subject(score->subject);
    LostCriterion one;
    one.unit = score->subject;
    one.unit_name = unit == nullptr ? score->subject : unit->name;
    one.criterion = criterion_of(*score);
    one.points = value.value;
    one.maximum = *value.maximum;
    one.period = score->period.text();
    one.scored_by = document_of(*score);
    if (unit != nullptr) {
      for (const auto* holder : facts.facts_within(*unit, "responsible_for")) {
        if (criterion_of(*holder) != one.criterion || !holder->period.overlaps(score->period) || holder->date > decision.date) continue;
        const awards::Subject* who = facts.subject(holder->subject);
        one.holders.push_back(holder->subject);
        one.holder_names += (one.holder_names.empty() ? "" : ", ") + (who == nullptr ? holder->subject : who->name);
        const std::string paper = document_of(*holder);
        if (!paper.empty() && one.assigned_by.find(paper) == std::string::npos) one.assigned_by += (one.assigned_by.empty() ? "" : "; ") + paper;
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace khaosat
