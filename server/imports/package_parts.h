// A zip package in memory (xlsx, docx): its parts by name. Used by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace khaosat::imports {

struct PackageLimits {
  std::size_t packed_bytes = 2u << 20;
  std::size_t unpacked_bytes = 24u << 20;  // of all parts that are read together
  std::size_t parts = 300;
};

class PackageParts {
 public:
  // The bytes must outlive the object. bad_spreadsheet: too large, no sound zip archive, encrypted, too many
  // parts, parts that together claim to be larger than the limit, a part with a program (vbaProject).
  static Result<std::unique_ptr<PackageParts>> open(std::string_view bytes, const PackageLimits& limits);
  ~PackageParts();
  PackageParts(const PackageParts&) = delete;
  PackageParts& operator=(const PackageParts&) = delete;

  bool has(const std::string& name) const;
  // The part's bytes; counted as they are unpacked, whatever the archive claims. bad_spreadsheet.
  Result<std::string> read(const std::string& name);

 private:
  struct Archive;
  PackageParts(std::unique_ptr<Archive> archive, std::size_t left);
  std::unique_ptr<Archive> archive_;
  std::size_t left_ = 0;  // bytes that may still be unpacked
};

}  // namespace khaosat::imports
