// CSV and JSON.
#include "base/csv.h"
#include "base/json_text.h"
#include "server/exports/output_file.h"
#include "server/exports/row_files.h"

namespace khaosat::exports {

namespace {

std::string absence_text(NoValue kind) { return "~" + std::string(name_of(kind)); }

class CsvRows final : public RowFile {
 public:
  CsvRows(OutputFile file, const Codebook& book) : file_(std::move(file)) {
    std::vector<std::string> header;
    for (const auto& variable : book.variables) header.push_back(variable.name);
    file_.write(CsvWriter(header).str());
  }
  Result<void> row(std::span<const Cell> cells) override {
    line_.clear();
    for (const Cell& cell : cells) {
      if (!line_.empty()) line_ += ',';
      // Numbers and our own words: nothing here can be a formula.
      line_ += cell.none ? absence_text(*cell.none) : json_number(cell.value);
    }
    line_ += '\n';
    file_.write(line_);
    return file_.failed() ? file_.finish() : Result<void>();
  }
  Result<void> finish() override { return file_.finish(); }

 private:
  OutputFile file_;
  std::string line_;
};

std::string local_json(const LocalText& text) {
  std::string json = "{";
  for (const auto& [language, words] : text.all()) {
    json += (json.size() > 1 ? "," : "") + json_quoted(language) + ":" + json_quoted(words);
  }
  return json + "}";
}

std::string variable_json(const Variable& variable) {
  std::string json = "{\"name\":" + json_quoted(variable.name) + ",\"label\":" + local_json(variable.label);
  const char* role = variable.role == VariableRole::design ? "design" : variable.role == VariableRole::trait ? "trait" : "answer";
  json += std::string(",\"role\":\"") + role + "\"";
  if (!variable.question_id.empty()) json += ",\"question\":" + json_quoted(variable.question_id);
  if (!variable.values.empty()) {
    json += ",\"values\":[";
    for (std::size_t k = 0; k < variable.values.size(); ++k) {
      const CodedValue& value = variable.values[k];
      json += (k > 0 ? ",{\"value\":" : "{\"value\":") + json_number(value.value);
      if (!value.id.empty()) json += ",\"option\":" + json_quoted(value.id);
      json += ",\"label\":" + local_json(value.label) + "}";
    }
    json += "]";
  }
  return json + "}";
}

class JsonRows final : public RowFile {
 public:
  JsonRows(OutputFile file, const Codebook& book) : file_(std::move(file)) {
    std::string head = "{\"schema\":\"khaosat/microdata/1\",\n\"title\":" + local_json(book.title);
    head += ",\n\"questionnaire\":{\"id\":" + json_quoted(book.questionnaire.id) + ",\"version\":" +
            std::to_string(book.questionnaire.version) + ",\"hash\":" + json_quoted(book.questionnaire.hash) + "}";
    head += ",\n\"probability_sample\":" + std::string(book.drawn ? "true" : "false");
    head += ",\n\"made_up\":" + std::string(book.demo ? "true" : "false");
    head += ",\n\"program\":" + json_quoted(book.program) + ",\n\"notes\":[";
    for (std::size_t k = 0; k < book.notes.size(); ++k) head += (k > 0 ? "," : "") + local_json(book.notes[k]);
    head += "],\n\"no_value\":{";
    for (const NoValue kind : kNoValues) {
      head += (kind == kNoValues.front() ? "" : ",") + json_quoted(absence_text(kind)) + ":" + local_json(label_of(kind));
    }
    head += "},\n\"left_out\":[";
    for (std::size_t k = 0; k < book.left_out.size(); ++k) head += (k > 0 ? "," : "") + json_quoted(book.left_out[k]);
    head += "],\n\"variables\":[";
    for (std::size_t k = 0; k < book.variables.size(); ++k) head += (k > 0 ? ",\n" : "\n") + variable_json(book.variables[k]);
    file_.write(head + "],\n\"rows\":[");
  }
  Result<void> row(std::span<const Cell> cells) override {
    line_ = first_ ? "\n[" : ",\n[";
    first_ = false;
    for (std::size_t k = 0; k < cells.size(); ++k) {
      if (k > 0) line_ += ',';
      line_ += cells[k].none ? "\"" + absence_text(*cells[k].none) + "\"" : json_number(cells[k].value);
    }
    line_ += ']';
    file_.write(line_);
    return file_.failed() ? file_.finish() : Result<void>();
  }
  Result<void> finish() override {
    file_.write("]}\n");
    return file_.finish();
  }

 private:
  OutputFile file_;
  std::string line_;
  bool first_ = true;
};

}  // namespace

LocalText label_of(NoValue kind) {
  static constexpr const char* kWords[][2] = {
      {"Không biết", "Don't know"},
      {"Không muốn trả lời", "Declined"},
      {"Không có trải nghiệm", "No experience, does not apply"},
      {"Không được hỏi", "Not asked"},
      {"Bỏ trống", "Left blank"},
      {"Giữ lại để bảo vệ người trả lời", "Withheld to protect the respondent"},
      {"Đánh dấu mâu thuẫn trên giấy", "Contradictory marks on paper"}};
  const auto& [vietnamese, english] = kWords[static_cast<std::size_t>(kind)];
  LocalText text(vietnamese);
  text.set("en", english);
  return text;
}

Result<std::unique_ptr<RowFile>> csv_rows(const std::string& path, const Codebook& book) {
  return std::unique_ptr<RowFile>(std::make_unique<CsvRows>(TRY(OutputFile::create(path)), book));
}

Result<std::unique_ptr<RowFile>> json_rows(const std::string& path, const Codebook& book) {
  return std::unique_ptr<RowFile>(std::make_unique<JsonRows>(TRY(OutputFile::create(path)), book));
}

}  // namespace khaosat::exports
