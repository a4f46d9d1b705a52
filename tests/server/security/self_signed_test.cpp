#include "server/security/self_signed.h"

#include <catch2/catch.hpp>
#include <cstdio>
#include <fstream>

using namespace khaosat;

namespace {
constexpr UnixSeconds kNow = 1795000000;  // November 2026

// What the openssl command reads in the certificate.
std::string described(const std::string& pem, const std::string& options) {
  const std::string path = std::string(KHAOSAT_BINARY_DIR) + "/self_signed_test.pem";
  std::ofstream(path) << pem;
  std::string text;
  FILE* pipe = popen(("openssl x509 -noout " + options + " -in " + path).c_str(), "r");
  REQUIRE(pipe != nullptr);
  char buffer[4096];
  while (const std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, n);
  CHECK(pclose(pipe) == 0);
  return text;
}
}  // namespace

TEST_CASE("another program reads names, purpose and fingerprint in the certificate") {
  SelfSignedRequest request;
  request.host_names = {"may-chu.ngan-son.vn", "localhost"};
  request.ip_addresses = {"192.168.1.10", "::1"};
  request.now = kNow;
  const auto made = make_self_signed(request);
  REQUIRE(made);
  const std::string text = described(made->certificate_pem, "-text -fingerprint -sha256");
  for (const std::string& expected :
       {std::string("DNS:may-chu.ngan-son.vn, DNS:localhost, IP Address:192.168.1.10"),
        std::string("IP Address:0:0:0:0:0:0:0:1"), std::string("prime256v1"), std::string("CA:FALSE"),
        std::string("TLS Web Server Authentication"), std::string("CN = may-chu.ngan-son.vn"),
        "ingerprint=" + made->fingerprint}) {
    CAPTURE(expected);
    CHECK(text.find(expected) != std::string::npos);
  }
  CHECK(made->private_key_pem.rfind("-----BEGIN PRIVATE KEY-----", 0) == 0);
  CHECK(certificate_fingerprint(made->certificate_pem).value() == made->fingerprint);
}

TEST_CASE("two certificates have different keys and serial numbers") {
  SelfSignedRequest request;
  request.host_names = {"localhost"};
  request.now = kNow;
  const auto first = make_self_signed(request);
  const auto second = make_self_signed(request);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->private_key_pem != second->private_key_pem);
  CHECK(described(first->certificate_pem, "-serial") != described(second->certificate_pem, "-serial"));
}

TEST_CASE("names that cannot stand in a certificate are refused by name") {
  for (const std::string bad : {"", "a b", "máy-chủ", "x,IP:1.2.3.4", "a\nb", "-a", "*.vn:443"}) {
    SelfSignedRequest request;
    request.host_names = {bad};
    const auto made = make_self_signed(request);
    CAPTURE(bad);
    REQUIRE_FALSE(made);
    CHECK(made.error().code == ErrorCode::config_bad_value);
    CHECK(made.error().where == bad);
  }
  for (const std::string bad : {"", "1.2.3", "256.1.1.1", "1.2.3.4,DNS:x", "localhost"}) {
    SelfSignedRequest request;
    request.ip_addresses = {bad};
    CHECK_FALSE(make_self_signed(request));
  }
  CHECK_FALSE(make_self_signed(SelfSignedRequest{}));
}

TEST_CASE("a file without a certificate has no fingerprint") {
  CHECK_FALSE(certificate_fingerprint(""));
  CHECK_FALSE(certificate_fingerprint("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
}
