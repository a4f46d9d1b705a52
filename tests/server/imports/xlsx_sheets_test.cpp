// Workbooks as strangers write them: read as text, or refused with a reason in bounded memory.
#include "server/imports/xlsx_sheets.h"

#include <zip.h>

#include <catch2/catch.hpp>
#include <map>

using namespace khaosat;
using namespace khaosat::imports;

namespace {

using Parts = std::map<std::string, std::string>;

std::string zipped(const Parts& parts, bool compressed = true) {
  zip_error_t trouble;
  zip_error_init(&trouble);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &trouble);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &trouble);
  REQUIRE(archive != nullptr);
  for (const auto& [name, content] : parts) {
    const auto index = zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), ZIP_FL_ENC_UTF_8);
    REQUIRE(index >= 0);
    if (!compressed) zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  REQUIRE(zip_close(archive) == 0);
  REQUIRE(zip_source_open(target) == 0);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  REQUIRE(zip_source_read(target, bytes.data(), bytes.size()) == static_cast<zip_int64_t>(bytes.size()));
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

// A workbook of one sheet "persons" with these rows; what else there is can be put in its place.
Parts book(const std::string& rows, Parts others = {}) {
  Parts parts = {{"[Content_Types].xml", "<Types/>"},
                 {"xl/workbook.xml", R"(<workbook xmlns="m" xmlns:r="r"><sheets><sheet name="persons" sheetId="1" r:id="rId1"/></sheets></workbook>)"},
                 {"xl/_rels/workbook.xml.rels", R"(<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>)"},
                 {"xl/worksheets/sheet1.xml", "<worksheet xmlns=\"m\"><sheetData>" + rows + "</sheetData></worksheet>"}};
  for (auto& [name, content] : others) parts[name] = std::move(content);
  return parts;
}

std::string words(const std::string& place, const std::string& text) { return "<c r=\"" + place + "\" t=\"inlineStr\"><is><t>" + text + "</t></is></c>"; }

std::vector<WorkbookSheet> read(const Parts& parts) {
  Faults faults;
  auto sheets = read_workbook(zipped(parts), faults);
  INFO((sheets ? to_text(faults) : sheets.error().message));
  REQUIRE(sheets);
  CHECK(faults.empty());
  return *sheets;
}

}  // namespace

TEST_CASE("texts, numbers, days and booleans come as an official would type them") {
  const Parts parts = book(
      R"(<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>)"
      R"(<row r="3"><c r="A3"><v>2.5000000000000001</v></c><c r="B3"><v>1736226000</v></c><c r="C3" s="1"><v>45688</v></c><c r="D3" s="2"><v>45688</v></c>)"
      R"(<c r="E3" t="b"><v>1</v></c><c r="F3" t="str"><v> chữ </v></c><c r="G3" s="1"/><c r="H3" s="3"><v>12</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>)",
      {{"xl/sharedStrings.xml", R"(<sst><si><t>mã</t></si><si><r><t>đầu </t></r><r><t>đuôi</t></r><rPh><t>bỏ</t></rPh></si></sst>)"},
       {"xl/styles.xml", R"(<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="0&quot;d&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>)"
                         R"(<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>)"}});
  const auto sheets = read(parts);
  REQUIRE(sheets.size() == 1);
  CHECK(sheets[0].name == "persons");
  REQUIRE(sheets[0].rows.size() == 3);
  CHECK(sheets[0].rows[0] == std::vector<std::string>{"mã", "đầu đuôi"});
  CHECK(sheets[0].rows[1].empty());
  CHECK(sheets[0].rows[2] == std::vector<std::string>{"2.5", "1736226000", "2025-01-31", "2025-01-31", "yes", "chữ", "", "12"});
}

TEST_CASE("days follow the calendar the workbook counts by") {
  const std::string styles = R"(<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>)";
  struct Case {
    const char* serial;
    bool from_1904;
    const char* day;
  };
  for (const auto& one : {Case{"61", false, "1900-03-01"}, Case{"45351", false, "2024-02-29"}, Case{"45352", false, "2024-03-01"}, Case{"0", true, "1904-01-01"},
                          Case{"44226", true, "2025-01-31"}, Case{"2958465", false, "9999-12-31"}}) {
    Parts parts = book("<row><c s=\"0\"><v>" + std::string(one.serial) + "</v></c></row>", {{"xl/styles.xml", styles}});
    if (one.from_1904) parts["xl/workbook.xml"].insert(parts["xl/workbook.xml"].find("<sheets>"), "<workbookPr date1904=\"1\"/>");
    INFO(one.serial);
    CHECK(read(parts)[0].rows[0][0] == one.day);
  }
}

TEST_CASE("what is wrong with single cells names sheet, row and column") {
  const std::string heading = "<row r=\"1\">" + words("A1", "code") + words("B1", "from") + "</row>";
  const Parts styles = {{"xl/styles.xml", R"(<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>)"}};
  struct Case {
    const char* cell;
    const char* place;
    ErrorCode code;
  };
  for (const auto& one : {Case{R"(<c r="A2"><f>1+1</f><v>2</v></c>)", "sheet persons, row 2, column code", ErrorCode::bad_spreadsheet},
                          Case{R"(<c r="B2" t="str"><f>HYPERLINK("http://x")</f><v>x</v></c>)", "sheet persons, row 2, column from", ErrorCode::bad_spreadsheet},
                          Case{R"(<c r="B2" t="e"><v>#REF!</v></c>)", "sheet persons, row 2, column from", ErrorCode::wrong_type},
                          Case{R"(<c r="D2"><v>mười</v></c>)", "sheet persons, row 2, column D", ErrorCode::wrong_type},
                          Case{R"(<c r="B2" s="1"><v>45688.5</v></c>)", "sheet persons, row 2, column from", ErrorCode::wrong_type},
                          Case{R"(<c r="B2" s="1"><v>-3</v></c>)", "sheet persons, row 2, column from", ErrorCode::wrong_type},
                          Case{R"(<c r="A2"><v>1e999</v></c>)", "sheet persons, row 2, column code", ErrorCode::wrong_type}}) {
    Faults faults;
    INFO(one.cell);
    REQUIRE(read_workbook(zipped(book(heading + "<row r=\"2\">" + one.cell + "</row>", styles)), faults));
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].place == one.place);
    CHECK(faults[0].code == one.code);
  }
}

