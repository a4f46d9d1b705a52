// Property: a definition file of any bytes is refused with faults, or what was read of it can be used.
// Every reader sees every input, as the file itself says what kind it is.
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "analysis/awards/grade_ladder.h"
#include "analysis/awards/rule_set.h"
#include "analysis/index/index_model_json.h"
#include "analysis/scorecards/scorecard_set.h"
#include "server/catalog/holidays.h"
#include "server/survey/scale_json.h"
#include "server/survey/unit_json.h"
#include "tests/fuzz/require.h"

using namespace khaosat;

namespace {

// The ladders that the project ships, so that its rules can be read to the end.
awards::Ladders shipped_ladders() {
  awards::Ladders ladders;
  for (const auto& entry : std::filesystem::directory_iterator(KHAOSAT_SOURCE_DIR "/survey_defs/scales")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    Faults faults;
    auto ladder = awards::read_grade_ladder("ladder", text, faults);
    if (faults.empty()) ladders[ladder.id] = std::move(ladder);
  }
  if (ladders.empty()) std::abort();
  return ladders;
}

void read_rules(std::string_view text) {
  static const awards::Ladders kLadders = shipped_ladders();
  Faults faults;
  const auto rules = awards::read_rule_set("fuzz", text, kLadders, faults);
  if (!faults.empty()) return;
  REQUIRE_PROPERTY(!rules.id.empty());
  // What the office has not chosen yet is asked for, not guessed.
  static_cast<void>(awards::check_readings(rules, awards::Readings()));
}

void read_other_kinds(std::string_view text) {
  const auto scale = read_scale("fuzz", text);
  REQUIRE_PROPERTY(scale.faults.empty() == (scale.scale != nullptr));
  const auto units = read_units("fuzz", text);
  REQUIRE_PROPERTY(!units.faults.empty() || !units.identity.id.empty());
  const auto model = index::read_index_model("fuzz", text);
  REQUIRE_PROPERTY(model.faults.empty() == model.model.has_value());
  Faults ladder_faults;
  const auto ladder = awards::read_grade_ladder("fuzz", text, ladder_faults);
  REQUIRE_PROPERTY(!ladder_faults.empty() || !ladder.grades.empty());
  Faults scorecard_faults;
  const auto scorecard = scorecards::read_scorecard_set("fuzz", text, scorecard_faults);
  REQUIRE_PROPERTY(!scorecard_faults.empty() || !scorecard.identity.id.empty());
  const auto holidays = read_holidays("fuzz", text);
  REQUIRE_PROPERTY(!holidays.faults.empty() || !holidays.identity.id.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  read_rules(text);
  read_other_kinds(text);
  return 0;
}
