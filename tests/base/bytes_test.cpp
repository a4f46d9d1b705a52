#include "base/bytes.h"

#include <catch2/catch.hpp>

using namespace khaosat;

TEST_CASE("sha256 and hmac give the answers of the standards") {
  CHECK(to_hex(view_of(sha256("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  CHECK(to_hex(view_of(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("a code typed with the usual confusions reads as the code printed") {
  CHECK(normalise_base32("o1l-i 9z") == "01119Z");
  CHECK_FALSE(normalise_base32("ABCU").has_value());
}

TEST_CASE("hex reads back what it wrote and refuses anything else") {
  const std::string bytes = random_bytes(40);
  CHECK(from_hex(to_hex(bytes)) == bytes);
  CHECK_FALSE(from_hex("abc").has_value());
  CHECK_FALSE(from_hex("zz").has_value());
}
