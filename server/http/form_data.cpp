#include "server/http/form_data.h"

#include <algorithm>

#include "server/gate/percent.h"
#include "server/http/clean_field.h"

namespace khaosat {

std::optional<std::string_view> FormData::one(std::string_view name) const {
  std::optional<std::string_view> found;
  for (const auto& [field, value] : fields_) {
    if (field != name) continue;
    if (found) return std::nullopt;
    found = value;
  }
  return found;
}

std::vector<std::string_view> FormData::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [field, value] : fields_) {
    if (field == name) values.emplace_back(value);
  }
  return values;
}

bool FormData::has(std::string_view name) const {
  return std::any_of(fields_.begin(), fields_.end(),
                     [name](const auto& field) { return field.first == name; });
}

namespace {

Result<std::string> decoded(std::string_view text, std::string_view what) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      return fail(ErrorCode::bad_request, "a control character stands bare in a form", std::string(what));
    }
  }
  auto plain = percent_decode(text, true);
  if (!plain) {
    return fail(ErrorCode::bad_request, "a % is not followed by two hex digits", std::string(what));
  }
  return std::move(*plain);
}

}  // namespace

Result<FormData> parse_urlencoded(std::string_view body, const FormLimits& limits) {
  FormData form;
  std::size_t count = 0;
  while (!body.empty()) {
    const std::size_t end = std::min(body.find('&'), body.size());
    const std::string_view pair = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (pair.empty()) continue;
    if (++count > limits.fields) return too_large("fields", limits.fields);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = TRY(decoded(pair.substr(0, equals), "name"));
    auto value = TRY(decoded(pair.substr(std::min(equals + 1, pair.size())), name));
    auto clean_name = TRY(clean_field_name(std::move(name), limits));
    auto clean_value = TRY(clean_field_value(std::move(value), clean_name, limits));
    form.add(std::move(clean_name), std::move(clean_value));
  }
  return form;
}

std::string to_urlencoded(const FormData& form) {
  std::string body;
  for (const auto& [name, value] : form.fields()) {
    if (!body.empty()) body += '&';
    body += percent_encode(name);
    body += '=';
    body += percent_encode(value);
  }
  return body;
}

}  // namespace khaosat
