#include "server/services/account_service.h"

#include <algorithm>

#include "base/text.h"
#include "server/security/password_hash.h"
#include "server/security/tokens.h"

namespace khaosat {

namespace {

constexpr int kFreeFailures = 5;
constexpr UnixSeconds kLongestWait = 15 * 60;
constexpr std::size_t kMaxThrottled = 10000;

// Beginnings of what people choose when they must choose something; compared without tone marks.
constexpr std::string_view kCommon[] = {
    "matkhau",  "password", "khaosat", "123456",  "qwerty",  "abc123",   "iloveyou", "admin",
    "vietnam",  "hanoi",    "saigon",  "congchuc", "uybannhandan", "ubnd", "motcua",  "letmein",
};

bool is_account_name(std::string_view name) {
  if (name.size() < 2 || name.size() > 32) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
}

// Letters that differ: a password of one repeated letter is long and weak.
std::size_t distinct_letters(std::string text) {
  std::sort(text.begin(), text.end());
  return static_cast<std::size_t>(std::unique(text.begin(), text.end()) - text.begin());
}

Result<void> check_password(const std::string& password, const std::string& name) {
  const auto weak = [](const char* why) { return fail(ErrorCode::password_too_weak, why, "password"); };
  if (letter_count(password) < kPasswordLetters) return weak("shorter than 12 letters");
  if (letter_count(password) > 200) return fail(ErrorCode::too_long, "longer than 200 letters", "password");
  std::string key;
  for (const char c : search_key(password)) {
    if (c != ' ') key += c;
  }
  if (distinct_letters(key) < 5) return weak("fewer than five different letters");
  if (key.find(name) != std::string::npos) return weak("contains the account name");
  for (const auto common : kCommon) {
    const bool mostly = key.size() < common.size() + 8;
    if (mostly && key.find(common) != std::string::npos) return weak("little more than a common word");
  }
  return {};
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::administrator: return "administrator";
    case Role::officer: return "officer";
    case Role::analyst: return "analyst";
    case Role::jury: return "jury";
    case Role::clerk: return "clerk";
  }
  return "officer";
}

std::optional<Role> role_named(std::string_view name) {
  for (const Role role : {Role::administrator, Role::officer, Role::analyst, Role::jury, Role::clerk}) {
    if (name_of(role) == name) return role;
  }
  return std::nullopt;
}

Result<std::optional<std::string>> AccountService::make_setup_token() {
  if (!TRY(store_.registry().accounts()).empty()) return std::optional<std::string>();
  const Token token = make_token();
  TRY_VOID(store_.registry().put_setup_token(token.digest, clock_.now() + kSetupLinkSeconds));
  return std::optional<std::string>(token.text);
}

Result<void> AccountService::create_first(std::string_view setup_token, NewAccount account) {
  // What is wrong with the form is told before the link is spent, so that it can be mended.
  if (!is_account_name(account.name)) return fail(ErrorCode::wrong_type, "account name", "name");
  TRY_VOID(check_password(account.password, account.name));
  const auto digest = token_digest(setup_token);
  if (!digest || !TRY(store_.registry().spend_setup_token(*digest, clock_.now()))) {
    return fail(ErrorCode::setup_link_refused, "the link is wrong, spent or older than 30 minutes");
  }
  account.role = Role::administrator;
  return add(std::move(account), "");
}

Result<void> AccountService::add(NewAccount account, const std::string& actor) {
  auto display_name = clean_text(account.display_name);
  if (!display_name) return fail(ErrorCode::not_utf8, "name to show", "display_name");
  const std::string shown(trim(*display_name));
  if (shown.empty()) return fail(ErrorCode::missing_field, "name to show", "display_name");
  if (letter_count(shown) > 80) return fail(ErrorCode::too_long, "name to show", "display_name");
  if (!is_account_name(account.name)) return fail(ErrorCode::wrong_type, "account name", "name");
  const auto password = clean_text(account.password);
  if (!password) return fail(ErrorCode::not_utf8, "password", "password");
  TRY_VOID(check_password(*password, account.name));
  TRY_VOID(store_.registry().add_account(
      {account.name, shown, account.role, hash_password(*password), true}));
  return store_.registry().append_journal(
      {0, clock_.now(), actor, "account.create", account.name, std::string(name_of(account.role)), ""});
}

Result<void> AccountService::create(NewAccount account, const std::string& actor) {
  return add(std::move(account), actor);
}

Result<void> AccountService::set_active(const std::string& name, bool active, const std::string& actor) {
  auto account = TRY(store_.registry().account(name));
  if (!account) return fail(ErrorCode::not_found, "no such account", name);
  account->active = active;
  TRY_VOID(store_.registry().update_account(*account));
  return store_.registry().append_journal(
      {0, clock_.now(), actor, active ? "account.activate" : "account.deactivate", name, "", ""});
}

bool AccountService::is_throttled(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = failures_.find(name);
  return found != failures_.end() && found->second.wait_until > clock_.now();
}

void AccountService::remember(const std::string& name, bool success) {
  const std::lock_guard lock(mutex_);
  if (success) {
    failures_.erase(name);
    return;
  }
  // Names are a stranger's to invent: the map is emptied rather than grown without end.
  if (failures_.size() >= kMaxThrottled) failures_.clear();
  Failures& failures = failures_[name];
  ++failures.count;
  if (failures.count < kFreeFailures) return;
  const int doublings = std::min(failures.count - kFreeFailures, 10);
  failures.wait_until = clock_.now() + std::min<UnixSeconds>(kLongestWait, UnixSeconds{5} << doublings);
}

Result<std::string> AccountService::sign_in(const std::string& name, const std::string& password) {
  if (name.size() > 64 || password.size() > 2000) return fail(ErrorCode::sign_in_failed, "sign-in failed");
  if (is_throttled(name)) return fail(ErrorCode::sign_in_throttled, "too many failures for this name");
  const auto account = TRY(store_.registry().account(name));
  const std::string cleaned = clean_text(password).value_or("");
  const bool right = account ? verify_password(cleaned, account->password_hash)
                             : verify_against_nobody(cleaned);
  if (!right || !account->active) {
    remember(name, false);
    return fail(ErrorCode::sign_in_failed, "sign-in failed");
  }
  remember(name, true);
  if (needs_rehash(account->password_hash)) {
    Account renewed = *account;
    renewed.password_hash = hash_password(cleaned);
    TRY_VOID(store_.registry().update_account(renewed));
  }
  const Token token = make_token();
  const UnixSeconds now = clock_.now();
  TRY_VOID(store_.registry().remove_sessions_before(now - kSessionSeconds));
  TRY_VOID(store_.registry().put_session({token.digest, name, make_token().text, now, now}));
  TRY_VOID(store_.registry().append_journal({0, now, name, "account.sign_in", name, "", ""}));
  return token.text;
}

Result<SignedIn> AccountService::who(std::string_view token) {
  const auto refused = [] { return fail(ErrorCode::sign_in_required, "sign in first"); };
  const auto digest = token_digest(token);
  if (!digest) return refused();
  auto session = TRY(store_.registry().session(*digest));
  const UnixSeconds now = clock_.now();
  if (!session || now - session->last_seen > kSessionIdleSeconds || now - session->created > kSessionSeconds) {
    return refused();
  }
  const auto account = TRY(store_.registry().account(session->account));
  if (!account || !account->active) return refused();
  // Once a minute is enough to know who is idle, and spares a write per page.
  if (now - session->last_seen >= 60) {
    session->last_seen = now;
    TRY_VOID(store_.registry().put_session(*session));
  }
  return SignedIn{account->name, account->display_name, account->role, session->csrf, session->created + kSessionSeconds};
}

Result<void> AccountService::sign_out(std::string_view token) {
  const auto digest = token_digest(token);
  if (!digest) return {};
  return store_.registry().remove_session(*digest);
}

}  // namespace khaosat
