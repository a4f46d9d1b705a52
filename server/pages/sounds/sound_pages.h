// Questions and answers read aloud: which recordings a page offers, and the addresses they are served at.
#pragma once

#include <string>
#include <vector>

#include "server/catalog/recordings.h"
#include "server/http/endpoint.h"
#include "server/pages/design.h"
#include "server/services/campaign_book.h"

namespace khaosat {

// What the campaign pinned when it was published, if it is what the program has now: a recording changed
// since then is not what people were promised. Null when there is nothing to hear.
const RecordingSet* recordings_offered(const Design& design, const CampaignEntry& entry, const std::string& language);

// "/sound/1f2e3d4c5b6a7988/"; names of files follow.
std::string sound_address(const RecordingSet& set);

// {"bytes":…,"files":["item_01.ogg",…],"of":{"item_01":"item_01.ogg","item_01.satisfied":…}}
std::string sound_list_json(const RecordingSet& set);

// The list at …/list.json and the files. Whoever has the address may hear them: they hold nobody's answers.
std::vector<Route> sound_routes(const Recordings& recordings);

}  // namespace khaosat
