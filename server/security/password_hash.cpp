#include "server/security/password_hash.h"

#include <openssl/evp.h>

#include <charconv>
#include <cstdint>
#include <new>
#include <optional>
#include <semaphore>

#include "base/bytes.h"
#include "base/text.h"

namespace khaosat {

namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr int kMaximumLog2N = 18;

// Memory, not only time, is what an attacker could exhaust through the sign-in page.
std::counting_semaphore<2> slots(2);

class Slot {
 public:
  Slot() { slots.acquire(); }
  ~Slot() { slots.release(); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
};

std::string to_base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::optional<std::string> from_base64(std::string_view text, std::size_t expected_bytes) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';
  std::string bytes(padded.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(padded.data()),
                                     static_cast<int>(padded.size()));
  if (length < 0 || bytes.size() < expected_bytes) return std::nullopt;
  bytes.resize(expected_bytes);
  // Only the one spelling that the encoder writes is accepted.
  if (to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

struct Parsed {
  PasswordCost cost;
  std::string salt;
  std::string hash;
};

std::optional<int> number_after(std::string_view text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
  text.remove_prefix(prefix.size());
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Parsed> parse(std::string_view stored) {
  const auto parts = split(stored, '$');
  if (parts.size() != 5 || !parts[0].empty() || parts[1] != "scrypt") return std::nullopt;
  const auto numbers = split(parts[2], ',');
  if (numbers.size() != 3) return std::nullopt;
  const auto log2_n = number_after(numbers[0], "ln=");
  const auto r = number_after(numbers[1], "r=");
  const auto p = number_after(numbers[2], "p=");
  if (!log2_n || !r || !p) return std::nullopt;
  // A damaged row must not make the server allocate gigabytes.
  if (*log2_n < 1 || *log2_n > kMaximumLog2N || *r < 1 || *r > 16 || *p < 1 || *p > 4) {
    return std::nullopt;
  }
  auto salt = from_base64(parts[3], kSaltBytes);
  auto hash = from_base64(parts[4], kHashBytes);
  if (!salt || !hash) return std::nullopt;
  return Parsed{{*log2_n, *r, *p}, std::move(*salt), std::move(*hash)};
}

std::string scrypt(std::string_view password, std::string_view salt, PasswordCost cost) {
  const Slot slot;
  const std::uint64_t n = std::uint64_t{1} << cost.log2_n;
  const auto r = static_cast<std::uint64_t>(cost.r);
  const auto p = static_cast<std::uint64_t>(cost.p);
  // OpenSSL's own ceiling of 32 MB refuses N = 2^15; allow exactly what these parameters need.
  const std::uint64_t needed = 128 * r * (n + p + 2) + (std::uint64_t{1} << 20);
  std::string hash(kHashBytes, '\0');
  if (EVP_PBE_scrypt(password.data(), password.size(),
                     reinterpret_cast<const unsigned char*>(salt.data()), salt.size(), n, r, p,
                     needed, reinterpret_cast<unsigned char*>(hash.data()), hash.size()) != 1) {
    throw std::bad_alloc();
  }
  return hash;
}

}  // namespace

std::string hash_password(std::string_view password, PasswordCost cost) {
  const std::string salt = random_bytes(kSaltBytes);
  const std::string hash = scrypt(password, salt, cost);
  return "$scrypt$ln=" + std::to_string(cost.log2_n) + ",r=" + std::to_string(cost.r) +
         ",p=" + std::to_string(cost.p) + "$" + to_base64(salt) + "$" + to_base64(hash);
}

bool verify_password(std::string_view password, std::string_view stored) {
  const auto parsed = parse(stored);
  if (!parsed) return false;
  return equal_constant_time(scrypt(password, parsed->salt, parsed->cost), parsed->hash);
}

bool verify_against_nobody(std::string_view password) {
  const std::string salt = random_bytes(kSaltBytes);
  scrypt(password, salt, {});
  return false;
}

bool needs_rehash(std::string_view stored, PasswordCost cost) {
  const auto parsed = parse(stored);
  return !parsed || parsed->cost.log2_n != cost.log2_n || parsed->cost.r != cost.r ||
         parsed->cost.p != cost.p;
}

}  // namespace khaosat
