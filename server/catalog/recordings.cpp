#include "server/catalog/recordings.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/text.h"
#include "server/catalog/recording_reader.h"

namespace khaosat {

const RecordingSet* Recordings::find(std::string_view questionnaire, int version, std::string_view language) const {
  for (const auto& set : sets_) {
    if (set->questionnaire == questionnaire && set->version == version && set->language == language) return set.get();
  }
  return nullptr;
}

const RecordingSet* Recordings::with_token(std::string_view token) const {
  for (const auto& set : sets_) {
    if (!set->reviewed_by.empty() && set->token() == token) return set.get();
  }
  return nullptr;
}

Recordings Recordings::load(const std::string& folder, const Catalog& catalog, Faults& faults, Faults& warnings) {
  Recordings recordings;
  recordings.sets_ = RecordingReader(folder, catalog, faults, warnings).read();
  return recordings;
}

std::string recordings_manifest(const Recordings& recordings, const Questionnaire& questionnaire) {
  std::string sets;
  std::string files;
  for (const auto& language : offered_languages(questionnaire)) {
    const auto* set = recordings.find(questionnaire.identity.id, questionnaire.identity.version, language);
    if (!set || set->reviewed_by.empty()) continue;
    sets += language + " " + set->hash + "\n";
    for (const auto& [name, file] : set->files) {
      files += language + "/" + name + " " + file.hash + " " + std::to_string(file.bytes->size()) + "\n";
    }
  }
  return sets + files;
}

std::map<std::string, std::string, std::less<>> hashes_in_manifest(std::string_view manifest) {
  std::map<std::string, std::string, std::less<>> hashes;
  for (const auto& line : split(manifest, '\n')) {
    const auto words = split(line, ' ');
    if (words.size() == 2) hashes[std::string(words[0])] = words[1];
  }
  return hashes;
}

Spoken spoken_of(const Questionnaire& questionnaire, const RecordingSet* set) {
  Spoken spoken;
  const auto count = [&](const std::string& what, int& all, int& recorded) {
    ++all;
    if (set && set->spoken.contains(what)) ++recorded;
  };
  for (const auto& question : questionnaire.questions) {
    count(question.id, spoken.questions, spoken.questions_recorded);
    for (const auto& option : question.options) {
      count(question.id + "." + option.id, spoken.options, spoken.options_recorded);
    }
    for (const Absence absence : question.absences) {
      count(question.id + ".~" + std::string(name_of(absence)), spoken.options, spoken.options_recorded);
    }
  }
  if (set) spoken.reviewed_by = set->reviewed_by;
  if (set) spoken.bytes = set->bytes;
  return spoken;
}

}  // namespace khaosat
