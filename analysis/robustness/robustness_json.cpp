#include "analysis/disclosure/published_run_json.h"
#include "analysis/index/json_writer.h"
#include "analysis/robustness/rank_table.h"
#include "analysis/robustness/robustness.h"

namespace khaosat::robustness {
namespace {

using index::JsonWriter;

void write_set(JsonWriter& out, std::string_view name, const ranks::RankSet& set) {
  out.key(name).open('[');
  out.integer(set.best);
  out.integer(set.worst);
  out.close(']');
}

void write_spread(JsonWriter& out, std::string_view name, const RankSpread& spread) {
  out.key(name).open('{');
  out.key("median").number(spread.median);
  out.key("low").number(spread.low);
  out.key("high").number(spread.high);
  out.key("mean").number(spread.mean);
  out.close('}');
}

void write_left_out(JsonWriter& out, const std::vector<disclosure::LeftOut>& left_out) {
  out.key("left_out").open('[');
  for (const disclosure::LeftOut& one : left_out) {
    out.open('{');
    out.key("unit").text(one.unit);
    out.key("reason").text(one.reason);
    out.close('}');
  }
  out.close(']');
}

}  // namespace

std::string to_json(const RankTable& table) {
  JsonWriter out;
  out.open('{');
  out.key("schema").text("khaosat/index_ranks/1");
  out.key("model").identity(table.model);
  out.key("title").local(table.title);
  out.key("year").integer(static_cast<std::uint64_t>(table.year));
  out.key("node").text(table.node);
  out.key("node_title").local(table.node_title);
  out.key("level").number(table.level);
  out.key("methods").open('{');
  out.key("joint").text("simultaneous intervals, Sidak (Klein, Wright & Wieczorek 2020)");
  out.key("joint_pairs").text("all pairs, Holm (Mogstad, Romano, Shaikh & Wilhelm 2024)");
  out.key("marginal").text("own pairs, Holm");
  out.close('}');
  out.key("groups").integer(table.groups);
  out.key("units").open('[');
  for (const RankRow& row : table.rows) {
    out.line();
    out.open('{');
    out.key("id").text(row.id);
    out.key("name").text(row.name);
    out.key("value").number(row.value);
    out.key("lower").number(row.lower);
    out.key("upper").number(row.upper);
    disclosure::write_rank(out, disclosure::PublishedRank{row.joint_pairs.best, row.joint_pairs.worst, disclosure::PublishedRank::Basis::possible});
    out.key("group").integer(row.group);
    write_set(out, "joint", row.joint);
    write_set(out, "joint_pairs", row.joint_pairs);
    write_set(out, "marginal", row.marginal);
    out.close('}');
  }
  out.close(']');
  write_left_out(out, table.left_out);
  out.close('}');
  return out.take() + "\n";
}

std::string to_json(const Robustness& robustness) {
  JsonWriter out;
  out.open('{');
  out.key("schema").text("khaosat/index_robustness/1");
  out.key("model").identity(robustness.model);
  out.key("title").local(robustness.title);
  out.key("year").integer(static_cast<std::uint64_t>(robustness.year));
  out.key("seed").integer(robustness.seed);
  out.key("draws").integer(robustness.draws);
  out.key("factors").open('[');
  for (const Factor& factor : robustness.factors) {
    out.open('{');
    out.key("id").text(factor.id);
    out.key("kind").text(name_of(factor.kind));
    if (!factor.node.empty()) out.key("node").text(factor.node);
    if (factor.kind == FactorKind::weights) out.key("spread").number(factor.spread);
    if (!factor.choices.empty()) out.key("choices").texts(factor.choices);
    out.close('}');
  }
  out.close(']');
  out.key("mean_rank_shift").number(robustness.mean_rank_shift);
  out.key("sensitivity").open('{');
  out.key("of").text("mean absolute shift of ranks");
  out.key("estimators").text("first order: Saltelli et al. 2010; total: Jansen 1999; intervals: bootstrap, 5 to 95 %");
  out.key("mean").number(robustness.sensitivity.mean);
  out.key("variance").number(robustness.sensitivity.variance);
  out.key("evaluations").integer(robustness.sensitivity.evaluations);
  out.key("factors").open('[');
  for (const FactorShare& share : robustness.sensitivity.factors) {
    out.open('{');
    out.key("factor").text(share.factor);
    out.key("first").number(share.first);
    out.key("first_low").number(share.first_low);
    out.key("first_high").number(share.first_high);
    out.key("total").number(share.total);
    out.key("total_low").number(share.total_low);
    out.key("total_high").number(share.total_high);
    out.close('}');
  }
  out.close(']');
  out.close('}');
  out.key("units").open('[');
  for (const RobustnessRow& row : robustness.rows) {
    out.line();
    out.open('{');
    out.key("id").text(row.id);
    out.key("name").text(row.name);
    out.key("value").number(row.value);
    disclosure::write_rank(out, row.rank);
    write_spread(out, "rank_by_method", row.by_method);
    if (row.by_sampling) write_spread(out, "rank_by_sampling", *row.by_sampling);
    if (row.what_if_gain) out.key("what_if_gain").number(*row.what_if_gain);
    out.close('}');
  }
  out.close(']');
  out.key("removed").open('[');
  for (const RemovedNode& removed : robustness.removed) {
    out.open('{');
    out.key("node").text(removed.node);
    out.key("title").local(removed.title);
    out.key("mean_rank_shift").number(removed.mean_rank_shift);
    out.key("largest_rank_shift").integer(removed.largest_rank_shift);
    out.key("rank_correlation").number(removed.rank_correlation);
    out.close('}');
  }
  out.close(']');
  if (robustness.what_if) {
    out.key("what_if").open('{');
    out.key("mean_rank_shift").number(robustness.what_if->mean_rank_shift);
    out.key("largest_rank_shift").integer(robustness.what_if->largest_rank_shift);
    out.key("rank_correlation").number(robustness.what_if->rank_correlation);
    out.close('}');
  }
  out.key("effective_weights").open('{');
  for (const auto& [node, weight] : robustness.effective_weights) out.key(node).number(weight);
  out.close('}');
  write_left_out(out, robustness.left_out);
  out.close('}');
  return out.take() + "\n";
}

}  // namespace khaosat::robustness
