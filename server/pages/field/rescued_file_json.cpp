#include <nlohmann/json.hpp>

#include "base/strict_json.h"
#include "server/pages/field/rescued_file.h"

namespace khaosat {

namespace {

std::string text_of(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

Result<RescuedFile> read_rescued_file(std::string_view json) {
  constexpr std::size_t kMostInterviews = 2000;
  constexpr int kDepth = 4;
  Faults faults;
  const auto document = parse_strict_json("rescue", json, kDepth, faults);
  if (!document || !faults.empty()) return fail(ErrorCode::bad_json, faults.empty() ? "not JSON" : faults.front().message, "rescue_file");
  const auto strange = [] { return fail(ErrorCode::wrong_type, "not a file that an interviewer's device wrote", "rescue_file"); };
  if (!document->is_object() || text_of(*document, "khaosat") != "field-rescue/1") return strange();
  RescuedFile file;
  file.campaign = text_of(*document, "campaign");
  file.device = text_of(*document, "device");
  const auto answers = document->find("answers");
  if (answers == document->end() || !answers->is_array()) return strange();
  if (answers->size() > kMostInterviews) return fail(ErrorCode::too_large, "too many interviews in one file", "rescue_file");
  for (const auto& item : *answers) {
    if (!item.is_object()) return strange();
    file.interviews.push_back({text_of(item, "_id"), text_of(item, "sealed"), text_of(item, "plain"), text_of(item, "_slip")});
  }
  const auto outcomes = document->find("outcomes");
  if (outcomes != document->end() && outcomes->is_object()) {
    file.outcomes_sealed = text_of(*outcomes, "sealed");
    file.outcomes_plain = text_of(*outcomes, "plain");
  }
  return file;
}

}  // namespace khaosat
