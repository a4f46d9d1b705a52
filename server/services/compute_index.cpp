#include "server/services/compute_index.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/columns/column_sums.h"
#include "analysis/index/survey_items.h"
#include "server/catalog/questionnaire_facts.h"
#include "server/services/columns/column_file_of.h"
#include "server/services/campaign_design.h"
#include "server/services/population/campaign_population.h"
#include "server/survey/packed.h"

namespace khaosat {

namespace {

constexpr unsigned kScanThreads = 2;  // the bits do not depend on it

sums::Absence absence_for_sums(Absence absence) {
  switch (absence) {
    case Absence::not_asked: return sums::Absence::not_asked;
    case Absence::blank: return sums::Absence::blank;
    case Absence::no_experience: return sums::Absence::no_experience;
    case Absence::dont_know: return sums::Absence::dont_know;
    case Absence::declined: return sums::Absence::declined;
    case Absence::invalid: return sums::Absence::blank;  // no answer either; exports tell them apart
  }
  return sums::Absence::blank;
}

// Units too few people answered in are counted together and have the ids of all of them; people read names.
void name_joint_units(const UnitRegister& register_of_units, index::IndexRun& run) {
  for (auto& unit : run.units) {
    if (unit.name == unit.id && unit.id.find('+') != std::string::npos) unit.name = joint_unit_name(register_of_units, unit.id, "vi");
  }
}

int year_of(const Campaign& campaign) {
  return std::atoi(campaign.closes_on.substr(0, 4).c_str());
}

// Response by response: for questions without a column, and to say what is wrong with an answer.
Result<sums::SumsTable> sums_by_response(const CampaignEntry& entry, const std::vector<index::SurveyItem>& items,
                                         const std::vector<bool>* leave_out) {
  std::vector<std::string> keys;
  for (const auto& item : items) keys.push_back(item.key);
  sums::SumsTable table(keys);
  std::optional<Error> trouble;
  std::size_t number = 0;
  TRY_VOID(each_answer(entry, [&](const Cell& cell, std::string_view packed) {
    const bool left_out = leave_out && (*leave_out)[number];
    ++number;
    if (trouble || left_out) return;
    const auto answers = unpack(entry.whole(), packed);
    const auto row = answers ? item_answers(entry.whole(), *answers, items)
                             : Result<std::vector<sums::Answer>>(fail(answers.error()));
    // Everybody counts 1 here; the weight of the cell comes from the design.
    const auto added = row ? table.add({cell.unit, cell.stratum, cell.psu}, 1.0, *row)
                           : Result<void>(fail(row.error()));
    if (!added) trouble = added.error();
  }));
  if (trouble) return fail(*trouble);
  return table;
}

// The same through the column file, made while they are read: the same bits, some hundred times quicker.
// Nothing when a question has no column or an answer does not fit: then the responses tell more.
Result<std::shared_ptr<const sums::SurveySums>> sums_of_columns(const CampaignEntry& entry,
                                                                const std::vector<index::SurveyItem>& items) {
  auto file = column_file_of(entry);
  if (!file) {
    if (file.error().code != ErrorCode::no_valid_answers && file.error().code != ErrorCode::answers_invalid)
      return fail(file.error());
    return std::shared_ptr<const sums::SurveySums>();
  }
  auto scored = scored_columns(*file, items);
  if (!scored) return std::shared_ptr<const sums::SurveySums>();
  return TRY(columns::ColumnSums::create(std::move(*file), std::move(*scored)));
}

// Which versions were answered, and which questions somebody was therefore not asked.
Result<void> name_versions(const CampaignEntry& entry, index::IndexInput& input) {
  if (entry.form->has_one()) return {};
  std::map<int, std::uint64_t> respondents;
  TRY_VOID(entry.answers->each_response([&](const Response& response) { ++respondents[response.questionnaire_version]; }));
  for (const auto& identity : entry.campaign.questionnaires()) {
    if (identity.version != entry.campaign.questionnaire.version) input.earlier_versions.push_back(identity);
  }
  const Questionnaire& whole = entry.whole();
  for (std::size_t at = 0; at < whole.questions.size(); ++at) {
    index::UnaskedQuestion unasked{whole.questions[at].id, {}, 0};
    for (const auto& [version, people] : respondents) {
      if (entry.form->is_asked_in(at, version)) continue;
      unasked.versions.push_back(version);
      unasked.respondents += people;
    }
    unasked.respondents -= unasked.respondents % 5;
    if (!unasked.versions.empty()) input.unasked.push_back(std::move(unasked));
  }
  return {};
}

}  // namespace

Result<std::vector<sums::Answer>> item_answers(const Questionnaire& questionnaire, const Answers& answers,
                                               const std::vector<index::SurveyItem>& items) {
  std::vector<sums::Answer> row;
  row.reserve(items.size());
  for (const auto& item : items) {
    const auto position = questionnaire.position_of(item.question);
    if (!position) {
      Error lacking{ErrorCode::not_comparable, "the questionnaire lacks a question of the model", item.question, {}};
      lacking.details = {{"why", "question_lacking"}, {"question", item.question}, {"questionnaire", questionnaire.identity.label()}};
      return fail(std::move(lacking));
    }
    const Question& question = questionnaire.questions[*position];
    const Answer& answer = answers[*position];
    if (const auto* absence = std::get_if<Absence>(&answer)) {
      row.push_back(index::answer_from_absence(item, absence_for_sums(*absence)));
    } else if (const auto* choice = std::get_if<Choice>(&answer)) {
      std::vector<std::string_view> chosen;
      for (const auto option : choice->options) chosen.push_back(question.options[option].id);
      row.push_back(TRY(index::answer_from_options(item, chosen)));
    } else if (const auto* number = std::get_if<double>(&answer)) {
      row.push_back(TRY(index::answer_from_number(item, *number)));
    } else {
      return fail(ErrorCode::wrong_type, "this kind of question has no score", item.question);
    }
  }
  return row;
}

std::string joint_unit_name(const UnitRegister& register_of_units, std::string_view id, std::string_view language) {
  std::string name;
  for (std::size_t from = 0, to = 0; to != std::string_view::npos; from = to + 1) {
    to = id.find('+', from);
    const std::string part(id.substr(from, to == std::string_view::npos ? to : to - from));
    const Unit* unit = register_of_units.find(part);
    name += (from == 0 ? "" : " + ") + (unit ? unit->name.in(language) : part);
  }
  return name;
}

disclosure::DisclosureRules disclosure_rules(const Campaign& campaign) {
  auto rules = campaign.audience == Audience::citizen ? disclosure::rules_for_citizens() : disclosure::rules_for_staff();
  rules.minimum = std::max(rules.minimum, static_cast<std::uint64_t>(std::max(0, campaign.minimum_cell)));
  return rules;
}

Result<disclosure::PublishedRun> ComputeIndex::publish(const index::IndexRun& run, const Campaign& campaign,
                                                       const disclosure::EarlierPublication* beside) {
  std::vector<disclosure::EarlierPublication> earlier;
  if (beside) earlier.push_back(*beside);
  for (const auto& record : TRY(store_.registry().records("index_run", campaign.id))) {
    earlier.push_back(TRY(disclosure::read_earlier_publication(record.content)));
  }
  const auto rules = disclosure_rules(campaign);
  if (!disclosure::is_what_if(run)) return disclosure::publish(run, rules, earlier, TRY(told_too(run, campaign)));
  const auto own = TRY(compute({campaign.id, run.model.id, {}, "", nullptr}));
  return disclosure::publish_what_if(run, own, disclosure::publish(own, rules, earlier, TRY(told_too(own, campaign))), rules);
}

Result<std::vector<index::IndexRun>> ComputeIndex::told_too(const index::IndexRun& run, const Campaign& campaign) {
  std::set<std::string> questions;
  for (const auto& node : run.nodes) questions.insert(node.question);
  questions.erase("");
  std::vector<index::IndexRun> others;
  for (const auto& model : models_for(campaign)) {
    if (model->identity.id == run.model.id) continue;
    // A model that cannot be computed here is not told either.
    auto other = compute({campaign.id, model->identity.id, {}, "", nullptr});
    if (!other) continue;
    const bool shared = std::any_of(other->nodes.begin(), other->nodes.end(), [&](const auto& node) { return questions.contains(node.question); });
    if (shared) others.push_back(std::move(*other));
  }
  return others;
}

std::vector<std::shared_ptr<const index::IndexModel>> ComputeIndex::models_for(const Campaign& campaign) const {
  std::vector<std::shared_ptr<const index::IndexModel>> fitting;
  for (const auto& model : catalog_.index_models()) {
    if (model->questionnaire == campaign.questionnaire.id &&
        (model->questionnaire_version == 0 || campaign.asks(model->questionnaire, model->questionnaire_version))) {
      fitting.push_back(model);
    }
  }
  return fitting;
}

Result<index::IndexInput> ComputeIndex::input_of(const CampaignEntry& entry, const index::IndexModel& model,
                                                 int year, Way way, const std::vector<bool>* leave_out) {
  const Campaign& campaign = entry.campaign;
  const auto facts = questionnaire_facts(entry.whole());
  const auto items = index::survey_items(model, year, &facts);

  index::IndexInput input;
  input.year = year;
  input.questionnaire = campaign.questionnaire;
  TRY_VOID(name_versions(entry, input));
  for (const auto& id : campaign.units) {
    const Unit* unit = catalog_.units().find(id);
    input.units.push_back({id, unit ? unit->name.in("vi") : id, {}, {}});
  }
  if (way == Way::columns && !leave_out) input.scanned = TRY(sums_of_columns(entry, items));
  std::map<CellKey, double> respondents;
  const auto count = [&](const sums::CellKey& key, std::uint64_t people) {
    respondents[{key.stratum, key.psu}] += static_cast<double>(people);
  };
  if (input.scanned) {
    for (const auto& cell : input.scanned->cells()) count(cell.key, cell.respondents);
  } else {
    input.survey = TRY(sums_by_response(entry, items, leave_out));
    for (const auto& [key, cell] : input.survey->cells()) count(key, cell.respondents);
  }
  if (respondents.empty()) return fail(ErrorCode::too_few_answers, "the campaign has no answers to compute from");

  input.design.drawn = campaign.sample == SampleKind::drawn;
  if (input.design.drawn) input.design.cell_weights = cell_weights(campaign, respondents);
  return input;
}

Result<ComputeIndex::Asked> ComputeIndex::asked(const IndexRequest& request) {
  const auto entry = TRY(book_.find(request.campaign_id));
  if (entry->campaign.state != CampaignState::closed) {
    return fail(ErrorCode::campaign_not_closed, "nothing is computed before the campaign closes", request.campaign_id);
  }
  const auto model = catalog_.index_model(request.model);
  if (!model) return fail(ErrorCode::definition_unknown, "no index model " + request.model);
  if (model->questionnaire != entry->campaign.questionnaire.id) {
    return fail(ErrorCode::not_comparable, "the model is made for the questionnaire " + model->questionnaire, request.model);
  }
  return Asked{entry, model, year_of(entry->campaign)};
}

Result<index::IndexInput> ComputeIndex::input_for(const IndexRequest& request) {
  const auto [entry, model, year] = TRY(asked(request));
  auto input = TRY(input_of(*entry, *model, year, Way::columns, request.leave_out));
  // Weights that follow counts need everybody at once, and the other offices' people are elsewhere.
  const auto population = TRY(population_of(store_.registry(), entry->campaign.id));
  const auto tell_several = [&](index::IndexInput&& made) {
    if (population) {
      made.calibration.emplace();
      made.calibration->refused = "several_offices";
      made.calibration->source = population->source;
    }
    return std::move(made);
  };
  if (!input.scanned) return tell_several(std::move(input));
  sums::SumsTable table(input.scanned->items());
  const auto reader = input.scanned->reader();
  const auto& cells = input.scanned->cells();
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    auto exact = TRY(reader->exact(cell));
    TRY_VOID(table.add_sums(cells[cell].key, std::move(exact)));
  }
  input.survey = std::move(table);
  input.scanned = nullptr;
  return tell_several(std::move(input));
}

