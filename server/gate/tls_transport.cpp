#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "base/open_file.h"
#include "server/gate/transport.h"

namespace khaosat {

namespace {

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

constexpr std::size_t kRecord = 16 << 10;

class TlsTransport final : public Transport {
 public:
  TlsTransport(SSL* ssl, int descriptor) : ssl_(ssl), descriptor_(descriptor) {
    SSL_set_fd(ssl, descriptor);
    SSL_set_accept_state(ssl);
  }

  IoStatus handshake() override {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    return result == 1 ? IoStatus::done : status_of(result);
  }

  IoResult read(char* buffer, std::size_t size) override {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer, size, &count);
    if (result == 1) return {IoStatus::done, count};
    return {status_of(result), 0};
  }

  IoResult write(std::string_view first, std::string_view second) override {
    // A small head and body travel in one record; a second record would cost a second packet.
    if (!first.empty() && !second.empty() && first.size() < kRecord) {
      joined_.assign(first);
      joined_.append(second.substr(0, kRecord - first.size()));
      first = joined_;
    } else if (first.empty()) {
      first = second;
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(ssl_.get(), first.data(), first.size(), &count);
    if (result == 1) return {IoStatus::done, count};
    return {status_of(result), 0};
  }

  IoResult write_file(const OpenFile& file, std::uint64_t offset, std::span<char> scratch) override {
    // Read again after want_…: the library has kept its own, encrypted copy, and only compares lengths.
    const auto piece = scratch.first(std::min(scratch.size(), kRecord));
    const auto count = file.read_at(offset, piece.data(), piece.size());
    if (!count || *count != piece.size()) return {IoStatus::done, 0};
    return write({}, {piece.data(), piece.size()});
  }

  bool has_pending() const override { return SSL_has_pending(ssl_.get()) == 1; }

  void finish() override {
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    ::shutdown(descriptor_, SHUT_WR);
  }

 private:
  IoStatus status_of(int result) const {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ: return IoStatus::want_read;
      case SSL_ERROR_WANT_WRITE: return IoStatus::want_write;
      case SSL_ERROR_ZERO_RETURN: return IoStatus::closed;
      default: return IoStatus::failed;
    }
  }

  std::unique_ptr<SSL, FreeSsl> ssl_;
  int descriptor_;
  std::string joined_;
};

// Only HTTP/1.1 is spoken. A client that offers nothing we know is served all the same.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  static const unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* found = nullptr;
  if (SSL_select_next_proto(&found, length, kHttp11, sizeof kHttp11 - 1, offered, offered_length) !=
      OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = found;
  return SSL_TLSEXT_ERR_OK;
}

class OpenSslContext final : public TlsContext {
 public:
  explicit OpenSslContext(SSL_CTX* context) : context_(context) {}

  std::unique_ptr<Transport> accept(int descriptor) override {
    SSL* const ssl = SSL_new(context_.get());
    if (ssl == nullptr) throw std::bad_alloc();
    return std::make_unique<TlsTransport>(ssl, descriptor);
  }

  SSL_CTX* get() const { return context_.get(); }

 private:
  std::unique_ptr<SSL_CTX, FreeSsl> context_;
};

std::string openssl_reason() {
  const unsigned long code = ERR_peek_error();
  if (ERR_GET_LIB(code) == ERR_LIB_SYS) return std::strerror(static_cast<int>(ERR_GET_REASON(code)));
  const char* const reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "unknown reason";
}

tl::unexpected<Error> unusable(const std::string& what, const std::string& file) {
  const bool unreadable = ERR_GET_LIB(ERR_peek_error()) == ERR_LIB_SYS;
  return fail(unreadable ? ErrorCode::file_unreadable : ErrorCode::config_bad_value,
              "the TLS " + what + " in " + file + " cannot be used (" + openssl_reason() +
                  "); it must be a PEM file this account may read",
              file);
}

}  // namespace

Result<std::shared_ptr<TlsContext>> TlsContext::create(const std::string& certificate_file,
                                                       const std::string& key_file) {
  auto context = std::make_shared<OpenSslContext>(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const ssl = context->get();
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(ssl, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                               SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(ssl, 1);
  SSL_CTX_set_alpn_select_cb(ssl, choose_protocol, nullptr);

  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(ssl, certificate_file.c_str()) != 1) {
    return unusable("certificate", certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(ssl, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unusable("key", key_file);
  }
  if (SSL_CTX_check_private_key(ssl) != 1) {
    return fail(ErrorCode::config_bad_value,
                "the key in " + key_file + " does not belong to the certificate in " +
                    certificate_file,
                key_file);
  }
  return std::shared_ptr<TlsContext>(std::move(context));
}

}  // namespace khaosat
