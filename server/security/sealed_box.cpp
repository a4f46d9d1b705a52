#include "server/security/sealed_box.h"

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

#include <memory>
#include <stdexcept>

#include "base/bytes.h"

namespace khaosat {

namespace {

constexpr char kVersion = '\x01';
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kCoordinateBytes = 32;

struct Free {
  void operator()(EC_GROUP* group) const { EC_GROUP_free(group); }
  void operator()(EC_POINT* point) const { EC_POINT_clear_free(point); }
  void operator()(BIGNUM* number) const { BN_clear_free(number); }
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

void must(bool done) {
  if (!done) throw std::runtime_error("OpenSSL could not do its part of a sealed box");
}

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* raw(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

// Made for one call: groups are cheap beside the multiplication and need no lock.
class Curve {
 public:
  Curve() : group_(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)), context_(BN_CTX_secure_new()) {
    must(group_ && context_);
  }

  // 1 + (48 derived bytes mod n−1): as even as NIST SP 800-56A 5.6.1.2.1 asks.
  Owned<BIGNUM> scalar(std::string_view secret) const {
    const Digest high = hmac_sha256(secret, "khaosat/box-scalar/1");
    const Digest low = hmac_sha256(secret, "khaosat/box-scalar/2");
    std::string bytes(view_of(high));
    bytes += view_of(low).substr(0, 16);
    Owned<BIGNUM> number(BN_secure_new());
    Owned<BIGNUM> range(BN_dup(EC_GROUP_get0_order(group_.get())));
    must(number && range && BN_bin2bn(raw(bytes), static_cast<int>(bytes.size()), number.get()) != nullptr);
    must(BN_sub_word(range.get(), 1) == 1 && BN_mod(number.get(), number.get(), range.get(), context_.get()) == 1 &&
         BN_add_word(number.get(), 1) == 1);
    OPENSSL_cleanse(bytes.data(), bytes.size());
    BN_set_flags(number.get(), BN_FLG_CONSTTIME);
    return number;
  }

  std::string public_of(const BIGNUM* scalar) const {
    Owned<EC_POINT> point(EC_POINT_new(group_.get()));
    must(point && EC_POINT_mul(group_.get(), point.get(), scalar, nullptr, nullptr, context_.get()) == 1);
    std::string bytes(kBoxPointBytes, '\0');
    must(EC_POINT_point2oct(group_.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, raw(bytes), bytes.size(), context_.get()) ==
         kBoxPointBytes);
    return bytes;
  }

  // The x coordinate of scalar · point; nothing if the bytes are no point of the curve.
  std::optional<std::string> shared(const BIGNUM* scalar, std::string_view point_bytes) const {
    Owned<EC_POINT> point(EC_POINT_new(group_.get()));
    must(point != nullptr);
    if (point_bytes.size() != kBoxPointBytes || point_bytes[0] != '\x04' ||
        EC_POINT_oct2point(group_.get(), point.get(), raw(point_bytes), point_bytes.size(), context_.get()) != 1 ||
        EC_POINT_is_at_infinity(group_.get(), point.get()) == 1) {
      return std::nullopt;
    }
    Owned<EC_POINT> product(EC_POINT_new(group_.get()));
    must(product && EC_POINT_mul(group_.get(), product.get(), nullptr, point.get(), scalar, context_.get()) == 1);
    std::string bytes(kBoxPointBytes, '\0');
    must(EC_POINT_point2oct(group_.get(), product.get(), POINT_CONVERSION_UNCOMPRESSED, raw(bytes), bytes.size(), context_.get()) ==
         kBoxPointBytes);
    return bytes.substr(1, kCoordinateBytes);
  }

 private:
  Owned<EC_GROUP> group_;
  Owned<BN_CTX> context_;
};

// One block of HKDF is all that a key needs.
Digest box_key(std::string_view shared, std::string_view fresh_point, std::string_view purpose) {
  const Digest extracted = hmac_sha256(fresh_point, shared);
  return hmac_sha256(view_of(extracted), std::string(purpose) + '\x01');
}

}  // namespace

std::string box_public_key(std::string_view secret) {
  const Curve curve;
  return curve.public_of(curve.scalar(secret).get());
}

std::string seal_to_box(std::string_view public_key, std::string_view plain, std::string_view purpose) {
  const Curve curve;
  const auto fresh = curve.scalar(random_bytes(32));
  const std::string point = curve.public_of(fresh.get());
  const auto shared = curve.shared(fresh.get(), public_key);
  if (!shared) throw std::runtime_error("not a public key of a sealed box");
  const Digest key = box_key(*shared, point, purpose);
  const std::string nonce = random_bytes(kNonceBytes);
  std::string body(plain.size(), '\0');
  std::string tag(kTagBytes, '\0');
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  int written = 0;
  int rest = 0;
  must(context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), raw(nonce)) == 1 &&
       EVP_EncryptUpdate(context.get(), nullptr, &written, raw(purpose), static_cast<int>(purpose.size())) == 1 &&
       EVP_EncryptUpdate(context.get(), raw(body), &written, raw(plain), static_cast<int>(plain.size())) == 1 &&
       EVP_EncryptFinal_ex(context.get(), raw(tag), &rest) == 1 &&
       EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1);
  return kVersion + point + nonce + body + tag;
}

std::optional<std::string> open_box(std::string_view secret, std::string_view sealed, std::string_view purpose) {
  if (sealed.size() < kBoxOverhead || sealed[0] != kVersion) return std::nullopt;
  const std::string_view point = sealed.substr(1, kBoxPointBytes);
  const std::string_view nonce = sealed.substr(1 + kBoxPointBytes, kNonceBytes);
  const std::string_view body = sealed.substr(1 + kBoxPointBytes + kNonceBytes, sealed.size() - kBoxOverhead);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  const Curve curve;
  const auto shared = curve.shared(curve.scalar(secret).get(), point);
  if (!shared) return std::nullopt;
  const Digest key = box_key(*shared, point, purpose);
  std::string plain(body.size() + kTagBytes, '\0');
  Owned<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
  int written = 0;
  int rest = 0;
  const bool genuine =
      context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), raw(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, raw(purpose), static_cast<int>(purpose.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), raw(plain), &written, raw(body), static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), raw(plain) + body.size(), &rest) == 1;
  if (!genuine) return std::nullopt;
  plain.resize(body.size());
  return plain;
}

}  // namespace khaosat
