// How much of a questionnaire is written in a language. Pure; thread safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/survey/questionnaire.h"

namespace khaosat {

struct Completeness {
  std::string language;
  bool is_reviewed = false;
  int texts = 0;                     // all texts a person reads
  std::vector<std::string> missing;  // JSON pointers into the file; a scale's texts by the scale's name
};

Completeness completeness_of(const Questionnaire& questionnaire, std::string_view language);

}  // namespace khaosat
