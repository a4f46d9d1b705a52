#include "base/json_text.h"
#include "server/catalog/catalog.h"

namespace khaosat {

namespace {

std::string json_of(const Faults& faults) {
  std::string text = "[";
  for (const auto& fault : faults) {
    text += (text.size() > 1 ? ",\n  " : "\n  ");
    text += "{\"file\":" + json_quoted(fault.file) + ",\"place\":" + json_quoted(fault.place) +
            ",\"code\":" + json_quoted(name_of(fault.code)) + ",\"message\":" + json_quoted(fault.message) + "}";
  }
  return text + "]";
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

std::string report_text(const Catalog& catalog) {
  std::string text = to_text(catalog.faults());
  for (const auto& warning : catalog.warnings()) text += "warning: " + to_text({warning});
  return text + counted(catalog.contents().size(), "sound file") + ", " +
         counted(catalog.faults().size(), "fault") + ", " + counted(catalog.warnings().size(), "warning") + "\n";
}

std::string report_json(const Catalog& catalog) {
  std::string text = "{\"files\":[";
  bool is_first = true;
  for (const auto* content : catalog.contents()) {
    text += is_first ? "\n  " : ",\n  ";
    is_first = false;
    text += "{\"kind\":" + json_quoted(content->kind) + ",\"id\":" + json_quoted(content->identity.id) +
            ",\"version\":" + std::to_string(content->identity.version) +
            ",\"hash\":" + json_quoted(content->identity.hash) + ",\"file\":" + json_quoted(content->file) + "}";
  }
  return text + "],\n\"faults\":" + json_of(catalog.faults()) + ",\n\"warnings\":" + json_of(catalog.warnings()) +
         "}\n";
}

}  // namespace khaosat
