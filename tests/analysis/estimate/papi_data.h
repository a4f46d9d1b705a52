// The synthetic survey of papi_year1.csv with its codebook.
#pragma once

#include <string>
#include <vector>

#include "tests/analysis/estimate/fixture.h"

namespace khaosat::estimate::fixture {

struct PapiItem {
  std::string name;
  std::string dimension;
  std::string subdimension;
  double low = 0;
  double high = 0;
  bool reversed = false;
  bool dont_know_is_zero = false;
};

// "Don't know" (88) as the codebook says, or always as missing.
enum class DontKnow { by_codebook, missing };

struct PapiData {
  PapiData();
  Table table;
  std::vector<PapiItem> items;

  // Answers with 77 (not asked), 88 (don't know) and 99 (refused) as missing.
  std::vector<double> answers(const PapiItem& item, DontKnow dont_know) const;
  // The same on 1..10, higher = better.
  std::vector<double> score(const PapiItem& item, DontKnow dont_know) const;
};

}  // namespace khaosat::estimate::fixture
