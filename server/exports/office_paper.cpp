#include "server/exports/office_paper.h"

#include <utility>

namespace khaosat::exports {

OfficePaper& OfficePaper::paragraph(std::string text) {
  blocks.push_back({PaperBlock::Kind::paragraph, std::move(text), {}});
  return *this;
}

OfficePaper& OfficePaper::heading(std::string text) {
  blocks.push_back({PaperBlock::Kind::heading, std::move(text), {}});
  return *this;
}

OfficePaper& OfficePaper::item(std::string text) {
  blocks.push_back({PaperBlock::Kind::item, std::move(text), {}});
  return *this;
}

OfficePaper& OfficePaper::table(PaperTable table) {
  blocks.push_back({PaperBlock::Kind::table, "", std::move(table)});
  return *this;
}

OfficePaper& OfficePaper::centred(std::string text) {
  blocks.push_back({PaperBlock::Kind::centred, std::move(text), {}});
  return *this;
}

OfficePaper& OfficePaper::code(std::string text) {
  blocks.push_back({PaperBlock::Kind::code, std::move(text), {}});
  return *this;
}

}  // namespace khaosat::exports
