// One person's answers as they are kept. Nothing here or beside it says who, when or from where.
#pragma once

#include <string>

#include "server/survey/campaign.h"

namespace khaosat {

// Where an answer belongs. After closing, `psu` may name a merged cell, see AnswerStore::close.
struct Cell {
  std::string unit;
  std::string stratum;
  std::string psu;

  bool operator==(const Cell&) const = default;
};

struct Response {
  Cell cell;
  int questionnaire_version = 0;
  Mode mode = Mode::unknown;
  std::string language;  // "vi"; empty when coarsened
  int batch = 0;
  // Answers packed by position in the pinned questionnaire version, see server/survey/packed.h.
  std::string packed;
};

}  // namespace khaosat
