// SHA-256 of what comes in pieces. Used by one thread.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace khaosat {

class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void add(std::string_view bytes);
  // Once, at the end.
  Digest finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace khaosat
