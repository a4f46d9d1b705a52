// The number on a form: what a slip of the finger makes of it is found.
#include <catch2/catch.hpp>

#include "server/services/paper/paper_serial.h"

using namespace khaosat;

namespace {
const std::string kCampaign = "abc2345678";
}

TEST_CASE("Damm's own example has the check digit of his thesis") {
  // 572 → 4 with the start 0; the campaign only chooses the start, so one of ten campaigns gives it.
  int found = 0;
  for (int i = 0; i < 200 && found == 0; ++i) {
    const std::string campaign = "c" + std::to_string(i);
    if (paper_serial(campaign, 572).back() == '4' && paper_serial(campaign, 1).substr(0, 5) == "00001") ++found;
  }
  CHECK(found == 1);
}

TEST_CASE("serial numbers read back, however they are typed") {
  for (const int number : {1, 2, 42, 999, 12345, 99999, 100000, 1234567}) {
    const std::string serial = paper_serial(kCampaign, number);
    CHECK(read_paper_serial(kCampaign, serial) == number);
    std::string bare = serial;
    std::erase(bare, '-');
    CHECK(read_paper_serial(kCampaign, bare) == number);
    CHECK(read_paper_serial(kCampaign, " " + bare.substr(0, 3) + " " + bare.substr(3)) == number);
    CHECK(read_paper_serial(kCampaign, paper_qr_text(kCampaign, "q/1", "s", "p", serial)) == number);
    CHECK_FALSE(read_paper_serial("zyx2345678", paper_qr_text(kCampaign, "q/1", "s", "p", serial)));
  }
  for (const char* wrong : {"", "-", "1", "00000-0", "abc", "00042", "0004２-7", "99999999999999999999", "khaosat-paper;1;", "khaosat-paper;1;abc2345678;;;;"}) {
    INFO(wrong);
    CHECK_FALSE(read_paper_serial(kCampaign, wrong));
  }
}

TEST_CASE("every single wrong digit and every exchange of neighbours is found") {
  int tried = 0;
  for (int number = 1; number < 99999; number += 97) {
    std::string digits = paper_serial(kCampaign, number);
    std::erase(digits, '-');
    for (std::size_t i = 0; i < digits.size(); ++i) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        if (digit == digits[i]) continue;
        std::string wrong = digits;
        wrong[i] = digit;
        REQUIRE_FALSE(read_paper_serial(kCampaign, wrong));
        ++tried;
      }
      if (i + 1 < digits.size() && digits[i] != digits[i + 1]) {
        std::string wrong = digits;
        std::swap(wrong[i], wrong[i + 1]);
        REQUIRE_FALSE(read_paper_serial(kCampaign, wrong));
        ++tried;
      }
    }
  }
  CHECK(tried > 50000);
}

TEST_CASE("about nine in ten forms of another campaign are found") {
  int accepted = 0;
  for (int i = 0; i < 500; ++i) {
    if (read_paper_serial("campaign" + std::to_string(i), paper_serial(kCampaign, 42))) ++accepted;
  }
  CHECK(accepted < 90);
}
