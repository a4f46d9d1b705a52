#include "analysis/disclosure/published_change.h"
#include "analysis/index/json_writer.h"

namespace khaosat::disclosure {
namespace {

using index::JsonWriter;

void write_p(JsonWriter& out, std::string_view name, const change::PValues& values) {
  if (!values.alone) return;
  out.key(name).open('{');
  out.key("alone").number(*values.alone);
  if (values.among_components) out.key("among_components_holm").number(*values.among_components);
  if (values.among_units) out.key("among_units_benjamini_hochberg").number(*values.among_units);
  out.close('}');
}

void write_node(JsonWriter& out, const std::string& id, const PublishedNodeChange& node) {
  out.open('{');
  out.key("node").text(id);
  out.key("state").text(node.state);
  if (!node.reason.empty()) out.key("reason").text(node.reason);
  if (node.before) out.key("before").number(*node.before);
  if (node.after) out.key("after").number(*node.after);
  if (node.difference) out.key("difference").number(*node.difference);
  if (node.lower) out.key("lower").number(*node.lower);
  if (node.upper) out.key("upper").number(*node.upper);
  if (node.lower) out.key("df").number(node.degrees_of_freedom);
  if (node.higher) out.key("higher").boolean(*node.higher);
  if (node.within_sampling_error) out.key("within_sampling_error").boolean(*node.within_sampling_error);
  write_p(out, "p_rise", node.rise);
  write_p(out, "p_change", node.change);
  out.close('}');
}

}  // namespace

std::string to_json(const PublishedChange& change) {
  JsonWriter out;
  out.open('{');
  out.key("schema").text("khaosat/index_change/1");
  out.key("model_before").identity(change.model_before);
  out.key("model_after").identity(change.model_after);
  out.key("title").local(change.title);
  out.key("year_before").integer(static_cast<std::uint64_t>(change.year_before));
  out.key("year_after").integer(static_cast<std::uint64_t>(change.year_after));
  out.key("level").number(change.level);
  out.key("design").text(change.design);
  out.key("places").open('{');
  out.key("before").integer(change.places_before);
  out.key("after").integer(change.places_after);
  out.key("in_both").integer(change.places_in_both);
  out.close('}');
  out.key("correction_dropped").boolean(change.correction_dropped);
  out.key("only_before").texts(change.only_before);
  out.key("only_after").texts(change.only_after);
  out.key("nodes").open('[');
  for (const change::ChangedNode& node : change.nodes) {
    out.line();
    out.open('{');
    out.key("id").text(node.id);
    if (!node.code.empty()) out.key("code").text(node.code);
    out.key("title").local(node.title);
    out.key("component").boolean(node.component);
    out.key("obstacles").open('[');
    for (const change::Obstacle& obstacle : node.comparability.obstacles) {
      out.open('{');
      out.key("kind").text(change::name_of(obstacle.kind));
      out.key("node").text(obstacle.node);
      out.key("detail").text(obstacle.detail);
      out.close('}');
    }
    out.close(']');
    out.key("notes").texts(node.comparability.notes);
    out.close('}');
  }
  out.close(']');
  out.key("units").open('[');
  for (const PublishedUnitChange& unit : change.units) {
    out.line();
    out.open('{');
    out.key("id").text(unit.id);
    out.key("name").text(unit.name);
    out.key("group").boolean(unit.group);
    if (unit.every_component_higher) out.key("every_component_higher").boolean(*unit.every_component_higher);
    if (unit.risen_beyond_error) out.key("risen_beyond_error").boolean(*unit.risen_beyond_error);
    out.key("changes").open('[');
    for (std::size_t node = 0; node < unit.nodes.size(); ++node) {
      out.line();
      write_node(out, change.nodes[node].id, unit.nodes[node]);
    }
    out.close(']');
    out.close('}');
  }
  out.close(']');
  out.close('}');
  return out.take() + "\n";
}

}  // namespace khaosat::disclosure
