#include "server/security/tokens.h"

namespace khaosat {

namespace {
constexpr std::size_t kTokenCharacters = 52;
constexpr std::size_t kCodeCharacters = 16;
constexpr std::size_t kLongestTyped = 64;

// Two spellings of one token would make revoking by text unreliable, so digests are taken of the
// normal form; the kind is mixed in so that a code can never pass for a token.
Digest digest_of(std::string_view kind, std::string_view normalised) {
  return sha256(std::string(kind) + ":" + std::string(normalised));
}

std::optional<Digest> digest_typed(std::string_view kind, std::string_view typed,
                                   std::size_t characters) {
  if (typed.size() > kLongestTyped) return std::nullopt;
  const auto normalised = normalise_base32(typed);
  if (!normalised || normalised->size() != characters) return std::nullopt;
  return digest_of(kind, *normalised);
}
}  // namespace

Token make_token() {
  std::string text = to_base32(random_bytes(33), kTokenCharacters);
  const Digest digest = digest_of("token", text);
  return {std::move(text), digest};
}

std::optional<Digest> token_digest(std::string_view text) {
  return digest_typed("token", text, kTokenCharacters);
}

Token make_one_time_code() {
  const std::string code = to_base32(random_bytes(10), kCodeCharacters);
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % 4 == 0) text += '-';
    text += code[i];
  }
  return {std::move(text), digest_of("code", code)};
}

std::optional<Digest> one_time_code_digest(std::string_view typed) {
  return digest_typed("code", typed, kCodeCharacters);
}

}  // namespace khaosat
