#include "server/http/clean_field.h"

#include <algorithm>

#include "base/text.h"

namespace khaosat {

namespace {

// Most values are option codes; plain ASCII needs no table of Unicode.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

Result<std::string> clean(std::string text, std::string_view where) {
  if (is_plain(text)) return text;
  auto cleaned = clean_text(text);
  if (!cleaned) {
    return fail(ErrorCode::not_utf8, "the text is not valid UTF-8; send the form as UTF-8",
                std::string(where));
  }
  return std::move(*cleaned);
}

}  // namespace

tl::unexpected<Error> too_large(std::string_view what, std::size_t limit) {
  Error error{ErrorCode::too_large, "the form has too much: " + std::string(what) + " may be at most " +
                                        std::to_string(limit),
              std::string(what), {{"limit", std::to_string(limit)}}};
  return fail(std::move(error));
}

Result<std::string> clean_field_name(std::string name, const FormLimits& limits) {
  if (name.size() > limits.name_bytes) return too_large("name_bytes", limits.name_bytes);
  return clean(std::move(name), "name");
}

Result<std::string> clean_field_value(std::string value, std::string_view field,
                                      const FormLimits& limits) {
  if (value.size() > limits.value_bytes) return too_large("value_bytes", limits.value_bytes);
  return clean(std::move(value), field);
}

}  // namespace khaosat
