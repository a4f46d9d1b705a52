// The frame of pages on a kiosk: larger, timed, without a way out. Every one of them is no-store.
#pragma once

#include <string>
#include <string_view>

#include "server/http/request.h"
#include "server/pages/design.h"

namespace khaosat {

// Recognises the tablet: HttpOnly, the same for every respondent, tells nothing about any of them.
inline constexpr const char* kKioskCookie = "__Host-kiosk";

// `kind` is what the module does on the page: "welcome" waits; "answering" and "staff" warn after a minute
// without a touch and discard; "receipt" and "notice" return to the welcome by themselves; "enrol" waits.
View kiosk_view(const Design& design, std::string_view language, const std::string& title, const char* kind);

// Renders templates/pages/<name>; kept by nobody.
HttpResponse kiosk_page(const Design& design, std::string_view name, std::string_view language, const View& view,
                        int status = 200);

// A heading and a sentence, and the way back to the welcome.
HttpResponse kiosk_notice(const Design& design, std::string_view language, const std::string& heading,
                          const std::string& sentence, int status = 200);
HttpResponse kiosk_error(const Design& design, std::string_view language, const Error& error);

}  // namespace khaosat
