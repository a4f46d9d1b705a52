#include "server/survey/campaign_json.h"

#include <array>
#include <map>
#include <set>

#include "base/definition_json.h"
#include "base/json_text.h"

namespace khaosat {

namespace {

constexpr int kFormat = 1;
constexpr std::array kStates{"draft", "open", "closed"};
constexpr std::array kSamples{"none", "drawn"};
constexpr std::array kAdmissions{"slips", "open"};
constexpr std::array kAudiences{"citizen", "staff", "rater"};

class ObjectText {
 public:
  ObjectText& raw(std::string_view key, std::string_view value) {
    text_ += text_.size() > 1 ? "," : "";
    text_ += json_quoted(key);
    text_ += ':';
    text_ += value;
    return *this;
  }
  ObjectText& add(std::string_view key, std::string_view value) {
    return raw(key, json_quoted(value));
  }
  ObjectText& add(std::string_view key, int value) { return raw(key, std::to_string(value)); }
  std::string text() const { return text_ + "}"; }

 private:
  std::string text_ = "{";
};

template <typename List, typename Print>
std::string array_text(const List& list, Print print) {
  std::string text = "[";
  for (const auto& item : list) text += (text.size() > 1 ? "," : "") + print(item);
  return text + "]";
}

std::string local_text(const LocalText& value) {
  // In the order of the tags, so that equal campaigns have equal texts.
  ObjectText object;
  const std::map<std::string, std::string> sorted(value.all().begin(), value.all().end());
  for (const auto& [language, text] : sorted) object.add(language, text);
  return object.text();
}

std::string identity_text(const DefinitionIdentity& identity) {
  return ObjectText().add("id", identity.id).add("version", identity.version).add("hash", identity.hash).text();
}

template <typename Enum, std::size_t n>
const char* name_of_value(Enum value, const std::array<const char*, n>& names) {
  return names[static_cast<std::size_t>(value)];
}

template <typename Enum, std::size_t n>
Enum required_name(const DefinitionNode& node, std::string_view key,
                   const std::array<const char*, n>& names) {
  const std::string text = node.required_text(key);
  for (std::size_t i = 0; i < n; ++i) {
    if (text == names[i]) return static_cast<Enum>(i);
  }
  node.member(key).fault(ErrorCode::unknown_option, "\"" + text + "\" is not known here");
  return Enum{};
}

int required_int(const DefinitionNode& node, std::string_view key, int low, int high) {
  return static_cast<int>(node.required_integer(key, low, high));
}

constexpr int kMany = 100'000'000;

// The key must be there, the value may be empty: a draft is stored before it is complete.
std::string present_text(const DefinitionNode& node, std::string_view key) {
  if (node.exists() && !node.member(key).exists()) {
    node.fault(ErrorCode::missing_field, "\"" + std::string(key) + "\" is missing");
  }
  return node.optional_text(key);
}

std::vector<DefinitionNode> present_items(const DefinitionNode& node, std::string_view key) {
  if (!node.member(key).exists()) {
    node.fault(ErrorCode::missing_field, "\"" + std::string(key) + "\" is missing");
  }
  return node.optional_items(key);
}

void read_places(const DefinitionNode& root, Campaign& campaign) {
  for (const auto& node : present_items(root, "strata")) {
    node.only_keys({"id", "title", "unit", "psu_population"});
    campaign.strata.push_back({node.required_text("id"), present_text(node, "title"),
                               node.required_text("unit"),
                               required_int(node, "psu_population", 0, kMany)});
  }
  for (const auto& node : present_items(root, "psus")) {
    node.only_keys({"id", "title", "stratum", "population", "slips", "neighbour"});
    campaign.psus.push_back(
        {node.required_text("id"), present_text(node, "title"), node.required_text("stratum"),
         required_int(node, "population", 0, kMany), required_int(node, "slips", 0, kMany),
         present_text(node, "neighbour")});
  }
}

DefinitionIdentity read_identity(const DefinitionNode& node) {
  node.only_keys({"id", "version", "hash"});
  return {present_text(node, "id"), required_int(node, "version", 0, kMany), present_text(node, "hash")};
}

void read_versions(const DefinitionNode& root, Campaign& campaign) {
  for (const auto& node : root.optional_items("versions")) {
    node.only_keys({"questionnaire", "since", "reason", "first_paper_batch"});
    campaign.versions.push_back({read_identity(node.required_object("questionnaire")), node.optional_date("since"),
                                 present_text(node, "reason"), required_int(node, "first_paper_batch", 1, kMany)});
  }
  if (!campaign.versions.empty() && campaign.versions.back().questionnaire != campaign.questionnaire) {
    root.member("versions").fault(ErrorCode::definition_invalid, "the last version is not the campaign's questionnaire");
  }
}

void check_places(const DefinitionNode& root, const Campaign& campaign) {
  std::set<std::string> units(campaign.units.begin(), campaign.units.end());
  std::set<std::string> strata;
  std::set<std::string> psus;
  const auto wrong = [&](const std::string& what) {
    root.fault(ErrorCode::definition_invalid, what);
  };
  if (units.size() != campaign.units.size()) wrong("a unit stands twice");
  for (const auto& stratum : campaign.strata) {
    if (!strata.insert(stratum.id).second) wrong("stratum \"" + stratum.id + "\" stands twice");
    if (!units.contains(stratum.unit)) {
      wrong("stratum \"" + stratum.id + "\" lies in \"" + stratum.unit +
            "\", which is no unit here");
    }
  }
  for (const auto& psu : campaign.psus) {
    if (!psus.insert(psu.id).second) wrong("psu \"" + psu.id + "\" stands twice");
    if (!strata.contains(psu.stratum)) {
      wrong("psu \"" + psu.id + "\" lies in \"" + psu.stratum + "\", which is no stratum here");
    }
  }
  for (const auto& psu : campaign.psus) {
    if (!psu.neighbour.empty() && !psus.contains(psu.neighbour)) {
      wrong("psu \"" + psu.id + "\" has the neighbour \"" + psu.neighbour +
            "\", which is no psu here");
    }
  }
}

}  // namespace

std::string campaign_to_json(const Campaign& campaign) {
  ObjectText object;
  object.add("format", kFormat).add("id", campaign.id);
  if (!campaign.title.empty()) object.raw("title", local_text(campaign.title));
  object.add("office", campaign.office);
  object.raw("questionnaire", identity_text(campaign.questionnaire));
  if (!campaign.versions.empty()) {
    object.raw("versions", array_text(campaign.versions, [](const PublishedVersion& version) {
                 return ObjectText()
                     .raw("questionnaire", identity_text(version.questionnaire))
                     .add("since", version.since)
                     .add("reason", version.reason)
                     .add("first_paper_batch", version.first_paper_batch)
                     .text();
               }));
  }
  object
      .add("audience", name_of_value(campaign.audience, kAudiences))
      .add("state", name_of_value(campaign.state, kStates))
      .add("opens_on", campaign.opens_on)
      .add("closes_on", campaign.closes_on)
      .add("sample", name_of_value(campaign.sample, kSamples))
      .add("admission", name_of_value(campaign.admission, kAdmissions))
      .add("minimum_cell", campaign.minimum_cell)
      .add("batch_size", campaign.batch_size)
      .raw("units", array_text(campaign.units, [](const auto& unit) { return json_quoted(unit); }))
      .raw("strata", array_text(campaign.strata,
                                [](const Stratum& stratum) {
                                  return ObjectText()
                                      .add("id", stratum.id)
                                      .add("title", stratum.title)
                                      .add("unit", stratum.unit)
                                      .add("psu_population", stratum.psu_population)
                                      .text();
                                }))
      .raw("psus", array_text(campaign.psus,
                              [](const PrimarySamplingUnit& psu) {
                                return ObjectText()
                                    .add("id", psu.id)
                                    .add("title", psu.title)
                                    .add("stratum", psu.stratum)
                                    .add("population", psu.population)
                                    .add("slips", psu.slips)
                                    .add("neighbour", psu.neighbour)
                                    .text();
                              }))
      .raw("stated_needs",
           array_text(
               campaign.stated_needs,
               [](const StatedNeed& need) {
                 return ObjectText().add("topic", need.topic).add("reason", need.reason).text();
               }))
      .raw("demo", campaign.demo ? "true" : "false");
  return object.text();
}

namespace {

// What an officer decides; a stored campaign has more around it.
void read_decided(const DefinitionNode& root, Campaign& campaign) {
  campaign.title = root.optional_local_text("title");
  campaign.office = present_text(root, "office");
  campaign.opens_on = root.optional_date("opens_on");
  campaign.closes_on = root.optional_date("closes_on");
  campaign.sample = required_name<SampleKind>(root, "sample", kSamples);
  campaign.admission = required_name<Admission>(root, "admission", kAdmissions);
  campaign.minimum_cell = required_int(root, "minimum_cell", 1, kMany);
  campaign.batch_size = required_int(root, "batch_size", 1, kMany);
  present_items(root, "units");
  campaign.units = root.optional_texts("units");
  read_places(root, campaign);
  for (const auto& node : root.optional_items("stated_needs")) {
    node.only_keys({"topic", "reason"});
    campaign.stated_needs.push_back({present_text(node, "topic"), present_text(node, "reason")});
  }
  campaign.demo = root.optional_bool("demo", false);
  check_places(root, campaign);
}

}  // namespace

Result<Campaign> campaign_from_json(std::string_view text) {
  auto file = parse_definition("campaign", text);
  Campaign campaign;
  if (file.faults().empty()) {
    const auto root = file.root();
    root.only_keys({"format", "id", "title", "office", "questionnaire", "versions", "audience", "state", "opens_on",
                    "closes_on", "sample", "admission", "minimum_cell", "batch_size", "units",
                    "strata", "psus", "stated_needs", "demo"});
    root.required_integer("format", kFormat, kFormat);
    campaign.id = root.required_text("id", 32);
    campaign.questionnaire = read_identity(root.required_object("questionnaire"));
    read_versions(root, campaign);
    campaign.audience = required_name<Audience>(root, "audience", kAudiences);
    campaign.state = required_name<CampaignState>(root, "state", kStates);
    present_items(root, "stated_needs");
    read_decided(root, campaign);
  }
  if (!file.faults().empty()) return fail(as_error(file.faults()));
  return campaign;
}

Campaign read_campaign_draft(const std::string& file_name, std::string_view text, Faults& faults) {
  auto file = parse_definition(file_name, text);
  Campaign campaign;
  if (file.faults().empty()) {
    const auto root = file.root();
    root.only_keys({"title", "office", "questionnaire", "version", "opens_on", "closes_on", "sample",
                    "admission", "minimum_cell", "batch_size", "units", "strata", "psus", "stated_needs", "demo"});
    campaign.questionnaire = {root.required_id("questionnaire"), required_int(root, "version", 1, kMany), ""};
    read_decided(root, campaign);
  }
  faults.insert(faults.end(), file.faults().begin(), file.faults().end());
  return campaign;
}

}  // namespace khaosat
