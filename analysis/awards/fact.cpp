#include "analysis/awards/fact.h"

#include <array>
#include <utility>

namespace khaosat::awards {

namespace {

constexpr std::array<std::pair<SubjectKind, std::string_view>, 3> kKinds{
    {{SubjectKind::unit, "unit"}, {SubjectKind::collective, "collective"}, {SubjectKind::person, "person"}}};
constexpr std::array<std::pair<FactSource, std::string_view>, 3> kSources{
    {{FactSource::official, "official"}, {FactSource::computed, "computed"}, {FactSource::declared, "declared"}}};
// In the order of the alternatives of FactValue.
constexpr std::array<std::pair<FactType, std::string_view>, 6> kTypes{
    {{FactType::event, "event"}, {FactType::truth, "truth"}, {FactType::number, "number"},
     {FactType::grade, "grade"}, {FactType::rank, "rank"}, {FactType::text, "text"}}};

template <typename Table, typename Key>
std::string_view look_up(const Table& table, Key key) {
  for (const auto& [value, name] : table) {
    if (value == key) return name;
  }
  return "";
}

template <typename Value, typename Table>
std::optional<Value> look_back(const Table& table, std::string_view name) {
  for (const auto& [value, known] : table) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace

FactType type_of(const FactValue& value) { return kTypes[value.index()].first; }
std::string_view name_of(SubjectKind kind) { return look_up(kKinds, kind); }
std::string_view name_of(FactSource source) { return look_up(kSources, source); }
std::string_view name_of(FactType type) { return look_up(kTypes, type); }
std::optional<SubjectKind> subject_kind_from(std::string_view name) {
  return look_back<SubjectKind>(kKinds, name);
}
std::optional<FactSource> fact_source_from(std::string_view name) {
  return look_back<FactSource>(kSources, name);
}
std::optional<FactType> fact_type_from(std::string_view name) { return look_back<FactType>(kTypes, name); }

std::vector<std::string> values_of_detail(std::string_view detail) {
  if (detail == "status") return {"alleged", "examining", "substantiated", "rejected"};
  if (detail == "severity") return {"minor", "serious"};
  if (detail == "quality") return {"good", "acceptable", "poor"};
  if (detail == "spread") return {"body", "unit", "beyond"};
  return {};
}

}  // namespace khaosat::awards
