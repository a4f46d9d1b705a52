#include "server/services/population/campaign_population.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "server/services/compute_index.h"
#include "server/survey/packed.h"

namespace khaosat {

namespace {

// Everybody with answers, base weight and the options that categories are made of.
struct People {
  index::PersonColumns columns;
  std::map<std::string, std::vector<std::string>> option;
};

Result<People> people_of(const CampaignEntry& entry, const index::Population& population, const std::vector<index::SurveyItem>& items,
                         const std::vector<bool>* leave_out, const index::IndexInput& input) {
  const Questionnaire& questionnaire = entry.whole();
  People people;
  for (const auto& item : items) people.columns.items.push_back(item.key);
  std::vector<std::pair<std::size_t, std::vector<std::string>*>> asked;
  for (const auto& margin : population.margins) {
    for (const auto& id : margin.questions) {
      const auto position = questionnaire.position_of(id);
      if (!position) return fail(ErrorCode::not_comparable, "the questionnaire lacks a question that the population is counted by", id);
      const auto [column, fresh] = people.option.try_emplace(id);
      if (fresh) asked.emplace_back(*position, &column->second);
    }
  }
  std::optional<Error> trouble;
  std::size_t number = 0;
  TRY_VOID(each_answer(entry, [&](const Cell& cell, std::string_view packed) {
    const bool left_out = leave_out && (*leave_out)[number];
    ++number;
    if (trouble || left_out) return;
    const auto answers = unpack(questionnaire, packed);
    const auto row = answers ? item_answers(questionnaire, *answers, items) : Result<std::vector<sums::Answer>>(fail(answers.error()));
    if (!row) {
      trouble = row.error();
      return;
    }
    people.columns.unit.push_back(cell.unit);
    people.columns.stratum.push_back(cell.stratum);
    people.columns.psu.push_back(cell.psu);
    const auto weight = input.design.cell_weights.find({cell.stratum, cell.psu});
    people.columns.weight.push_back(weight == input.design.cell_weights.end() ? 0 : weight->second);
    people.columns.answers.insert(people.columns.answers.end(), row->begin(), row->end());
    for (const auto& [position, column] : asked) {
      const auto* choice = std::get_if<Choice>(&(*answers)[position]);
      const bool chose = choice && choice->options.size() == 1;
      column->push_back(chose ? questionnaire.questions[position].options[choice->options.front()].id : std::string());
    }
  }));
  if (trouble) return fail(*trouble);
  return people;
}

double one_decimal(double value) { return std::round(10 * value) / 10; }

void tell_factors(const index::PersonSample& persons, index::RunCalibration& said) {
  bool any = false;
  double lowest = 1;
  double highest = 1;
  for (std::size_t who = 0; who < persons.weights().size(); ++who) {
    if (!(persons.columns().weight[who] > 0)) continue;
    const double factor = persons.weights()[who] / persons.columns().weight[who];
    lowest = any ? std::min(lowest, factor) : factor;
    highest = any ? std::max(highest, factor) : factor;
    any = true;
  }
  said.lowest_factor = one_decimal(lowest);
  said.highest_factor = one_decimal(highest);
}

Result<index::PersonSample> calibrated(People people, const index::Population& population, std::uint64_t minimum, index::RunCalibration& said) {
  people.columns.calibration = TRY(index::population_classes(population, {people.columns.unit, people.columns.weight, people.option}, minimum, said));
  return index::PersonSample::create(std::move(people.columns));
}

}  // namespace

Result<std::optional<index::Population>> population_of(Registry& registry, std::string_view campaign_id) {
  const auto records = TRY(registry.records(kPopulationRecord, campaign_id));
  if (records.empty()) return std::optional<index::Population>();
  auto population = TRY(read_population_json(records.front().content));
  if (population.source != records.front().hash) return fail(ErrorCode::definition_invalid, "the record of the population is not what was kept", "population");
  if (population.margins.empty()) return std::optional<index::Population>();
  return std::optional<index::Population>(std::move(population));
}

Result<void> follow_population(const CampaignEntry& entry, const index::Population& population, const std::vector<index::SurveyItem>& items,
                               const std::vector<bool>* leave_out, index::IndexInput& input) {
  const auto minimum = disclosure_rules(entry.campaign).minimum;
  index::RunCalibration said;
  auto persons = calibrated(TRY(people_of(entry, population, items, leave_out, input)), population, minimum, said);
  auto table = persons ? persons->table() : Result<sums::SumsTable>(fail(persons.error()));
  if (!table) {
    if (said.refused.empty()) said.refused = table.error().code == ErrorCode::not_converged ? "not_converged" : "no_weights";
    said.detail = table.error().message + (table.error().where.empty() ? "" : " (" + table.error().where + ")");
    input.calibration = std::move(said);
    return {};
  }
  said.applied = true;
  tell_factors(*persons, said);
  input.calibration = std::move(said);
  input.survey = std::move(*table);
  input.scanned = nullptr;
  // Everybody's own weight has those of the cells in it.
  input.design.cell_weights.clear();
  input.persons = std::make_shared<const index::PersonSample>(std::move(*persons));
  return {};
}

void tell_without(const index::IndexRun& without, const index::PersonSample& persons, index::IndexRun& run) {
  if (!run.calibration || run.nodes.empty()) return;
  std::map<std::string_view, std::pair<std::vector<double>, std::vector<double>>> weights;
  for (std::size_t who = 0; who < persons.weights().size(); ++who) {
    auto& [before, after] = weights[persons.columns().unit[who]];
    before.push_back(persons.columns().weight[who]);
    after.push_back(persons.weights()[who]);
  }
  for (const auto& unit : without.units) {
    const auto& score = unit.scores.front();
    if (unit.group || score.state != index::ScoreState::value) continue;
    index::UncalibratedScore told{unit.id, score.estimate.value, score.estimate.lower, score.estimate.upper, false};
    const auto found = weights.find(unit.id);
    told.singles_out = found == weights.end() || index::singles_out(found->second.first, found->second.second, run.calibration->minimum);
    run.calibration->without.push_back(std::move(told));
  }
}

}  // namespace khaosat
