// What a person sees when something is refused before any page could answer.
#pragma once

#include "base/result.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/design.h"

namespace khaosat {

// The sentence and the stable code of the error, with its status. Never what the log says.
HttpResponse error_page(const Design& design, const Error& error, const Request& request);

}  // namespace khaosat
