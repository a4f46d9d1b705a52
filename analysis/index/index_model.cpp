#include "analysis/index/index_model.h"

#include <algorithm>

namespace khaosat::index {

std::string_view name_of(LeafSource source) {
  switch (source) {
    case LeafSource::survey: return "survey";
    case LeafSource::assessed: return "assessed";
    case LeafSource::administrative: return "administrative";
    case LeafSource::published: return "published";
  }
  return "published";
}

const Anchor* Scoring::anchor(int year) const {
  const Anchor* latest = nullptr;
  for (const Anchor& candidate : anchors)
    if (candidate.years.contain(year) && (latest == nullptr || candidate.version > latest->version))
      latest = &candidate;
  return latest;
}

const Node* IndexModel::find(std::string_view id) const {
  for (const Node& node : nodes)
    if (node.id == id) return &node;
  return nullptr;
}

const Parameter* IndexModel::parameter(std::string_view id) const {
  for (const Parameter& candidate : parameters)
    if (candidate.id == id) return &candidate;
  return nullptr;
}

Years IndexModel::years() const {
  for (const Node& node : nodes)
    if (node.parent.empty()) return node.years;
  return {};
}

namespace {

struct TreeBuilder {
  const IndexModel& model;
  std::map<std::string, std::vector<std::size_t>> children_of;
  IndexTree tree;

  std::size_t place(std::size_t node) {
    const std::size_t here = tree.places.size();
    tree.places.push_back({node, {}});
    for (const std::size_t child : children_of[model.nodes[node].id]) {
      const std::size_t there = place(child);
      tree.places[here].children.push_back(there);
    }
    return here;
  }
};

}  // namespace

IndexTree IndexModel::tree(int year) const {
  TreeBuilder builder{*this, {}, {}};
  std::optional<std::size_t> root;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (!nodes[k].years.contain(year)) continue;
    if (nodes[k].parent.empty()) {
      root = k;
    } else {
      builder.children_of[nodes[k].parent].push_back(k);
    }
  }
  if (root) builder.place(*root);
  return std::move(builder.tree);
}

}  // namespace khaosat::index
