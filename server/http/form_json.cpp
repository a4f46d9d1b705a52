#include <nlohmann/json.hpp>
#include <unordered_set>

#include "base/text.h"
#include "server/http/clean_field.h"
#include "server/http/form_data.h"

namespace khaosat {

namespace {

constexpr std::size_t kDeepest = 4;

using nlohmann::json;

// Receives the parser's events and builds fields at once. Returning false stops the parser.
class FormBuilder final : public json::json_sax_t {
 public:
  explicit FormBuilder(const FormLimits& limits) : limits_(limits) {}

  FormData take() { return std::move(form_); }
  const std::optional<Error>& error() const { return error_; }

  bool null() override { return wrong_type("null"); }
  bool boolean(bool) override { return wrong_type("true or false"); }
  bool number_integer(number_integer_t value) override { return scalar(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return scalar(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& digits) override { return scalar(digits); }
  bool string(string_t& value) override { return scalar(std::move(value)); }
  bool binary(binary_t&) override { return wrong_type("binary data"); }

  bool start_object(std::size_t) override {
    if (++depth_ > kDeepest) return too_deep();
    return depth_ == 1 || wrong_type("an object");
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override {
    if (++depth_ > kDeepest) return too_deep();
    if (depth_ == 1) return stop(ErrorCode::wrong_type, "answers must be one JSON object", "");
    return depth_ == 2 || wrong_type("an array within an array");
  }
  bool end_array() override { return leave(); }

  bool key(string_t& name) override {
    // Counted here too: {"a":[],"b":[],…} holds no value at all.
    if (keys_.size() >= limits_.fields) return stop(too_large("fields", limits_.fields).value());
    auto cleaned = clean_field_name(std::move(name), limits_);
    if (!cleaned) return stop(cleaned.error());
    key_ = std::move(*cleaned);
    if (!keys_.insert(key_).second) {
      return stop(ErrorCode::duplicate_key, "a key stands twice in the answers", key_);
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    return stop(ErrorCode::bad_json, "the body is not valid JSON", std::to_string(position));
  }

 private:
  bool leave() {
    --depth_;
    return true;
  }
  bool stop(Error error) {
    if (!error_) error_ = std::move(error);
    return false;
  }
  bool stop(ErrorCode code, std::string message, std::string where) {
    return stop(Error{code, std::move(message), std::move(where), {}});
  }
  bool wrong_type(const std::string& what) {
    return stop(ErrorCode::wrong_type,
                "an answer must be a text, a number or a list of these, not " + what, key_);
  }
  bool too_deep() { return stop(ErrorCode::too_deep, "the answers are nested too deeply", key_); }
  bool scalar(std::string value) {
    if (depth_ == 0) return stop(ErrorCode::wrong_type, "answers must be one JSON object", "");
    if (form_.fields().size() >= limits_.fields) {
      return stop(too_large("fields", limits_.fields).value());
    }
    auto cleaned = clean_field_value(std::move(value), key_, limits_);
    if (!cleaned) return stop(cleaned.error());
    form_.add(key_, std::move(*cleaned));
    return true;
  }

  const FormLimits& limits_;
  FormData form_;
  std::unordered_set<std::string> keys_;
  std::string key_;
  std::size_t depth_ = 0;
  std::optional<Error> error_;
};

// How deep the brackets go, texts skipped. Known before parsing, so that a bomb is called what it is
// whatever type error its first bracket would be.
std::size_t nesting(std::string_view body) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    const char c = body[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

}  // namespace

Result<FormData> parse_json_form(std::string_view body, const FormLimits& limits) {
  if (!is_utf8(body)) return fail(ErrorCode::not_utf8, "the body is not valid UTF-8");
  if (nesting(body) > kDeepest) {
    return fail(ErrorCode::too_deep, "the answers are nested too deeply");
  }
  FormBuilder builder(limits);
  const bool complete = json::sax_parse(body.begin(), body.end(), &builder);
  if (builder.error()) return fail(*builder.error());
  if (!complete) return fail(ErrorCode::bad_json, "the body is not valid JSON");
  return builder.take();
}

}  // namespace khaosat
