#include "base/strict_json.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace khaosat {

namespace {

using nlohmann::json;

// Builds the document while the parser reads, so that a second value for one key is seen.
class StrictHandler final : public nlohmann::json_sax<json> {
 public:
  StrictHandler(std::string file, int max_depth, Faults& faults)
      : file_(std::move(file)), max_depth_(max_depth), faults_(faults) {}

  json take() { return std::move(root_); }

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t&) override { return put(value); }
  bool string(string_t& value) override {
    if (auto cleaned = clean_text(value)) return put(std::move(*cleaned));
    const bool in_object = !stack_.empty() && stack_.back().value->is_object();
    complain(ErrorCode::not_utf8, "this text holds NUL or wrong UTF-8; retype it", in_object);
    return put("");
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(json::object()); }
  bool key(string_t& value) override {
    key_ = clean_text(value).value_or("");
    duplicate_ = stack_.back().value->contains(key_);
    if (duplicate_) {
      complain(ErrorCode::duplicate_key,
               "the key \"" + key_ + "\" stands twice in this object; keep one of them", true);
    }
    return true;
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(json::array()); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) override {
    faults_.push_back({file_, pointer(false), ErrorCode::bad_json,
                       "not well-formed JSON at byte " + std::to_string(position) +
                           "; check commas, quotes and brackets just before it"});
    return false;
  }

 private:
  struct Level {
    json* value;
    std::string step;
  };

  std::string pointer(bool with_key) const {
    std::string text;
    for (std::size_t i = 1; i < stack_.size(); ++i) text += "/" + pointer_step(stack_[i].step);
    if (with_key) text += "/" + pointer_step(key_);
    return text;
  }
  void complain(ErrorCode code, std::string message, bool with_key = false) {
    faults_.push_back({file_, pointer(with_key), code, std::move(message)});
  }
  json* place(json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    json& parent = *stack_.back().value;
    if (parent.is_array()) {
      key_ = std::to_string(parent.size());
      parent.push_back(std::move(value));
      return &parent.back();
    }
    if (duplicate_) {
      scratch_.push_back(std::make_unique<json>(std::move(value)));
      duplicate_ = false;
      return scratch_.back().get();
    }
    return &(parent[key_] = std::move(value));
  }
  bool put(json value) {
    place(std::move(value));
    return true;
  }
  bool open(json empty) {
    if (static_cast<int>(stack_.size()) >= max_depth_) {
      complain(ErrorCode::too_deep, "nested deeper than " + std::to_string(max_depth_) +
                                        " levels; no definition needs that");
      return false;
    }
    json* value = place(std::move(empty));
    stack_.push_back({value, key_});
    return true;
  }
  bool close() {
    stack_.pop_back();
    return true;
  }

  std::string file_;
  int max_depth_;
  Faults& faults_;
  json root_;
  std::vector<Level> stack_;
  std::string key_;
  bool duplicate_ = false;
  std::vector<std::unique_ptr<json>> scratch_;  // second values, read and thrown away
};

}  // namespace

std::string pointer_step(std::string_view key) {
  std::string step;
  for (const char c : key) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

std::unique_ptr<json> parse_strict_json(const std::string& file, std::string_view text, int max_depth,
                                        Faults& faults) {
  if (!is_utf8(text)) {
    faults.push_back({file, "", ErrorCode::not_utf8, "the file is not UTF-8; save it as UTF-8"});
    return nullptr;
  }
  const std::size_t before = faults.size();
  StrictHandler handler(file, max_depth, faults);
  const bool read = json::sax_parse(text.begin(), text.end(), &handler);
  if (read) return std::make_unique<json>(handler.take());
  if (faults.size() == before) {
    faults.push_back({file, "", ErrorCode::bad_json, "not well-formed JSON"});
  }
  return nullptr;
}

}  // namespace khaosat
