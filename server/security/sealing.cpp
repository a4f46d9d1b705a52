#include "server/security/sealing.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>

#include "base/bytes.h"

namespace khaosat {

namespace {

constexpr char kVersion = '\x01';
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeaderBytes = 1 + kNonceBytes;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

// Looking an algorithm up takes longer than sealing an answer, so it is done once.
const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  if (fetched == nullptr) throw std::runtime_error("OpenSSL has no AES-256-GCM");
  return fetched;
}

const unsigned char* raw(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

int int_size(std::string_view bytes) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()) - 64) {
    throw std::length_error("too long to seal");
  }
  return static_cast<int>(bytes.size());
}

Context new_context() {
  Context context(EVP_CIPHER_CTX_new());
  if (!context) throw std::bad_alloc();
  return context;
}

}  // namespace

std::optional<SealingKey> SealingKey::create(std::string_view bytes) {
  SealingKey key;
  if (bytes.size() != key.bytes_.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), key.bytes_.begin());
  return key;
}

SealingKey SealingKey::random() { return *create(random_bytes(32)); }

SealingKey::~SealingKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

std::string seal(const SealingKey& key, std::string_view plain, std::string_view associated) {
  std::string sealed(kHeaderBytes + plain.size() + kTagBytes, '\0');
  const std::string nonce = random_bytes(kNonceBytes);
  sealed[0] = kVersion;
  std::copy(nonce.begin(), nonce.end(), sealed.begin() + 1);

  const Context context = new_context();
  int written = 0;
  int rest = 0;
  const bool done =
      EVP_EncryptInit_ex2(context.get(), cipher(), raw(key.bytes()), raw(nonce), nullptr) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, raw(&sealed[0]), 1) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, raw(associated), int_size(associated)) == 1 &&
      EVP_EncryptUpdate(context.get(), raw(&sealed[kHeaderBytes]), &written, raw(plain),
                        int_size(plain)) == 1 &&
      EVP_EncryptFinal_ex(context.get(), raw(&sealed[kHeaderBytes + plain.size()]), &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes),
                          &sealed[kHeaderBytes + plain.size()]) == 1;
  if (!done) throw std::runtime_error("OpenSSL could not seal");
  return sealed;
}

std::optional<std::string> open_sealed(const SealingKey& key, std::string_view sealed,
                                       std::string_view associated) {
  if (sealed.size() < kSealingOverhead || sealed[0] != kVersion) return std::nullopt;
  const std::string_view nonce = sealed.substr(1, kNonceBytes);
  const std::string_view body =
      sealed.substr(kHeaderBytes, sealed.size() - kHeaderBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string plain(body.size() + 1, '\0');  // one more, so that data() may be written when empty

  const Context context = new_context();
  int written = 0;
  int rest = 0;
  const bool genuine =
      EVP_DecryptInit_ex2(context.get(), cipher(), raw(key.bytes()), raw(nonce), nullptr) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, raw(sealed.substr(0, 1)), 1) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, raw(associated), int_size(associated)) == 1 &&
      EVP_DecryptUpdate(context.get(), raw(plain.data()), &written, raw(body), int_size(body)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes),
                          tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), raw(plain.data() + body.size()), &rest) == 1;
  if (!genuine) return std::nullopt;
  plain.resize(body.size());
  return plain;
}

}  // namespace khaosat
