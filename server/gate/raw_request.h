// What the gate hands on, and what it takes back. Plain data; no sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace khaosat {

class OpenFile;

// Bytes that several answers may share without copying: a page rendered once, a static file.
using SharedBytes = std::shared_ptr<const std::string>;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// One complete request that passed every check of parse_request.h. It says nothing about who sent
// it except whether the sender is this machine: no address leaves the gate.
struct RawRequest {
  std::string method;  // GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS
  std::string path;    // begins with '/', still percent-encoded, without query
  std::string query;   // after '?', still percent-encoded; may be empty
  HeaderList headers;  // names in lower case, values trimmed and free of control characters
  std::string body;
  bool is_tls = false;
  bool is_loopback = false;

  // The first header of that (lower case) name, or an empty text.
  std::string_view header(std::string_view lower_case_name) const {
    for (const auto& [name, value] : headers) {
      if (name == lower_case_name) return value;
    }
    return {};
  }
};

// A body that stands in a file: so many bytes from there. It is sent piece by piece, so that its length costs
// no memory, and let go of when it is sent or its reader is gone.
struct FileBody {
  std::shared_ptr<const OpenFile> file;  // null: none
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

// The gate adds Content-Length, Connection and Date, and leaves the body out for HEAD, 204 and 304.
struct RawAnswer {
  int status = 200;
  HeaderList headers;
  SharedBytes body;            // null means empty
  bool close_after = false;    // end the connection after this answer
  FileBody file = {};          // if it has one, it is sent in place of `body`
};

}  // namespace khaosat
