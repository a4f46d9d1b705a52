// Property: any bytes are refused, or are sheets within the limits whose faults have places. The input is a file
// as it stands; or, after "parts", the parts of a sound package: sheet, shared texts and styles between zero bytes.
#include <zip.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "server/imports/xlsx_sheets.h"
#include "tests/fuzz/require.h"

using namespace khaosat;
using namespace khaosat::imports;

namespace {

std::string package(std::string_view input) {
  std::map<std::string, std::string> parts = {
      {"xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"s\" r:id=\"a\"/></sheets></workbook>"},
      {"xl/_rels/workbook.xml.rels", "<R><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"sheet.xml\"/></R>"}};
  for (const char* name : {"xl/sheet.xml", "xl/sharedStrings.xml", "xl/styles.xml"}) {
    const std::size_t end = std::min(input.find('\0'), input.size());
    if (end > 0) parts[name] = std::string(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  zip_error_t trouble;
  zip_error_init(&trouble);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &trouble);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &trouble);
  for (const auto& [name, content] : parts) {
    const auto index = zip_file_add(archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0);
  }
  REQUIRE_PROPERTY(zip_close(archive) == 0);
  zip_source_open(target);
  zip_source_seek(target, 0, SEEK_END);
  std::string bytes(static_cast<std::size_t>(zip_source_tell(target)), '\0');
  zip_source_seek(target, 0, SEEK_SET);
  zip_source_read(target, bytes.data(), bytes.size());
  zip_source_close(target);
  zip_source_free(target);
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with("parts")) bytes = package(std::string_view(bytes).substr(5));
  WorkbookLimits limits;
  limits.rows = 1000;
  limits.cells = 5000;
  limits.text_bytes = 100'000;
  Faults faults;
  const auto sheets = read_workbook(bytes, faults, limits);
  REQUIRE_PROPERTY(sheets || sheets.error().code == ErrorCode::bad_spreadsheet);
  for (const auto& fault : faults) REQUIRE_PROPERTY(fault.place.starts_with("sheet "));
  if (!sheets) return 0;
  std::size_t cells = 0;
  for (const auto& sheet : *sheets) {
    REQUIRE_PROPERTY(sheet.rows.size() <= limits.rows);
    for (const auto& row : sheet.rows) cells += row.size();
  }
  REQUIRE_PROPERTY(cells <= limits.cells);
  return 0;
}
