// Reading back what to_json(PublishedRun) wrote, so that a kept run leaves in every format.
#include <nlohmann/json.hpp>

#include "analysis/disclosure/published_run_json.h"
#include "analysis/index/index_run_json.h"
#include "analysis/index/run_calibration_json.h"
#include "base/strict_json.h"

namespace khaosat::disclosure {
namespace {

using nlohmann::json;

std::optional<double> optional_number(const json& value, const char* key) {
  if (!value.contains(key)) return std::nullopt;
  return value.at(key).get<double>();
}

LocalText read_local(const json& value) {
  LocalText text;
  for (const auto& [language, words] : value.items()) text.set(language, words.get<std::string>());
  return text;
}

DefinitionIdentity read_identity(const json& value) {
  return {value.at("id"), value.at("version"), value.at("hash")};
}

PublishedState state_named(const std::string& name) {
  for (const PublishedState state : {PublishedState::value, PublishedState::at_least, PublishedState::at_most,
                                     PublishedState::hidden, PublishedState::withheld, PublishedState::missing}) {
    if (name_of(state) == name) return state;
  }
  throw std::out_of_range("unknown state " + name);
}

// Bits by their names, which index::names_of gives one by one.
template <typename Bits>
Bits bits_named(const json& names) {
  Bits bits{};
  for (const std::string name : names) {
    for (unsigned bit = 0; bit < 32; ++bit) {
      const auto one = static_cast<Bits>(1U << bit);
      const auto known = index::names_of(one);
      if (!known.empty() && known.front() == name) bits = bits | one;
    }
  }
  return bits;
}

// Files kept by programs before this have a bare "rank": it stays where nothing was sampled. Which ranks a sampling error
// leaves open cannot be told any more from figures already rounded, so nothing is said there.
std::optional<PublishedRank> read_rank(const json& value, const PublishedScore& score) {
  using Basis = PublishedRank::Basis;
  if (value.contains("rank")) {
    const std::uint32_t rank = value.at("rank");
    return score.n_high > 0 ? std::nullopt : std::optional(PublishedRank{rank, rank, Basis::as_given});
  }
  if (!value.contains("rank_from")) return std::nullopt;
  const std::string basis = value.at("rank_basis");
  for (const Basis known : {Basis::possible, Basis::as_given})
    if (name_of(known) == basis) return PublishedRank{value.at("rank_from"), value.at("rank_to"), known};
  throw std::out_of_range("unknown basis of a rank " + basis);
}

PublishedScore read_score(const json& value) {
  PublishedScore score;
  score.state = state_named(value.at("state"));
  score.reason = value.value("reason", "");
  score.value = optional_number(value, "value");
  score.lower = optional_number(value, "lower");
  score.upper = optional_number(value, "upper");
  score.degrees_of_freedom = optional_number(value, "df").value_or(0);
  if (value.contains("n")) {
    score.n_low = value.at("n").at(0);
    score.n_high = value.at("n").at(1);
  }
  score.rank = read_rank(value, score);
  if (value.contains("missing_percent")) {
    const json& shares = value.at("missing_percent");
    for (std::size_t kind = 0; kind < sums::kAbsenceKinds; ++kind) {
      score.missing_percent.push_back(shares.at(std::string(sums::name_of(static_cast<sums::Absence>(kind)))));
    }
  }
  if (value.contains("notes")) score.notes = bits_named<index::ScoreNote>(value.at("notes"));
  if (value.contains("flags")) score.flags = bits_named<estimate::EstimateFlag>(value.at("flags"));
  return score;
}

index::RunNode read_node(const json& value, const PublishedRun& run) {
  index::RunNode node;
  node.id = value.at("id");
  node.code = value.value("code", "");
  if (value.contains("parent")) {
    node.parent = run.find_node(value.at("parent").get<std::string>());
    if (!node.parent) throw std::out_of_range("a node before its parent");
  }
  node.title = read_local(value.at("title"));
  node.aggregate = value.value("aggregate", "");
  node.source = value.value("source", "");
  node.question = value.value("question", "");
  node.responsible = value.value("responsible", "");
  node.maximum = optional_number(value, "maximum");
  node.scoring = value.at("scoring");
  node.steps = value.at("steps").get<std::vector<std::string>>();
  return node;
}

PublishedRun read_run(const json& root) {
  if (root.at("schema") != "khaosat/published_run/1") throw std::out_of_range("another schema");
  PublishedRun run;
  run.model = read_identity(root.at("model"));
  run.title = read_local(root.at("title"));
  run.issuer = root.at("issuer");
  run.example = root.at("example");
  run.unit_of_scale = read_local(root.at("unit_of_scale"));
  run.scale_low = root.at("scale").at(0);
  run.scale_high = root.at("scale").at(1);
  if (root.contains("questionnaire")) run.questionnaire = read_identity(root.at("questionnaire"));
  if (root.contains("earlier_versions")) {
    for (const json& version : root.at("earlier_versions")) run.earlier_versions.push_back(read_identity(version));
  }
  run.year = root.at("year");
  run.variant = root.at("variant");
  run.program = root.at("program");
  run.input_hash = root.at("input_hash");
  run.design = root.at("design");
  if (root.contains("calibration")) run.calibration = index::read_calibration(root.at("calibration"));
  run.level = root.at("level");
  for (const json& parameter : root.at("parameters")) {
    run.parameters.push_back({parameter.at("id"), read_local(parameter.at("title")), parameter.at("value"),
                              parameter.at("model_value"), read_local(parameter.at("assumption"))});
  }
  const json& rules = root.at("disclosure");
  run.rules.minimum = rules.at("minimum");
  run.rules.alone_below = rules.at("alone_below");
  run.rules.decimals = rules.at("decimals");
  run.rules.homogeneous_bound = rules.at("homogeneous_bound");
  run.rules.narrowest = rules.at("narrowest");
  run.hidden = root.at("hidden");
  run.hidden_for_others = root.at("hidden_for_others");
  for (const json& node : root.at("nodes")) {
    run.nodes.push_back(read_node(node, run));
    if (run.nodes.back().parent) run.nodes[*run.nodes.back().parent].children.push_back(run.nodes.size() - 1);
  }
  for (const json& value : root.at("units")) {
    PublishedUnit unit;
    unit.id = value.at("id");
    unit.name = value.at("name");
    unit.group = value.at("group");
    if (value.contains("respondents")) {
      unit.respondents_low = value.at("respondents").at(0);
      unit.respondents_high = value.at("respondents").at(1);
    }
    for (const json& score : value.at("scores")) {
      unit.scores.push_back(read_score(score));
      unit.scores.back().level = run.level;
    }
    if (unit.scores.size() != run.nodes.size()) throw std::out_of_range("scores without nodes");
    run.units.push_back(std::move(unit));
  }
  for (std::size_t node = 0; node < run.nodes.size(); ++node) {
    run.nodes[node].ranked = 0;
    for (const PublishedUnit& unit : run.units)
      if (unit.scores[node].rank) ++run.nodes[node].ranked;
  }
  return run;
}

}  // namespace

Result<PublishedRun> read_published_run(std::string_view text) {
  Faults faults;
  const auto document = parse_strict_json("published run", text, 16, faults);
  if (!document || !faults.empty()) return fail(as_error(faults));
  try {
    return read_run(*document);
  } catch (const std::exception& problem) {
    return fail(ErrorCode::bad_json, std::string("not a kept result: ") + problem.what());
  }
}

}  // namespace khaosat::disclosure
