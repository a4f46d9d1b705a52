#include "server/survey/scale_json.h"

#include <algorithm>
#include <limits>

namespace khaosat {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::size_t kMaxOptionLetters = 300;
constexpr int kMaxFaces = 10;

std::optional<double> number_member(const DefinitionNode& node, std::string_view key) {
  if (!node.member(key).exists()) return std::nullopt;
  return node.optional_number(key, 0, -1e12, 1e12);
}

Option read_option(const DefinitionNode& node, bool with_scores) {
  Option option;
  if (with_scores) {
    node.only_keys({"id", "text", "score", "face"});
  } else {
    node.only_keys({"id", "text", "exclusive", "other_text", "from", "to"});
  }
  option.id = node.required_id("id");
  option.text = node.required_local_text("text", kMaxOptionLetters);
  if (with_scores) {
    option.score = number_member(node, "score");
    option.face = static_cast<int>(node.optional_integer("face", 0, 0, kMaxFaces));
    return option;
  }
  option.exclusive = node.optional_bool("exclusive", false);
  option.other_text = node.optional_bool("other_text", false);
  option.from = number_member(node, "from");
  option.to = number_member(node, "to");
  if (option.from && option.to && *option.from > *option.to) {
    node.fault(ErrorCode::out_of_range, "\"from\" is larger than \"to\"; exchange them");
  }
  return option;
}

void check_bands(const std::vector<Option>& options, const std::vector<DefinitionNode>& nodes) {
  std::vector<std::size_t> banded;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].from || options[i].to) banded.push_back(i);
  }
  const auto low = [&](std::size_t i) { return options[i].from.value_or(-kInfinity); };
  const auto high = [&](std::size_t i) { return options[i].to.value_or(kInfinity); };
  std::sort(banded.begin(), banded.end(), [&](auto a, auto b) { return low(a) < low(b); });
  for (std::size_t i = 1; i < banded.size(); ++i) {
    const std::size_t before = banded[i - 1];
    if (high(before) < low(banded[i])) continue;
    nodes[banded[i]].fault(ErrorCode::definition_invalid,
                           "the band overlaps that of \"" + options[before].id +
                               "\"; both ends count, so let one begin after the other ends");
  }
}

}  // namespace

std::vector<Option> read_options(const DefinitionNode& owner, bool with_scores) {
  auto nodes = owner.required_items("options");
  if (nodes.size() > kMaxOptions) {
    owner.member("options").fault(ErrorCode::too_large, "more than " + std::to_string(kMaxOptions) +
                                                            " options; nobody can choose among them");
    nodes.erase(nodes.begin() + kMaxOptions, nodes.end());
  }
  std::vector<Option> options;
  for (const auto& node : nodes) {
    Option option = read_option(node, with_scores);
    const bool known = std::any_of(options.begin(), options.end(),
                                   [&](const Option& other) { return other.id == option.id; });
    if (known && !option.id.empty()) {
      node.member("id").fault(ErrorCode::duplicate_key,
                              "the option id \"" + option.id + "\" stands twice; rename one");
    }
    options.push_back(std::move(option));
  }
  check_bands(options, nodes);
  return options;
}

DefinitionSource read_source(const DefinitionNode& owner) {
  DefinitionSource source;
  const DefinitionNode node = owner.member("source");
  if (!node.exists()) return source;
  node.only_keys({"issuer", "number", "date", "note"});
  source.issuer = node.optional_text("issuer");
  source.number = node.optional_text("number");
  source.date = node.optional_date("date");
  source.note = node.optional_local_text("note");
  return source;
}

DefinitionIdentity read_identity(const DefinitionNode& root, std::string_view schema,
                                 const std::string& hash) {
  const std::string found = root.required_text("schema");
  if (!found.empty() && found != schema) {
    root.member("schema").fault(ErrorCode::definition_invalid,
                                "\"" + found + "\" is another kind of file; this reader knows \"" +
                                    std::string(schema) + "\"");
  }
  DefinitionIdentity identity;
  identity.id = root.required_id("id");
  identity.version = static_cast<int>(root.required_integer("version", 1, 100000));
  identity.hash = hash;
  return identity;
}

ScaleReading read_scale(std::string file, std::string_view text) {
  DefinitionFile document = parse_definition(std::move(file), text);
  const DefinitionNode root = document.root();
  auto scale = std::make_shared<Scale>();
  if (root.exists()) {
    root.only_keys({"$schema", "schema", "id", "version", "title", "source", "options"});
    scale->identity = read_identity(root, "khaosat/scale/1", document.hash());
    scale->title = root.required_local_text("title");
    scale->source = read_source(root);
    scale->options = read_options(root, true);
  }
  ScaleReading reading;
  reading.faults = std::move(document.faults());
  if (reading.faults.empty()) reading.scale = std::move(scale);
  return reading;
}

}  // namespace khaosat
