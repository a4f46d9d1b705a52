#include "analysis/awards/select.h"

#include <algorithm>
#include <cmath>

#include "analysis/awards/phrases.h"
#include "base/json_text.h"

namespace khaosat::awards {

void select_seats(std::vector<RankedCandidate> passing, TieRule tie_rule, Selection& selection) {
  const bool all_known = std::all_of(passing.begin(), passing.end(), [](const auto& c) { return c.order.has_value(); });
  if (all_known) {
    std::stable_sort(passing.begin(), passing.end(), [](const auto& a, const auto& b) { return *a.order > *b.order; });
  }
  for (const auto& candidate : passing) selection.eligible.push_back(candidate.subject);
  if (!selection.seats) {
    selection.proposed = selection.eligible;
    return;
  }
  const auto seats = static_cast<std::size_t>(std::max(0, *selection.seats));
  if (passing.size() <= seats) {
    selection.proposed = selection.eligible;
    return;
  }
  if (!all_known || seats == 0) {
    selection.jury_must_choose = seats > 0;
    return;
  }
  const double last = *passing[seats - 1].order;
  const bool tie = *passing[seats].order == last;
  for (std::size_t i = 0; i < passing.size(); ++i) {
    const double order = *passing[i].order;
    if (order > last || (!tie && order == last)) selection.proposed.push_back(passing[i].subject);
    if (tie && order == last) {
      selection.tied.push_back(passing[i].subject);
      if (tie_rule == TieRule::include) selection.proposed.push_back(passing[i].subject);
    }
  }
  selection.jury_must_choose = tie && tie_rule == TieRule::undecided;
}

ShareSeats seats_from_share(double fraction, std::int64_t count, Rounding rounding, const LocalText& counted) {
  // As decimals, so that 20 % of 35 is 7 and not a hair below.
  const double exact = std::round(fraction * static_cast<double>(count) * 1e9) / 1e9;
  double seats = std::floor(exact);
  if (rounding == Rounding::up) seats = std::ceil(exact);
  if (rounding == Rounding::half_up) seats = std::floor(exact + 0.5);
  const char* how_vi = rounding == Rounding::down ? "làm tròn xuống" : rounding == Rounding::up ? "làm tròn lên" : "làm tròn số";
  const char* how_en = rounding == Rounding::down ? "rounded down" : rounding == Rounding::up ? "rounded up" : "rounded half up";
  ShareSeats result;
  result.seats = static_cast<int>(seats);
  const std::string share = json_number(std::round(fraction * 1e8) / 1e6) + " %";
  result.arithmetic = say(
      fmt::format("{} × {} ({}) = {}; {}: {}", with_comma(share), count, counted.in("vi"), with_comma(json_number(exact)), how_vi, result.seats),
      fmt::format("{} × {} ({}) = {}; {}: {}", share, count, counted.in("en"), json_number(exact), how_en, result.seats));
  return result;
}

Result<void> check_jury(const Decision& proposal, const std::vector<JuryChoice>& choices) {
  for (const auto& choice : choices) {
    const auto candidate = std::find_if(proposal.candidates.begin(), proposal.candidates.end(), [&](const auto& c) {
      return c.award == choice.award && c.subject == choice.subject;
    });
    if (candidate == proposal.candidates.end()) {
      return fail(ErrorCode::not_found, choice.subject + " is not a candidate for " + choice.award, choice.subject);
    }
    bool proposed = candidate->verdict == Verdict::pass;
    for (const auto& selection : proposal.selections) {
      if (selection.award != choice.award || selection.kind != candidate->kind) continue;
      const bool contested = selection.jury_must_choose &&
                             std::find(selection.eligible.begin(), selection.eligible.end(), choice.subject) != selection.eligible.end();
      if (contested) proposed = choice.awarded;  // the proposal left the choice to the jury
      else proposed = std::find(selection.proposed.begin(), selection.proposed.end(), choice.subject) != selection.proposed.end();
    }
    if (choice.awarded != proposed && choice.grounds.empty()) {
      return fail(ErrorCode::missing_field,
                  "the jury departs from the proposal for " + candidate->name + "; its grounds must be recorded", choice.subject);
    }
  }
  return {};
}

}  // namespace khaosat::awards
