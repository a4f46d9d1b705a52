// What a form sent, as a question type sees it: names and raw bytes, nothing decoded or checked.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace khaosat {

using FormField = std::pair<std::string, std::string>;

class FieldReader {
 public:
  virtual ~FieldReader() = default;
  // The first value under the name, if any.
  virtual std::optional<std::string_view> one(std::string_view name) const = 0;
  // Every value under the name, in the order sent.
  virtual std::vector<std::string_view> all(std::string_view name) const = 0;
  // Every name once.
  virtual std::vector<std::string_view> names() const = 0;
};

// Fields held in memory; looking one up does not grow with their number squared.
class FieldList final : public FieldReader {
 public:
  FieldList() = default;
  explicit FieldList(const std::vector<FormField>& fields) {
    for (const auto& [name, value] : fields) add(name, value);
  }
  void add(std::string name, std::string value) {
    fields_[std::move(name)].push_back(std::move(value));
  }

  std::optional<std::string_view> one(std::string_view name) const override;
  std::vector<std::string_view> all(std::string_view name) const override;
  std::vector<std::string_view> names() const override;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> fields_;
};

}  // namespace khaosat
