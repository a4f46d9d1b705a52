#include "analysis/coherence/coherence.h"
#include "analysis/coherence/growth.h"
#include "analysis/disclosure/published_run_json.h"
#include "analysis/index/json_writer.h"

namespace khaosat::coherence {
namespace {

using index::JsonWriter;

void write_description(JsonWriter& out, std::string_view name, const Description& found) {
  out.key(name).open('{');
  out.key("units").integer(found.units);
  out.key("n").integer(found.n);
  if (found.n > 0) {
    out.key("lowest").number(found.lowest);
    out.key("highest").number(found.highest);
    out.key("mean").number(found.mean);
    out.key("median").number(found.median);
    out.key("deviation").optional(found.deviation);
    out.key("skew").optional(found.skew);
    out.key("kurtosis").optional(found.kurtosis);
    out.key("zeros").integer(found.zeros);
    out.key("distinct").integer(found.distinct);
    out.key("most_alike").integer(found.most_alike);
  }
  out.close('}');
}

bool is_as_given(const std::optional<disclosure::PublishedRank>& told) {
  return told && told->basis == disclosure::PublishedRank::Basis::as_given;
}

// A bare rank, with ties as asked, only of figures that nobody sampled.
void write_place(JsonWriter& out, const std::optional<double>& rank, const std::optional<disclosure::PublishedRank>& told) {
  if (is_as_given(told)) out.key("rank").optional(rank);
  disclosure::write_rank(out, told);
}

void write_sides(JsonWriter& out, std::string_view name, const std::vector<Side>& sides) {
  out.key(name).open('[');
  for (const Side& side : sides) {
    out.open('{');
    out.key("node").text(side.node);
    out.key("score").number(side.score);
    write_place(out, side.rank, side.told);
    out.key("of").integer(side.of);
    out.close('}');
  }
  out.close(']');
}

void write_node(JsonWriter& out, const NodeFacts& node) {
  out.line();
  out.open('{');
  out.key("id").text(node.id);
  out.key("title").local(node.title);
  write_description(out, "measured", node.measured);
  write_description(out, "scores", node.scores);
  if (node.effective_weight) out.key("effective_weight").number(*node.effective_weight);
  if (node.alpha) out.key("alpha").number(*node.alpha);
  if (!node.eigenvalues.empty()) {
    out.key("eigenvalues").open('[');
    for (const double value : node.eigenvalues) out.number(value);
    out.close(']');
  }
  out.key("flags").texts(node.flags);
  out.close('}');
}

void write_pair(JsonWriter& out, const Pair& pair) {
  out.line();
  out.open('{');
  out.key("first").text(pair.first);
  out.key("second").text(pair.second);
  out.key("relation").text(pair.ancestor ? "ancestor" : "sibling");
  out.key("r").number(pair.correlation.r);
  out.key("n").integer(pair.correlation.n);
  out.key("p_value").number(pair.correlation.p_value);
  out.key("rank_correlation").number(pair.rank_correlation);
  if (!pair.flag.empty()) out.key("flag").text(pair.flag);
  out.close('}');
}

void write_unit(JsonWriter& out, const UnitFacts& unit) {
  out.line();
  out.open('{');
  out.key("id").text(unit.id);
  out.key("name").text(unit.name);
  out.key("value").optional(unit.value);
  write_place(out, unit.rank, unit.told);
  if (!unit.group.empty()) {
    out.key("group").text(unit.group);
    if (is_as_given(unit.told)) out.key("rank_in_group").optional(unit.rank_in_group);
  }
  out.key("measured").open('{');
  for (const auto& [node, share] : unit.measured) out.key(node).number(share);
  out.close('}');
  write_sides(out, "strengths", unit.strengths);
  write_sides(out, "weaknesses", unit.weaknesses);
  out.close('}');
}

void write_head(JsonWriter& out, const char* schema, const DefinitionIdentity& model, const LocalText& title) {
  out.open('{');
  out.key("schema").text(schema);
  out.key("model").identity(model);
  out.key("title").local(title);
}

}  // namespace

std::string to_json(const Coherence& coherence) {
  JsonWriter out;
  write_head(out, "khaosat/index_coherence/1", coherence.model, coherence.title);
  out.key("year").integer(static_cast<std::uint64_t>(coherence.year));
  out.key("flags").open('[');
  for (const Flag& flag : kFlags) {
    out.open('{');
    out.key("name").text(flag.name);
    out.key("limit").number(flag.limit);
    out.key("about").text(flag.about);
    out.close('}');
  }
  out.close(']');
  out.key("nodes").open('[');
  for (const NodeFacts& node : coherence.nodes) write_node(out, node);
  out.close(']');
  out.key("pairs").open('[');
  for (const Pair& pair : coherence.pairs) write_pair(out, pair);
  out.close(']');
  out.key("units").open('[');
  for (const UnitFacts& unit : coherence.units) write_unit(out, unit);
  out.close(']');
  out.key("left_out").texts(coherence.left_out);
  out.close('}');
  return out.take() + "\n";
}

std::string to_json(const Growth& growth) {
  JsonWriter out;
  write_head(out, "khaosat/index_growth/1", growth.model, growth.title);
  out.key("years").open('[');
  for (const int year : growth.years) out.integer(static_cast<std::uint64_t>(year));
  out.close(']');
  out.key("nodes").open('[');
  for (const NodeGrowth& node : growth.nodes) {
    out.line();
    out.open('{');
    out.key("id").text(node.node);
    out.key("title").local(node.title);
    if (!node.reason.empty()) out.key("reason").text(node.reason);
    out.close('}');
  }
  out.close(']');
  out.key("units").open('[');
  for (const UnitGrowth& unit : growth.units) {
    out.line();
    out.open('{');
    out.key("unit").text(unit.unit);
    out.key("node").text(unit.node);
    out.key("values").open('[');
    for (const YearValue& one : unit.values) {
      out.open('[');
      out.integer(static_cast<std::uint64_t>(one.year));
      out.number(one.value);
      out.close(']');
    }
    out.close(']');
    out.key("left_out").open('[');
    for (const int year : unit.left_out) out.integer(static_cast<std::uint64_t>(year));
    out.close(']');
    out.key("annual_growth").optional(unit.annual_growth);
    out.key("per_year").optional(unit.trend ? std::optional<double>(unit.trend->per_year) : std::nullopt);
    out.key("percent_per_year").optional(unit.trend ? unit.trend->percent_per_year : std::nullopt);
    out.close('}');
  }
  out.close(']');
  out.close('}');
  return out.take() + "\n";
}

}  // namespace khaosat::coherence
