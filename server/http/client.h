// A small synchronous HTTP client for the demonstration and the tests, which talk to our own server
// on this machine. Certificates are NOT verified: never use it beyond loopback. One thread at a time.
// Not for conditional requests: the library below waits for the body of a 304 until the server hangs up.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/gate/raw_request.h"
#include "server/http/form_data.h"

namespace khaosat {

struct ClientResponse {
  int status = 0;
  HeaderList headers;  // names in lower case
  std::string body;

  // The first of that name, or empty.
  std::string header(std::string_view lower_case_name) const;
};

// Keeps its connection and its cookies; does not follow redirects.
class Client {
 public:
  // "http://127.0.0.1:8080" or "https://localhost:8443".
  explicit Client(const std::string& base_url);
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // Each fails with `internal` when no answer came (refused, reset, 30 s passed).
  Result<ClientResponse> get(const std::string& path, const HeaderList& headers = {});
  Result<ClientResponse> head(const std::string& path, const HeaderList& headers = {});
  Result<ClientResponse> post_form(const std::string& path, const FormData& fields,
                                   const HeaderList& headers = {});
  Result<ClientResponse> post(const std::string& path, const std::string& body,
                              const std::string& content_type, const HeaderList& headers = {});

  // Name to value, as the server set them last.
  const std::map<std::string, std::string>& cookies() const;
  void clear_cookies();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace khaosat
