#include "server/exports/variable_names.h"

#include <algorithm>
#include <array>

namespace khaosat::exports {

namespace {

// SPSS's operators, Stata's words and types, R's words; lower case.
constexpr std::array kReserved = {
    "all",  "and",  "by",   "eq",    "ge",     "gt",     "le",     "lt",   "ne",    "not",   "or",     "to",
    "with", "byte", "int",  "long",  "float",  "double", "if",     "in",   "using", "_all",  "_b",     "_coef",
    "_cons", "_n",  "_pi",  "_pred", "_rc",    "_skip",  "strl",   "else", "for",   "while", "repeat", "break",
    "next", "true", "false", "null", "inf",    "nan",    "na",     "function", "case_id"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "str" and a number are types of Stata.
bool is_string_type(const std::string& name) {
  return name.starts_with("str") && name.size() > 3 && std::all_of(name.begin() + 3, name.end(), is_digit);
}

std::string lower(std::string name) {
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return name;
}

bool is_reserved(const std::string& lower_name) {
  return is_string_type(lower_name) || std::find(kReserved.begin(), kReserved.end(), lower_name) != kReserved.end();
}

}  // namespace

std::string VariableNames::take(std::string_view wish) {
  std::string name;
  for (const char c : wish) name += is_letter(c) || is_digit(c) ? c : '_';
  if (name.empty() || !is_letter(name.front())) name.insert(0, "v_");
  // SPSS warns of names that end so.
  while (name.size() > 1 && name.back() == '_') name.pop_back();
  if (is_reserved(lower(name))) name += "_q";
  name.resize(std::min(name.size(), kLongestVariableName));
  std::string unique = name;
  for (int number = 2; !taken_.insert(lower(unique)).second; ++number) {
    const std::string ending = "_" + std::to_string(number);
    unique = name.substr(0, kLongestVariableName - ending.size()) + ending;
  }
  return unique;
}

}  // namespace khaosat::exports
