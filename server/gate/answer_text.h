// Writing the head of an answer. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>

#include "server/gate/raw_request.h"

namespace khaosat {

struct AnswerText {
  std::string head;   // status line and headers with the final empty line
  SharedBytes body;   // null when nothing follows, or a file
  FileBody file;      // likewise
};

// `date` is the value of the Date header. A header with a character that could split the answer turns
// the whole answer into an empty 500: it is a fault of ours, and guessing what was meant is not safe.
AnswerText to_text(const RawAnswer& answer, std::string_view request_method, bool keep_alive,
                   std::string_view date);

// "Sun, 22 Nov 2026 04:33:31 GMT"
std::string http_date(std::int64_t unix_seconds);

std::string_view reason_phrase(int status);

}  // namespace khaosat
