// Staff passwords as salted scrypt hashes. Thread safe. Each hash needs about 130 ms and 32 MB, so at
// most two run at once and further callers wait: never call this on a citizen's path.
#pragma once

#include <string>
#include <string_view>

namespace khaosat {

// RFC 7914 parameters. The cost is 2^log2_n * r * 128 bytes of memory.
struct PasswordCost {
  int log2_n = 15;
  int r = 8;
  int p = 1;
};

// "$scrypt$ln=15,r=8,p=1$<salt>$<hash>", unpadded base 64, 16-byte salt, 32-byte hash.
// The password is hashed as the bytes given: normalise to NFC (clean_text) before.
std::string hash_password(std::string_view password, PasswordCost cost = {});

// False for a wrong password and for any text that hash_password cannot have made.
bool verify_password(std::string_view password, std::string_view stored);

// Takes as long as a verification and says no: for account names that do not exist.
bool verify_against_nobody(std::string_view password);

// True when `stored` was made with another cost than today's (or is not readable at all).
bool needs_rehash(std::string_view stored, PasswordCost cost = {});

}  // namespace khaosat
