#include "analysis/index/index_engine.h"

#include <algorithm>
#include <set>

#include "analysis/index/engine.h"
#include "base/json_text.h"

namespace khaosat::index {

Result<IndexRun> Engine::run() {
  survey_ = input_.scanned;
  if (!survey_ && input_.survey) survey_ = std::make_shared<sums::TableSums>(*input_.survey);
  if (tree_.places.empty())
    return fail(ErrorCode::not_comparable, "the model " + model_.identity.label() +
                                               " has no structure for " +
                                               std::to_string(input_.year));
  describe_model();
  TRY_VOID(take_parameters());
  TRY_VOID(take_units());
  TRY_VOID(take_survey());
  work_.assign(tree_.places.size(), std::vector<Work>(run_.units.size()));
  TRY_VOID(read_survey());
  run_.input_hash = hash_of(input_, TRY(survey_digest()));
  ranges_.resize(tree_.places.size());
  for (std::size_t place = 0; place < tree_.places.size(); ++place)
    if (node_at(place).leaf) fill_leaf(place);
  screen();
  for (std::size_t place = tree_.places.size(); place-- > 0;) {
    const Node& node = node_at(place);
    if (node.leaf) {
      TRY_VOID(treat(place));
    } else {
      TRY_VOID(aggregate(place));
    }
    TRY_VOID(score(place));
  }
  for (std::size_t place = 0; place < tree_.places.size(); ++place) {
    TRY_VOID(estimate(place));
    rank(place);
  }
  return std::move(run_);
}

namespace {

std::string in_words(const UnaskedQuestion& unasked) {
  std::string versions;
  for (const int version : unasked.versions) versions += (versions.empty() ? "" : ", ") + std::to_string(version);
  return "not asked in version " + versions + " of the questionnaire, answered by " +
         (unasked.respondents < 5 ? "fewer than 5" : "at least " + std::to_string(unasked.respondents)) + " respondents";
}

}  // namespace

void Engine::describe_model() {
  run_.model = model_.identity;
  run_.title = model_.title;
  run_.issuer = model_.source.issuer;
  run_.example = model_.example;
  run_.unit_of_scale = model_.unit_of_scale;
  run_.scale_low = model_.scale_low;
  run_.scale_high = model_.scale_high;
  run_.questionnaire = input_.questionnaire;
  run_.earlier_versions = input_.earlier_versions;
  run_.calibration = input_.calibration;
  run_.year = input_.year;
  run_.variant = options_.variant;
  run_.program = options_.program;
  run_.level = model_.interval_level;
  for (std::size_t place = 0; place < tree_.places.size(); ++place) {
    const Node& node = node_at(place);
    RunNode described;
    described.id = node.id;
    described.code = node.code;
    described.children = tree_.places[place].children;
    described.title = node.title;
    described.responsible = node.responsible;
    described.aggregate = node.aggregate;
    if (node.leaf) {
      described.source = name_of(node.leaf->source);
      if (node.leaf->source == LeafSource::survey) described.question = node.leaf->survey.question;
      for (const UnaskedQuestion& unasked : input_.unasked)
        if (!described.question.empty() && unasked.question == described.question) described.steps.push_back(in_words(unasked));
    }
    described.scoring = node.scoring.method;
    described.maximum = node.maximum;
    run_.nodes.push_back(std::move(described));
  }
  for (std::size_t place = 0; place < tree_.places.size(); ++place)
    for (const std::size_t child : tree_.places[place].children) run_.nodes[child].parent = place;
}

Result<void> Engine::take_parameters() {
  for (const Parameter& parameter : model_.parameters)
    run_.parameters.push_back(
        {parameter.id, parameter.title, parameter.value, parameter.value, parameter.assumption});
  if (!options_.parameters.empty() && options_.variant.empty())
    return fail(ErrorCode::missing_field,
                "other parameters need a name for the variant, so that nobody takes it for the "
                "model's own");
  for (const auto& [id, value] : options_.parameters) {
    const Parameter* parameter = model_.parameter(id);
    if (parameter == nullptr)
      return fail(ErrorCode::definition_unknown,
                  "the model " + model_.identity.label() + " has no parameter \"" + id + "\"");
    if (!(parameter->low <= value && value <= parameter->high))
      return fail(ErrorCode::out_of_range, "parameter " + id + " must lie in [" +
                                               json_number(parameter->low) + ", " +
                                               json_number(parameter->high) + "]");
    for (RunParameter& used : run_.parameters)
      if (used.id == id) used.value = value;
  }
  return {};
}

Result<void> Engine::take_units() {
  std::set<std::string> known;
  const auto add = [&](UnitScores unit) -> Result<void> {
    if (!known.insert(unit.id).second)
      return fail(ErrorCode::already_exists, "the unit stands twice; keep one", "unit " + unit.id);
    unit.scores.resize(tree_.places.size());
    run_.units.push_back(std::move(unit));
    return {};
  };
  for (const UnitInput& unit : input_.units)
    TRY_VOID(add({unit.id, unit.name, false, {}, false, 0, {}}));
  if (survey_) {
    const auto& cells = survey_->cells();
    for (const std::size_t end : sums::unit_ends(cells)) {
      const std::string& unit = cells[end - 1].key.unit;
      if (!known.contains(unit)) TRY_VOID(add({unit, unit, false, {}, false, 0, {}}));
    }
  }
  for (const UnitGroup& group : input_.groups) {
    for (const std::string& member : group.members)
      if (!known.contains(member))
        return fail(ErrorCode::definition_unknown, "the group names a unit that is not there",
                    "group " + group.id + ", unit " + member);
    TRY_VOID(add({group.id, group.name, true, group.members, false, 0, {}}));
  }
  return {};
}

Result<void> Engine::take_survey() {
  bool wanted = false;
  for (std::size_t place = 0; place < tree_.places.size(); ++place) {
    const Node& node = node_at(place);
    if (!node.leaf || node.leaf->source != LeafSource::survey) continue;
    wanted = true;
    if (!survey_)
      return fail(ErrorCode::not_comparable, "the model " + model_.identity.label() +
                                                 " needs survey answers and there are none");
    const std::vector<std::string>& items = survey_->items();
    const auto found = std::find(items.begin(), items.end(), node.id);
    if (found == items.end())
      return fail(ErrorCode::not_comparable, "the survey sums lack the item " + node.id);
    item_of_place_[place] = static_cast<std::size_t>(found - items.begin());
  }
  if (!wanted) {
    run_.design = "no_survey";
    return {};
  }
  if (input_.questionnaire && input_.questionnaire->id != model_.questionnaire)
    return fail(ErrorCode::not_comparable, "the answers come from the questionnaire " +
                                               input_.questionnaire->label() +
                                               ", the model reads " + model_.questionnaire);
  frame_ = TRY(SurveyFrame::create(*survey_, input_.design, run_, input_.persons));
  for (UnitScores& unit : run_.units) {
    std::vector<CellRange>& ranges = cells_.emplace_back();
    for (const std::string& one : unit.group ? unit.members : std::vector<std::string>{unit.id}) {
      const CellRange range = frame_->cells_of(one);
      if (range.first == range.last) continue;
      ranges.push_back(range);
      unit.respondents += frame_->respondents(range);
    }
    unit.surveyed = !ranges.empty();
    degrees_.push_back(frame_->design()
                           ? estimate::degrees_of_freedom(*frame_->design(), frame_->psus_of(ranges))
                           : 0);
  }
  return {};
}

// In the order of the survey's cells, whatever the order of units in reports.
Result<std::string> Engine::survey_digest() const {
  if (!survey_) return std::string();
  const auto& cells = survey_->cells();
  std::map<std::string_view, Digest> known;
  for (std::size_t unit = 0; unit < digests_.size(); ++unit)
    if (!run_.units[unit].group && run_.units[unit].surveyed) known[run_.units[unit].id] = digests_[unit];
  std::vector<Digest> digests;
  std::unique_ptr<sums::SurveySums::Reader> reader;
  sums::CellBlock block;
  std::size_t first = 0;
  for (const std::size_t end : sums::unit_ends(cells)) {
    const auto found = known.find(cells[first].key.unit);
    if (found != known.end()) {
      digests.push_back(found->second);
    } else {  // the model reads no answers, which went in all the same
      if (!reader) reader = survey_->reader();
      TRY_VOID(reader->read(first, end, block));
      digests.push_back(sums::digest_of({cells.data() + first, end - first}, block));
    }
    first = end;
  }
  return sums::digest_of(survey_->items(), digests);
}

Result<IndexRun> compute(const IndexModel& model, const IndexInput& input,
                         const ComputeOptions& options) {
  return Engine(model, input, options).run();
}

}  // namespace khaosat::index
