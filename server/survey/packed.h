// Answers as bytes, small and quick to scan. docs/packed_answers.md describes them:
//   version (1 byte) · number of codes (2 bytes, low first) · codes · number of numbers (2 bytes) ·
//   numbers (8 bytes each, IEEE 754, low first) · texts (length as LEB128, then UTF-8).
// Every question owns a fixed run of codes, so one code is found without decoding the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/survey/answers.h"

namespace khaosat {

inline constexpr std::uint8_t kPackedVersion = 1;
inline constexpr std::size_t kMaxPackedCodes = 20000;
inline constexpr std::size_t kMaxPackedText = 1u << 16;  // bytes of one text
// Codes below kFirstAbsenceCode are option positions, flags or ranks.
inline constexpr std::uint8_t kFirstAbsenceCode = 250;
inline constexpr std::uint8_t kAnsweredCode = 0;

constexpr std::uint8_t code_of(Absence absence) {
  return static_cast<std::uint8_t>(kFirstAbsenceCode + static_cast<std::uint8_t>(absence));
}
// Nothing when the code is not one of an absence.
std::optional<Absence> absence_of_code(std::uint8_t code);

// Written by question types, in the order of questions.
class Packer {
 public:
  void code(std::uint8_t code) { codes_.push_back(static_cast<char>(code)); }
  void number(double value);
  void text(std::string_view text);
  std::string finish() const;

 private:
  std::string codes_;
  std::string numbers_;
  std::string texts_;
};

// Reads what a Packer wrote. Past the end it gives 0, empty text, and remembers that it failed.
class Unpacker {
 public:
  // `packed` must outlive the unpacker.
  explicit Unpacker(std::string_view packed);

  std::uint8_t code();
  double number();
  std::string_view text();
  std::size_t code_count() const { return code_count_; }
  bool failed() const { return failed_; }
  // True when nothing failed and every byte was used.
  bool is_complete() const;

 private:
  std::string_view take(std::string_view& from, std::size_t count);

  std::string_view codes_;
  std::string_view numbers_;
  std::string_view texts_;
  std::size_t code_count_ = 0;
  bool failed_ = false;
};

// Where each question's codes begin. Build once per questionnaire version, then share.
class PackedLayout {
 public:
  explicit PackedLayout(const Questionnaire& questionnaire);
  std::size_t first_code(std::size_t question) const { return first_codes_[question]; }
  std::size_t code_count() const { return code_count_; }

 private:
  std::vector<std::size_t> first_codes_;
  std::size_t code_count_ = 0;
};

// One code without decoding the rest; nothing when the bytes are not of this layout.
std::optional<std::uint8_t> peek_code(std::string_view packed, const PackedLayout& layout,
                                      std::size_t code_index);

std::string pack(const Questionnaire& questionnaire, const Answers& answers);
// Any bytes are safe; answers_invalid for what pack() cannot have written for this questionnaire.
Result<Answers> unpack(const Questionnaire& questionnaire, std::string_view packed);

}  // namespace khaosat
