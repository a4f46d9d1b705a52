// A paper in the layout of Vietnamese administrative documents (Nghị định 30/2020/NĐ-CP, appendix I) as
// data: drawn as a page for the printer by templates/paper/office_paper and as DOCX by docx_file. Values.
#pragma once

#include <string>
#include <vector>

namespace khaosat::exports {

struct PaperTable {
  std::vector<std::string> heads;
  std::vector<int> widths;  // percent, one per column
  std::vector<std::vector<std::string>> rows;
};

struct PaperBlock {
  // centred: whom it is addressed to. code: letters to be typed, large.
  enum class Kind { paragraph, heading, item, table, centred, code };
  Kind kind = Kind::paragraph;
  std::string text;
  PaperTable table;
};

struct OfficePaper {
  std::string language = "vi";
  std::string authority_above;  // tên cơ quan chủ quản; may be empty
  std::string authority;        // tên cơ quan ban hành
  std::string number;           // whole: "Số: 12/BC-UBND"
  std::string place_and_day;    // "Thanh An, ngày 22 tháng 11 năm 2026"
  std::string kind;             // tên loại: "BIÊN BẢN"
  std::string subject;          // trích yếu
  std::vector<PaperBlock> blocks;
  std::vector<std::string> recipients;  // nơi nhận
  std::string left_signer;      // what a second person signs as, for minutes: nơi nhận then stands below
  std::string signer_authority;  // "TM. ỦY BAN NHÂN DÂN"; may be empty
  std::string signer;            // "CHỦ TỊCH"
  std::string signer_name;       // may be empty: written by hand

  OfficePaper& paragraph(std::string text);
  OfficePaper& heading(std::string text);
  OfficePaper& item(std::string text);
  OfficePaper& table(PaperTable table);
  OfficePaper& centred(std::string text);
  OfficePaper& code(std::string text);
};

}  // namespace khaosat::exports
