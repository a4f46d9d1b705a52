// Names of variables that SPSS, Stata, R and everybody's spreadsheets take. One object for one file.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace khaosat::exports {

inline constexpr std::size_t kLongestVariableName = 32;

class VariableNames {
 public:
  // The wish itself where it can be; otherwise as near to it as possible. Never the same name twice,
  // whatever the case. The same wishes in the same order give the same names.
  std::string take(std::string_view wish);

 private:
  std::set<std::string> taken_;  // lower case
};

}  // namespace khaosat::exports
