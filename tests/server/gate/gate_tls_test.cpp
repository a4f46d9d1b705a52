#include <openssl/ssl.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "base/clock.h"
#include "server/security/self_signed.h"
#include "tests/support/raw_client.h"
#include "tests/support/running_gate.h"

using namespace khaosat;
using namespace khaosat::test;

namespace {

TlsFiles make_files(const std::string& name) {
  SelfSignedRequest request;
  request.host_names = {"localhost"};
  request.now = SystemClock{}.now();
  const auto made = make_self_signed(request).value();
  const std::string base = std::string(KHAOSAT_BINARY_DIR) + "/gate_tls_test_" + name;
  std::ofstream(base + ".crt") << made.certificate_pem;
  std::ofstream(base + ".key") << made.private_key_pem;
  return {base + ".crt", base + ".key"};
}

GateCallbacks echo() {
  GateCallbacks callbacks;
  callbacks.handle = [](RawRequest request) {
    RawAnswer answer;
    answer.headers.emplace_back("X-Tls", request.is_tls ? "yes" : "no");
    answer.body = std::make_shared<const std::string>(
        request.path == "/large" ? std::string(2 << 20, 'z') : request.path + " " + request.body);
    return answer;
  };
  return callbacks;
}

class TlsClient {
 public:
  TlsClient(int port, SSL_CTX* context, SSL_SESSION* session = nullptr) : raw_(port), ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_, raw_.socket());
    if (session != nullptr) SSL_set_session(ssl_, session);
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TlsClient() {
    SSL_shutdown(ssl_);  // otherwise OpenSSL holds the session for broken and will not resume it
    SSL_free(ssl_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  SSL* ssl() { return ssl_; }
  bool send(const std::string& bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  // Everything up to the first piece in which `marker` was seen.
  std::string receive_until(const std::string& marker) {
    std::string all;
    char chunk[16384];
    while (all.find(marker) == std::string::npos) {
      const int got = SSL_read(ssl_, chunk, sizeof chunk);
      if (got <= 0) break;
      all.append(chunk, static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  RawClient raw_;
  SSL* ssl_;
  bool connected_ = false;
};

struct Context {
  explicit Context(int highest = TLS1_3_VERSION) : ssl(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_min_proto_version(ssl, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(ssl, highest);
    SSL_CTX_set_security_level(ssl, 0);
  }
  ~Context() { SSL_CTX_free(ssl); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  SSL_CTX* ssl;
};

GateConfig both(const TlsFiles& files) {
  GateConfig config;
  config.listen.push_back({"127.0.0.1", 0, std::nullopt});
  config.listen.push_back({"127.0.0.1", 0, files});
  return config;
}

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n"; }

}  // namespace

TEST_CASE("plain and TLS listeners serve at once and say which is which") {
  RunningGate server(both(make_files("both")), echo());
  CHECK(exchange(server.port(0), get("/")).header("x-tls") == "no");
  Context context;
  TlsClient client(server.port(1), context.ssl);
  REQUIRE(client.connected());
  REQUIRE(client.send(get("/a")));
  CHECK(client.receive_until("/a ").find("X-Tls: yes") != std::string::npos);
}

TEST_CASE("TLS keeps connections, pipelines and sends large answers") {
  RunningGate server(both(make_files("keep")), echo());
  Context context;
  TlsClient client(server.port(1), context.ssl);
  REQUIRE(client.connected());
  std::string all;
  for (int i = 0; i < 100; ++i) all += get("/n" + std::to_string(i));
  REQUIRE(client.send(all));
  const std::string answers = client.receive_until("/n99 ");
  for (int i = 0; i < 100; ++i) {
    CHECK(answers.find("/n" + std::to_string(i) + " ") != std::string::npos);
  }
  const std::string body(50000, 'b');
  REQUIRE(client.send("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + body));
  CHECK(client.receive_until(body).find("200 OK") != std::string::npos);
  REQUIRE(client.send(get("/large") + get("/end")));
  CHECK(client.receive_until("/end ").size() > (2u << 20));
}

TEST_CASE("versions below TLS 1.2 are refused, 1.2 and 1.3 are spoken") {
  RunningGate server(both(make_files("versions")), echo());
  for (const auto& [version, spoken] : {std::pair{TLS1_1_VERSION, false}, std::pair{TLS1_2_VERSION, true},
                                        std::pair{TLS1_3_VERSION, true}}) {
    Context context(version);
    TlsClient client(server.port(1), context.ssl);
    CHECK(client.connected() == spoken);
    if (spoken) CHECK(SSL_version(client.ssl()) == version);
  }
}

TEST_CASE("a returning client resumes its session") {
  RunningGate server(both(make_files("resume")), echo());
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    Context context(version);
    SSL_SESSION* session = nullptr;
    {
      TlsClient client(server.port(1), context.ssl);
      REQUIRE(client.connected());
      REQUIRE(client.send(get("/a")));
      client.receive_until("/a ");  // TLS 1.3 sends its ticket after the handshake
      session = SSL_get1_session(client.ssl());
    }
    TlsClient again(server.port(1), context.ssl, session);
    REQUIRE(again.connected());
    CHECK(SSL_session_reused(again.ssl()) == 1);
    SSL_SESSION_free(session);
  }
}

TEST_CASE("strangers to TLS are let go") {
  GateConfig config = both(make_files("strangers"));
  config.handshake_time = std::chrono::milliseconds(300);
  RunningGate server(config, echo());
  RawClient plain(server.port(1));
  REQUIRE(plain.send(get("/")));
  CHECK(plain.receive().status == 0);
  RawClient silent(server.port(1));
  CHECK(silent.is_closed_by_server(2000));
  // TLS on the plain port.
  CHECK(exchange(server.port(0), std::string("\x16\x03\x01\x00\xff", 5)).status == 400);
}

TEST_CASE("only HTTP/1.1 is agreed on") {
  RunningGate server(both(make_files("alpn")), echo());
  Context context;
  const unsigned char offered[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(context.ssl, offered, sizeof offered - 1);
  TlsClient client(server.port(1), context.ssl);
  REQUIRE(client.connected());
  const unsigned char* chosen = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(client.ssl(), &chosen, &length);
  CHECK(std::string(reinterpret_cast<const char*>(chosen), length) == "http/1.1");
}

TEST_CASE("certificates that cannot be used are named") {
  const TlsFiles good = make_files("good");
  const TlsFiles other = make_files("other");
  const std::string garbage = std::string(KHAOSAT_BINARY_DIR) + "/gate_tls_test_garbage.pem";
  std::ofstream(garbage) << "not a certificate";
  struct Case {
    TlsFiles files;
    ErrorCode code;
    std::string where;
  };
  const Case cases[] = {
      {{"/no/such/file.crt", good.key}, ErrorCode::file_unreadable, "/no/such/file.crt"},
      {{good.certificate, "/no/such/file.key"}, ErrorCode::file_unreadable, "/no/such/file.key"},
      {{garbage, good.key}, ErrorCode::config_bad_value, garbage},
      {{good.certificate, garbage}, ErrorCode::config_bad_value, garbage},
      {{good.certificate, other.key}, ErrorCode::config_bad_value, other.key},
  };
  for (const auto& [files, code, where] : cases) {
    const auto gate = Gate::create(both(files), echo());
    CAPTURE(where);
    REQUIRE_FALSE(gate);
    CHECK(name_of(gate.error().code) == name_of(code));
    CHECK(gate.error().where == where);
  }
}
