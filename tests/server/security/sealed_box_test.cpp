// Boxes that only the office opens. That browsers seal alike is shown by tests/web/offline_test.mjs.
#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "server/security/sealed_box.h"

using namespace khaosat;

namespace {
const std::string kSecret(32, 'k');
constexpr const char* kPurpose = "khaosat-field/1 nganson001";
}  // namespace

TEST_CASE("what is sealed to the public half opens with the secret, whatever its length") {
  const std::string open_half = box_public_key(kSecret);
  CHECK(open_half.size() == kBoxPointBytes);
  CHECK(box_public_key(kSecret) == open_half);
  for (const std::size_t length : {0u, 1u, 15u, 16u, 4096u, 70000u}) {
    const std::string plain(length, 'x');
    const std::string sealed = seal_to_box(open_half, plain, kPurpose);
    CHECK(sealed.size() == length + kBoxOverhead);
    CHECK(open_box(kSecret, sealed, kPurpose) == plain);
    CHECK(seal_to_box(open_half, plain, kPurpose) != sealed);
  }
}

TEST_CASE("one changed bit anywhere, another secret or another purpose opens nothing") {
  const std::string sealed = seal_to_box(box_public_key(kSecret), "câu trả lời", kPurpose);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string wrong = sealed;
    wrong[i] = static_cast<char>(wrong[i] ^ 1);
    INFO(i);
    CHECK_FALSE(open_box(kSecret, wrong, kPurpose));
    CHECK_FALSE(open_box(kSecret, sealed.substr(0, i), kPurpose));
  }
  CHECK_FALSE(open_box(std::string(32, 'j'), sealed, kPurpose));
  CHECK_FALSE(open_box(kSecret, sealed, "khaosat-field/1 khac"));
  CHECK_FALSE(open_box(kSecret, sealed + "x", kPurpose));
}

TEST_CASE("a point that is not on the curve is refused before anything is computed with it") {
  std::string sealed = seal_to_box(box_public_key(kSecret), "x", kPurpose);
  for (std::size_t i = 1; i <= kBoxPointBytes; ++i) sealed[i] = '\x01';
  CHECK_FALSE(open_box(kSecret, sealed, kPurpose));
  CHECK_THROWS(seal_to_box(std::string(kBoxPointBytes, '\x04'), "x", kPurpose));
}
