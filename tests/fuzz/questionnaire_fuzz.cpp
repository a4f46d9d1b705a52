// Property: a questionnaire file of any bytes is refused with faults, or can be used: an empty form
// is read, packed and unpacked.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "server/survey/packed.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/read_answers.h"
#include "server/survey/scale_json.h"

using namespace khaosat;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto kScale = [] {
    std::ifstream in(KHAOSAT_SOURCE_DIR "/tests/fixtures/definitions/valid/scales/three.json", std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto scale = read_scale("scale", text).scale;
    if (!scale) std::abort();
    return scale;
  }();
  const auto reading = read_questionnaire("fuzz", {reinterpret_cast<const char*>(data), size},
                                          [](std::string_view, int) { return kScale.get(); });
  if (reading.faults.empty() != (reading.questionnaire != nullptr)) std::abort();
  if (!reading.questionnaire) return 0;
  const auto read = read_answers(*reading.questionnaire, FieldList(), {});
  const auto back = unpack(*reading.questionnaire, pack(*reading.questionnaire, read.answers));
  if (!back || *back != read.answers) std::abort();
  return 0;
}
