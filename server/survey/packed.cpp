#include "server/survey/packed.h"

#include <bit>

#include "server/survey/question_type.h"
#include "server/survey/questionnaire.h"

namespace khaosat {

namespace {

constexpr std::size_t kHeaderBytes = 3;  // version, number of codes
constexpr std::size_t kNumberBytes = 8;

void append_u16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value & 0xFF));
  out.push_back(static_cast<char>((value >> 8) & 0xFF));
}

std::size_t u16_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]) |
         static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[at + 1])) << 8;
}

}  // namespace

std::optional<Absence> absence_of_code(std::uint8_t code) {
  if (code < kFirstAbsenceCode || code > code_of(Absence::invalid)) return std::nullopt;
  return static_cast<Absence>(code - kFirstAbsenceCode);
}

void Packer::number(double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  for (std::size_t i = 0; i < kNumberBytes; ++i, bits >>= 8) {
    numbers_.push_back(static_cast<char>(bits & 0xFF));
  }
}

void Packer::text(std::string_view text) {
  std::size_t rest = text.size();
  while (rest >= 0x80) {
    texts_.push_back(static_cast<char>((rest & 0x7F) | 0x80));
    rest >>= 7;
  }
  texts_.push_back(static_cast<char>(rest));
  texts_.append(text);
}

std::string Packer::finish() const {
  std::string packed;
  packed.reserve(kHeaderBytes + codes_.size() + 2 + numbers_.size() + texts_.size());
  packed.push_back(static_cast<char>(kPackedVersion));
  append_u16(packed, codes_.size());
  packed += codes_;
  append_u16(packed, numbers_.size() / kNumberBytes);
  packed += numbers_;
  packed += texts_;
  return packed;
}

Unpacker::Unpacker(std::string_view packed) {
  if (packed.size() < kHeaderBytes || static_cast<std::uint8_t>(packed[0]) != kPackedVersion) {
    failed_ = true;
    return;
  }
  code_count_ = u16_at(packed, 1);
  packed.remove_prefix(kHeaderBytes);
  codes_ = take(packed, code_count_);
  if (failed_ || packed.size() < 2) {
    failed_ = true;
    return;
  }
  const std::size_t number_count = u16_at(packed, 0);
  packed.remove_prefix(2);
  numbers_ = take(packed, number_count * kNumberBytes);
  texts_ = packed;
}

std::string_view Unpacker::take(std::string_view& from, std::size_t count) {
  if (failed_ || count > from.size()) {
    failed_ = true;
    return {};
  }
  const std::string_view taken = from.substr(0, count);
  from.remove_prefix(count);
  return taken;
}

std::uint8_t Unpacker::code() {
  const std::string_view byte = take(codes_, 1);
  return byte.empty() ? 0 : static_cast<std::uint8_t>(byte.front());
}

double Unpacker::number() {
  const std::string_view bytes = take(numbers_, kNumberBytes);
  std::uint64_t bits = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) bits = bits << 8 | static_cast<std::uint8_t>(bytes[i]);
  return std::bit_cast<double>(bits);
}

std::string_view Unpacker::text() {
  std::size_t length = 0;
  for (int shift = 0;; shift += 7) {
    const std::string_view byte = take(texts_, 1);
    if (byte.empty()) return {};
    const auto bits = static_cast<std::uint8_t>(byte.front());
    length |= static_cast<std::size_t>(bits & 0x7F) << shift;
    if (bits < 0x80) {
      // The same length written longer would make two packed forms of one answer.
      if (bits == 0 && shift > 0) failed_ = true;
      break;
    }
    if (shift >= 14) {
      failed_ = true;
      return {};
    }
  }
  if (length > kMaxPackedText) failed_ = true;
  return take(texts_, length);
}

bool Unpacker::is_complete() const {
  return !failed_ && codes_.empty() && numbers_.empty() && texts_.empty();
}

PackedLayout::PackedLayout(const Questionnaire& questionnaire) {
  first_codes_.reserve(questionnaire.questions.size());
  for (const auto& question : questionnaire.questions) {
    first_codes_.push_back(code_count_);
    code_count_ += question.type->slot_count(question);
  }
}

std::optional<std::uint8_t> peek_code(std::string_view packed, const PackedLayout& layout,
                                      std::size_t code_index) {
  if (packed.size() < kHeaderBytes + layout.code_count() || code_index >= layout.code_count() ||
      static_cast<std::uint8_t>(packed[0]) != kPackedVersion ||
      u16_at(packed, 1) != layout.code_count()) {
    return std::nullopt;
  }
  return static_cast<std::uint8_t>(packed[kHeaderBytes + code_index]);
}

std::string pack(const Questionnaire& questionnaire, const Answers& answers) {
  Packer packer;
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    question.type->pack(question, answers[i], packer);
  }
  return packer.finish();
}

Result<Answers> unpack(const Questionnaire& questionnaire, std::string_view packed) {
  Unpacker unpacker(packed);
  Answers answers(questionnaire.questions.size());
  for (std::size_t i = 0; i < questionnaire.questions.size(); ++i) {
    const Question& question = questionnaire.questions[i];
    answers[i] = TRY(question.type->unpack(question, unpacker));
  }
  if (!unpacker.is_complete()) {
    return fail(ErrorCode::answers_invalid, "packed answers do not fit questionnaire " +
                                                questionnaire.identity.label());
  }
  return answers;
}

}  // namespace khaosat
