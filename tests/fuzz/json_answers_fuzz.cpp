// Answers sent as JSON. Properties: what is accepted is clean text within the limits, has no key twice
// except as a list, and means the same when sent as a form.
#include <cstdint>
#include <set>
#include <string>

#include "base/text.h"
#include "server/http/form_data.h"
#include "tests/fuzz/require.h"

using namespace khaosat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr FormLimits kLimits{50, 40, 2000};
  const auto form = parse_json_form({reinterpret_cast<const char*>(data), size}, kLimits);
  if (!form) return 0;
  REQUIRE_PROPERTY(form->fields().size() <= kLimits.fields);
  std::set<std::string> finished;
  std::string last;
  for (const auto& [name, value] : form->fields()) {
    REQUIRE_PROPERTY(clean_text(name) == name);
    REQUIRE_PROPERTY(clean_text(value) == value);
    if (name != last) {
      REQUIRE_PROPERTY(finished.insert(name).second);
      last = name;
    }
  }
  const auto as_form = parse_urlencoded(to_urlencoded(*form), {kLimits.fields, 1 << 20, 1 << 20});
  REQUIRE_PROPERTY(as_form.has_value());
  REQUIRE_PROPERTY(*as_form == *form);
  return 0;
}
