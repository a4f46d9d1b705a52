// From a kept index run to the register of facts: the scores that a closed campaign gave, with the run as
// their document. The source is "computed"; a directive that wants published figures does not read them.
#pragma once

#include <string>

#include "server/services/facts/fact_register.h"
#include "server/storage/store.h"

namespace khaosat {

struct RunFacts {
  std::size_t added = 0;      // entries that stood nowhere before
  std::size_t corrected = 0;  // entries that take the place of an older run's
  std::size_t withdrawn = 0;  // given of an older run, and kept back in this one
  std::size_t known = 0;      // stand there already, word for word
  std::size_t withheld = 0;   // figures of the run without a value that may leave; none is given
  Faults faults;              // with any of them nothing was written
};

// For every unit of the run (groups of units are none) the score and its parts down to the second level:
// kind "component_score", criterion "MODEL" for the whole and "MODEL.NODE" for a part, the year of the
// campaign's last day. `record_id`: of the record of kind "index_run" about that campaign; the entries name
// it as their number and its hash as their evidence. Written all at once or not at all.
//
// not_found; campaign_not_closed; storage_failed (the record is not what was written); fact_superseded (a
// newer run of this model was given); already_exists (another campaign, or somebody's own entry, says the
// figure of that year). Faults: unit_not_valid for a unit that the definitions do not know, or not in all
// of that year.
Result<RunFacts> give_index_run(FactRegister& facts, Store& store, const std::string& campaign_id, const std::string& record_id,
                                const std::string& account);

}  // namespace khaosat
