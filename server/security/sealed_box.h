// Sealing to a public key: whoever holds the public half can seal, only the private half opens. For what
// a device keeps until it reaches the office, so that the device itself cannot read it back. Thread safe.
//
// Sealed bytes: 1 version byte (0x01) · 65 bytes of a fresh public point on P-256, uncompressed · 12 nonce
// bytes · ciphertext · 16 tag bytes. The key is HKDF-SHA-256 (RFC 5869) of the shared x coordinate (SEC 1
// section 3.3.1) with the fresh point as salt and `purpose` as info; AES-256-GCM authenticates `purpose`
// too. Browsers do the same with crypto.subtle, see web/js/field_seal.js.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace khaosat {

constexpr std::size_t kBoxPointBytes = 65;
constexpr std::size_t kBoxOverhead = 1 + kBoxPointBytes + 12 + 16;

// The public point of the private number that follows from 32 secret bytes, uncompressed.
std::string box_public_key(std::string_view secret);
// Throws std::runtime_error if `public_key` is no point.
std::string seal_to_box(std::string_view public_key, std::string_view plain, std::string_view purpose);
// Nothing if anything differs, or the point is none.
std::optional<std::string> open_box(std::string_view secret, std::string_view sealed, std::string_view purpose);

}  // namespace khaosat
