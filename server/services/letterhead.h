// What stands above and below every paper of this office: stored once, changed by a new record, the old ones
// stay. Nothing here is secret. Thread safe as the registry is.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "server/storage/store.h"

namespace khaosat {

inline constexpr std::size_t kLetterheadLetters = 200;  // of each line

struct Letterhead {
  std::string above;             // cơ quan chủ quản; may be empty
  std::string authority;         // cơ quan ban hành
  std::string symbol;            // of the number, after the kind of paper: "UBND"
  std::string place;             // địa danh
  std::string signer_authority;  // "TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"; may be empty
  std::string signer;            // "CHỦ TỊCH"
  std::string signer_name;       // may be empty: written by hand
  std::string recipients;        // one a line, besides those a paper has of its own
  int version = 0;               // 0: never stored
  std::string changed_by;
  UnixSeconds changed_on = 0;
};

// THE LIST of what is stored, by the names of the form's fields.
const std::vector<std::pair<const char*, std::string Letterhead::*>>& letterhead_fields();

// The newest; nothing when the office has stored none.
Result<std::optional<Letterhead>> letterhead(Store& store);
// missing_field (authority, symbol, place, signer), too_long; `where` names the field. Storing what is there
// already changes nothing.
Result<void> keep_letterhead(Store& store, const Clock& clock, const Letterhead& given, const std::string& account);

}  // namespace khaosat
