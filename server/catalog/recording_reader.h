// Finds and checks the recordings below survey_defs/questionnaires. One object per load; not thread safe.
#pragma once

#include <filesystem>
#include <set>

#include "server/catalog/catalog.h"
#include "server/catalog/definition_folder.h"
#include "server/catalog/recordings.h"

namespace khaosat {

class RecordingReader {
 public:
  RecordingReader(std::filesystem::path folder, const Catalog& catalog, Faults& faults, Faults& warnings)
      : folder_(std::move(folder)), catalog_(catalog), faults_(faults), warnings_(warnings) {}
  std::vector<std::shared_ptr<const RecordingSet>> read();

 private:
  // Each gets a path below the folder of definitions: "questionnaires/exit_one_minute", …/audio/1, …/audio/1/vi.
  void read_questionnaire_folder(const std::string& path, const std::string& id);
  void read_version(const std::string& path, const std::string& id, const std::string& version);
  void read_language(const std::string& path, const Questionnaire& questionnaire, const std::string& language);
  // The folders in it; complains of whatever else is there.
  std::vector<std::string> folders_of(const std::string& path, std::string_view expected);
  void complain(const std::string& path, ErrorCode code, std::string message);

  std::filesystem::path folder_;
  const Catalog& catalog_;
  Faults& faults_;
  Faults& warnings_;
  std::vector<std::shared_ptr<const RecordingSet>> sets_;
};

}  // namespace khaosat
