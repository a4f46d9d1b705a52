// Who works with the system: the first account, signing in and out, further accounts. Thread safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "server/storage/store.h"

namespace khaosat {

inline constexpr UnixSeconds kSetupLinkSeconds = 30 * 60;
inline constexpr UnixSeconds kSessionIdleSeconds = 15 * 60;
inline constexpr UnixSeconds kSessionSeconds = 8 * 60 * 60;
inline constexpr std::size_t kPasswordLetters = 12;

struct SignedIn {
  std::string account;
  std::string display_name;
  Role role = Role::officer;
  std::string csrf;  // to be sent back with every form
  UnixSeconds until = 0;  // when one has to sign in again, however busy
};

struct NewAccount {
  std::string name;
  std::string display_name;
  std::string password;
  Role role = Role::officer;
};

class AccountService {
 public:
  AccountService(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  // A one-time secret for the first account, valid 30 minutes; replaces an earlier one. Nothing once
  // an account exists.
  Result<std::optional<std::string>> make_setup_token();
  // setup_link_refused (wrong, spent, too late, or there are accounts), faults of `account`.
  Result<void> create_first(std::string_view setup_token, NewAccount account);

  // The token for the cookie. sign_in_failed never says which part was wrong; sign_in_throttled
  // after five failures in a row for a name, for a time that doubles up to 15 minutes.
  Result<std::string> sign_in(const std::string& name, const std::string& password);
  // sign_in_required: unknown, idle too long, too old, or the account is switched off.
  Result<SignedIn> who(std::string_view token);
  Result<void> sign_out(std::string_view token);

  // missing_field, wrong_type (name), password_too_weak, already_exists.
  Result<void> create(NewAccount account, const std::string& actor);
  Result<void> set_active(const std::string& name, bool active, const std::string& actor);
  Result<std::vector<Account>> all() { return store_.registry().accounts(); }

 private:
  struct Failures {
    int count = 0;
    UnixSeconds wait_until = 0;
  };
  Result<void> add(NewAccount account, const std::string& actor);
  bool is_throttled(const std::string& name);
  void remember(const std::string& name, bool success);

  Store& store_;
  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Failures> failures_;
};

std::string_view name_of(Role role);  // "administrator", "officer", "analyst", "jury", "clerk"
std::optional<Role> role_named(std::string_view name);

}  // namespace khaosat
