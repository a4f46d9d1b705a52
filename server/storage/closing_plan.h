// Which cells are merged when a campaign closes, so that no response stands in a cell of fewer than
// k. Pure; both stores follow the same plan.
//
// 1. A psu with fewer than k answers joins its declared neighbour (over empty ones, to the
//    neighbour's neighbour); without one, the next psu of the stratum in list order, or the one
//    before. Repeated until every group has k or the stratum is one group.
// 2. A stratum that still has fewer than k joins the next (or previous) stratum of its unit, and
// its
//    answers the nearest group there.
// 3. A unit that still has fewer than k joins the next (or previous) unit of the campaign likewise.
// 4. A campaign with fewer than k answers in all is withheld.
//
// Psus without answers are passed over: nothing in them needs protection. A label names what was
// joined, in list order: "a+b".
#pragma once

#include <vector>

#include "server/storage/answer_store.h"

namespace khaosat {

struct CellCount {
  Cell cell;
  int answers = 0;
};

struct ClosingPlan {
  struct Move {
    Cell from;
    Cell to;  // equal to `from` where nothing changes
  };
  bool withheld = false;    // then there are no moves
  std::vector<Move> moves;  // one for each cell with answers
  std::vector<ClosingReport::Merge> merges;
};

// `counts` holds a cell once at most, in any order. k is the campaign's batch size.
ClosingPlan plan_closing(const Campaign& campaign, const std::vector<CellCount>& counts);

}  // namespace khaosat
