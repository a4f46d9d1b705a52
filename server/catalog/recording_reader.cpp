#include "server/catalog/recording_reader.h"

#include <algorithm>
#include <array>

#include "base/bytes.h"
#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::string_view kReviewed = "reviewed.txt";

struct Kind {
  std::string_view ending;
  std::string_view media_type;
};

// THE LIST of endings. Both of the first are Opus or Vorbis in an Ogg file.
constexpr std::array<Kind, 3> kKinds = {{{".ogg", "audio/ogg"}, {".opus", "audio/ogg"}, {".mp3", "audio/mpeg"}}};

const Kind* kind_of(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return name.ends_with(kind.ending); });
  return found == kKinds.end() ? nullptr : found;
}

// A file renamed by hand keeps its content: browsers would refuse to play it, and say nothing.
bool is_what_it_says(const Kind& kind, std::string_view bytes) {
  if (kind.media_type == "audio/ogg") return bytes.starts_with("OggS");
  const bool frame = bytes.size() > 1 && bytes[0] == '\xff' && (static_cast<unsigned char>(bytes[1]) & 0xe0u) == 0xe0u;
  return bytes.starts_with("ID3") || frame;
}

std::string scale_id(const Question& question) { return question.scale.substr(0, question.scale.find('/')); }

// Everything that may be spoken → the names a recording of it may have, the nearest first.
std::map<std::string, std::vector<std::string>> speakable(const Questionnaire& questionnaire) {
  std::map<std::string, std::vector<std::string>> all;
  for (const auto& question : questionnaire.questions) {
    all[question.id] = {question.id};
    for (const auto& option : question.options) {
      auto& names = all[question.id + "." + option.id];
      names = {question.id + "." + option.id};
      if (!question.scale.empty()) names.push_back("scale." + scale_id(question) + "." + option.id);
    }
    for (const Absence absence : question.absences) {
      const std::string code(name_of(absence));
      all[question.id + ".~" + code] = {"absence." + code};
    }
  }
  return all;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& known) {
  const auto near = nearest(wrong, known);
  return near ? "; did you mean \"" + *near + "\"?" : std::string();
}

}  // namespace

void RecordingReader::complain(const std::string& path, ErrorCode code, std::string message) {
  faults_.push_back({path, "", code, std::move(message)});
}

std::vector<std::string> RecordingReader::folders_of(const std::string& path, std::string_view expected) {
  std::vector<std::string> folders;
  for (const auto& entry : list_definition_folder(folder_, path, faults_)) {
    if (entry.is_folder) {
      folders.push_back(entry.name);
    } else {
      complain(path + "/" + entry.name, ErrorCode::definition_invalid, "does not belong here; " + std::string(expected));
    }
  }
  return folders;
}

std::vector<std::shared_ptr<const RecordingSet>> RecordingReader::read() {
  const std::string place = "questionnaires";
  for (const auto& entry : list_definition_folder(folder_, place, faults_)) {
    if (entry.is_folder) read_questionnaire_folder(place + "/" + entry.name, entry.name);
  }
  return std::move(sets_);
}

void RecordingReader::read_questionnaire_folder(const std::string& path, const std::string& id) {
  if (!catalog_.questionnaire(id)) {
    // Whose file is faulty is told so once.
    const bool is_told = std::any_of(faults_.begin(), faults_.end(), [&](const Fault& fault) { return fault.file.starts_with(path + "."); });
    std::vector<std::string> known;
    for (const auto& one : catalog_.questionnaires()) known.push_back(one->identity.id);
    if (!is_told) complain(path, ErrorCode::definition_unknown, "no questionnaire has the id \"" + id + "\"" + suggestion(id, known));
    return;
  }
  for (const auto& name : folders_of(path, "recordings stand in audio/<version>/<language>/")) {
    if (name != "audio") {
      complain(path + "/" + name, ErrorCode::definition_invalid, "is no folder of a questionnaire; recordings stand in \"audio\"");
      continue;
    }
    for (const auto& version : folders_of(path + "/audio", "recordings stand in audio/<version>/<language>/")) {
      read_version(path + "/audio/" + version, id, version);
    }
  }
}

