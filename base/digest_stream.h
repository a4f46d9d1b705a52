// SHA-256 of what arrives in pieces. One stream belongs to one thread.
#pragma once

#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace khaosat {

class DigestStream {
 public:
  DigestStream();
  ~DigestStream();
  DigestStream(DigestStream&&) noexcept;
  DigestStream& operator=(DigestStream&&) noexcept;

  void add(std::string_view bytes);
  // Of everything added; the stream is used up.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace khaosat
