// From a page's HttpResponse to the RawAnswer that the gate sends. Pure; thread safe.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"

namespace khaosat {

// Chooses the encoding, answers If-None-Match, adds security and cache headers.
RawAnswer finish_response(HttpResponse response, const Request& request);

}  // namespace khaosat
