// From a page's Response to the Answer that the gate sends. Pure; thread safe.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"

namespace khaosat {

// Chooses the encoding, answers If-None-Match, adds security and cache headers.
Answer finish_response(Response response, const Request& request);

}  // namespace khaosat