Result<index::IndexRun> ComputeIndex::compute_by_design(const CampaignEntry& entry, const index::IndexModel& model, int year,
                                                        const IndexRequest& request) {
  const index::ComputeOptions options{request.parameters, request.variant, "khaosat " KHAOSAT_VERSION, kScanThreads};
  const auto input = TRY(input_of(entry, model, year, Way::columns, request.leave_out));
  auto run = index::compute(model, input, options);
  if (run || !input.scanned || run.error().code != ErrorCode::unknown_option) return run;
  return index::compute(model, TRY(input_of(entry, model, year, Way::responses, nullptr)), options);
}

Result<index::IndexRun> ComputeIndex::compute(const IndexRequest& request) {
  const auto [entry, model, year] = TRY(asked(request));
  const bool drawn = entry->campaign.sample == SampleKind::drawn;
  const auto population = drawn && !request.without_population ? TRY(population_of(store_.registry(), entry->campaign.id)) : std::nullopt;
  if (!population) {
    auto run = TRY(compute_by_design(*entry, *model, year, request));
    name_joint_units(catalog_.units(), run);
    return run;
  }
  const auto facts = questionnaire_facts(entry->whole());
  auto input = TRY(input_of(*entry, *model, year, Way::columns, request.leave_out));
  TRY_VOID(follow_population(*entry, *population, index::survey_items(*model, year, &facts), request.leave_out, input));
  auto run = TRY(index::compute(*model, input, {request.parameters, request.variant, "khaosat " KHAOSAT_VERSION, kScanThreads}));
  if (input.persons) tell_without(TRY(compute_by_design(*entry, *model, year, request)), *input.persons, run);
  name_joint_units(catalog_.units(), run);
  return run;
}

}  // namespace khaosat
