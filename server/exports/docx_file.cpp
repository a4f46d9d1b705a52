#include "server/exports/docx_file.h"

#include <zip.h>

#include <initializer_list>
#include <memory>
#include <pugixml.hpp>
#include <sstream>
#include <utility>

#include "server/exports/xml_text.h"

namespace khaosat::exports {

namespace {

using pugi::xml_node;

constexpr const char* kWordSpace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
constexpr const char* kRelationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

// Twentieths of a point: a millimetre is 56.7.
constexpr int kTextWidth = 9354;  // 165 mm between the margins
constexpr time_t kNoTime = 946684800;  // 2000-01-01: the same paper gives the same bytes

using Attributes = std::initializer_list<std::pair<const char*, std::string>>;

xml_node add(xml_node parent, const char* name, const Attributes& attributes = {}) {
  xml_node node = parent.append_child(name);
  for (const auto& [key, value] : attributes) node.append_attribute(key) = value.c_str();
  return node;
}

struct Look {
  int half_points = 28;  // 14 pt
  bool bold = false;
  bool italic = false;
  const char* align = "both";  // "center", "left"
  int first_line = 0;  // twentieths of a point
  int before = 0;
  int after = 120;     // 6 pt
  bool keep_with_next = false;
  bool capitals = false;
};

xml_node paragraph(xml_node parent, const std::string& text, const Look& look) {
  xml_node node = add(parent, "w:p");
  xml_node about = add(node, "w:pPr");
  if (look.keep_with_next) add(about, "w:keepNext");
  add(about, "w:spacing", {{"w:before", std::to_string(look.before)}, {"w:after", std::to_string(look.after)}});
  if (look.first_line > 0) add(about, "w:ind", {{"w:firstLine", std::to_string(look.first_line)}});
  add(about, "w:jc", {{"w:val", look.align}});
  std::istringstream lines(text);
  std::string line;
  bool first = true;
  while (std::getline(lines, line)) {
    xml_node run = add(node, "w:r");
    xml_node style = add(run, "w:rPr");
    if (look.bold) add(style, "w:b");
    if (look.italic) add(style, "w:i");
    if (look.capitals) add(style, "w:caps");
    add(style, "w:sz", {{"w:val", std::to_string(look.half_points)}});
    add(style, "w:szCs", {{"w:val", std::to_string(look.half_points)}});
    if (!std::exchange(first, false)) add(run, "w:br");
    add(run, "w:t", {{"xml:space", "preserve"}}).text().set(xml_text(line).c_str());
  }
  return node;
}

// A line as the decree draws it under a name: `indent` twentieths of a point shorter on both sides.
void line(xml_node parent, int indent, int after) {
  xml_node about = add(add(parent, "w:p"), "w:pPr");
  xml_node borders = add(about, "w:pBdr");
  add(borders, "w:top", {{"w:val", "single"}, {"w:sz", "6"}, {"w:space", "1"}, {"w:color", "000000"}});
  add(about, "w:spacing", {{"w:before", "60"}, {"w:after", std::to_string(after)}, {"w:line", "80"}, {"w:lineRule", "exact"}});
  add(about, "w:ind", {{"w:left", std::to_string(indent)}, {"w:right", std::to_string(indent)}});
}

// Room between the lines of a table and its words.
void cell_margins(xml_node about, int sides) {
  xml_node margins = add(about, "w:tblCellMar");
  for (const char* side : {"w:left", "w:right"}) add(margins, side, {{"w:w", std::to_string(sides)}, {"w:type", "dxa"}});
}

// A table without lines that only places things side by side.
xml_node frame(xml_node body, const std::vector<int>& widths) {
  xml_node table = add(body, "w:tbl");
  xml_node about = add(table, "w:tblPr");
  add(about, "w:tblW", {{"w:w", std::to_string(kTextWidth)}, {"w:type", "dxa"}});
  add(about, "w:tblLayout", {{"w:type", "fixed"}});
  cell_margins(about, 0);
  xml_node grid = add(table, "w:tblGrid");
  for (const int width : widths) add(grid, "w:gridCol", {{"w:w", std::to_string(width)}});
  return add(table, "w:tr");
}

xml_node cell(xml_node row, int width) {
  xml_node node = add(row, "w:tc");
  add(add(node, "w:tcPr"), "w:tcW", {{"w:w", std::to_string(width)}, {"w:type", "dxa"}});
  return node;
}

void put_head(xml_node body, const OfficePaper& paper) {
  const std::vector<int> widths{3700, kTextWidth - 3700};
  xml_node row = frame(body, widths);
  xml_node left = cell(row, widths[0]);
  if (!paper.authority_above.empty()) paragraph(left, paper.authority_above, {.half_points = 24, .align = "center", .after = 0, .capitals = true});
  paragraph(left, paper.authority, {.half_points = 24, .bold = true, .align = "center", .after = 0, .capitals = true});
  line(left, 1200, 60);
  paragraph(left, paper.number, {.half_points = 26, .align = "center"});
  xml_node right = cell(row, widths[1]);
  paragraph(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", {.half_points = 24, .bold = true, .align = "center", .after = 0});
  paragraph(right, "Độc lập - Tự do - Hạnh phúc", {.half_points = 28, .bold = true, .align = "center", .after = 0});
  line(right, 1080, 60);
  paragraph(right, paper.place_and_day, {.half_points = 28, .italic = true, .align = "center"});
  paragraph(body, paper.kind, {.bold = true, .align = "center", .before = 240, .after = 0, .capitals = true});
  paragraph(body, paper.subject, {.bold = true, .align = "center", .after = 0});
  line(body, 3600, 200);
}

void put_table(xml_node body, const PaperTable& given) {
  xml_node table = add(body, "w:tbl");
  xml_node about = add(table, "w:tblPr");
  add(about, "w:tblW", {{"w:w", std::to_string(kTextWidth)}, {"w:type", "dxa"}});
  add(about, "w:tblInd", {{"w:w", "0"}, {"w:type", "dxa"}});
  xml_node borders = add(about, "w:tblBorders");
  for (const char* side : {"w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"}) {
    add(borders, side, {{"w:val", "single"}, {"w:sz", "4"}, {"w:space", "0"}, {"w:color", "000000"}});
  }
  add(about, "w:tblLayout", {{"w:type", "fixed"}});
  cell_margins(about, 60);
  std::vector<int> widths;
  xml_node grid = add(table, "w:tblGrid");
  for (std::size_t i = 0; i < given.heads.size(); ++i) {
    const int percent = i < given.widths.size() ? given.widths[i] : static_cast<int>(100 / given.heads.size());
    widths.push_back(kTextWidth * percent / 100);
    add(grid, "w:gridCol", {{"w:w", std::to_string(widths.back())}});
  }
  const auto line = [&](const std::vector<std::string>& cells, bool is_head) {
    xml_node row = add(table, "w:tr");
    xml_node row_about = add(row, "w:trPr");
    add(row_about, "w:cantSplit");
    if (is_head) add(row_about, "w:tblHeader");
    for (std::size_t i = 0; i < widths.size(); ++i) {
      xml_node at = cell(row, widths[i]);
      const std::string text = i < cells.size() ? cells[i] : std::string();
      paragraph(at, text.empty() ? " " : text, {.half_points = 24, .bold = is_head, .align = is_head ? "center" : "left", .before = 40, .after = 40});
    }
  };
  line(given.heads, true);
  for (const auto& row : given.rows) line(row, false);
  paragraph(body, " ", {.half_points = 16, .after = 60});
}

void put_recipients(xml_node parent, const OfficePaper& paper) {
  paragraph(parent, "Nơi nhận:", {.half_points = 24, .bold = true, .italic = true, .align = "left", .after = 0});
  for (const auto& one : paper.recipients) paragraph(parent, "- " + one, {.half_points = 22, .align = "left", .after = 0});
}

void put_foot(xml_node body, const OfficePaper& paper) {
  paragraph(body, " ", {.half_points = 12, .after = 0});
  const std::vector<int> widths{4500, kTextWidth - 4500};
  xml_node row = frame(body, widths);
  add(row.prepend_child("w:trPr"), "w:cantSplit");
  xml_node left = cell(row, widths[0]);
  const bool two_sign = !paper.left_signer.empty();
  if (two_sign) paragraph(left, paper.left_signer, {.bold = true, .align = "center", .after = 0, .capitals = true});
  else put_recipients(left, paper);
  xml_node right = cell(row, widths[1]);
  if (!paper.signer_authority.empty()) paragraph(right, paper.signer_authority, {.bold = true, .align = "center", .after = 0, .capitals = true});
  paragraph(right, paper.signer, {.bold = true, .align = "center", .after = 1400, .capitals = true});
  paragraph(right, paper.signer_name.empty() ? " " : paper.signer_name, {.bold = true, .align = "center"});
  if (two_sign) put_recipients(body, paper);
}

std::string text_of(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return out.str();
}

xml_node root(pugi::xml_document& document, const char* name) {
  xml_node declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  declaration.append_attribute("standalone") = "yes";
  xml_node node = document.append_child(name);
  return node;
}

xml_node word_root(pugi::xml_document& document, const char* name) {
  xml_node node = root(document, name);
  node.append_attribute("xmlns:w") = kWordSpace;
  node.append_attribute("xmlns:r") = kRelationSpace;
  return node;
}

std::string document_part(const OfficePaper& paper) {
  pugi::xml_document document;
  xml_node body = add(word_root(document, "w:document"), "w:body");
  put_head(body, paper);
  for (const auto& block : paper.blocks) {
    switch (block.kind) {
      case PaperBlock::Kind::paragraph: paragraph(body, block.text, {.first_line = 567}); break;
      case PaperBlock::Kind::heading: paragraph(body, block.text, {.bold = true, .align = "left", .first_line = 567, .before = 120, .keep_with_next = true}); break;
      case PaperBlock::Kind::item: paragraph(body, "- " + block.text, {.first_line = 567, .after = 60}); break;
      case PaperBlock::Kind::centred: paragraph(body, block.text, {.align = "center", .before = 60}); break;
      case PaperBlock::Kind::code: paragraph(body, block.text, {.half_points = 36, .bold = true, .align = "center", .before = 60}); break;
      case PaperBlock::Kind::table: put_table(body, block.table); break;
    }
  }
  put_foot(body, paper);
  xml_node section = add(body, "w:sectPr");
  add(section, "w:headerReference", {{"w:type", "default"}, {"r:id", "rId2"}});
  add(section, "w:pgSz", {{"w:w", "11906"}, {"w:h", "16838"}});
  add(section, "w:pgMar", {{"w:top", "1134"}, {"w:right", "851"}, {"w:bottom", "1134"}, {"w:left", "1701"}, {"w:header", "567"}, {"w:footer", "567"}, {"w:gutter", "0"}});
  add(section, "w:titlePg");
  return text_of(document);
}

// The number of the page, in the middle above, not on the first.
std::string header_part() {
  pugi::xml_document document;
  xml_node line = add(word_root(document, "w:hdr"), "w:p");
  add(add(line, "w:pPr"), "w:jc", {{"w:val", "center"}});
  add(add(add(line, "w:fldSimple", {{"w:instr", "PAGE"}}), "w:r"), "w:t").text().set("2");
  return text_of(document);
}

std::string styles_part(const std::string& language) {
  pugi::xml_document document;
  xml_node run = add(add(add(word_root(document, "w:styles"), "w:docDefaults"), "w:rPrDefault"), "w:rPr");
  const char* font = "Times New Roman";
  add(run, "w:rFonts", {{"w:ascii", font}, {"w:hAnsi", font}, {"w:cs", font}, {"w:eastAsia", font}});
  add(run, "w:sz", {{"w:val", "28"}});
  add(run, "w:lang", {{"w:val", language == "vi" ? "vi-VN" : "en-GB"}});
  return text_of(document);
}

// Word has the font the decree asks for; whoever has not takes one with the same widths.
std::string fonts_part() {
  pugi::xml_document document;
  xml_node font = add(word_root(document, "w:fonts"), "w:font", {{"w:name", "Times New Roman"}});
  add(font, "w:altName", {{"w:val", "Tinos, Liberation Serif"}});
  add(font, "w:panose1", {{"w:val", "02020603050405020304"}});
  add(font, "w:charset", {{"w:val", "A3"}});  // Vietnamese
  add(font, "w:family", {{"w:val", "roman"}});
  add(font, "w:pitch", {{"w:val", "variable"}});
  return text_of(document);
}

std::string relations_part(const std::vector<std::pair<const char*, const char*>>& targets) {
  pugi::xml_document document;
  xml_node all = root(document, "Relationships");
  all.append_attribute("xmlns") = "http://schemas.openxmlformats.org/package/2006/relationships";
  int number = 0;
  for (const auto& [type, target] : targets) {
    add(all, "Relationship", {{"Id", "rId" + std::to_string(++number)}, {"Type", std::string(kRelationSpace) + "/" + type}, {"Target", target}});
  }
  return text_of(document);
}

std::string types_part() {
  pugi::xml_document document;
  xml_node all = root(document, "Types");
  all.append_attribute("xmlns") = "http://schemas.openxmlformats.org/package/2006/content-types";
  add(all, "Default", {{"Extension", "rels"}, {"ContentType", "application/vnd.openxmlformats-package.relationships+xml"}});
  add(all, "Default", {{"Extension", "xml"}, {"ContentType", "application/xml"}});
  const std::string word = "application/vnd.openxmlformats-officedocument.wordprocessingml.";
  add(all, "Override", {{"PartName", "/word/document.xml"}, {"ContentType", word + "document.main+xml"}});
  add(all, "Override", {{"PartName", "/word/styles.xml"}, {"ContentType", word + "styles+xml"}});
  add(all, "Override", {{"PartName", "/word/fontTable.xml"}, {"ContentType", word + "fontTable+xml"}});
  add(all, "Override", {{"PartName", "/word/header1.xml"}, {"ContentType", word + "header+xml"}});
  return text_of(document);
}

struct ZipSourceEnds {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

}  // namespace

Result<std::string> docx_file(const OfficePaper& paper) {
  const auto no_room = [] { return fail(ErrorCode::out_of_space, "no room for a document"); };
  const std::vector<std::pair<const char*, std::string>> parts = {
      {"[Content_Types].xml", types_part()},
      {"_rels/.rels", relations_part({{"officeDocument", "word/document.xml"}})},
      {"word/_rels/document.xml.rels", relations_part({{"styles", "styles.xml"}, {"header", "header1.xml"}, {"fontTable", "fontTable.xml"}})},
      {"word/document.xml", document_part(paper)},
      {"word/styles.xml", styles_part(paper.language)},
      {"word/fontTable.xml", fonts_part()},
      {"word/header1.xml", header_part()},
  };
  zip_error_t trouble;
  zip_error_init(&trouble);
  std::unique_ptr<zip_source_t, ZipSourceEnds> memory(zip_source_buffer_create(nullptr, 0, 0, &trouble));
  if (!memory) return no_room();
  zip_source_keep(memory.get());
  zip_t* archive = zip_open_from_source(memory.get(), ZIP_TRUNCATE, &trouble);
  if (archive == nullptr) {
    zip_source_free(memory.get());
    return no_room();
  }
  for (const auto& [name, content] : parts) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    const zip_int64_t index = source == nullptr ? -1 : zip_file_add(archive, name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      zip_discard(archive);
      return no_room();
    }
    zip_file_set_mtime(archive, static_cast<zip_uint64_t>(index), kNoTime, 0);
  }
  if (zip_close(archive) != 0) {
    zip_discard(archive);
    return no_room();
  }
  if (zip_source_open(memory.get()) != 0) return no_room();
  zip_stat_t size;
  zip_stat_init(&size);
  std::string bytes;
  if (zip_source_stat(memory.get(), &size) == 0) bytes.resize(static_cast<std::size_t>(size.size));
  const zip_int64_t read = bytes.empty() ? 0 : zip_source_read(memory.get(), bytes.data(), bytes.size());
  zip_source_close(memory.get());
  if (bytes.empty() || read != static_cast<zip_int64_t>(bytes.size())) return no_room();
  return bytes;
}

}  // namespace khaosat::exports
