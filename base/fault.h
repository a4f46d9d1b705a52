// What is wrong with a file that somebody wrote: all faults at once, each with its place.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace khaosat {

struct Fault {
  std::string file;
  // JSON pointer (RFC 6901), or "row 12, column weight" in a table. Empty: the whole file.
  std::string place;
  ErrorCode code = ErrorCode::definition_invalid;
  // Names the thing, what is wrong, and what to do.
  std::string message;
};

using Faults = std::vector<Fault>;

// "file.json#/questions/3/id: message [code]" a line each.
std::string to_text(const Faults& faults);

// The faults as one refusal: the first in full, the number of the others.
Error as_error(const Faults& faults);

}  // namespace khaosat
