// A certificate for an office network that has no certificate authority. Thread safe.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace khaosat {

struct SelfSignedRequest {
  // What browsers will type: names ("may-chu.xa.vn") and addresses ("192.168.1.10", "::1").
  // At least one of either.
  std::vector<std::string> host_names;
  std::vector<std::string> ip_addresses;
  UnixSeconds now = 0;
  // Browsers refuse server certificates that run much longer than two years.
  int valid_days = 820;
};

struct SelfSigned {
  std::string certificate_pem;  // ECDSA P-256, SHA-256, subjectAltName, not an authority
  std::string private_key_pem;  // PKCS #8, not encrypted: write with mode 0600
  std::string fingerprint;      // SHA-256 of the DER form, "AB:CD:…", as browsers show it
};

// config_bad_value names the host name or address that cannot stand in a certificate.
Result<SelfSigned> make_self_signed(const SelfSignedRequest& request);

// The fingerprint of the first certificate in a PEM file's text; config_bad_value if there is none.
Result<std::string> certificate_fingerprint(const std::string& certificate_pem);

}  // namespace khaosat
