// JSON text in the order it is asked for, two spaces of indent per level. Internal to awards.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_text.h"
#include "base/local_text.h"

namespace khaosat::awards {

class JsonWriter {
 public:
  void key(std::string_view name) {
    next();
    out_ += json_quoted(name) + ": ";
    after_key_ = true;
  }
  void open_object() { open('{'); }
  void open_object(std::string_view name) { key(name), open('{'); }
  void open_array(std::string_view name) { key(name), open('['); }
  void close_object() { close('}'); }
  void close_array() { close(']'); }
  JsonWriter& text(std::string_view name, std::string_view value) {
    key(name);
    value_text(json_quoted(value));
    return *this;
  }
  JsonWriter& text(std::string_view name, const LocalText& value) {
    key(name);
    local(value);
    return *this;
  }
  JsonWriter& number(std::string_view name, double value) {
    key(name);
    value_text(json_number(value));
    return *this;
  }
  JsonWriter& flag(std::string_view name, bool value) {
    key(name);
    value_text(value ? "true" : "false");
    return *this;
  }
  void item(std::string_view value) {
    next();
    out_ += json_quoted(value);
  }
  void item(const LocalText& value) {
    next();
    after_key_ = true;
    local(value);
  }
  const std::string& str() const { return out_; }

 private:
  // Both languages on one line: a sentence and its translation are read together.
  void local(const LocalText& value) {
    std::string text = "{";
    for (const auto& [language, words] : value.all()) {
      text += (text.size() > 1 ? ", " : "") + json_quoted(language) + ": " + json_quoted(words);
    }
    value_text(text + "}");
  }
  void value_text(const std::string& value) {
    out_ += value;
    after_key_ = false;
  }
  void next() {
    if (after_key_) return;
    if (levels_.empty()) return;
    if (!levels_.back()) out_ += ',';
    levels_.back() = false;
    out_ += '\n' + std::string(2 * levels_.size(), ' ');
  }
  void open(char bracket) {
    next();
    after_key_ = false;
    out_ += bracket;
    levels_.push_back(true);
  }
  void close(char bracket) {
    const bool was_empty = levels_.back();
    levels_.pop_back();
    if (!was_empty) out_ += '\n' + std::string(2 * levels_.size(), ' ');
    out_ += bracket;
  }

  std::string out_;
  std::vector<bool> levels_;  // true while nothing has been written on the level
  bool after_key_ = false;
};

}  // namespace khaosat::awards
