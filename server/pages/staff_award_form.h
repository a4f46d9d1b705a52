// The form of an evaluation: year, day, facts, readings; and what was typed into it, as the evaluation
// takes it.
#pragma once

#include <optional>

#include "analysis/awards/evaluate.h"
#include "analysis/awards/fact_book.h"
#include "analysis/awards/readings.h"
#include "analysis/awards/rule_set.h"
#include "server/pages/staff_fields.h"
#include "server/pages/staff_session.h"

namespace khaosat {

struct AwardInput {
  int year = 0;
  std::string date;
  awards::FactBook facts;
  awards::Readings readings;  // those that depart from the default
  // Where the facts came from: the register (unit and last entry), or the form.
  std::string unit;
  std::int64_t through = 0;
  std::vector<std::int64_t> about_people;  // entries read that name somebody
  std::vector<FieldWrong> wrong;
};

// Every fault at once, at its field. The facts of the register about `unit`, as they stood on the day,
// unless a file or text is given or `facts_record` names facts recorded before; `through` is the last
// entry looked at (left out: all).
Result<AwardInput> read_award_input(const App& app, const Request& request, const StaffForm& form,
                                    const awards::RuleSet& rules);

Result<HttpResponse> award_form_page(const App& app, const Request& request, const awards::RuleSet& rules,
                                     const FormData& typed, std::vector<FieldWrong> wrong);

inline std::string reading_field(const std::string& name) { return "reading_" + name; }

}  // namespace khaosat
