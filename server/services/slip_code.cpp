#include "server/services/slip_code.h"

#include "base/bytes.h"

namespace khaosat {

namespace {
constexpr std::size_t kLength = 12;
std::string check_character(std::string_view code) {
  return to_base32(view_of(sha256("khaosat/slip-check/1:" + std::string(code))), 1);
}
}  // namespace

std::string make_slip_code() {
  const std::string code = to_base32(random_bytes(8), kLength);
  return code + check_character(code);
}

std::string printed_slip_code(std::string_view code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i > 0 && i % 4 == 0) text += '-';
    text += code[i];
  }
  return text;
}

std::optional<std::string> read_slip_code(std::string_view typed) {
  if (typed.size() > 64) return std::nullopt;
  auto code = normalise_base32(typed);
  if (!code || code->size() != kLength + 1) return std::nullopt;
  if (code->substr(kLength) != check_character(code->substr(0, kLength))) return std::nullopt;
  return code;
}

}  // namespace khaosat
