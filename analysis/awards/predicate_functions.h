// The functions behind THE LIST. Internal; predicates.h explains what each receives.
#pragma once

#include "analysis/awards/evaluation.h"

namespace khaosat::awards {

void judge_is_true(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_grade_at_least(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_number_at_least(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_none_recorded(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_any_recorded(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_all_done(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_within_period(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_rank_within(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_improved_on(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_not_responsible_for(const Evaluation&, const Condition&, const Question&, Reason&);
void judge_holds_role(const Evaluation&, const Condition&, const Question&, Reason&);

// A decimal rounded half away from zero to a number of places, decided on the shortest decimal
// that reads back as the value: 34.345 becomes 34.35 although the stored double lies below it.
double round_as_printed(double value, int places);

}  // namespace khaosat::awards
