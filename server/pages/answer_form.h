// GET and POST /s/{campaign}: answering a survey, with or without JavaScript. README.md describes
// the steps and the names of the fields.
#pragma once

#include "base/result.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/answering.h"
#include "server/pages/citizen_app.h"

namespace khaosat {

inline constexpr const char* kAnswerRoute = "/s/([0-9a-z]{1,32})";
inline constexpr std::size_t kAnswerBodyLimit = 256 << 10;

// not_found. Before opening and after closing: a page that says so.
Result<HttpResponse> show_answer_form(const CitizenApp& app, const Request& request);
// Answers with a page, or with JSON if the answers came as JSON. Errors: not_found and whatever
// makes a body unreadable; everything else is a page that keeps what was typed.
Result<HttpResponse> take_answer_form(const CitizenApp& app, const Request& request);

// The page that follows from what was sent, on whatever device; sets answering.sent. `has_id`: the
// submission id did not have to be made just now.
HttpResponse take_step(const CitizenApp& app, const Request& request, Answering& answering, bool has_id);

}  // namespace khaosat
