// One request as pages see it. Plain data, owned by the call that handles it.
#pragma once

#include <any>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/gate/raw_request.h"
#include "server/http/form_data.h"

namespace khaosat {

struct Request {
  std::string method;               // "HEAD" is routed like "GET" but keeps its name here
  std::string path;                 // decoded once, UTF-8, without query
  FormData query;                   // of the part after '?'
  std::vector<std::string> params;  // what the groups of the route's pattern matched, from 0
  HeaderList headers;               // lower-case names
  std::string content_type;         // media type alone, lower case: "application/json"
  std::string body;
  bool is_tls = false;
  bool is_loopback = false;         // sent from this machine
  // "vi" unless the visitor asked for English with ?lang=en.
  std::string language = "vi";
  // Put here by the guard of the router (endpoint.h) for signed-in people; empty for citizens.
  std::any account;

  // Empty if absent. Names in lower case.
  std::string_view header(std::string_view lower_case_name) const;
  // The first cookie of that name. Names are case sensitive.
  std::optional<std::string> cookie(std::string_view name) const;
  bool is_safe_method() const { return method == "GET" || method == "HEAD"; }
};

// Refused with bad_request or not_utf8 when path or query do not decode.
Result<Request> make_request(RawRequest raw);

// Fields of the body, urlencoded or JSON by its content type; media_type_unsupported otherwise.
Result<FormData> read_form(const Request& request, const FormLimits& limits = {});

// Fields and files of a multipart body (staff uploads only).
Result<Multipart> read_multipart(const Request& request, const MultipartLimits& limits = {});

}  // namespace khaosat
