// THE LIST of a kiosk's pages.
#pragma once

#include <vector>

#include "server/http/endpoint.h"
#include "server/pages/kiosk/kiosk_pages.h"

namespace khaosat {

// What `app` refers to must outlive the routes.
std::vector<Route> kiosk_routes(const KioskApp& app);

}  // namespace khaosat
