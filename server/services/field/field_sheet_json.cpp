#include <nlohmann/json.hpp>

#include "base/json_text.h"
#include "base/strict_json.h"
#include "server/services/field/field_sheet.h"

namespace khaosat {

namespace {

constexpr int kDepth = 5;

using Json = nlohmann::json;

Result<std::unique_ptr<Json>> document_of(std::string_view text, ErrorCode code) {
  Faults faults;
  auto document = parse_strict_json("field", text, kDepth, faults);
  if (!document || !faults.empty() || !document->is_object()) {
    return fail(code, faults.empty() ? "not an object" : faults.front().message, "field");
  }
  return document;
}

Result<FieldCounts> counts_of(const Json& document, const char* key) {
  FieldCounts counts;
  const auto found = document.find(key);
  if (found == document.end()) return counts;
  if (!found->is_object()) return fail(ErrorCode::wrong_type, "counts by name", key);
  for (const auto& [name, count] : found->items()) {
    if (!count.is_number_integer() || count.get<double>() < 0 || count.get<double>() > 1e6) return fail(ErrorCode::wrong_type, "a count", key);
    counts[name] = count.get<int>();
  }
  return counts;
}

Result<std::vector<FieldOutcome>> attempts_of(const Json& list) {
  std::vector<FieldOutcome> attempts;
  if (!list.is_array()) return fail(ErrorCode::wrong_type, "a list of outcomes", "attempts");
  for (const auto& item : list) {
    if (!item.is_string()) return fail(ErrorCode::wrong_type, "an outcome", "attempts");
    const auto outcome = field_outcome_named(item.get_ref<const std::string&>());
    if (!outcome) return fail(ErrorCode::unknown_option, "no such outcome", item.get<std::string>());
    attempts.push_back(*outcome);
  }
  return attempts;
}

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

int number_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_integer() ? found->get<int>() : 0;
}

std::string json_of(const FieldCounts& counts) {
  std::string json = "{";
  for (const auto& [name, count] : counts) json += (json.size() > 1 ? "," : "") + json_quoted(name) + ":" + std::to_string(count);
  return json + "}";
}

std::string json_of(const std::vector<FieldOutcome>& attempts) {
  std::string json = "[";
  for (const auto outcome : attempts) json += (json.size() > 1 ? "," : "") + json_quoted(name_of(outcome));
  return json + "]";
}

}  // namespace

std::string to_json(const FieldSheet& sheet) {
  std::string json = "{\"people\":[";
  bool first = true;
  for (const auto& person : sheet.people) {
    json += std::string(first ? "" : ",") + "{\"psu\":" + json_quoted(person.psu) + ",\"person\":" + json_quoted(person.person) +
            ",\"rank\":" + std::to_string(person.rank) + ",\"drawn\":" + (person.drawn ? "true" : "false") +
            ",\"direction\":" + json_quoted(person.direction) + ",\"attempts\":" + json_of(person.attempts) +
            ",\"inherited\":" + std::to_string(person.inherited) + "}";
    first = false;
  }
  return json + "],\"languages\":" + json_of(sheet.languages) + ",\"helpers\":" + json_of(sheet.helpers) + "}";
}

Result<FieldSheet> read_field_sheet(std::string_view text) {
  const auto document = TRY(document_of(text, ErrorCode::definition_invalid));
  FieldSheet sheet;
  const auto people = document->find("people");
  if (people == document->end() || !people->is_array()) return fail(ErrorCode::definition_invalid, "a sheet without people", "field");
  for (const auto& item : *people) {
    if (!item.is_object() || !item.contains("attempts")) return fail(ErrorCode::definition_invalid, "a person of a sheet", "field");
    FieldPerson person{text_of(item, "psu"), text_of(item, "person"), number_of(item, "rank"), item.value("drawn", false),
                       text_of(item, "direction"), TRY(attempts_of(item["attempts"])), 0};
    person.inherited = static_cast<std::size_t>(std::max(number_of(item, "inherited"), 0));
    sheet.people.push_back(std::move(person));
  }
  sheet.languages = TRY(counts_of(*document, "languages"));
  sheet.helpers = TRY(counts_of(*document, "helpers"));
  return sheet;
}

std::string to_json(const FieldTally& tally) {
  return "{\"tally\":" +
         json_of(FieldCounts{{"drawn", tally.drawn}, {"open", tally.open}, {"attempts", tally.attempts}, {"done", tally.done},
                             {"refused", tally.refused}, {"not_reached", tally.not_reached}, {"gone", tally.gone},
                             {"replaced", tally.replaced}, {"reserves", tally.reserves}}) +
         ",\"languages\":" + json_of(tally.languages) + ",\"helpers\":" + json_of(tally.helpers) + "}";
}

Result<FieldTally> read_field_tally(std::string_view text) {
  const auto document = TRY(document_of(text, ErrorCode::definition_invalid));
  const auto found = document->find("tally");
  if (found == document->end() || !found->is_object()) return fail(ErrorCode::definition_invalid, "not a tally", "field");
  FieldTally tally;
  tally.drawn = number_of(*found, "drawn");
  tally.open = number_of(*found, "open");
  tally.attempts = number_of(*found, "attempts");
  tally.done = number_of(*found, "done");
  tally.refused = number_of(*found, "refused");
  tally.not_reached = number_of(*found, "not_reached");
  tally.gone = number_of(*found, "gone");
  tally.replaced = number_of(*found, "replaced");
  tally.reserves = number_of(*found, "reserves");
  tally.languages = TRY(counts_of(*document, "languages"));
  tally.helpers = TRY(counts_of(*document, "helpers"));
  return tally;
}

Result<FieldReport> read_field_report(std::string_view text) {
  const auto document = TRY(document_of(text, ErrorCode::bad_json));
  FieldReport report;
  const auto people = document->find("people");
  if (people == document->end() || !people->is_object()) return fail(ErrorCode::wrong_type, "attempts by drawn id", "people");
  for (const auto& [person, attempts] : people->items()) report.attempts[person] = TRY(attempts_of(attempts));
  report.languages = TRY(counts_of(*document, "languages"));
  report.helpers = TRY(counts_of(*document, "helpers"));
  return report;
}

}  // namespace khaosat
