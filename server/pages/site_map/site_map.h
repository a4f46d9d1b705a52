// Every page of the office in one list, and a search over it: the second way to each of them.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/app.h"

namespace khaosat {

// ?q= narrows the list, whatever the tones. Only what the role may open is listed.
Result<HttpResponse> show_site_map(const App& app, const Request& request);

}  // namespace khaosat
