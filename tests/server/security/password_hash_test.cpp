#include "server/security/password_hash.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using namespace khaosat;

namespace {
constexpr PasswordCost kCheap{10, 8, 1};
}

TEST_CASE("a password is recognised and any other is not") {
  const std::string stored = hash_password("Nước chảy đá mòn", kCheap);
  CHECK(verify_password("Nước chảy đá mòn", stored));
  for (const auto* wrong : {"", "nước chảy đá mòn", "Nước chảy đá mòn ", "Nước chảy đá mò"}) {
    CHECK_FALSE(verify_password(wrong, stored));
  }
}

TEST_CASE("the same password never gives the same text") {
  CHECK(hash_password("mật khẩu dài", kCheap) != hash_password("mật khẩu dài", kCheap));
}

TEST_CASE("a hash made by another implementation of scrypt verifies") {
  // hashlib.scrypt(b"pleaseletmein", salt=b"SodiumChloride01", n=16384, r=8, p=1, dklen=32) in Python.
  CHECK(verify_password("pleaseletmein",
                        "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGUwMQ$"
                        "xipQFOL63QbCbyRp00xCVIkYfBL31PasuUNZdCFsxGM"));
}

TEST_CASE("texts that no hash can have are refused without work") {
  const std::string good = hash_password("x", kCheap);
  const std::string tail = good.substr(good.find('$', 8));
  for (const std::string& bad :
       {std::string(), std::string("$"), std::string("$scrypt$$$"), "scrypt" + good,
        good + "$", good.substr(0, good.size() - 1), good + "A", good + "=",
        "$argon2$ln=10,r=8,p=1" + tail, "$scrypt$ln=40,r=8,p=1" + tail,
        "$scrypt$ln=-1,r=8,p=1" + tail, "$scrypt$ln=10,r=0,p=1" + tail,
        "$scrypt$ln=10,r=8,p=99" + tail, "$scrypt$ln=10 ,r=8,p=1" + tail,
        "$scrypt$r=8,ln=10,p=1" + tail}) {
    CAPTURE(bad);
    CHECK_FALSE(verify_password("x", bad));
    CHECK(needs_rehash(bad, kCheap));
  }
}

TEST_CASE("a hash of another cost asks to be made again") {
  const std::string stored = hash_password("x", kCheap);
  CHECK_FALSE(needs_rehash(stored, kCheap));
  CHECK(needs_rehash(stored));
}

TEST_CASE("the default cost works and an unknown account is refused as slowly") {
  const std::string stored = hash_password("mật khẩu thử nghiệm");
  CHECK(stored.rfind("$scrypt$ln=15,r=8,p=1$", 0) == 0);
  CHECK_FALSE(needs_rehash(stored));
  CHECK(verify_password("mật khẩu thử nghiệm", stored));
  CHECK_FALSE(verify_against_nobody("mật khẩu thử nghiệm"));
}

TEST_CASE("many at once all get their answer") {
  const std::string stored = hash_password("x", kCheap);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] { right += verify_password("x", stored) ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 8);
}
