// Property: any bytes are refused, or are exactly what packing the answers read from them gives.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "server/survey/packed.h"
#include "server/survey/questionnaire_json.h"
#include "server/survey/scale_json.h"

using namespace khaosat;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream in(KHAOSAT_SOURCE_DIR "/tests/fixtures/definitions/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

const Questionnaire& every_type() {
  static const auto kQuestionnaire = [] {
    const auto scale = read_scale("scale", text_of("valid/scales/three.json")).scale;
    const auto reading = read_questionnaire("every_type", text_of("valid/questionnaires/every_type.json"),
                                            [&](std::string_view, int) { return scale.get(); });
    if (!reading.questionnaire) std::abort();
    return reading.questionnaire;
  }();
  return *kQuestionnaire;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto answers = unpack(every_type(), bytes);
  if (answers && pack(every_type(), *answers) != bytes) std::abort();
  return 0;
}
