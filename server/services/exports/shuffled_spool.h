// Answers put into a random order in memory that does not grow with their number: they are dealt to
// files that have no name, at random, and each file is put in order when read back. One thread.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace khaosat {

class ShuffledSpool {
 public:
  // The order depends on `seed` and on nothing a reader of the result could know. `expected` only sets
  // the number of files. The folder must exist. file_unwritable.
  static Result<ShuffledSpool> create(const std::string& folder, std::string seed, std::uint64_t expected);

  struct Entry {
    std::uint32_t tag = 0;
    std::string bytes;
  };
  Result<void> add(std::uint32_t tag, std::string_view bytes);
  // Every entry once, in the new order; stops at the first error of `visit`.
  Result<void> each(const std::function<Result<void>(const Entry&)>& visit);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  explicit ShuffledSpool(std::string seed) : seed_(std::move(seed)) {}
  std::string seed_;
  std::uint64_t count_ = 0;
  std::vector<std::unique_ptr<std::FILE, Close>> files_;
};

}  // namespace khaosat
