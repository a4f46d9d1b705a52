#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ids.h"
#include "base/json_text.h"
#include "base/local_text.h"

namespace khaosat::index {

// Writes members in the order they are put; no document in memory.
class JsonWriter {
 public:
  JsonWriter& key(std::string_view name) {
    comma();
    out_ += json_quoted(name) + ":";
    fresh_ = true;
    return *this;
  }
  void text(std::string_view value) { put(json_quoted(value)); }
  void number(double value) { put(json_number(value)); }
  void integer(std::uint64_t value) { put(std::to_string(value)); }
  void boolean(bool value) { put(value ? "true" : "false"); }
  void optional(const std::optional<double>& value) { put(value ? json_number(*value) : "null"); }
  void open(char bracket) {
    comma();
    out_ += bracket;
    fresh_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    fresh_ = false;
  }
  // A new line before the next value of an array.
  void line() {
    out_ += fresh_ ? "\n" : ",\n";
    fresh_ = true;
  }
  // What has been written since the last time.
  std::string take() { return std::exchange(out_, {}); }

  void local(const LocalText& value) {
    open('{');
    for (const auto& [language, text_in] : value.all()) key(language).text(text_in);
    close('}');
  }
  void identity(const DefinitionIdentity& value) {
    open('{');
    key("id").text(value.id);
    key("version").integer(static_cast<std::uint64_t>(value.version));
    key("hash").text(value.hash);
    close('}');
  }
  template <typename Texts>
  void texts(const Texts& values) {
    open('[');
    for (const auto& value : values) text(value);
    close(']');
  }

 private:
  void comma() {
    if (!fresh_) out_ += ',';
  }
  void put(const std::string& value) {
    comma();
    out_ += value;
    fresh_ = false;
  }
  std::string out_;
  bool fresh_ = true;
};

}  // namespace khaosat::index
