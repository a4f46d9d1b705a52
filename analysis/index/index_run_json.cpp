#include "analysis/index/index_run_json.h"

#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "analysis/index/json_writer.h"
#include "analysis/index/run_calibration_json.h"
#include "base/strict_json.h"

namespace khaosat::index {
namespace {

using nlohmann::json;
using estimate::EstimateFlag;

constexpr std::array<std::pair<ScoreNote, std::string_view>, 7> kNotes = {{
    {ScoreNote::reweighted, "reweighted"},
    {ScoreNote::imputed, "imputed"},
    {ScoreNote::treated, "treated"},
    {ScoreNote::clamped, "clamped"},
    {ScoreNote::relative, "relative"},
    {ScoreNote::survey_part, "survey_part"},
    {ScoreNote::limited, "limited"},
}};
constexpr std::array<std::pair<EstimateFlag, std::string_view>, 5> kFlags = {{
    {EstimateFlag::no_probability_sample, "no_probability_sample"},
    {EstimateFlag::lonely_psu, "lonely_psu"},
    {EstimateFlag::no_degrees_of_freedom, "no_degrees_of_freedom"},
    {EstimateFlag::zero_variance, "zero_variance"},
    {EstimateFlag::complete_population, "complete_population"},
}};
constexpr std::array kLonelyPolicies = {
    estimate::LonelyPsuPolicy::fail,   estimate::LonelyPsuPolicy::remove,
    estimate::LonelyPsuPolicy::certainty, estimate::LonelyPsuPolicy::adjust,
    estimate::LonelyPsuPolicy::average, estimate::LonelyPsuPolicy::collapse};

void write_score(JsonWriter& out, const NodeScore& score) {
  out.open('{');
  out.key("state").text(name_of(score.state));
  if (!score.reason.empty()) out.key("reason").text(score.reason);
  if (score.state == ScoreState::value) {
    const estimate::Estimate& estimate = score.estimate;
    out.key("value").number(estimate.value);
    out.key("standard_error").optional(estimate.standard_error);
    out.key("lower").optional(estimate.lower);
    out.key("upper").optional(estimate.upper);
    out.key("df").number(estimate.degrees_of_freedom);
    out.key("flags").texts(names_of(estimate.flags));
    out.key("raw").number(score.raw);
    if (score.measured) out.key("measured").number(*score.measured);
    out.key("notes").texts(names_of(score.notes));
  }
  out.key("n").integer(score.estimate.n);
  out.key("n_missing").integer(score.estimate.n_missing);
  out.key("n_least").integer(score.n_least);
  out.key("answers").integer(score.answers);
  out.key("absent").open('{');
  for (std::size_t k = 0; k < sums::kAbsenceKinds; ++k)
    out.key(sums::name_of(static_cast<sums::Absence>(k))).integer(score.absent.count[k]);
  out.close('}');
  out.key("all_alike").boolean(score.all_alike);
  if (score.away_from_alike) out.key("away_from_alike").number(*score.away_from_alike);
  if (score.rank) out.key("rank").integer(*score.rank);
  if (!score.weights.empty()) {
    out.key("weights").open('[');
    for (const double weight : score.weights) out.number(weight);
    out.close(']');
  }
  if (!score.influence.empty()) {
    out.key("influence").open('[');
    for (const estimate::PsuInfluence& entry : score.influence) {
      out.open('[');
      out.integer(entry.psu);
      out.number(entry.influence);
      out.close(']');
    }
    out.close(']');
  }
  out.close('}');
}

void write_node(JsonWriter& out, const RunNode& node) {
  out.open('{');
  out.key("id").text(node.id);
  if (!node.code.empty()) out.key("code").text(node.code);
  if (node.parent) out.key("parent").integer(*node.parent);
  out.key("title").local(node.title);
  if (!node.responsible.empty()) out.key("responsible").text(node.responsible);
  if (!node.aggregate.empty()) out.key("aggregate").text(node.aggregate);
  if (!node.source.empty()) out.key("source").text(node.source);
  if (!node.question.empty()) out.key("question").text(node.question);
  out.key("scoring").text(node.scoring);
  if (node.maximum) out.key("maximum").number(*node.maximum);
  if (node.lowest) out.key("lowest").number(*node.lowest);
  if (node.highest) out.key("highest").number(*node.highest);
  if (node.step) out.key("step").number(*node.step);
  out.key("steps").texts(node.steps);
  out.key("ranked").integer(node.ranked);
  out.close('}');
}

void write_head(JsonWriter& out, const IndexRun& run) {
  out.key("schema").text("khaosat/index_run/1");
  out.key("model").identity(run.model);
  out.key("title").local(run.title);
  out.key("issuer").text(run.issuer);
  out.key("example").boolean(run.example);
  out.key("unit_of_scale").local(run.unit_of_scale);
  out.key("scale_low").number(run.scale_low);
  out.key("scale_high").number(run.scale_high);
  if (run.questionnaire) out.key("questionnaire").identity(*run.questionnaire);
  if (!run.earlier_versions.empty()) {
    out.key("earlier_versions").open('[');
    for (const auto& version : run.earlier_versions) out.identity(version);
    out.close(']');
  }
  out.key("year").integer(static_cast<std::uint64_t>(run.year));
  out.key("variant").text(run.variant);
  out.key("program").text(run.program);
  out.key("input_hash").text(run.input_hash);
  out.key("design").text(run.design);
  out.key("lonely_policy").text(estimate::name_of(run.lonely_policy));
  out.key("collapse_into").open('{');
  for (const auto& [from, into] : run.collapse_into) out.key(from).text(into);
  out.close('}');
  out.key("psu_ids_restart_in_each_stratum").boolean(run.psu_ids_restart_in_each_stratum);
  if (run.calibration) write_calibration(out.key("calibration"), *run.calibration);
  out.key("level").number(run.level);
  out.key("parameters").open('[');
  for (const RunParameter& parameter : run.parameters) {
    out.open('{');
    out.key("id").text(parameter.id);
    out.key("title").local(parameter.title);
    out.key("value").number(parameter.value);
    out.key("model_value").number(parameter.model_value);
    out.key("assumption").local(parameter.assumption);
    out.close('}');
  }
  out.close(']');
  out.key("steps").texts(run.steps);
}

void write_unit(JsonWriter& out, const UnitScores& unit) {
  out.open('{');
  out.key("id").text(unit.id);
  out.key("name").text(unit.name);
  out.key("group").boolean(unit.group);
  out.key("members").texts(unit.members);
  out.key("surveyed").boolean(unit.surveyed);
  out.key("respondents").integer(unit.respondents);
  out.key("scores").open('[');
  for (const NodeScore& score : unit.scores) {
    out.line();
    write_score(out, score);
  }
  out.close(']');
  out.close('}');
}

// --- reading. Files of our own making: a wrong one throws inside and is refused as a whole.

LocalText read_local(const json& value) {
  LocalText text;
  for (const auto& [language, in] : value.items()) text.set(language, in.get<std::string>());
  return text;
}

DefinitionIdentity read_identity(const json& value) {
  return {value.at("id"), value.at("version"), value.at("hash")};
}

std::optional<double> read_optional(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return std::nullopt;
  return found->get<double>();
}

NodeScore read_score(const json& value, std::size_t psus) {
  NodeScore score;
  const std::string state = value.at("state");
  score.state = state == "value"      ? ScoreState::value
                : state == "withheld" ? ScoreState::withheld
                                      : ScoreState::missing;
  score.reason = value.value("reason", "");
  if (score.state == ScoreState::value) {
    estimate::Estimate& estimate = score.estimate;
    estimate.value = value.at("value");
    estimate.standard_error = read_optional(value, "standard_error");
    estimate.lower = read_optional(value, "lower");
    estimate.upper = read_optional(value, "upper");
    estimate.degrees_of_freedom =
        read_optional(value, "df").value_or(std::numeric_limits<double>::infinity());
    for (const std::string name : value.at("flags"))
      for (const auto& [flag, known] : kFlags)
        if (known == name) estimate.flags = estimate.flags | flag;
    score.raw = value.at("raw");
    if (value.contains("measured")) score.measured = value.at("measured").get<double>();
    for (const std::string name : value.at("notes"))
      for (const auto& [note, known] : kNotes)
        if (known == name) score.notes = score.notes | note;
  }
  score.estimate.n = value.at("n");
  score.estimate.n_missing = value.at("n_missing");
  score.n_least = value.at("n_least");
  score.answers = value.at("answers");
  for (std::size_t k = 0; k < sums::kAbsenceKinds; ++k)
    score.absent.count[k] =
        value.at("absent").at(std::string(sums::name_of(static_cast<sums::Absence>(k))));
  score.all_alike = value.at("all_alike");
  if (value.contains("away_from_alike")) score.away_from_alike = value.at("away_from_alike").get<double>();
  if (value.contains("rank")) score.rank = value.at("rank").get<std::uint32_t>();
  if (value.contains("weights")) score.weights = value.at("weights").get<std::vector<double>>();
  if (value.contains("influence")) {
    for (const json& entry : value.at("influence")) {
      const std::uint32_t psu = entry.at(0);
      if (psu >= psus) throw std::out_of_range("influence of an unknown PSU");
      score.influence.push_back({psu, entry.at(1)});
    }
  }
  return score;
}

RunNode read_node(const json& value) {
  RunNode node;
  node.id = value.at("id");
  node.code = value.value("code", "");
  if (value.contains("parent")) node.parent = value.at("parent").get<std::size_t>();
  node.title = read_local(value.at("title"));
  node.responsible = value.value("responsible", "");
  node.aggregate = value.value("aggregate", "");
  node.source = value.value("source", "");
  node.question = value.value("question", "");
  node.scoring = value.at("scoring");
  node.maximum = read_optional(value, "maximum");
  node.lowest = read_optional(value, "lowest");
  node.highest = read_optional(value, "highest");
  node.step = read_optional(value, "step");
  node.steps = value.at("steps").get<std::vector<std::string>>();
  node.ranked = value.at("ranked");
  return node;
}

IndexRun read_run(const json& root) {
  IndexRun run;
  if (root.at("schema") != "khaosat/index_run/1") throw std::out_of_range("another schema");
  run.model = read_identity(root.at("model"));
  run.title = read_local(root.at("title"));
  run.issuer = root.at("issuer");
  run.example = root.at("example");
  run.unit_of_scale = read_local(root.at("unit_of_scale"));
  run.scale_low = root.at("scale_low");
  run.scale_high = root.at("scale_high");
  if (root.contains("questionnaire")) run.questionnaire = read_identity(root.at("questionnaire"));
  if (root.contains("earlier_versions")) {
    for (const json& version : root.at("earlier_versions")) run.earlier_versions.push_back(read_identity(version));
  }
  run.year = root.at("year");
  run.variant = root.at("variant");
  run.program = root.at("program");
  run.input_hash = root.at("input_hash");
  run.design = root.at("design");
  for (const estimate::LonelyPsuPolicy policy : kLonelyPolicies)
    if (estimate::name_of(policy) == root.at("lonely_policy").get<std::string>()) run.lonely_policy = policy;
  run.collapse_into = root.at("collapse_into").get<std::map<std::string, std::string>>();
  run.psu_ids_restart_in_each_stratum = root.at("psu_ids_restart_in_each_stratum");
  if (root.contains("calibration")) run.calibration = read_calibration(root.at("calibration"));
  run.level = root.at("level");
  for (const json& parameter : root.at("parameters"))
    run.parameters.push_back({parameter.at("id"), read_local(parameter.at("title")), parameter.at("value"),
                              parameter.at("model_value"), read_local(parameter.at("assumption"))});
  run.steps = root.at("steps").get<std::vector<std::string>>();
  for (const json& node : root.at("nodes")) run.nodes.push_back(read_node(node));
  for (std::size_t k = 0; k < run.nodes.size(); ++k) {
    if (!run.nodes[k].parent) continue;
    if (*run.nodes[k].parent >= k) throw std::out_of_range("a node before its parent");
    run.nodes[*run.nodes[k].parent].children.push_back(k);
  }
  for (const json& psu : root.at("psus"))
    run.psus.push_back({psu.at("stratum"), psu.at("psu"), psu.at("weight"), psu.at("population")});
  for (const json& value : root.at("units")) {
    UnitScores unit;
    unit.id = value.at("id");
    unit.name = value.at("name");
    unit.group = value.at("group");
    unit.members = value.at("members").get<std::vector<std::string>>();
    unit.surveyed = value.at("surveyed");
    unit.respondents = value.at("respondents");
    for (const json& score : value.at("scores")) unit.scores.push_back(read_score(score, run.psus.size()));
    if (unit.scores.size() != run.nodes.size()) throw std::out_of_range("scores without nodes");
    run.units.push_back(std::move(unit));
  }
  return run;
}

}  // namespace

std::vector<std::string_view> names_of(ScoreNote notes) {
  std::vector<std::string_view> names;
  for (const auto& [note, name] : kNotes)
    if (has(notes, note)) names.push_back(name);
  return names;
}

std::vector<std::string_view> names_of(EstimateFlag flags) {
  std::vector<std::string_view> names;
  for (const auto& [flag, name] : kFlags)
    if (estimate::has(flags, flag)) names.push_back(name);
  return names;
}

std::string to_json(const IndexRun& run) {
  JsonWriter out;
  out.open('{');
  write_head(out, run);
  out.key("nodes").open('[');
  for (const RunNode& node : run.nodes) {
    out.line();
    write_node(out, node);
  }
  out.close(']');
  out.key("psus").open('[');
  for (const RunPsu& psu : run.psus) {
    out.open('{');
    out.key("stratum").text(psu.stratum);
    out.key("psu").text(psu.psu);
    out.key("weight").number(psu.weight);
    out.key("population").number(psu.population);
    out.close('}');
  }
  out.close(']');
  out.key("units").open('[');
  for (const UnitScores& unit : run.units) {
    out.line();
    write_unit(out, unit);
  }
  out.close(']');
  out.close('}');
  return out.take() + "\n";
}

Result<IndexRun> read_index_run(std::string_view text) {
  Faults faults;
  const auto document = parse_strict_json("index run", text, 16, faults);
  if (!document || !faults.empty()) return fail(as_error(faults));
  try {
    return read_run(*document);
  } catch (const std::exception& problem) {
    return fail(ErrorCode::bad_json, std::string("not a stored index run: ") + problem.what());
  }
}

}  // namespace khaosat::index
