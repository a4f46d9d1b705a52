#include "server/services/account_service.h"

#include <catch2/catch.hpp>

#include "server/storage/memory_store.h"

using namespace khaosat;

namespace {
constexpr char kPassword[] = "con mèo trèo cây cau";
struct Office {
  MemoryStore store;
  FakeClock clock{1'800'000'000};
  AccountService accounts{store, clock};

  void with_first() {
    const auto token = accounts.make_setup_token();
    REQUIRE(token);
    REQUIRE(token->has_value());
    REQUIRE(accounts.create_first(**token, {"an", "Nguyễn Văn An", kPassword, Role::jury}));
  }
};
}  // namespace

TEST_CASE("the setup link makes one administrator, once, in time") {
  Office office;
  CHECK(office.accounts.create_first("guess", {"an", "An", kPassword, Role::officer}).error().code ==
        ErrorCode::setup_link_refused);
  const auto token = office.accounts.make_setup_token();
  office.clock.advance(kSetupLinkSeconds + 1);
  CHECK(office.accounts.create_first(**token, {"an", "An", kPassword, Role::officer}).error().code ==
        ErrorCode::setup_link_refused);
  const auto fresh = office.accounts.make_setup_token();
  CHECK(office.accounts.create_first(**fresh, {"an", "An", "short", Role::officer}).error().code ==
        ErrorCode::password_too_weak);
  REQUIRE(office.accounts.create_first(**fresh, {"an", "An", kPassword, Role::officer}));
  CHECK(office.accounts.create_first(**fresh, {"be", "Be", kPassword, Role::officer}).error().code ==
        ErrorCode::setup_link_refused);
  CHECK_FALSE(office.accounts.make_setup_token()->has_value());
  CHECK(office.accounts.all()->at(0).role == Role::administrator);
}

TEST_CASE("a password composed or decomposed is the same password") {
  Office office;
  office.with_first();
  CHECK(office.accounts.sign_in("an", "con me\xCC\x80o tre\xCC\x80o c\xC3\xA2y cau"));
}

TEST_CASE("wrong name and wrong password get one and the same refusal") {
  Office office;
  office.with_first();
  const auto wrong_name = office.accounts.sign_in("nobody", kPassword);
  const auto wrong_password = office.accounts.sign_in("an", "something else entirely");
  REQUIRE_FALSE(wrong_name);
  REQUIRE_FALSE(wrong_password);
  CHECK(wrong_name.error().code == ErrorCode::sign_in_failed);
  CHECK(wrong_name.error().message == wrong_password.error().message);
}

TEST_CASE("five failures make a name wait, and only that name") {
  Office office;
  office.with_first();
  for (int i = 0; i < 5; ++i) CHECK_FALSE(office.accounts.sign_in("an", "wrong password here"));
  CHECK(office.accounts.sign_in("an", kPassword).error().code == ErrorCode::sign_in_throttled);
  CHECK(office.accounts.sign_in("be", kPassword).error().code == ErrorCode::sign_in_failed);
  office.clock.advance(6);
  CHECK(office.accounts.sign_in("an", kPassword));
}

TEST_CASE("a session ends after a quarter of an hour idle, after eight hours, and at sign-out") {
  Office office;
  office.with_first();
  const auto token = office.accounts.sign_in("an", kPassword);
  REQUIRE(token);
  CHECK(office.accounts.who(*token)->account == "an");
  office.clock.advance(kSessionIdleSeconds - 1);
  CHECK(office.accounts.who(*token));
  office.clock.advance(kSessionIdleSeconds + 1);
  CHECK(office.accounts.who(*token).error().code == ErrorCode::sign_in_required);

  const auto second = office.accounts.sign_in("an", kPassword);
  for (UnixSeconds passed = 0; passed < kSessionSeconds; passed += 600) {
    CHECK(office.accounts.who(*second));
    office.clock.advance(600);
  }
  office.clock.advance(1);
  CHECK_FALSE(office.accounts.who(*second));

  const auto third = office.accounts.sign_in("an", kPassword);
  REQUIRE(office.accounts.sign_out(*third));
  CHECK_FALSE(office.accounts.who(*third));
  CHECK_FALSE(office.accounts.who("rubbish"));
}

TEST_CASE("an account that is switched off is out at once") {
  Office office;
  office.with_first();
  REQUIRE(office.accounts.create({"binh", "Bình", "một mật ngữ khá dài", Role::analyst}, "an"));
  const auto token = office.accounts.sign_in("binh", "một mật ngữ khá dài");
  REQUIRE(token);
  REQUIRE(office.accounts.set_active("binh", false, "an"));
  CHECK_FALSE(office.accounts.who(*token));
  CHECK_FALSE(office.accounts.sign_in("binh", "một mật ngữ khá dài"));
}

TEST_CASE("weak passwords are refused whatever their length") {
  Office office;
  office.with_first();
  const auto password = GENERATE("aaaaaaaaaaaaaaaa", "matkhau12345", "Mật khẩu 2026", "an an an an an", "password1234", "ubnd xã 2026!");
  CHECK(office.accounts.create({"an", "Bình", password, Role::officer}, "an").error().code ==
        ErrorCode::password_too_weak);
}
