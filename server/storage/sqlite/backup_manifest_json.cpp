#include "base/definition_json.h"
#include "base/json_text.h"
#include "server/storage/sqlite/backup_manifest.h"

namespace khaosat::sqlite {

namespace {

constexpr int kFormat = 1;
constexpr std::int64_t kMost = std::int64_t{1} << 53;

bool is_backup_name(std::string_view name) {
  if (name == "registry.db") return true;
  const auto slash = name.find('/');
  if (slash == std::string_view::npos || !name.ends_with(".db")) return false;
  const std::string_view folder = name.substr(0, slash);
  if (folder != "answers" && folder != "paper") return false;
  name.remove_prefix(slash + 1);
  name.remove_suffix(3);
  return is_campaign_id(name);
}

}  // namespace

std::string manifest_to_json(const BackupManifest& manifest) {
  std::string text = "{\"format\": " + std::to_string(kFormat) +
                     ", \"made\": " + json_quoted(manifest.made) + ", \"files\": [";
  const char* between_files = "\n";
  for (const auto& file : manifest.files) {
    text += between_files;
    text += "  {\"name\": " + json_quoted(file.name) +
            ", \"bytes\": " + std::to_string(file.bytes) +
            ", \"sha256\": " + json_quoted(file.sha256) +
            ", \"schema\": " + std::to_string(file.schema) + ",\n   \"rows\": {";
    const char* between_rows = "";
    for (const auto& [table, rows] : file.rows) {
      text += between_rows + json_quoted(table) + ": " + std::to_string(rows);
      between_rows = ", ";
    }
    text += "}}";
    between_files = ",\n";
  }
  return text + "\n]}\n";
}

Result<BackupManifest> manifest_from_json(std::string_view text) {
  auto file = parse_definition("manifest.json", text);
  BackupManifest manifest;
  if (file.faults().empty()) {
    const auto root = file.root();
    root.only_keys({"format", "made", "files"});
    root.required_integer("format", kFormat, kFormat);
    manifest.made = root.required_text("made", 40);
    for (const auto& node : root.required_items("files")) {
      node.only_keys({"name", "bytes", "sha256", "schema", "rows"});
      BackedUpFile one;
      one.name = node.required_text("name", 100);
      if (!is_backup_name(one.name)) {
        node.member("name").fault(ErrorCode::definition_invalid,
                                  "is not the name of a file in a backup");
      }
      one.bytes = node.required_integer("bytes", 0, kMost);
      one.sha256 = node.required_text("sha256", 64);
      one.schema = static_cast<int>(node.required_integer("schema", 1, 1'000'000));
      const auto rows = node.required_object("rows");
      for (const auto& table : rows.keys()) {
        one.rows.emplace_back(table, rows.required_integer(table, 0, kMost));
      }
      manifest.files.push_back(std::move(one));
    }
  }
  if (!file.faults().empty()) {
    return fail(ErrorCode::backup_damaged, "the manifest: " + as_error(file.faults()).message,
                "manifest.json");
  }
  return manifest;
}

}  // namespace khaosat::sqlite
