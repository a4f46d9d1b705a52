// Whether a form was sent by a page of ours. Pure.
#pragma once

#include "server/http/request.h"

namespace khaosat {

// False when the browser says otherwise: Sec-Fetch-Site other than same-origin or none, or an Origin
// that is not the Host. True when it says nothing (our referrer policy makes Origin "null" on our own
// forms, and old browsers lack Sec-Fetch-Site): pages still check their token.
bool may_be_same_origin(const Request& request);

}  // namespace khaosat
