#include "base/csv.h"

#include <catch2/catch.hpp>

using namespace khaosat;

namespace {

using Rows = std::vector<std::vector<std::string>>;

Rows read(std::string_view text, Faults& faults, CsvLimits limits = {}) {
  CsvReader reader("t.csv", text, faults, limits);
  Rows rows;
  std::vector<std::string> cells;
  while (reader.next(cells)) rows.push_back(cells);
  return rows;
}

struct Sound {
  std::string text;
  Rows rows;
};
struct Bad {
  std::string text;
  ErrorCode code;
  std::string place;
};

}  // namespace

TEST_CASE("a table is read as RFC 4180 and spreadsheets write it") {
  const auto [text, rows] = GENERATE(
      Sound{"a,b\n1,2\n", {{"1", "2"}}}, Sound{"a,b\r\n1,2", {{"1", "2"}}},
      Sound{"\xEF\xBB\xBF" "a,b\n1,\n", {{"1", ""}}},
      Sound{"a,b\n\"x,\"\"y\"\"\",\"1\n2\"\n", {{"x,\"y\"", "1\n2"}}},
      Sound{"a;b\n1,5;2\n", {{"1,5", "2"}}}, Sound{"a,b\n\n 1 ,2 \n\n", {{"1", "2"}}},
      Sound{"a\n\"\"\nx\n", {{"x"}}}, Sound{"a\nVie\xCC\xA3\xCC\x82t\n", {{"Việt"}}},
      Sound{"a\n\"x\" \n", {{"x"}}});
  Faults faults;
  CHECK(read(text, faults) == rows);
  CHECK(to_text(faults) == "");
}

TEST_CASE("the separator is what the header has most of, or what its own line names") {
  const auto [text, rows] = GENERATE(
      Sound{"a\tb\n1\t2\n", {{"1", "2"}}}, Sound{"sep=;\r\na;b\r\n1;2\r\n", {{"1", "2"}}}, Sound{"sep=,\na,b\n1,2\n", {{"1", "2"}}},
      Sound{"\xEF\xBB\xBFsep=\t\na\tb\n1\t2\n", {{"1", "2"}}}, Sound{"Xã, phường;b;c\n1;2;3\n", {{"1", "2", "3"}}},
      Sound{"\"x;y;z\",b\n1,2\n", {{"1", "2"}}}, Sound{"\n\na;b\n1;2\n", {{"1", "2"}}});
  Faults faults;
  CHECK(read(text, faults) == rows);
  CHECK(to_text(faults) == "");
}

TEST_CASE("decimals have one mark, a comma only where it separates no cells") {
  struct Case {
    std::string header;
    std::vector<std::pair<std::string, std::optional<double>>> cells;
  };
  const std::optional<double> none;
  const auto [header, cells] = GENERATE_COPY(
      Case{"a;b", {{"1,5", 1.5}, {"-0,25", -0.25}, {"7", 7}, {"1.500", none}, {"2,5e3", 2500}}}, Case{"a;b", {{"1.5", 1.5}, {"1,5", none}, {"3", 3}}},
      Case{"a;b", {{"1.234,5", none}, {"1,234,567", none}, {"1.234.567", none}, {",", none}, {"", none}, {"x", none}, {"1,5", 1.5}}},
      Case{"a\tb", {{"1,5", 1.5}}}, Case{"a,b", {{"1,5", none}, {"1.5", 1.5}}});
  Faults faults;
  CsvReader reader("t.csv", header + "\n", faults);
  for (const auto& [cell, number] : cells) {
    INFO(header << " " << cell);
    CHECK(reader.number(cell) == number);
  }
}

TEST_CASE("what is no table as text is told by name") {
  const auto [bytes, word] = GENERATE(std::pair<std::string, std::string>{std::string("PK\x03\x04\0\0", 6), "workbook"},
                                      std::pair<std::string, std::string>{"\xD0\xCF\x11\xE0\xA1", "old Excel"},
                                      std::pair<std::string, std::string>{std::string("\xFF\xFE" "a\0,\0", 6), "UTF-16"},
                                      std::pair<std::string, std::string>{"%PDF-1.7", "PDF"}, std::pair<std::string, std::string>{"\x1F\x8B\x08", "gzip"});
  Faults faults;
  CHECK(read(bytes, faults).empty());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == ErrorCode::bad_csv);
  CHECK(faults[0].message.find(word) != std::string::npos);
  Faults zero;
  CHECK(read(std::string("a,b\n1,2\0\n", 9), zero).empty());
  REQUIRE(zero.size() == 1);
  CHECK(zero[0].message.find("byte of zero") != std::string::npos);
}

