// Accepting an answer without a thread that waits for the disk.
#pragma once

#include <functional>

#include "server/storage/answer_store.h"

namespace khaosat {

// Called once the outcome is on the disk, on a thread that others wait for (or on the caller's, before
// accept_later() returns), so it must be quick and must not throw. Errors as those of accept().
using ArrivalTold = std::function<void(Result<ArrivalOutcome>)>;

// What a store is as well if it can do better than to let the caller wait.
class AcceptsLater {
 public:
  virtual ~AcceptsLater() = default;
  // Returns at once. What throws here, for want of memory, has not called `told`.
  virtual void accept_later(Arrival arrival, ArrivalTold told) = 0;
};

// With any store: one that cannot do better is waited for.
void accept_later(AnswerStore& answers, Arrival arrival, ArrivalTold told);

}  // namespace khaosat
