#include "server/exports/ddi.h"

#include <pugixml.hpp>
#include <sstream>

#include "base/json_text.h"
#include "server/exports/row_files.h"
#include "server/exports/xml_text.h"

namespace khaosat::exports {

namespace {

pugi::xml_node add(pugi::xml_node parent, const char* name, const std::string& text = {}) {
  auto child = parent.append_child(name);
  if (!text.empty()) child.text().set(xml_text(text).c_str());
  return child;
}

// One element for each language, Vietnamese first: many programs read no further.
void add_local(pugi::xml_node parent, const char* name, const LocalText& text) {
  for (const bool own : {true, false}) {
    for (const auto& [language, words] : text.all()) {
      if ((language == "vi") == own) add(parent, name, words).append_attribute("xml:lang") = language.c_str();
    }
  }
}

void add_citation(pugi::xml_node parent, const Codebook& book, const std::string& made_on) {
  auto citation = add(parent, "citation");
  auto title = add(citation, "titlStmt");
  add(title, "titl", book.title.in("vi")).append_attribute("xml:lang") = "vi";
  if (book.title.has("en")) {
    add(title, "parTitl", book.title.in("en")).append_attribute("xml:lang") = "en";
  }
  add(title, "IDNo", book.questionnaire.label() + " " + book.questionnaire.hash);
  add(add(citation, "rspStmt"), "AuthEnty", book.office);
  auto produced = add(citation, "prodStmt");
  add(produced, "producer", book.office);
  add(produced, "prodDate", made_on).append_attribute("date") = made_on.c_str();
  add(produced, "software", book.program);
}

void add_study(pugi::xml_node root, const Codebook& book, const std::string& made_on) {
  auto study = add(root, "stdyDscr");
  add_citation(study, book, made_on);
  auto info = add(study, "stdyInfo");
  auto summary = add(info, "sumDscr");
  for (const auto& [event, day] : {std::pair("start", book.first_day), std::pair("end", book.last_day)}) {
    auto date = add(summary, "collDate", day);
    date.append_attribute("date") = day.c_str();
    date.append_attribute("event") = event;
  }
  add(summary, "nation", "Việt Nam").append_attribute("abbr") = "VNM";
  add(summary, "anlyUnit", "Người trả lời").append_attribute("xml:lang") = "vi";
  auto method = add(study, "method");
  auto collection = add(method, "dataColl");
  add(collection, "sampProc", book.drawn ? "Mẫu xác suất: chọn địa bàn theo lớp, rút người từ khung có hạt giống công khai"
                                         : "Không phải mẫu xác suất; không có quyền số")
      .append_attribute("xml:lang") = "vi";
  for (const auto& note : book.notes) add_local(add(method, "notes"), "p", note);
}

void add_variable(pugi::xml_node data, const Variable& variable, std::size_t number) {
  auto node = add(data, "var");
  node.append_attribute("ID") = ("V" + std::to_string(number)).c_str();
  node.append_attribute("name") = variable.name.c_str();
  node.append_attribute("files") = "F1";
  node.append_attribute("dcml") = std::to_string(variable.is_code ? 0 : variable.decimals).c_str();
  node.append_attribute("intrvl") = variable.is_code ? "discrete" : "contin";
  if (variable.name == "weight" && variable.role == VariableRole::design) node.append_attribute("wgt") = "wgt";
  add_local(node, "labl", variable.label);
  if (!variable.question_id.empty()) {
    auto question = add(node, "qstn");
    question.append_attribute("ID") = ("Q" + std::to_string(number)).c_str();
    question.append_attribute("var") = ("V" + std::to_string(number)).c_str();
    add(question, "qstnLit", variable.label.in("vi")).append_attribute("xml:lang") = "vi";
  }
  for (const auto& value : variable.values) {
    auto category = add(node, "catgry");
    add(category, "catValu", json_number(value.value));
    add_local(category, "labl", value.label);
  }
  if (variable.may_lack) {
    for (const NoValue kind : kNoValues) {
      auto category = add(node, "catgry");
      category.append_attribute("missing") = "Y";
      category.append_attribute("missType") = std::string(name_of(kind)).c_str();
      add(category, "catValu", json_number(variable.missing_code(kind)));
      add_local(category, "labl", label_of(kind));
    }
  }
  auto format = add(node, "varFormat");
  format.append_attribute("type") = "numeric";
  format.append_attribute("schema") = "SPSS";
}

}  // namespace

std::string ddi_codebook(const Codebook& book, std::uint64_t rows, const std::string& made_on) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto root = add(document, "codeBook");
  root.append_attribute("xmlns") = "ddi:codebook:2_5";
  root.append_attribute("xmlns:xsi") = "http://www.w3.org/2001/XMLSchema-instance";
  root.append_attribute("xsi:schemaLocation") =
      "ddi:codebook:2_5 http://www.ddialliance.org/Specification/DDI-Codebook/2.5/XMLSchema/codebook.xsd";
  root.append_attribute("version") = "2.5";
  root.append_attribute("xml:lang") = "vi";
  add_citation(add(root, "docDscr"), book, made_on);
  add_study(root, book, made_on);
  auto file = add(root, "fileDscr");
  file.append_attribute("ID") = "F1";
  auto text = add(file, "fileTxt");
  add(text, "fileName", "microdata.sav");
  auto dimensions = add(text, "dimensns");
  add(dimensions, "caseQnty", std::to_string(rows));
  add(dimensions, "varQnty", std::to_string(book.variables.size()));
  add(text, "fileType", "SPSS, UTF-8");
  auto data = add(root, "dataDscr");
  for (std::size_t k = 0; k < book.variables.size(); ++k) add_variable(data, book.variables[k], k + 1);
  std::ostringstream out;
  document.save(out, " ");
  return out.str();
}

}  // namespace khaosat::exports
