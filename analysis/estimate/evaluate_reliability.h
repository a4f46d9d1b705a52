// The statements about whole sets of answers: how alike clusters are, how well items measure one thing, what
// unequal weights leave. Internal to evaluate.cpp.
#pragma once

#include "analysis/estimate/evaluate.h"

namespace khaosat::estimate {

// Each puts the value (no error) and its details into `finding`. Refuse what the statistics refuse.
Result<void> evaluate_icc(const Respondents& respondents, const Statement& statement, const Domain& domain,
                          const EvaluateOptions& options, Finding& finding);
Result<void> evaluate_alpha(const Respondents& respondents, const Statement& statement, const Domain& domain,
                            const EvaluateOptions& options, Finding& finding);
Result<void> evaluate_kish(const Respondents& respondents, const Domain& domain, Finding& finding);

}  // namespace khaosat::estimate
