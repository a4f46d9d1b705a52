#include "server/http/client.h"

#include <httplib.h>

#include <algorithm>

#include "server/http/media_type.h"

namespace khaosat {

class Client::State {
 public:
  explicit State(const std::string& base_url) : http(base_url) {
    http.enable_server_certificate_verification(false);
    http.set_follow_location(false);
    http.set_keep_alive(true);
    http.set_tcp_nodelay(true);
    http.set_connection_timeout(30);
    http.set_read_timeout(30);
    http.set_write_timeout(30);
    http.set_url_encode(false);  // paths are given encoded
  }

  httplib::Headers prepare(const HeaderList& headers) const {
    httplib::Headers prepared;
    for (const auto& [name, value] : headers) prepared.emplace(name, value);
    if (prepared.count("Accept-Encoding") == 0) prepared.emplace("Accept-Encoding", "identity");
    std::string line;
    for (const auto& [name, value] : cookies) line += (line.empty() ? "" : "; ") + name + "=" + value;
    if (!line.empty()) prepared.emplace("Cookie", line);
    return prepared;
  }

  Result<ClientResponse> finish(httplib::Result result) {
    if (!result) {
      return fail(ErrorCode::internal, "no answer from the server: " + httplib::to_string(result.error()));
    }
    ClientResponse response;
    response.status = result->status;
    response.body = std::move(result->body);
    for (const auto& [name, value] : result->headers) {
      response.headers.emplace_back(lower_ascii(name), value);
      if (response.headers.back().first == "set-cookie") keep_cookie(value);
    }
    return response;
  }

  void keep_cookie(const std::string& text) {
    const std::size_t end = std::min(text.find(';'), text.size());
    const std::size_t equals = text.find('=');
    if (equals >= end) return;
    const std::string name = text.substr(0, equals);
    const bool expired = lower_ascii(text.substr(end)).find("max-age=0") != std::string::npos;
    if (expired) {
      cookies.erase(name);
    } else {
      cookies[name] = text.substr(equals + 1, end - equals - 1);
    }
  }

  httplib::Client http;
  std::map<std::string, std::string> cookies;
};

std::string ClientResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

Client::Client(const std::string& base_url) : state_(std::make_unique<State>(base_url)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<ClientResponse> Client::get(const std::string& path, const HeaderList& headers) {
  return state_->finish(state_->http.Get(path, state_->prepare(headers)));
}

Result<ClientResponse> Client::head(const std::string& path, const HeaderList& headers) {
  return state_->finish(state_->http.Head(path, state_->prepare(headers)));
}

Result<ClientResponse> Client::post_form(const std::string& path, const FormData& fields,
                                         const HeaderList& headers) {
  return post(path, to_urlencoded(fields), "application/x-www-form-urlencoded", headers);
}

Result<ClientResponse> Client::post(const std::string& path, const std::string& body,
                                    const std::string& content_type, const HeaderList& headers) {
  return state_->finish(state_->http.Post(path, state_->prepare(headers), body, content_type));
}

const std::map<std::string, std::string>& Client::cookies() const { return state_->cookies; }
void Client::clear_cookies() { state_->cookies.clear(); }

}  // namespace khaosat
