// The frame of an interviewer's pages, and whose device asks.
#pragma once

#include <string>
#include <string_view>

#include "server/html/web_files.h"
#include "server/http/request.h"
#include "server/pages/citizen_app.h"

namespace khaosat {

class FieldService;
struct FieldDevice;

// What an interviewer's pages may use: still no accounts.
struct FieldApp {
  CitizenApp citizen;
  FieldService& field;
  const WebFiles& files;
};

inline constexpr const char* kFieldHome = "/field/";
inline constexpr const char* kFieldForm = "/field/form";
// Recognises the device: HttpOnly, tells nothing about any respondent. Browsers keep the first name only
// over TLS or on this machine; on a plain line there is the second.
inline constexpr const char* kFieldCookie = "__Host-field";
inline constexpr const char* kFieldPlainCookie = "field-device";
// Pages the worker may keep for when there is no network say so. They hold nothing of anybody.
inline constexpr const char* kFieldKeepHeader = "X-Field-Keep";

// `script`: of web/js.
View field_view(const Design& design, std::string_view language, const std::string& title, const char* script);
// interviewer_not_enrolled.
Result<FieldDevice> device_of(const FieldApp& app, const Request& request);
// csrf_refused: sent from another site's page. A plain line is allowed: the page says what it lacks.
Result<void> check_own_page(const Request& request);
// Whether what is sent can be read on the way.
bool is_private_line(const Request& request);

}  // namespace khaosat
