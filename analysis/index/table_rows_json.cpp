#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "analysis/index/table_rows.h"
#include "base/csv.h"
#include "base/json_text.h"
#include "base/strict_json.h"
#include "base/text.h"

namespace khaosat::index {
namespace {

using nlohmann::json;

class JsonRows final : public TableRows {
 public:
  JsonRows(std::string file, std::string_view text, Faults& faults)
      : file_(std::move(file)), faults_(faults), document_(parse_strict_json(file_, text, 4, faults)) {
    if (!document_) return;
    for (std::size_t row = 0; row < document_->size(); ++row) {
      const json& object = (*document_)[row];
      if (!object.is_object()) {
        faults_.push_back({file_, "/" + std::to_string(row), ErrorCode::wrong_type,
                           "a row must be an object {\"column\": value}"});
        return;
      }
      for (const auto& [name, value] : object.items())
        if (columns_.emplace(name, header_.size()).second) header_.push_back(name);
    }
    good_ = !header_.empty();
    if (!good_) faults_.push_back({file_, "", ErrorCode::bad_json, "there are no rows"});
  }

  bool good() const override { return good_; }
  const std::vector<std::string>& header() const override { return header_; }

  bool next(std::vector<std::string>& cells) override {
    if (!good_ || at_ >= document_->size()) return false;
    row_ = at_++;
    cells.assign(header_.size(), "");
    for (const auto& [name, value] : (*document_)[row_].items()) {
      std::string& cell = cells[columns_.at(name)];
      if (value.is_string()) {
        cell = std::string(trim(value.get<std::string>()));
      } else if (value.is_number()) {
        cell = json_number(value.get<double>());
      } else if (!value.is_null()) {
        fault(ErrorCode::wrong_type, name, "must be a number, a text or null");
      }
    }
    return true;
  }

  std::optional<double> number(const std::string& cell) override { return number_from(cell); }

  void fault(ErrorCode code, const std::string& column, std::string message) override {
    faults_.push_back({file_, "/" + std::to_string(row_) + (column.empty() ? "" : "/" + pointer_step(column)),
                       code, std::move(message)});
  }

 private:
  std::string file_;
  Faults& faults_;
  std::unique_ptr<json> document_;
  std::vector<std::string> header_;
  std::map<std::string, std::size_t> columns_;
  std::size_t at_ = 0;
  std::size_t row_ = 0;
  bool good_ = false;
};

}  // namespace

std::unique_ptr<TableRows> open_json_table(const std::string& file, std::string_view text,
                                           Faults& faults) {
  return std::make_unique<JsonRows>(file, text, faults);
}

}  // namespace khaosat::index
