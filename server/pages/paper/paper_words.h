// Conditions of a questionnaire as a person reads them on paper. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/html/locale.h"
#include "server/survey/paper/paper_plan.h"

namespace khaosat {

struct PaperWords {
  const Locales& locales;
  std::string language;
  const Questionnaire& questionnaire;
  std::vector<int> numbers;  // by question position; 0: not on the paper

  // "ở câu 3 chọn “Có” hoặc “Thỉnh thoảng”"
  std::string condition(const Condition& condition) const;
  // "Chỉ trả lời câu 4 nếu …", "Từ câu 4 đến câu 7: …"; empty when nothing is to be said.
  std::string condition_line(const PaperItem& item) const;
  // One sentence for each place to go on: "Nếu chọn “Không”, xin sang câu 7."
  std::vector<std::string> jump_lines(const PaperItem& item) const;

  std::string answer_name(const Question& question, const std::variant<Absence, OptionPosition>& answer) const;

 private:
  std::string say(std::string_view key, const Words& words = {}) const { return locales.text(language, key, words); }
  std::string joined(const std::vector<std::string>& parts, const char* key) const;
  std::string operand(const Operand& operand) const;
  std::string by_options(std::size_t question, const Condition& condition) const;
  std::string number(std::size_t question) const;
};

PaperWords paper_words(const Locales& locales, std::string language, const Questionnaire& questionnaire, const PaperPlan& plan);

}  // namespace khaosat
