#include "analysis/coherence/limits.h"

#include <algorithm>
#include <optional>

#include "analysis/coherence/measured.h"
#include "analysis/index/json_writer.h"

namespace khaosat::coherence {
namespace {

using index::JsonWriter;

// Nothing where nobody has a value.
std::optional<Limit> own_limit(const YearRun& year, const std::string& node) {
  const auto at = year.run->find_node(node);
  std::optional<Limit> found;
  for (std::size_t unit = 0; at && unit < year.run->units.size(); ++unit) {
    if (year.run->units[unit].group || has_hidden_figure(year.published->units[unit])) continue;
    const auto value = measured(year.run->units[unit].scores[*at]);
    if (!value) continue;
    if (!found) found = Limit{year.run->year, year.run->year, *value, *value};
    found->low = std::min(found->low, *value);
    found->high = std::max(found->high, *value);
  }
  return found;
}

LeafLimits limits_of(std::span<const YearRun> years, const index::RunNode& node) {
  LeafLimits result;
  result.node = node.id;
  result.title = node.title;
  for (const YearRun& year : years) {
    const auto own = own_limit(year, node.id);
    if (!own) continue;
    result.own.push_back(*own);
    Limit running = *own;
    if (!result.running.empty()) {
      Limit& before = result.running.back();
      running.low = std::min(running.low, before.low);
      running.high = std::max(running.high, before.high);
      if (running.low == before.low && running.high == before.high) {
        before.to = own->to;
        continue;
      }
    }
    result.running.push_back(running);
  }
  if (result.running.empty()) return result;
  const Limit& last = result.running.back();
  result.common.push_back({result.own.front().from, result.own.back().to, last.low, last.high});
  // Where all are equal nothing can be scaled.
  for (auto* list : {&result.common, &result.running, &result.own})
    std::erase_if(*list, [](const Limit& limit) { return limit.low == limit.high; });
  return result;
}

void write_limits(JsonWriter& out, std::string_view name, const std::vector<Limit>& list, const char* what) {
  out.key(name).open('[');
  for (const Limit& limit : list) {
    out.open('{');
    out.key("lo").number(limit.low);
    out.key("hi").number(limit.high);
    out.key("years").open('[');
    out.integer(static_cast<std::uint64_t>(limit.from));
    out.integer(static_cast<std::uint64_t>(limit.to));
    out.close(']');
    out.key("author").text("");
    out.key("reason").text(what);
    out.close('}');
  }
  out.close(']');
}

}  // namespace

Result<Limits> limits(std::span<const YearRun> years) {
  if (years.empty()) return fail(ErrorCode::not_comparable, "there is no year to take limits from");
  Limits result;
  result.model = years.back().run->model;
  result.title = years.back().run->title;
  for (const YearRun& year : years) result.years.push_back(year.run->year);
  for (const index::RunNode& node : years.back().run->nodes) {
    if (!node.children.empty()) continue;
    LeafLimits leaf = limits_of(years, node);
    if (!leaf.common.empty()) result.leaves.push_back(std::move(leaf));
  }
  if (result.leaves.empty()) return fail(ErrorCode::not_comparable, "no leaf has two different values, so there are no limits to propose");
  return result;
}

std::string to_json(const Limits& limits) {
  JsonWriter out;
  out.open('{');
  out.key("schema").text("khaosat/index_limits/1");
  out.key("model").identity(limits.model);
  out.key("title").local(limits.title);
  out.key("years").open('[');
  for (const int year : limits.years) out.integer(static_cast<std::uint64_t>(year));
  out.close(']');
  out.key("leaves").open('[');
  for (const LeafLimits& leaf : limits.leaves) {
    out.line();
    out.open('{');
    out.key("id").text(leaf.node);
    out.key("title").local(leaf.title);
    write_limits(out, "common", leaf.common, "smallest and largest value of these years");
    write_limits(out, "running", leaf.running, "smallest and largest value so far");
    write_limits(out, "own", leaf.own, "smallest and largest value of the year");
    out.close('}');
  }
  out.close(']');
  out.close('}');
  return out.take() + "\n";
}

}  // namespace khaosat::coherence
