#include "server/security/self_signed.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <memory>
#include <new>

#include "base/bytes.h"

namespace khaosat {

namespace {

template <auto release>
struct Release {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509_free>>;
using Bio = std::unique_ptr<BIO, Release<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;

// The alternative names are handed to OpenSSL as one comma-separated text, so nothing but the
// letters of a host name may pass.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '.' || c == '-';
         });
}

bool is_ip_address(const std::string& address) {
  unsigned char buffer[16];
  return inet_pton(AF_INET, address.c_str(), buffer) == 1 ||
         inet_pton(AF_INET6, address.c_str(), buffer) == 1;
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) throw std::bad_alloc();
}

std::string bio_text(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string fingerprint_of(X509* certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate, &der);
  if (length <= 0) throw std::bad_alloc();
  const Digest digest =
      sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(length)});
  OPENSSL_free(der);
  std::string text;
  for (const char c : to_hex(view_of(digest))) {
    if (text.size() % 3 == 2) text += ':';
    text += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return text;
}

Result<std::string> alternative_names(const SelfSignedRequest& request) {
  std::string names;
  const auto add = [&names](const std::string& kind, const std::string& value) {
    if (!names.empty()) names += ',';
    names += kind + ":" + value;
  };
  for (const auto& name : request.host_names) {
    if (!is_host_name(name)) {
      return fail(ErrorCode::config_bad_value,
                  "'" + name + "' is not a host name; use letters, digits, dots and hyphens", name);
    }
    add("DNS", name);
  }
  for (const auto& address : request.ip_addresses) {
    if (!is_ip_address(address)) {
      return fail(ErrorCode::config_bad_value,
                  "'" + address + "' is not an IP address such as 192.168.1.10", address);
    }
    add("IP", address);
  }
  if (names.empty()) {
    return fail(ErrorCode::config_bad_value, "a certificate needs at least one host name or address");
  }
  return names;
}

}  // namespace

Result<SelfSigned> make_self_signed(const SelfSignedRequest& request) {
  const std::string names = TRY(alternative_names(request));
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  if (!key || !certificate) throw std::bad_alloc();

  X509_set_version(certificate.get(), X509_VERSION_3);
  const std::string serial = random_bytes(16);
  BIGNUM* number = BN_bin2bn(reinterpret_cast<const unsigned char*>(serial.data()), 16, nullptr);
  BN_clear_bit(number, 127);  // serial numbers are positive
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  // A day of grace for clocks that run behind the server's.
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), static_cast<time_t>(request.now - 86400));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()),
                static_cast<time_t>(request.now + UnixSeconds{request.valid_days} * 86400));
  X509_set_pubkey(certificate.get(), key.get());

  // Common names are limited to 64 characters; what counts for browsers are the alternative names.
  const std::string& first =
      request.host_names.empty() ? request.ip_addresses.front() : request.host_names.front();
  const std::string common = first.substr(0, 64);
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common.data()),
                             static_cast<int>(common.size()), -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  add_extension(certificate.get(), NID_subject_alt_name, names);
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) throw std::bad_alloc();

  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_secmem()));
  if (!certificate_text || !key_text ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    throw std::bad_alloc();
  }
  return SelfSigned{bio_text(certificate_text.get()), bio_text(key_text.get()),
                    fingerprint_of(certificate.get())};
}

Result<std::string> certificate_fingerprint(const std::string& certificate_pem) {
  const Bio text(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  if (!text) throw std::bad_alloc();
  const Certificate certificate(PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr));
  if (!certificate) {
    return fail(ErrorCode::config_bad_value,
                "no certificate found; expected PEM text beginning with BEGIN CERTIFICATE");
  }
  return fingerprint_of(certificate.get());
}

}  // namespace khaosat