void RecordingReader::read_version(const std::string& path, const std::string& id, const std::string& version) {
  std::shared_ptr<const Questionnaire> questionnaire;
  std::string known;
  for (const auto& one : catalog_.questionnaires()) {
    if (one->identity.id != id) continue;
    const std::string number = std::to_string(one->identity.version);
    known += (known.empty() ? "" : ", ") + number;
    if (number == version) questionnaire = one;
  }
  if (!questionnaire) {
    complain(path, ErrorCode::definition_unknown, "the folder is named by a version of the questionnaire; there is " + known);
    return;
  }
  for (const auto& language : folders_of(path, "recordings stand in a folder named by their language, such as \"vi\"")) {
    const auto& languages = questionnaire->languages;
    if (std::find(languages.begin(), languages.end(), language) == languages.end()) {
      complain(path + "/" + language, ErrorCode::definition_unknown, "is no language of this questionnaire" + suggestion(language, languages));
      continue;
    }
    read_language(path + "/" + language, *questionnaire, language);
  }
}

void RecordingReader::read_language(const std::string& path, const Questionnaire& questionnaire, const std::string& language) {
  const std::size_t faults_before = faults_.size();
  const auto wanted = speakable(questionnaire);
  std::vector<std::string> known;
  for (const auto& [what, names] : wanted) known.insert(known.end(), names.begin(), names.end());
  auto set = std::make_shared<RecordingSet>();
  set->questionnaire = questionnaire.identity.id;
  set->version = questionnaire.identity.version;
  set->language = language;
  std::map<std::string, std::string> by_stem;  // "item_01" → "item_01.ogg"
  for (const auto& entry : list_definition_folder(folder_, path, faults_)) {
    const std::string file = path + "/" + entry.name;
    if (entry.is_folder) {
      complain(file, ErrorCode::definition_invalid, "recordings stand directly in the folder of their language");
      continue;
    }
    if (entry.bytes > kMaxRecordingBytes) {
      complain(file, ErrorCode::too_large, "is larger than 512 KB; record at 16 to 24 kbit/s, one question a file");
      continue;
    }
    auto text = read_definition_file(folder_ / file);
    if (!text) {
      complain(file, text.error().code, text.error().message);
      continue;
    }
    if (entry.name == kReviewed) {
      set->reviewed_by = std::string(trim(std::string_view(*text).substr(0, text->find('\n'))));
      if (!is_utf8(set->reviewed_by) || set->reviewed_by.size() > 200) {
        complain(file, ErrorCode::definition_invalid, "its first line says in UTF-8 who listened to the recordings, and when");
      }
      continue;
    }
    const Kind* kind = kind_of(entry.name);
    if (!kind) {
      complain(file, ErrorCode::definition_invalid, "recordings end in .ogg, .opus or .mp3");
      continue;
    }
    const std::string stem = entry.name.substr(0, entry.name.size() - kind->ending.size());
    if (std::find(known.begin(), known.end(), stem) == known.end()) {
      complain(file, ErrorCode::definition_unknown,
               "is named after no question or answer of " + questionnaire.identity.label() + suggestion(stem, known));
      continue;
    }
    if (!is_what_it_says(*kind, *text)) {
      complain(file, ErrorCode::definition_invalid,
               "does not hold what its name says; save it anew as " + std::string(kind->media_type == "audio/ogg" ? "Ogg (Opus)" : "MP3"));
      continue;
    }
    const auto [other, is_new] = by_stem.emplace(stem, entry.name);
    if (!is_new) {
      complain(file, ErrorCode::duplicate_key, "speaks the same as " + other->second + "; keep one of the two");
      continue;
    }
    set->bytes += text->size();
    auto bytes = std::make_shared<const std::string>(std::move(*text));
    set->files[entry.name] = {entry.name, to_hex(view_of(sha256(*bytes))), kind->media_type, bytes};
  }
  if (set->bytes > kMaxRecordingSetBytes) {
    complain(path, ErrorCode::too_large, "holds more than 12 MB; record at 16 to 24 kbit/s");
  }
  if (faults_.size() > faults_before || set->files.empty()) return;
  std::string all;
  for (const auto& [name, file] : set->files) all += name + " " + file.hash + "\n";
  // Where it belongs counts as well: the same recordings of another version are another publication.
  set->hash = to_hex(view_of(sha256(questionnaire.identity.label() + " " + language + "\n" + all)));
  for (const auto& [what, names] : wanted) {
    for (const auto& name : names) {
      const auto found = by_stem.find(name);
      if (found == by_stem.end()) continue;
      set->spoken[what] = found->second;
      break;
    }
  }
  if (set->reviewed_by.empty()) {
    warnings_.push_back({path, "", ErrorCode::definition_invalid,
                         "nobody has listened to these recordings yet, so nobody is offered them; write who did, and when, into reviewed.txt"});
  }
  sets_.push_back(std::move(set));
}

}  // namespace khaosat
