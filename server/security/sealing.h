// Authenticated encryption of short bodies at rest: AES-256-GCM. Thread safe.
//
// Sealed bytes: 1 version byte (0x01) · 12 random nonce bytes · ciphertext · 16 tag bytes. The version
// byte and the associated data are authenticated. With random nonces one key may seal 2^32 bodies
// (NIST SP 800-38D section 8.3); a campaign stays far below that.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

constexpr std::size_t kSealingOverhead = 1 + 12 + 16;

class SealingKey {
 public:
  // 32 bytes, or nothing.
  static std::optional<SealingKey> create(std::string_view bytes);
  static SealingKey random();
  ~SealingKey();
  SealingKey(const SealingKey&) = default;
  SealingKey& operator=(const SealingKey&) = default;
  std::string_view bytes() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  SealingKey() = default;
  std::array<std::uint8_t, 32> bytes_{};
};

// `associated` is not stored but must be the same when opening, for instance table and row key.
std::string seal(const SealingKey& key, std::string_view plain, std::string_view associated);

// Nothing if the key, the associated data or any byte differs, or the version is unknown.
std::optional<std::string> open_sealed(const SealingKey& key, std::string_view sealed,
                                       std::string_view associated);

}  // namespace khaosat
