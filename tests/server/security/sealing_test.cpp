#include "server/security/sealing.h"

#include <catch2/catch.hpp>

#include "base/bytes.h"

using namespace khaosat;

TEST_CASE("what is sealed opens again, whatever its length") {
  const SealingKey key = SealingKey::random();
  for (const std::size_t length : {0u, 1u, 15u, 16u, 17u, 3250u, 100000u}) {
    const std::string plain(length, 'a');
    const std::string sealed = seal(key, plain, "inbox:7");
    CHECK(sealed.size() == length + kSealingOverhead);
    CHECK(open_sealed(key, sealed, "inbox:7") == plain);
  }
}

TEST_CASE("every changed bit is noticed") {
  const SealingKey key = SealingKey::random();
  const std::string sealed = seal(key, "Rất hài lòng", "row");
  for (std::size_t byte = 0; byte < sealed.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[byte] = static_cast<char>(changed[byte] ^ (1 << bit));
      CHECK_FALSE(open_sealed(key, changed, "row").has_value());
    }
  }
}

TEST_CASE("another key, another place, or a cut text does not open") {
  const SealingKey key = SealingKey::random();
  const std::string sealed = seal(key, "plain", "row 1");
  CHECK_FALSE(open_sealed(SealingKey::random(), sealed, "row 1").has_value());
  CHECK_FALSE(open_sealed(key, sealed, "row 2").has_value());
  CHECK_FALSE(open_sealed(key, sealed, "").has_value());
  CHECK_FALSE(open_sealed(key, sealed + "x", "row 1").has_value());
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    CHECK_FALSE(open_sealed(key, sealed.substr(0, length), "row 1").has_value());
  }
}

TEST_CASE("sealing the same text twice gives different bytes") {
  const SealingKey key = SealingKey::random();
  CHECK(seal(key, "same", "") != seal(key, "same", ""));
}

TEST_CASE("a key has 32 bytes") {
  CHECK_FALSE(SealingKey::create("short").has_value());
  CHECK_FALSE(SealingKey::create(std::string(33, 'k')).has_value());
  CHECK(SealingKey::create(std::string(32, 'k'))->bytes() == std::string(32, 'k'));
}

TEST_CASE("the format opens bytes made by another implementation") {
  // Python's cryptography package: version byte, nonce, then
  // AESGCM(bytes(range(32))).encrypt(bytes(range(12)), b"khao sat", b"\x01row").
  std::string key_bytes;
  for (int i = 0; i < 32; ++i) key_bytes += static_cast<char>(i);
  const std::string sealed = *from_hex(
      "01000102030405060708090a0b2c6ab774e596a36f6c5245ef20a2a29046044243d0d3c7ec");
  CHECK(open_sealed(*SealingKey::create(key_bytes), sealed, "row") == "khao sat");
}
