// Answers that depend on work still under way, so that no thread waits for it. Plain data.
#pragma once

#include <functional>
#include <memory>

#include "server/gate/raw_request.h"

namespace khaosat {

struct AwaitedAnswer {
  // Called once, on a worker. Takes `known` to whoever does the work, who calls it once, from any thread,
  // at once or later: with true `expected` goes out, with false what `otherwise` makes. If `known` is
  // dropped, or anything throws, the request is answered with 500.
  std::function<void(std::function<void(bool)> known)> begin;
  RawAnswer expected;                    // made beforehand
  std::function<RawAnswer()> otherwise;  // called on a worker
};

// What comes of handling a request: an answer, or, if it is set, what is awaited.
struct Handled {
  Handled(RawAnswer its_answer) : answer(std::move(its_answer)) {}  // NOLINT: most are just answers
  explicit Handled(std::unique_ptr<AwaitedAnswer> its_awaited) : awaited(std::move(its_awaited)) {}
  RawAnswer answer;
  std::unique_ptr<AwaitedAnswer> awaited;
};

}  // namespace khaosat