TEST_CASE("a row that cannot be trusted is named and left out, the others are read") {
  const auto [text, code, place] = GENERATE(
      Bad{"a,b\n1\n3,4\n", ErrorCode::bad_csv, "row 2"},
      Bad{"a,b\n1,2,3\n3,4\n", ErrorCode::bad_csv, "row 2"},
      Bad{"a,b\n1,x\"y\n3,4\n", ErrorCode::bad_csv, "row 2, column 2"},
      Bad{"a,b\n\"1\"x,2\n3,4\n", ErrorCode::bad_csv, "row 2, column 1"},
      Bad{"a,b\n\n\xFF,2\n3,4\n", ErrorCode::not_utf8, "row 3, column 1"},
      Bad{"a,b\n3,4\n1,\"2\n5,6\n", ErrorCode::bad_csv, "row 3, column 2"});
  Faults faults;
  CHECK(read(text, faults) == Rows{{"3", "4"}});
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == code);
  CHECK(faults[0].place == place);
}

TEST_CASE("a header that cannot be trusted stops the reading") {
  const auto [text, code, place] = GENERATE(Bad{"", ErrorCode::bad_csv, ""},
                                            Bad{"\n\n", ErrorCode::bad_csv, ""},
                                            Bad{"a,a\n1,2\n", ErrorCode::duplicate_key, "row 1, column 2"},
                                            Bad{"a,\n1,2\n", ErrorCode::bad_csv, "row 1, column 2"},
                                            Bad{"a,\"b\n1,2\n", ErrorCode::bad_csv, "row 1, column 2"});
  Faults faults;
  CHECK(read(text, faults).empty());
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == code);
  CHECK(faults[0].place == place);
}

TEST_CASE("sizes are bounded before memory is spent") {
  Faults faults;
  read(std::string(2000, 'a'), faults, {1000, 10, 10, 10, 10});
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].code == ErrorCode::too_large);
  faults.clear();
  CHECK(read("a\n" + std::string(20, 'b') + "\nc\n", faults, {1000, 10, 10, 10, 10}) == Rows{{"c"}});
  CHECK(faults[0].code == ErrorCode::too_long);
  faults.clear();
  CHECK(read("a\n1\n2\n3\n", faults, {1000, 3, 10, 10, 10}).size() == 2);
  CHECK(faults[0].code == ErrorCode::too_large);
  faults.clear();
  std::string many = "a,b\n";
  for (int i = 0; i < 50; ++i) many += "1\n";
  read(many, faults, {1000, 100, 10, 10, 10});
  CHECK(faults.size() == 11);
}

TEST_CASE("an unknown column is named with the nearest known one") {
  Faults faults;
  CsvReader reader("t.csv", "wieght,unit\n1,2\n", faults);
  reader.only_columns({"weight", "unit"});
  reader.require_columns({"weight", "unit"});
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].message.find("\"weight\"") != std::string::npos);
  CHECK(faults[1].code == ErrorCode::missing_field);
  std::vector<std::string> cells;
  CHECK_FALSE(reader.next(cells));
}

TEST_CASE("whatever is written is read back, and no text is written as a formula") {
  const std::vector<std::string> texts{"=1+1", "＝1+1", "＠x", "-x", "'=1", "''@a", "'quoted'", "a,b", "c\"d", "e\nf",
                                       "+84", "@x", "Đạt; khá", ""};
  CsvWriter writer({"text", "number"});
  for (const auto& text : texts) {
    writer.text(text).number(-0.1);
    writer.end_row();
  }
  for (const auto& line : {"\n=", "\n@", "\n+", "\n-x"}) {
    CHECK(writer.str().find(line) == std::string::npos);
  }
  Faults faults;
  const auto rows = read(writer.str(), faults);
  REQUIRE(rows.size() == texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(rows[i][0] == texts[i]);
    CHECK(number_from(rows[i][1]) == -0.1);
  }
}

TEST_CASE("only finite decimals are numbers") {
  CHECK(number_from("12") == 12.0);
  CHECK(number_from("1e-6") == 1e-6);
  for (const auto* text : {"", "1,5", "0x10", "nan", "inf", " 1", "1 ", "1e999"}) {
    CAPTURE(text);
    CHECK_FALSE(number_from(text));
  }
  CHECK(integer_from("-3") == -3);
  CHECK_FALSE(integer_from("3.0"));
}
