#include "server/imports/xml_events.h"

#include <expat.h>

#include <algorithm>
#include <memory>

namespace khaosat::imports {

namespace {

constexpr int kMostLevels = 60;
constexpr std::size_t kPiece = 64u << 10;  // between two looks at `stop`

struct Reading {
  const XmlHandler& handler;
  const bool& stop;
  XML_Parser parser = nullptr;
  int level = 0;
  bool is_refused = false;

  void refuse() {
    is_refused = true;
    XML_StopParser(parser, XML_FALSE);
  }
};

std::string_view local_name(const char* name) {
  const std::string_view whole = name;
  const auto bar = whole.rfind('|');
  return bar == std::string_view::npos ? whole : whole.substr(bar + 1);
}

void on_begin(void* data, const char* name, const char** attributes) {
  auto& reading = *static_cast<Reading*>(data);
  if (reading.stop) return;
  if (++reading.level > kMostLevels) return reading.refuse();
  XmlHandler::Attributes all;
  for (; *attributes != nullptr; attributes += 2) all.emplace_back(local_name(attributes[0]), attributes[1]);
  reading.handler.begin(local_name(name), all);
}

void on_end(void* data, const char* name) {
  auto& reading = *static_cast<Reading*>(data);
  if (reading.stop) return;
  --reading.level;
  reading.handler.end(local_name(name));
}

void on_text(void* data, const char* text, int size) {
  auto& reading = *static_cast<Reading*>(data);
  if (!reading.stop) reading.handler.text({text, static_cast<std::size_t>(size)});
}

void on_doctype(void* data, const char*, const char*, const char*, int) { static_cast<Reading*>(data)->refuse(); }

}  // namespace

Result<void> read_xml(std::string_view document, const XmlHandler& handler, const bool& stop) {
  const std::unique_ptr<std::remove_pointer_t<XML_Parser>, decltype(&XML_ParserFree)> parser(XML_ParserCreateNS(nullptr, '|'), &XML_ParserFree);
  if (!parser) return fail(ErrorCode::internal, "no XML parser");
  Reading reading{handler, stop, parser.get()};
  XML_SetUserData(parser.get(), &reading);
  XML_SetElementHandler(parser.get(), on_begin, on_end);
  XML_SetCharacterDataHandler(parser.get(), on_text);
  XML_SetStartDoctypeDeclHandler(parser.get(), on_doctype);
  for (std::size_t at = 0; !stop;) {
    const std::size_t size = std::min(kPiece, document.size() - at);
    const bool is_last = at + size == document.size();
    if (XML_Parse(parser.get(), document.data() + at, static_cast<int>(size), is_last ? 1 : 0) != XML_STATUS_OK) {
      if (stop) return {};
      const std::string why = reading.is_refused ? "a document type, or too many levels" : XML_ErrorString(XML_GetErrorCode(parser.get()));
      return fail(ErrorCode::bad_spreadsheet, "broken XML at line " + std::to_string(XML_GetCurrentLineNumber(parser.get())) + ": " + why);
    }
    at += size;
    if (is_last) break;
  }
  return {};
}

}  // namespace khaosat::imports
