// Questions and answers spoken by a person: files beside a questionnaire, for people who read little.
// survey_defs/questionnaires/README.md says how they are named. Immutable once loaded; safe from any thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "server/survey/completeness.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

class Catalog;

// A recording takes at most this (four minutes of speech at 16 kbit/s), those of one questionnaire
// version in one language together at most the second: they are held in memory.
inline constexpr std::size_t kMaxRecordingBytes = 512u << 10;
inline constexpr std::size_t kMaxRecordingSetBytes = 12u << 20;

struct Recording {
  std::string name;  // "item_01.ogg"
  std::string hash;  // hex SHA-256 of the bytes
  std::string_view media_type;
  std::shared_ptr<const std::string> bytes;
};

// All recordings of one questionnaire version in one language.
struct RecordingSet {
  std::string questionnaire;
  int version = 0;
  std::string language;
  std::string reviewed_by;  // who listened to them all, as reviewed.txt says; empty: nobody has
  std::string hash;         // hex SHA-256 over all names and digests
  std::size_t bytes = 0;
  std::map<std::string, Recording, std::less<>> files;  // by name
  // What is spoken → the name of its file: "item_01" the question, "item_01.satisfied" its option,
  // "item_01.~dont_know" its way of not answering.
  std::map<std::string, std::string, std::less<>> spoken;

  // Stands in addresses, so that they change with the content.
  std::string token() const { return hash.substr(0, 16); }
};

class Recordings {
 public:
  // Of every questionnaire of the catalogue. Faults: definition_unknown for what no questionnaire has,
  // definition_invalid for names and contents that are none, too_large, duplicate_key, file_unreadable. A set
  // with a fault is left out. Warnings: recordings that nobody has listened to.
  static Recordings load(const std::string& folder, const Catalog& catalog, Faults& faults, Faults& warnings);

  // Null when there is none. Not to be offered unless it was reviewed.
  const RecordingSet* find(std::string_view questionnaire, int version, std::string_view language) const;
  // Among those reviewed; null when there is none.
  const RecordingSet* with_token(std::string_view token) const;
  const std::vector<std::shared_ptr<const RecordingSet>>& all() const { return sets_; }

 private:
  std::vector<std::shared_ptr<const RecordingSet>> sets_;
};

// What a campaign pins at publication: a line "vi <hash>" per language reviewed and offered, then a line
// per file with its digest. Empty if nothing is offered.
std::string recordings_manifest(const Recordings& recordings, const Questionnaire& questionnaire);
// The hash of each language in such a manifest.
std::map<std::string, std::string, std::less<>> hashes_in_manifest(std::string_view manifest);

// How much of the questionnaire is spoken; `set` may be null.
Spoken spoken_of(const Questionnaire& questionnaire, const RecordingSet* set);

}  // namespace khaosat
