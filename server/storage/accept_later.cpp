#include "server/storage/accept_later.h"

namespace khaosat {

void accept_later(AnswerStore& answers, Arrival arrival, ArrivalTold told) {
  if (auto* later = dynamic_cast<AcceptsLater*>(&answers)) return later->accept_later(std::move(arrival), std::move(told));
  told(answers.accept(std::move(arrival)));
}

}  // namespace khaosat
