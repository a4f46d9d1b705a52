// The frame of every page of the office: title, navigation by role, who is signed in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fault.h"
#include "server/html/view.h"
#include "server/http/endpoint.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/app.h"

namespace khaosat {

// The largest table that is typed or uploaded, in bytes.
inline constexpr std::size_t kLongestTable = 2u << 20;

struct NavigationEntry {
  const char* href;
  const char* label;  // key of its sentence
  Access access;
};
std::vector<NavigationEntry> navigation();

// THE LIST of the navigation is in staff_page.cpp; `here` is one of its addresses.
View staff_view(const App& app, const Request& request, const std::string& title, std::string_view here = {});

// Renders templates/pages/staff_<name>. Never kept by a browser, never compressed: it holds a token.
HttpResponse staff_page(const App& app, const Request& request, std::string_view name, const View& view,
                    int status = 200);

// What was refused, for a person: "staff.refused.why.<why>" where the error's details give a `why` that has a
// sentence, otherwise that of its code.
std::string why_refused(const App& app, const Request& request, const Error& error);
// A heading, sentences, and a link back; for refusals, and for what a colleague may not do.
HttpResponse staff_error_page(const App& app, const Error& error, const Request& request);

// A form that could not be taken because the session had ended: what was typed stands in hidden fields
// behind a button that sends it again. Changes nothing by itself.
HttpResponse resend_page(const App& app, const Error& error, const Request& request, const FormData& fields);

// The sentence of a staff key in the request's language.
std::string say(const App& app, const Request& request, std::string_view key, const Words& words = {});

// What is wrong with a definition or a table, for a person: "Dòng 3, cột slips: …". Looks for
// "staff.fault.<subject>.<code>", then "error.<code>", then adds the log's own words.
std::string sentence_of(const App& app, const Request& request, const Fault& fault, std::string_view subject);

}  // namespace khaosat
