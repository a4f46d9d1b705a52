#include "server/survey/number_text.h"

#include <catch2/catch.hpp>
#include <random>

using namespace khaosat;

TEST_CASE("numbers are read as people in Viet Nam type them") {
  struct Case {
    std::string text;
    int decimals;
    std::optional<double> number;
  };
  const auto [text, decimals, number] = GENERATE(
      Case{"0", 0, 0}, Case{"12", 0, 12}, Case{" 12 ", 0, 12}, Case{"-3", 0, -3}, Case{"007", 0, 7},
      Case{"1.250", 0, 1250}, Case{"1.250.000", 0, 1250000}, Case{"1 250 000", 0, 1250000},
      Case{"3,5", 1, 3.5}, Case{"3.5", 1, 3.5}, Case{"1.250,75", 2, 1250.75}, Case{"1.250", 3, 1.25},
      Case{"1.250.000", 3, 1250000}, Case{"0,1", 6, 0.1},
      // Refused rather than guessed.
      Case{"", 0, {}}, Case{"-", 0, {}}, Case{"3,5", 0, {}}, Case{"3.5", 0, {}}, Case{"3,", 1, {}},
      Case{",5", 1, {}}, Case{"3,55", 1, {}}, Case{"1,2,3", 2, {}}, Case{"12.34.567", 0, {}},
      Case{"1.25", 0, {}}, Case{"1.250 000", 0, {}}, Case{"1e5", 0, {}}, Case{"+5", 0, {}},
      Case{"--5", 0, {}}, Case{"5-", 0, {}}, Case{"0x1F", 0, {}}, Case{"năm", 0, {}},
      Case{"1,250.75", 2, {}}, Case{"9999999999999999", 0, {}}, Case{"\xEF\xBC\x95", 0, {}});
  INFO(text << " with " << decimals << " decimals");
  CHECK(number_typed(text, decimals) == number);
}

TEST_CASE("a number written for a form is read back as the same number") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 2000; ++round) {
    const double number = static_cast<double>(static_cast<std::int64_t>(random() % 2000000000) - 1000000000) /
                          (round % 2 == 0 ? 1 : 1000);
    INFO(typed_number(number));
    CHECK(number_typed(typed_number(number), 3) == number);
    CHECK(typed_number(number).find('e') == std::string::npos);
  }
}
