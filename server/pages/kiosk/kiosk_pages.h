// A tablet at the counter: enrolling it, its welcome, one respondent after another, leaving. README.md
// of the parent folder says what the fields are.
#pragma once

#include "base/result.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/citizen_app.h"

namespace khaosat {

class KioskService;
class KioskDesk;

// What a kiosk's pages may use: still no accounts.
struct KioskApp {
  CitizenApp citizen;
  KioskService& kiosks;
  KioskDesk& desk;
};

// GET /kiosk: the welcome, which ends whatever the person before was doing; or the form for the code.
Result<HttpResponse> show_kiosk(const KioskApp& app, const Request& request);
// POST /kiosk: every step of answering.
Result<HttpResponse> take_kiosk_step(const KioskApp& app, const Request& request);
// POST /kiosk/enrol: `code`. A browser in which staff have signed in is refused (kiosk_staff_browser).
Result<HttpResponse> enrol_kiosk(const KioskApp& app, const Request& request);
// POST /kiosk/alive: 204 while it is still this person's turn, 410 afterwards.
Result<HttpResponse> keep_kiosk_alive(const KioskApp& app, const Request& request);
// GET, POST /kiosk/leave: `pin`; the tablet is no kiosk afterwards.
Result<HttpResponse> show_kiosk_leaving(const KioskApp& app, const Request& request);
Result<HttpResponse> leave_kiosk(const KioskApp& app, const Request& request);

}  // namespace khaosat