TEST_CASE("escapes of characters come back as they were") {
  CHECK(read(book("<row>" + words("A1", "a_x000A_b _x005F_x000D_ _x12") + "</row>"))[0].rows[0][0] == "a\nb _x000D_ _x12");
}

TEST_CASE("hostile files are refused whole") {
  const std::string million(1'000'000, ' ');
  const std::string deep = [] {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "<a>";
    return text;
  }();
  std::string many_sheets = R"(<workbook xmlns:r="r"><sheets>)";
  for (int i = 0; i < 40; ++i) many_sheets += R"(<sheet name="s" r:id="rId1"/>)";
  many_sheets += "</sheets></workbook>";
  std::string shared_bomb = "<row>";
  for (int i = 0; i < 70; ++i) shared_bomb += "<c t=\"s\"><v>0</v></c>";
  shared_bomb += "</row>";
  Parts bomb = book("<row/>");
  for (int i = 0; i < 30; ++i) bomb["xl/media/" + std::to_string(i)] = million;
  Parts many = book("<row/>");
  for (int i = 0; i < 400; ++i) many["x" + std::to_string(i)] = "x";
  std::vector<std::pair<std::string, std::string>> cases = {
      {"nothing", ""}, {"no archive", "PK\x03\x04 and then nothing"}, {"text", "code,name\n1,2\n"},
      {"a bomb of parts", zipped(bomb)}, {"too many parts", zipped(many)}, {"large", "PK\x03\x04" + std::string(3u << 20, 'x')},
      {"not an xlsx", zipped({{"word/document.xml", "<w/>"}})}, {"macros", zipped(book("<row/>", {{"xl/vbaProject.bin", "x"}}))},
      {"broken XML", zipped(book("<row"))}, {"a document type", zipped(book("<row/>", {{"xl/workbook.xml", "<!DOCTYPE w [<!ENTITY a \"b\">]><workbook>&a;</workbook>"}}))},
      {"levels", zipped(book(deep))}, {"a far row", zipped(book("<row r=\"1048576\">" + words("A1048576", "x") + "</row>"))},
      {"a far column", zipped(book("<row r=\"1\">" + words("XFD1", "x") + "</row>"))}, {"no row 0", zipped(book("<row r=\"0\">" + words("A0", "x") + "</row>"))},
      {"a row that is no number", zipped(book("<row r=\"-1\"><c t=\"inlineStr\"><is><t>x</t></is></c></row>"))},
      {"a text that is not there", zipped(book("<row><c t=\"s\"><v>7</v></c></row>"))}, {"a negative text", zipped(book("<row><c t=\"s\"><v>-1</v></c></row>"))},
      {"many sheets", zipped(book("<row/>", {{"xl/workbook.xml", many_sheets}}))}, {"a missing part", zipped(book("<row/>", {{"xl/_rels/workbook.xml.rels", "<R/>"}}))},
      {"no sheet", zipped(book("<row/>", {{"xl/workbook.xml", "<workbook/>"}}))},
      // One shared text of 400 KB told seventy times.
      {"shared texts that grow", zipped(book(shared_bomb, {{"xl/sharedStrings.xml", "<sst><si><t>" + std::string(400'000, 'x') + "</t></si></sst>"}}))}};
  // What an archive claims about itself is not believed: sizes in the central directory set to little.
  std::string lying = zipped(book("<row/>", {{"xl/sharedStrings.xml", "<sst>" + million + million + "</sst>"}}));
  for (std::size_t at = lying.find("PK\x01\x02"); at != std::string::npos; at = lying.find("PK\x01\x02", at + 4)) {
    for (std::size_t i = 24; i < 28; ++i) lying[at + i] = i == 24 ? 9 : 0;
  }
  cases.emplace_back("sizes that lie", lying);
  const std::string sound = zipped(book("<row>" + words("A1", "code") + "</row>"));
  // Cut and changed at every tenth byte: refused or read, never worse.
  for (const auto& [name, bytes] : cases) {
    Faults faults;
    INFO(name);
    const auto sheets = read_workbook(bytes, faults);
    REQUIRE_FALSE(sheets);
    CHECK(sheets.error().code == ErrorCode::bad_spreadsheet);
  }
  for (std::size_t at = 0; at < sound.size(); at += 10) {
    Faults faults;
    CHECK_FALSE(read_workbook(std::string_view(sound).substr(0, at), faults));
    std::string changed = sound;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    const auto sheets = read_workbook(changed, faults);
    if (!sheets) CHECK(sheets.error().code == ErrorCode::bad_spreadsheet);
  }
}

TEST_CASE("room for padding is limited as well: a cell at the end of every row") {
  std::string rows;
  for (int i = 1; i <= 19'000; ++i) rows += "<row r=\"" + std::to_string(i) + "\">" + words("BZ" + std::to_string(i), "x") + "</row>";
  Faults faults;
  const auto sheets = read_workbook(zipped(book(rows)), faults);
  REQUIRE_FALSE(sheets);
  CHECK(sheets.error().code == ErrorCode::bad_spreadsheet);
}
