#include "base/sha256_stream.h"

#include <openssl/evp.h>

#include <cstdlib>

namespace khaosat {

struct Sha256Stream::Context {
  EVP_MD_CTX* state = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(state); }
};

// Without its digest the library is broken, and nothing that follows could be trusted.
Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {
  if (!context_->state || EVP_DigestInit_ex(context_->state, EVP_sha256(), nullptr) != 1) std::abort();
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::add(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->state, bytes.data(), bytes.size()) != 1) std::abort();
}

Digest Sha256Stream::finish() {
  Digest digest{};
  unsigned length = 0;
  if (EVP_DigestFinal_ex(context_->state, digest.data(), &length) != 1 || length != digest.size()) std::abort();
  return digest;
}

}  // namespace khaosat
