// Visits looked at again: for people drawn a second time, what the interviewer said became of the visit and
// what whoever went there again was told. Typed in as counts by primary sampling unit; an answer is tied to
// nobody and cannot be compared with a second one. Thread safe.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/quality/agreement.h"
#include "base/clock.h"
#include "base/fault.h"
#include "server/storage/store.h"

namespace khaosat {

inline constexpr std::string_view kBackCheckRecord = "back_check";  // subject: the campaign; the newest counts
// As a table names them; 0 must be the interview (analysis/quality/agreement.h).
inline constexpr std::array<std::string_view, 3> kBackCheckWords{"interviewed", "refused", "not_met"};

struct BackCheckRow {
  std::string psu;
  std::uint8_t reported = 0;  // in kBackCheckWords
  std::uint8_t found = 0;
  std::uint32_t people = 0;
};

// CSV with the columns psu, reported, found, people. Faults: columns, an unknown place or word, counts that are no
// whole numbers up to 100000, a combination twice, nobody at all.
std::vector<BackCheckRow> read_back_check(std::string_view csv, const Campaign& campaign, Faults& faults);

std::string to_json(const std::vector<BackCheckRow>& rows);
Result<std::vector<BackCheckRow>> read_back_check_json(std::string_view json);

// Keeps them beside what was entered before, with an entry in the journal.
Result<void> keep_back_check(Store& store, const Clock& clock, const Campaign& campaign, const std::vector<BackCheckRow>& rows,
                             const std::string& actor);
// The newest; empty: none was entered.
Result<std::vector<BackCheckRow>> back_check_of(Registry& registry, std::string_view campaign_id);

Result<quality::BackCheck> assess_back_check(const std::vector<BackCheckRow>& rows);

}  // namespace khaosat
