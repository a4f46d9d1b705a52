// Seats and ties. Proposes an order; the jury chooses.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/awards/decision.h"
#include "base/result.h"

namespace khaosat::awards {

struct RankedCandidate {
  std::string subject;
  std::optional<double> order;  // more is better; nothing: not known
};

enum class TieRule { undecided, include, exclude };

// Fills eligible, proposed, tied and jury_must_choose from the passing candidates. Those tied at the
// last seat are all proposed under `include`, none of them under `exclude`, and named as tied
// otherwise. With more candidates than seats and an order missing, the jury must choose.
void select_seats(std::vector<RankedCandidate> passing, TieRule tie_rule, Selection& selection);

struct ShareSeats {
  int seats = 0;
  LocalText arithmetic;
};
enum class Rounding { down, half_up, up };
// seats = round(fraction × count), shown as arithmetic.
ShareSeats seats_from_share(double fraction, std::int64_t count, Rounding rounding,
                            const LocalText& counted);

// What the jury decided; departures from the proposal need grounds.
struct JuryChoice {
  std::string award;
  std::string subject;
  bool awarded = false;
  std::string grounds;
};
Result<void> check_jury(const Decision& proposal, const std::vector<JuryChoice>& choices);

}  // namespace khaosat::awards
