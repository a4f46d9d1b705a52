// What is done about points that were lost: measures with who answers for them, by when, and how far they
// are. Each measure and each report of progress is a record that is never changed. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "server/storage/store.h"

namespace khaosat {

struct RemedyProgress {
  std::string day;
  int percent = 0;
  std::string note;
  std::string author;
};

struct RemedyMeasure {
  std::string id;
  std::string criterion;    // code that lost points, or a clause
  std::string measure;      // what is to be done
  std::string responsible;  // key of a body or person of the register of facts
  std::string due;          // day
  std::string author;
  std::vector<RemedyProgress> progress;  // oldest first
  std::string closed;         // day it was given up or taken over by another; empty: it was not
  std::string closed_by;
  std::string closed_reason;

  bool is_done() const { return !progress.empty() && progress.back().percent >= 100; }
  // Nothing is waited for any more.
  bool is_settled() const { return is_done() || !closed.empty(); }
};

class RemedyPlan {
 public:
  RemedyPlan(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // Of one case, in the order of their days.
  Result<std::vector<RemedyMeasure>> measures(const std::string& case_id);
  // missing_field (measure, responsible), wrong_type (due); `where` names the field.
  Result<void> add(const std::string& case_id, RemedyMeasure measure, const std::string& author);
  // not_found; jury_wrong_state (closed); out_of_range (percent 0 to 100); missing_field (note).
  Result<void> report(const std::string& case_id, const std::string& measure, int percent, const std::string& note, const std::string& author);
  // Ends a measure that will not be carried out, with the reason. not_found; jury_wrong_state (done, or
  // closed before); missing_field (reason).
  Result<void> close(const std::string& case_id, const std::string& measure, const std::string& reason, const std::string& author);

 private:
  Result<void> keep(const char* kind, const std::string& case_id, const std::string& content, const std::string& author);
  Store& store_;
  const Clock& clock_;
};

}  // namespace khaosat
