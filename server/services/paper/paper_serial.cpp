#include "server/services/paper/paper_serial.h"

#include "base/bytes.h"
#include "base/text.h"

namespace khaosat {

namespace {

constexpr int kDamm[10][10] = {
    {0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3}, {4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
    {1, 7, 5, 0, 9, 8, 3, 4, 2, 6}, {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
    {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7}, {9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
    {2, 5, 8, 1, 4, 3, 6, 7, 9, 0}};
constexpr std::size_t kDigits = 5;
constexpr std::size_t kMostDigits = 7;
constexpr std::string_view kQrHead = "khaosat-paper;1;";

int check_digit(std::string_view campaign_id, std::string_view digits) {
  int state = sha256("khaosat/paper-serial/1:" + std::string(campaign_id))[0] % 10;
  for (const char digit : digits) state = kDamm[state][digit - '0'];
  return state;
}

}  // namespace

std::string paper_serial(std::string_view campaign_id, int number) {
  std::string digits = std::to_string(number);
  if (digits.size() < kDigits) digits.insert(0, kDigits - digits.size(), '0');
  return digits + "-" + std::to_string(check_digit(campaign_id, digits));
}

std::optional<int> read_paper_serial(std::string_view campaign_id, std::string_view typed) {
  if (typed.size() > 300) return std::nullopt;
  if (typed.starts_with(kQrHead)) {
    const auto parts = split(typed, ';');
    if (parts.size() < 4 || parts[2] != campaign_id) return std::nullopt;
    return read_paper_serial(campaign_id, parts.back());
  }
  std::string digits;
  for (const char c : typed) {
    if (c == '-' || c == ' ') continue;
    if (c < '0' || c > '9') return std::nullopt;
    digits += c;
  }
  if (digits.size() < kDigits + 1 || digits.size() > kMostDigits + 1) return std::nullopt;
  const int check = digits.back() - '0';
  digits.pop_back();
  if (check_digit(campaign_id, digits) != check) return std::nullopt;
  const int number = std::stoi(digits);
  // One way to write each number only.
  if (number < 1 || paper_serial(campaign_id, number) != digits + "-" + std::to_string(check)) return std::nullopt;
  return number;
}

std::string paper_qr_text(std::string_view campaign_id, std::string_view questionnaire, std::string_view stratum,
                          std::string_view psu, std::string_view serial) {
  std::string text(kQrHead);
  for (const std::string_view part : {campaign_id, questionnaire, stratum, psu, serial}) {
    text += part;
    if (part.data() != serial.data()) text += ';';
  }
  return text;
}

}  // namespace khaosat
