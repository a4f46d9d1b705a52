// Simulated respondents for the demo: made up, the same for the same seed. Opinions differ between
// communes, villages and persons; some people have no experience, do not know, decline or skip.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "server/survey/answers.h"
#include "server/survey/questionnaire.h"

namespace khaosat::cli {

// How a place leans, on the scale of one person's opinion (standard deviation 1).
struct Leaning {
  double commune = 0;
  double village = 0;
};

class DemoPeople {
 public:
  explicit DemoPeople(std::uint64_t seed) : random_(seed) {}

  double normal(double deviation);
  bool chance(double probability);
  int between(int low, int high);  // both included

  // One person's answers to every question that applies to them.
  Answers answers(const Questionnaire& questionnaire, const Leaning& leaning);

 private:
  Answer answer(const Question& question, double opinion);

  std::mt19937_64 random_;
};

}  // namespace khaosat::cli
