// Properties: whatever is typed is refused, or is a code that reads back the same from its own printing,
// from its own characters and in lower case, and has one check character only.
#include <cctype>
#include <cstdint>

#include "server/services/slip_code.h"
#include "tests/fuzz/require.h"

using namespace khaosat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);
  const auto code = read_slip_code(typed);
  if (!code) return 0;
  REQUIRE_PROPERTY(code->size() == 13);
  REQUIRE_PROPERTY(read_slip_code(*code) == code);
  REQUIRE_PROPERTY(read_slip_code(printed_slip_code(*code)) == code);
  std::string lower = printed_slip_code(*code);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  REQUIRE_PROPERTY(read_slip_code(lower) == code);
  std::string wrong = *code;
  wrong.back() = wrong.back() == '7' ? '9' : '7';
  REQUIRE_PROPERTY(!read_slip_code(wrong));
  return 0;
}
