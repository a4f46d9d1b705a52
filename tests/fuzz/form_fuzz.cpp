// Form bodies. Properties: what is accepted is clean text within the limits, and writing it and reading
// it again changes nothing. An input that begins with "--b" is also read as an upload.
#include <cstdint>
#include <string>

#include "base/text.h"
#include "server/http/form_data.h"
#include "tests/fuzz/require.h"

using namespace khaosat;

namespace {

constexpr FormLimits kLimits{50, 40, 2000};

void check(const FormData& form) {
  REQUIRE_PROPERTY(form.fields().size() <= kLimits.fields);
  for (const auto& [name, value] : form.fields()) {
    REQUIRE_PROPERTY(clean_text(name) == name);
    REQUIRE_PROPERTY(clean_text(value) == value);
  }
  // Composing can lengthen a text (a few letters have no composed form), so only the number is limited.
  const auto again = parse_urlencoded(to_urlencoded(form), {kLimits.fields, 1 << 20, 1 << 20});
  REQUIRE_PROPERTY(again.has_value());
  REQUIRE_PROPERTY(*again == form);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string body(reinterpret_cast<const char*>(data), size);
  if (const auto form = parse_urlencoded(body, kLimits)) check(*form);
  const auto upload = parse_multipart(body, "multipart/form-data; boundary=b", {5, 300, kLimits});
  if (upload) {
    check(upload->fields);
    REQUIRE_PROPERTY(upload->fields.fields().size() + upload->files.size() <= 5);
    for (const auto& file : upload->files) {
      REQUIRE_PROPERTY(is_utf8(file.file_name));
      REQUIRE_PROPERTY(file.file_name.size() <= 200);
      REQUIRE_PROPERTY(file.file_name.find('/') == std::string::npos);
      REQUIRE_PROPERTY(file.bytes.size() < body.size());
    }
  }
  // Content types are strangers' text too.
  (void)parse_multipart("--b--", body);
  return 0;
}
