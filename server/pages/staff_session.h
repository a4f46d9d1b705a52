// Who is working: the session cookie, the guard of the router, the token in every form.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/endpoint.h"
#include "server/pages/app.h"
#include "server/services/account_service.h"

namespace khaosat {

inline constexpr const char* kSessionCookie = "__Host-sid";
// Left in every browser in which somebody of the office has signed in: it can be no kiosk.
inline constexpr const char* kOfficeCookie = "__Host-office";
inline constexpr const char* kCsrfField = "csrf";

// What the guard left in the request; null for strangers.
const SignedIn* signed_in(const Request& request);
Access access_of(Role role);

// For RouterConfig::guard. Denies by default: a route without a matching role is refused.
// A stranger is sent to the sign-in page and, having signed in, back to the page wanted.
std::function<std::optional<HttpResponse>(const Route&, Request&)> staff_guard(const App& app);

// The value if it is a path of a staff page, otherwise "/staff": nobody is sent elsewhere.
std::string local_path(std::string_view wanted);

// What came with a POST: fields, and files if it was an upload.
struct StaffForm {
  FormData fields;
  std::vector<UploadedFile> files;

  std::string text(std::string_view name) const;  // trimmed; empty if absent or repeated
  // The uploaded file's text, or the field's when no file was chosen.
  std::string file_or_text(std::string_view file_field, std::string_view text_field) const;
};

using StaffAct = std::function<Result<HttpResponse>(const Request&, const StaffForm&)>;

// The only ways to make a staff route: a POST reads its form and checks the token (csrf_refused)
// before the act is called.
Route staff_get(std::string pattern, Access access, std::string name, Handler handler);
// The page of an earlier session comes back to be sent again, if the browser vouches for its origin.
Route staff_post(const App& app, std::string pattern, Access access, std::size_t body_limit, std::string name, StaffAct act);

// For pages on the way in, which have no account: TLS or this machine, and for forms our own pages
// (tls_required, csrf_refused).
Result<void> check_entrance(const Request& request);

}  // namespace khaosat
