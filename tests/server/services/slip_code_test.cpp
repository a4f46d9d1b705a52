#include "server/services/slip_code.h"

#include <catch2/catch.hpp>
#include <set>

using namespace khaosat;

TEST_CASE("a printed code reads back, however people copy it") {
  for (int i = 0; i < 200; ++i) {
    const std::string code = make_slip_code();
    CHECK(read_slip_code(printed_slip_code(code)) == code);
    std::string typed;
    for (const char c : code) typed += std::string(1, static_cast<char>(c == '0' ? 'o' : std::tolower(c))) + " ";
    CHECK(read_slip_code(typed) == code);
  }
}

TEST_CASE("a slip of the finger is noticed nearly always") {
  int unnoticed = 0;
  for (int i = 0; i < 300; ++i) {
    std::string code = make_slip_code();
    const std::size_t place = static_cast<std::size_t>(i % 12);
    code[place] = code[place] == '7' ? '8' : '7';
    if (read_slip_code(code)) ++unnoticed;
  }
  CHECK(unnoticed < 30);  // one in 32 by chance
}

TEST_CASE("rubbish is no code and codes do not repeat") {
  CHECK_FALSE(read_slip_code(""));
  CHECK_FALSE(read_slip_code("ABC"));
  CHECK_FALSE(read_slip_code(std::string(10000, 'A')));
  CHECK_FALSE(read_slip_code("'; DROP TABLE slip"));
  std::set<std::string> codes;
  for (int i = 0; i < 2000; ++i) codes.insert(make_slip_code());
  CHECK(codes.size() == 2000);
}
