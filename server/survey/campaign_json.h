// A campaign as JSON text, the form in which it is stored and exported. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

#include "base/fault.h"
#include "server/survey/campaign.h"

namespace khaosat {

std::string campaign_to_json(const Campaign& campaign);

// Reads what campaign_to_json wrote. Unknown or missing keys, wrong types, values out of range, a
// psu in an unknown stratum and the like: definition_invalid or a nearer code, all faults counted.
Result<Campaign> campaign_from_json(std::string_view text);

// What an officer writes to have a campaign made: "questionnaire" is an id beside "version"; id,
// state, audience and hashes are not the officer's to say. docs/formats.md describes it.
Campaign read_campaign_draft(const std::string& file, std::string_view text, Faults& faults);

}  // namespace khaosat
