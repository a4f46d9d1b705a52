// What people fill in, read strictly from three kinds of bodies. Pure; thread safe.
//
// Every name and value comes out as valid UTF-8 in NFC without control characters other than
// newline and tab (clean_text), so CR LF of text areas arrives as LF.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace khaosat {

// Names and values in the order sent; names may repeat (checkboxes).
class FormData {
 public:
  FormData() = default;
  explicit FormData(std::vector<std::pair<std::string, std::string>> fields)
      : fields_(std::move(fields)) {}

  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  // The value if the name occurs exactly once; nothing if it is absent or repeated.
  std::optional<std::string_view> one(std::string_view name) const;
  // All values of that name, in order.
  std::vector<std::string_view> all(std::string_view name) const;
  bool has(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }
  bool operator==(const FormData&) const = default;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct FormLimits {
  std::size_t fields = 2000;         // pairs, or values for JSON
  std::size_t name_bytes = 200;      // after decoding
  std::size_t value_bytes = 64 << 10;
};

// application/x-www-form-urlencoded, and query strings.
// bad_request: an escape that is not % and two hex digits, a bare control character.
// not_utf8: decoded bytes are not UTF-8, or hold NUL. too_large: a limit; `where` names it.
Result<FormData> parse_urlencoded(std::string_view body, const FormLimits& limits = {});

// One JSON object whose values are strings, numbers or arrays of these: {"q1":"3","q7":["a","b"]}.
// An array becomes a repeated field; numbers keep their digits. Read without a document in memory.
// bad_json (where = byte offset) · not_utf8 · too_deep (over 4 levels) · duplicate_key (where = key)
// · wrong_type (true, false, null, nested objects) · too_large.
Result<FormData> parse_json_form(std::string_view body, const FormLimits& limits = {});

// Percent-encodes for a body or query; the inverse of parse_urlencoded for clean text.
std::string to_urlencoded(const FormData& form);

struct UploadedFile {
  std::string field;
  std::string file_name;     // for showing only: last path component, cleaned, at most 200 bytes
  std::string content_type;  // as claimed by the browser
  std::string bytes;
};

struct Multipart {
  FormData fields;
  std::vector<UploadedFile> files;
};

struct MultipartLimits {
  std::size_t parts = 40;
  std::size_t part_header_bytes = 2 << 10;
  FormLimits form;
};

// multipart/form-data as browsers write it. bad_request names what is out of shape.
Result<Multipart> parse_multipart(std::string_view body, std::string_view content_type_header,
                                  const MultipartLimits& limits = {});

}  // namespace khaosat
