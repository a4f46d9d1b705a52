// The body of an answer as its reader gets it, wherever it stands.
#pragma once

#include <stdexcept>
#include <string>

#include "base/open_file.h"
#include "server/gate/raw_request.h"

namespace khaosat {

inline std::string bytes_of(const OpenFile& file) {
  std::string bytes;
  if (!file.each_piece([&](std::string_view piece) { bytes += piece; })) throw std::runtime_error("the file cannot be read");
  return bytes;
}

inline std::string body_of(const RawAnswer& answer) {
  if (!answer.file.file) return answer.body ? *answer.body : std::string();
  std::string bytes(answer.file.length, '\0');
  const auto count = answer.file.file->read_at(answer.file.first, bytes.data(), bytes.size());
  if (!count || *count != bytes.size()) throw std::runtime_error("the file of an answer cannot be read");
  return bytes;
}

}  // namespace khaosat
