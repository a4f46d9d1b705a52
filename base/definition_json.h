// Reading the JSON files that officials write. Two steps, and both collect every fault instead of
// stopping at the first:
//   1. parse_definition(): strict text → document (UTF-8, no duplicate keys, depth, size);
//   2. DefinitionNode: a cursor that knows its JSON pointer and complains in plain words.
// Values come back NFC-normalised. Not thread safe; one reader per file.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/fault.h"
#include "base/local_text.h"

namespace khaosat {

inline constexpr std::size_t kMaxDefinitionBytes = 4u << 20;
inline constexpr int kMaxDefinitionDepth = 32;
inline constexpr std::size_t kMaxFaults = 500;

class DefinitionNode {
 public:
  DefinitionNode(const nlohmann::json* value, std::string pointer, std::string file, Faults* faults);

  bool exists() const { return value_ != nullptr; }
  bool is_object() const;
  bool is_array() const;
  bool is_text() const;
  bool is_number() const;
  const std::string& pointer() const { return pointer_; }
  const nlohmann::json& value() const { return *value_; }  // exists() must be true

  // Complains about this place. A file is complained of kMaxFaults times, then no more.
  void fault(ErrorCode code, std::string message) const;
  // False after many complaints: looking for "did you mean" would then only cost time.
  bool may_guess() const;
  // Complains about every key not named here, with the nearest known one.
  void only_keys(std::initializer_list<std::string_view> keys) const;

  // A member, or a node that does not exist(); never complains.
  DefinitionNode member(std::string_view key) const;
  DefinitionNode item(std::size_t index) const;
  std::vector<std::string> keys() const;

  // Readers of members. A required member that is missing, or any member of the wrong type or out of
  // range, is a fault; the value returned then is the fallback, so that reading can go on.
  std::string required_text(std::string_view key, std::size_t max_letters = 4000) const;
  std::string optional_text(std::string_view key, std::string fallback = {},
                            std::size_t max_letters = 4000) const;
  // [a-z][a-z0-9_]{0,63}
  std::string required_id(std::string_view key) const;
  std::string optional_id(std::string_view key) const;
  double required_number(std::string_view key, double low = -1e300, double high = 1e300) const;
  double optional_number(std::string_view key, double fallback, double low = -1e300,
                         double high = 1e300) const;
  std::int64_t required_integer(std::string_view key, std::int64_t low, std::int64_t high) const;
  std::int64_t optional_integer(std::string_view key, std::int64_t fallback, std::int64_t low,
                                std::int64_t high) const;
  bool optional_bool(std::string_view key, bool fallback) const;
  // "YYYY-MM-DD", a day that exists; empty text when absent.
  std::string optional_date(std::string_view key) const;
  std::string required_date(std::string_view key) const;
  // {"vi": "…", "en": "…"}; "vi" is required.
  LocalText required_local_text(std::string_view key, std::size_t max_letters = 4000) const;
  LocalText optional_local_text(std::string_view key, std::size_t max_letters = 4000) const;
  std::vector<DefinitionNode> required_items(std::string_view key) const;
  std::vector<DefinitionNode> optional_items(std::string_view key) const;
  std::vector<std::string> optional_texts(std::string_view key) const;  // array of strings
  DefinitionNode required_object(std::string_view key) const;

  // The value itself, for arrays of plain values.
  std::optional<std::string> as_text() const;
  std::optional<double> as_number() const;
  // Complains like required_local_text(), of this place.
  LocalText as_local_text(std::size_t max_letters = 4000) const;

 private:
  DefinitionNode wanted(std::string_view key, bool required, const char* kind) const;

  const nlohmann::json* value_;
  std::string pointer_;
  std::string file_;
  Faults* faults_;
};

// A parsed file: keeps the document alive. `root()` exists only if the text was well formed.
class DefinitionFile {
 public:
  ~DefinitionFile();
  DefinitionFile(DefinitionFile&&) noexcept;
  DefinitionFile& operator=(DefinitionFile&&) noexcept;

  DefinitionNode root();
  const std::string& file() const { return file_; }
  // Lower-case hexadecimal SHA-256 of the file's bytes: what `sha256sum` prints.
  const std::string& hash() const { return hash_; }
  Faults& faults() { return *faults_; }

 private:
  friend DefinitionFile parse_definition(std::string file, std::string_view text);
  DefinitionFile();
  std::string file_;
  std::string hash_;
  std::unique_ptr<nlohmann::json> document_;
  std::unique_ptr<Faults> faults_;
};

DefinitionFile parse_definition(std::string file, std::string_view text);

// [a-z][a-z0-9_]{0,63}
bool is_id(std::string_view text);
// "vi", "en", "tay": two to eight of a-z and "-".
bool is_language(std::string_view text);

// True for a day of the calendar written YYYY-MM-DD.
bool is_date(std::string_view text);

}  // namespace khaosat
